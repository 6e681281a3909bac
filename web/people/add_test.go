package people_test

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"purser.example/internal/demo/demotest"
	"purser.example/internal/m365sim"
	"purser.example/internal/sqlite"
)

const (
	contoso = "6f1c0000-0000-4000-8000-000000000001"

	// fixture is a tenant in which somebody has the address of the demo's person without a role.
	fixture = `{"tenants": [{"id": "` + contoso + `", "displayName": "Contoso", "initialDomain": "contoso.onmicrosoft.com", "connected": true,
  "domains": [{"id": "purser.test"}],
  "apps": [{"appId": "a0000000-0000-4000-8000-000000000001", "clientSecret": "s-1"}],
  "users": [{"userPrincipalName": "user@purser.test", "displayName": "Uma O'Brien \"Ü\" +1"},
            {"userPrincipalName": "gone@purser.test", "displayName": "Uma Gone", "accountEnabled": false},
            {"userPrincipalName": "guest@purser.test", "displayName": "Uma Guest", "userType": "Guest"}],
  "groups": [{"displayName": "Uma's group", "mail": "umas@purser.test", "kind": "mailEnabledSecurity", "members": ["user@purser.test"]}]}]}`
)

// candidates are whom a page of the form offers: what is beside each checkbox, to its value.
func candidates(t *testing.T, res *demotest.Response) map[string]string {
	t.Helper()
	if res.StatusCode != http.StatusOK {
		t.Fatalf("status %d\n%s", res.StatusCode, res.Text())
	}
	list := map[string]string{}
	res.Page(t).Find("#found-people .choice").Each(func(_ int, s *goquery.Selection) {
		list[strings.Join(strings.Fields(s.Find("div").Text()), " ")] = s.Find("input").AttrOr("value", "")
	})
	return list
}

// R5: people and groups are found by a word of their names, with quotes, plus and umlauts, and guests and disabled ones are marked; what was
// selected stays while somebody searches on.
func TestLookingUp(t *testing.T) {
	h := demotest.OpenFixture(t, fixture)
	admin := h.SignedIn(t, adminSignIn)
	form := admin.Get("/people/new").Page(t)
	if got := form.Find(".pane-title").Text(); got != "Add people" {
		t.Errorf("the pane is called %q", got)
	}
	for _, label := range []string{"Select tenant", "Look up with", "Search people and groups", "Role"} {
		if n := form.Find("#add-people label").FilterFunction(func(_ int, s *goquery.Selection) bool { return s.Text() == label }).Length(); n != 1 {
			t.Errorf("%d fields are called %s", n, label)
		}
	}
	if form.Find("#tenant option[selected]").AttrOr("value", "") != contoso || !strings.HasPrefix(form.Find("#with option").First().Text(), "App profile ") {
		t.Error("the only tenant and its app profile are not chosen")
	}
	if form.Find("#role option[value=tenant-owner]").Length() != 0 {
		t.Error("an administrator is offered to make Tenant Owners")
	}
	asked := func(text string) map[string]string {
		return candidates(t, admin.Get("/people/suggest?"+url.Values{"tenant": {contoso}, "with": {"app"}, "search": {text}}.Encode()))
	}
	found := asked("uma")
	for label, marked := range map[string]string{"Uma O'Brien \"Ü\" +1 (user@purser.test)": "", "Uma Gone (gone@purser.test)": "Disabled at Microsoft: can't sign in", "Uma Guest (guest@purser.test)": "Guest", "Uma's group (umas@purser.test)": "Group: everyone in it"} {
		if found[strings.TrimSpace(label+" "+marked)] == "" && found[label+marked] == "" {
			t.Errorf("%s %s is not among %v", label, marked, found)
		}
	}
	for _, text := range []string{`O'Brien`, `"Ü"`, "+1", "user@purser"} {
		if list := asked(text); len(list) == 0 {
			t.Errorf("%s finds nobody", text)
		}
	}
	if list := asked("u"); len(list) != 0 {
		t.Errorf("one letter finds %v", list)
	}
	kept := candidates(t, admin.Post("/people/new", url.Values{"tenant": {contoso}, "with": {"app"}, "search": {"guest"}, "person": {"person 1 Chosen before"}}))
	if kept["Chosen before"] == "" || len(kept) != 2 {
		t.Errorf("what was selected and a search come to %v", kept)
	}
}

// R5, R7: whom an owner adds waits at their first sign-in until an owner accepts them, where the provider is not the tenant's own; then the role
// counts at their next request.
func TestWhoWasAddedIsAccepted(t *testing.T) {
	h := demotest.OpenFixture(t, fixture)
	owner := h.SignedIn(t, ownerSignIn)
	found := candidates(t, owner.Post("/people/new", url.Values{"tenant": {contoso}, "with": {"app"}, "search": {"o'brien"}}))
	if len(found) != 1 {
		t.Fatalf("found %v", found)
	}
	var value string
	for _, value = range found {
	}
	save := url.Values{"tenant": {contoso}, "with": {"app"}, "person": {value}, "role": {"service-administrator"}}
	if said := told(t, owner, owner.Post("/people", save)); !strings.HasSuffix(said, " added as Service Administrator.") {
		t.Errorf("it says %q", said)
	}
	if row := table(t, owner, "/people")[userSignIn]; len(row) == 0 || row[6] != "Not signed in yet" || row[4] != "Given here" {
		t.Errorf("the list says %q", row)
	}
	user := h.SignedIn(t, userSignIn)
	if page := user.Get("/"); !strings.Contains(page.Text(), "A Tenant Owner must confirm that it is you") {
		t.Errorf("the page says\n%s", page.Text())
	}
	list := owner.Get("/people").Page(t)
	waiting := list.Find("form[action='/people/accept']")
	if waiting.Length() != 1 || !strings.Contains(list.Text(), "signed in with the address of") {
		t.Fatalf("nobody waits: %s", list.Find("main").Text())
	}
	if other := h.SignedIn(t, adminSignIn).Get("/people").Page(t).Find("form[action='/people/accept']").Length(); other != 0 {
		t.Error("a Service Administrator is asked to accept")
	}
	told(t, owner, owner.Post("/people/accept", url.Values{"id": {waiting.Find("input").AttrOr("value", "")}}))
	if res := user.Get("/service-accounts"); res.StatusCode != http.StatusOK {
		t.Errorf("accepted, they get %d", res.StatusCode)
	}
	if rows := table(t, owner, "/people"); len(rows) != 3 {
		t.Errorf("%d rows", len(rows))
	}
}

// R5: what is wrong stands beside its field, and all that was chosen stays.
func TestAFormThatIsRefusedStays(t *testing.T) {
	h := demotest.OpenFixture(t, fixture)
	admin := h.SignedIn(t, adminSignIn)
	found := candidates(t, admin.Post("/people/new", url.Values{"tenant": {contoso}, "with": {"app"}, "search": {"uma's"}}))
	group := found["Uma's group (umas@purser.test) Group: everyone in it"]
	if group == "" {
		group = found["Uma's group (umas@purser.test)Group: everyone in it"]
	}
	for field, form := range map[string]url.Values{
		"search-error": {"tenant": {contoso}, "with": {"app"}, "role": {"service-administrator"}},
		"role-error":   {"tenant": {contoso}, "with": {"app"}, "person": {group}},
		"with-error":   {"tenant": {contoso}, "with": {""}, "person": {"person " + contoso + " X"}, "role": {"service-administrator"}},
	} {
		res := admin.Post("/people", form)
		page := res.Page(t)
		if res.StatusCode != http.StatusUnprocessableEntity || page.Find("#"+field).Length() != 1 {
			t.Errorf("%s: status %d, %q", field, res.StatusCode, page.Find("#outcome").Text())
		}
		if role := form.Get("role"); role != "" && page.Find("#role option[selected]").AttrOr("value", "") != role {
			t.Errorf("%s: the role is gone", field)
		}
	}
	res := admin.Post("/people", url.Values{"tenant": {contoso}, "with": {"app"}, "person": {group}, "role": {"service-administrator"}})
	if text := res.Page(t).Find("#search-error").Text(); !strings.Contains(text, "The members of a group of this tenant can't be recognized") {
		t.Errorf("a group whose members come by another provider: %q", text)
	}
	if err := h.Sim.SetFaults([]m365sim.Fault{{PathPrefix: "/v1.0/users", Status: http.StatusServiceUnavailable}}); err != nil {
		t.Fatal(err)
	}
	res = admin.Post("/people", url.Values{"tenant": {contoso}, "with": {"app"}, "person": {"person " + contoso + " X"}, "role": {"service-administrator"}})
	if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(res.Page(t).Find("#outcome").Text(), "503") {
		t.Errorf("while Microsoft is down: %d, %q", res.StatusCode, res.Page(t).Find("#outcome").Text())
	}
}

// R2: whoever has no role asks for one on the one page they have, which owners see on the list.
func TestAskingOwners(t *testing.T) {
	h := demotest.Open(t)
	owner, user := h.SignedIn(t, ownerSignIn), h.SignedIn(t, userSignIn)
	if button := user.Get("/").Page(t).Find("form[action='/auth/ask-for-role'] button").Text(); button != "Ask for a role" {
		t.Errorf("the page offers %q", button)
	}
	for range 2 {
		res := user.Post("/auth/ask-for-role", url.Values{})
		if said := user.Get(res.Header.Get("Location")).Text(); !strings.Contains(said, "Your request was sent to the Tenant Owners.") {
			t.Errorf("it says\n%s", said)
		}
	}
	page := owner.Get("/people").Page(t)
	if n := page.Find("form[action='/people/decline']").Length(); n != 1 || !strings.Contains(page.Text(), "asks for a role.") {
		t.Errorf("%d wait", n)
	}
	told(t, owner, owner.Post("/people/decline", url.Values{"id": {id(t, owner, userSignIn)}}))
	if n := owner.Get("/people").Page(t).Find("form[action='/people/decline']").Length(); n != 0 {
		t.Errorf("%d wait still", n)
	}
}

// R9: the dialog names both, both read of it on every page until they put it away, and there is one primary owner.
func TestTheOwnershipIsHandedOver(t *testing.T) {
	h := demotest.Open(t)
	owner, admin := h.SignedIn(t, ownerSignIn), h.SignedIn(t, adminSignIn)
	heir := id(t, owner, adminSignIn)
	dialog := strings.Join(strings.Fields(owner.Get("/people/set-owner?id="+heir).Page(t).Find("dialog[open]").Text()), " ")
	if !strings.Contains(dialog, "Olivia Owner is the primary owner now.") || !strings.Contains(dialog, adminSignIn) {
		t.Errorf("the dialog says %q", dialog)
	}
	told(t, owner, owner.Post("/people/set-owner", url.Values{"id": {heir}}))
	rows := table(t, admin, "/people")
	if rows[adminSignIn][3] != "Tenant Owner, primary" || rows[ownerSignIn][3] != "Tenant Owner" {
		t.Errorf("the list says %q and %q", rows[adminSignIn][3], rows[ownerSignIn][3])
	}
	for name, b := range map[string]*demotest.Browser{"the former": owner, "the new": admin} {
		page := b.Get("/service-accounts").Page(t)
		form := page.Find("form[action='/people/notice/dismiss']")
		if form.Length() != 1 || !strings.Contains(page.Text(), "The ownership was handed over") {
			t.Fatalf("%s is told nothing", name)
		}
		fields := url.Values{}
		form.Find("input").Each(func(_ int, s *goquery.Selection) { fields.Set(s.AttrOr("name", ""), s.AttrOr("value", "")) })
		if res := b.Post("/people/notice/dismiss", fields); res.Header.Get("Location") != "/service-accounts" {
			t.Errorf("%s: leads to %q", name, res.Header.Get("Location"))
		}
		if b.Get("/service-accounts").Page(t).Find("form[action='/people/notice/dismiss']").Length() != 0 {
			t.Errorf("%s is told again", name)
		}
	}
	if res := owner.Post("/people/notice/dismiss", url.Values{"through": {"1"}, "return": {"//elsewhere.example"}}); res.Header.Get("Location") != "/" {
		t.Errorf("it leads elsewhere: %q", res.Header.Get("Location"))
	}
}

// An access review has everybody with their role and last sign-in, and no formula.
func TestTheExport(t *testing.T) {
	h := demotest.Open(t)
	owner := h.SignedIn(t, ownerSignIn)
	h.SignedIn(t, userSignIn)
	res := owner.Get("/people/export")
	if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Disposition"), `attachment; filename="people-`) {
		t.Fatalf("status %d, %s", res.StatusCode, res.Header.Get("Content-Disposition"))
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(res.Text(), "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 3 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, row := range rows[1:] {
		if row[1] == ownerSignIn && (row[3] != "Tenant Owner" || row[4] != "Claim" || row[10] == "" || row[11] != "No" || row[12] != "Yes") {
			t.Errorf("%q", row)
		}
	}
}

// docs/entra-id.md, "Without app roles": an installation whose provider sends no roles at all is run by break-glass links and Add alone. The
// demo's person without a role stands for everybody of such a provider.
func TestRunByBreakGlassAndAddAlone(t *testing.T) {
	h := demotest.OpenFixture(t, fixture)
	byLink := func() *demotest.Browser {
		b := h.Browser(t)
		if res := b.Post("/auth/break-glass", url.Values{"code": {h.GlassLink(t)}}); res.StatusCode != http.StatusSeeOther {
			t.Fatalf("the link: %d", res.StatusCode)
		}
		return b
	}
	glass := byLink()
	if title := glass.Get("/people").Page(t).Find(".empty h2").Text(); title != "No one has signed in yet" {
		t.Errorf("at first the list says %q", title)
	}
	var value string
	for _, value = range candidates(t, glass.Post("/people/new", url.Values{"tenant": {contoso}, "with": {"app"}, "search": {"o'brien"}})) {
	}
	told(t, glass, glass.Post("/people", url.Values{"tenant": {contoso}, "with": {"app"}, "person": {value}, "role": {"tenant-owner"}}))
	user := h.SignedIn(t, userSignIn)
	glass = byLink()
	form := glass.Get("/people").Page(t).Find("form[action='/people/accept'] input")
	told(t, glass, glass.Post("/people/accept", url.Values{"id": {form.AttrOr("value", "")}}))
	if res := user.Get("/people"); res.StatusCode != http.StatusOK {
		t.Errorf("accepted: %d", res.StatusCode)
	}
	user = h.SignedIn(t, userSignIn)
	if row := table(t, user, "/people")[userSignIn]; row[3] != "Tenant Owner, primary" || row[4] != "Given here" {
		t.Errorf("the list says %q", row)
	}
	if said := told(t, glass, glass.Post("/people/remove", url.Values{"id": {id(t, glass, userSignIn)}})); !strings.Contains(said, "is the primary owner") {
		t.Errorf("removing the only one: %q", said)
	}
	if me := glass.Get("/people/me"); me.StatusCode != http.StatusOK || !strings.Contains(me.Text(), "Break-glass link") {
		t.Errorf("who came by a link reads\n%s", me.Text())
	}
}

// R62: that nobody could be asked is not told as if there were nobody, and before a tenant is selected nothing is said of how its people are
// recognized.
func TestWhatCouldNotBeReadIsNotNobody(t *testing.T) {
	h := demotest.OpenFixture(t, fixture)
	admin := h.SignedIn(t, adminSignIn)
	if err := h.Sim.SetFaults([]m365sim.Fault{{PathPrefix: "/v1.0/users", Status: http.StatusServiceUnavailable}}); err != nil {
		t.Fatal(err)
	}
	res := admin.Post("/people/new", url.Values{"tenant": {contoso}, "with": {"app"}, "search": {"uma"}})
	page := res.Page(t)
	if said := page.Find("#outcome").Text(); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(said, "503") {
		t.Errorf("status %d, %q", res.StatusCode, said)
	}
	if found := page.Find("#found-people").Text(); strings.Contains(found, "No one found") {
		t.Errorf("below the search: %q", found)
	}
	if text := page.Find("#of-tenant").Text(); !strings.Contains(text, "a Tenant Owner confirms on the page People that it is them") {
		t.Errorf("with a tenant: %q", text)
	}
	if text := admin.Post("/people/new", url.Values{"tenant": {""}, "follow": {"1"}}).Page(t).Find("#of-tenant").Text(); strings.Contains(text, "first sign-in") {
		t.Errorf("without a tenant: %q", text)
	}
}

// R7: whose groups cannot be read is told so, though something else gives them a role.
func TestThatGroupsCouldNotBeReadIsTold(t *testing.T) {
	h := demotest.OpenFixture(t, fixture)
	owner := h.SignedIn(t, ownerSignIn)
	for _, value := range candidates(t, owner.Post("/people/new", url.Values{"tenant": {contoso}, "with": {"app"}, "search": {"o'brien"}})) {
		told(t, owner, owner.Post("/people", url.Values{"tenant": {contoso}, "with": {"app"}, "person": {value}, "role": {"service-administrator"}}))
	}
	h.SignedIn(t, userSignIn)
	told(t, owner, owner.Post("/people/accept", url.Values{"id": {owner.Get("/people").Page(t).Find("form[action='/people/accept'] input").AttrOr("value", "")}}))
	group := `INSERT INTO people (id, kind, name, name_order, sign_in, sign_in_key, mail_key, searched, issuer, subject, tenant_id, object_id, claim, given, given_at, given_by, grouped, grouped_by,
		deactivated, primary_owner, added_at, seen_at, waits_for, asked_at, answered_at) VALUES ('g', 'group', 'G', 'g', '', '', '', '', '', '', ?, 'g', 0, 1, 0, '', 0, '', 0, 0, 1, 0, '', 0, 0)`
	if err := h.App.DB.Write(t.Context(), func(tx *sqlite.Tx) error { _, err := tx.Exec(group, contoso); return err }); err != nil {
		t.Fatal(err)
	}
	if err := h.Sim.SetFaults([]m365sim.Fault{{PathPrefix: "/v1.0/users", Status: http.StatusServiceUnavailable}}); err != nil {
		t.Fatal(err)
	}
	page := h.SignedIn(t, userSignIn).Get("/service-accounts").Page(t)
	if said := page.Find("[role=alert], [role=status]").Text(); !strings.Contains(said, "The groups that you are in couldn't be read") || !strings.Contains(said, "503") {
		t.Errorf("it says %q", said)
	}
}
