package drift_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"purser.example/internal/account"
	"purser.example/internal/demo/demotest"
	"purser.example/internal/drift"
	"purser.example/internal/tenant"
)

const (
	contoso = "6f1c0000-0000-4000-8000-000000000001"
	marked  = "Marked-Secret-2026!"
	list    = "/health/drift"
	fixture = `{"tenants": [{"id": "` + contoso + `", "displayName": "Contoso", "initialDomain": "contoso.onmicrosoft.com", "connected": true, "domains": [{"id": "contoso.com"}],
  "apps": [{"appId": "a0000000-0000-4000-8000-000000000001", "clientSecret": "Marked-Client-Secret"}],
  "users": [{"userPrincipalName": "svc01@contoso.com", "displayName": "Service 1", "password": "` + marked + `", "roles": ["SharePoint Administrator"], "servicePlans": ["EXCHANGE_S_ENTERPRISE"], "lastPasswordChangeDateTime": "-10d"},
    {"userPrincipalName": "svc02@contoso.com", "displayName": "Service 2", "password": "` + marked + `", "roles": ["SharePoint Administrator"]}],
  "groups": [{"displayName": "All staff", "kind": "security", "members": ["svc01@contoso.com", "svc02@contoso.com"]}]}]}`
)

// house is Purser with a profile for each of the two accounts, each looked at once.
func house(t *testing.T) (*demotest.House, *demotest.Browser) {
	t.Helper()
	return houseOf(t, fixture)
}

func houseOf(t *testing.T, fixture string) (*demotest.House, *demotest.Browser) {
	t.Helper()
	h := demotest.OpenFixture(t, fixture)
	b := h.SignedIn(t, "admin@purser.test")
	for _, name := range []string{"svc01", "svc02"} {
		form := url.Values{"name": {"Profile " + name}, "tenant": {contoso}, "services": {"fly"}, "username": {name + "@contoso.com"}, "password": {marked}}
		if res := b.Post("/service-accounts", form); res.StatusCode != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", name, res.StatusCode, res.Page(t).Find("[role=alert]").Text())
		}
	}
	for more := true; more; {
		var err error
		if more, err = h.App.Watch.Store.Gather(t.Context(), contoso, 100); err != nil {
			t.Fatal(err)
		}
	}
	look(t, h)
	return h, b
}

// look looks at both accounts, as the checks of a night do.
func look(t *testing.T, h *demotest.House) {
	t.Helper()
	for _, name := range []string{"svc01@contoso.com", "svc02@contoso.com"} {
		if err := h.App.Drift.Look(t.Context(), account.KeyOf(tenant.ID(contoso), name), name, true); err != nil {
			t.Fatal(err)
		}
	}
}

func patch(t *testing.T, h *demotest.House, user, fields string) {
	t.Helper()
	if err := h.Sim.PatchUser(user, []byte(fields)); err != nil {
		t.Fatal(err)
	}
}

// titles are the changes of the list.
func titles(page *goquery.Document) string {
	return strings.Join(page.Find("tbody tr").Map(func(_ int, row *goquery.Selection) string {
		return row.Find("a").Text() + " (" + row.Find(".cell-user").Text() + ")"
	}), " | ")
}

// R93: what changed in Microsoft 365 is listed with whose it is and since when, narrowed by tenant and kind, each with what to do; whoever
// accepts it makes it what is expected, for all accounts of the tenant at once if they want, and confirms what matters.
func TestDriftIsListedAndAcceptedR93(t *testing.T) {
	h, b := house(t)
	if page := b.Get(list).Page(t); !strings.Contains(page.Text(), "Nothing changed") {
		t.Fatalf("before: %s", titles(page))
	}
	patch(t, h, "svc01@contoso.com", `{"roles": ["SharePoint Administrator", "Global Administrator"], "servicePlans": []}`)
	patch(t, h, "svc02@contoso.com", `{"roles": [], "mfa": "perUser"}`)
	look(t, h)
	page := b.Get(list).Page(t)
	for _, want := range []string{
		"Role added: Global Administrator (svc01@contoso.com)", "License lost: Exchange Online (svc01@contoso.com)",
		"Role lost: SharePoint Administrator (svc02@contoso.com)", "Multi-factor authentication registered (svc02@contoso.com)",
	} {
		if !strings.Contains(titles(page), want) {
			t.Errorf("%q is not among %s", want, titles(page))
		}
	}
	if page := b.Get(list + "?topic=mfa&tenant=" + contoso).Page(t); page.Find("tbody tr").Length() != 1 {
		t.Errorf("narrowed: %s", titles(page))
	}
	if page := b.Get(list + "?topic=groups").Page(t); page.Find("tbody tr").Length() != 0 || !strings.Contains(page.Text(), "Clear filters") {
		t.Errorf("none of them: %s", titles(page))
	}
	one := address(t, page, "Global Administrator")
	shown := b.Get(one).Page(t)
	if text := shown.Find("#change").Text(); !strings.Contains(text, "svc01@contoso.com") || !strings.Contains(text, "Contoso") || shown.Find("#change a").Length() != 1 {
		t.Errorf("one change: %s", text)
	}
	if back := b.Get(shown.Find("#change a").AttrOr("href", "")).Page(t); !strings.Contains(back.Find("#drift").Text(), "Role added: Global Administrator") {
		t.Errorf("the health checks of the profile: %s", back.Find("#drift").Text())
	}
	refused := b.Post(one+"/accept", url.Values{})
	if refused.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(refused.Page(t).Find("#accept").Text(), "confirm") {
		t.Errorf("without a word: %d", refused.StatusCode)
	}
	if res := b.Post(one+"/accept", url.Values{"confirm": {"on"}}); res.StatusCode != http.StatusSeeOther {
		t.Errorf("accepted: %d", res.StatusCode)
	}
	if res := b.Post(one+"/accept", url.Values{"confirm": {"on"}}); res.StatusCode != http.StatusNotFound {
		t.Errorf("twice: %d", res.StatusCode)
	}
	if page := b.Get(list).Page(t); page.Find("tbody tr").Length() != 3 {
		t.Errorf("left: %s", titles(page))
	}
}

// R93: a policy that covers every account is one change for each, and one Accept for all of them.
func TestAStormIsAcceptedAtOnceR93(t *testing.T) {
	h, b := house(t)
	if err := h.Sim.PatchTenant(contoso, []byte(`{"policies": [{"displayName": "Block legacy", "state": "enabled"}]}`)); err != nil {
		t.Fatal(err)
	}
	look(t, h)
	page := b.Get(list).Page(t)
	if page.Find("tbody tr").Length() != 2 || !strings.Contains(titles(page), "Now covered by the policy Block legacy") {
		t.Fatalf("the policy: %s", titles(page))
	}
	one := address(t, page, "Block legacy")
	if text := b.Get(one).Page(t).Find("#accept").Text(); !strings.Contains(text, "Accept it for 1 other account of this tenant too") {
		t.Errorf("the other one: %s", text)
	}
	if res := b.Post(one+"/accept", url.Values{"all": {"on"}}); res.StatusCode != http.StatusSeeOther {
		t.Errorf("accepted: %d", res.StatusCode)
	}
	if page := b.Get(list).Page(t); page.Find("tbody tr").Length() != 0 {
		t.Errorf("left: %s", titles(page))
	}
}

// R93, X8, X9: what the app may not read is not read, and says which permission would tell; nothing is called lost.
func TestWhatTheAppMayNotReadR93(t *testing.T) {
	h, b := houseOf(t, strings.Replace(fixture, `"clientSecret": "Marked-Client-Secret"`, `"clientSecret": "Marked-Client-Secret", "permissions": ["User.ReadBasic.All", "User.Read.All"]`, 1))
	look(t, h)
	if page := b.Get(list).Page(t); page.Find("tbody tr").Length() != 0 {
		t.Errorf("told: %s", titles(page))
	}
	a, err := h.App.Drift.Store.Account(t.Context(), account.KeyOf(tenant.ID(contoso), "svc01@contoso.com"))
	if err != nil || !strings.Contains(strings.Join(a.Lacks, " "), "AuditLog.Read.All") || !strings.Contains(strings.Join(a.Lacks, " "), "Policy.Read.All") || !a.Read[drift.Roles].Has("f28a1f50-f6e7-4571-818b-6a12f2af6b6c") {
		t.Errorf("lacks %q, roles %+v, %v", a.Lacks, a.Read[drift.Roles], err)
	}
}

// R90, R93: an account that is blocked at Microsoft 365 says so between the last good check and the first bad one.
func TestWhatChangedInMicrosoft365R90(t *testing.T) {
	h, b := house(t)
	patch(t, h, "svc01@contoso.com", `{"accountEnabled": false, "roles": []}`)
	look(t, h)
	page := b.Get(list).Page(t)
	if !strings.Contains(titles(page), "Sign-in blocked (svc01@contoso.com)") || !strings.Contains(titles(page), "Role lost: SharePoint Administrator (svc01@contoso.com)") {
		t.Errorf("blocked: %s", titles(page))
	}
	if err := h.Sim.DeleteUser("svc02@contoso.com"); err != nil {
		t.Fatal(err)
	}
	look(t, h)
	if page := b.Get(list + "?topic=account").Page(t); titles(page) != "Account removed (svc02@contoso.com)" {
		t.Errorf("removed: %s", titles(page))
	}
}

// address is where the change with a word in its title is.
func address(t *testing.T, page *goquery.Document, word string) string {
	t.Helper()
	link := page.Find("tbody a").FilterFunction(func(_ int, a *goquery.Selection) bool { return strings.Contains(a.Text(), word) })
	if link.Length() == 0 {
		t.Fatalf("no change with %q: %s", word, titles(page))
	}
	return link.First().AttrOr("href", "")
}

// R90: the sign-in log is some minutes late. It is asked again, and then the verdict names what stood in the way, on the details and in the
// history.
func TestTheSignInLogIsAskedAgainR90(t *testing.T) {
	h, b := house(t)
	if err := h.Sim.PatchTenant(contoso, []byte(`{"signInLogDelayMs": 3600000}`)); err != nil {
		t.Fatal(err)
	}
	patch(t, h, "svc01@contoso.com", `{"mfa": "perUser"}`)
	details := b.Get("/service-accounts").Page(t).Find("tbody a").FilterFunction(func(_ int, a *goquery.Selection) bool { return strings.Contains(a.Text(), "svc01") }).AttrOr("href", "")
	path, _, _ := strings.Cut(details, "?")
	if res := b.Post(path+"/validate", url.Values{}); res.StatusCode >= http.StatusBadRequest {
		t.Fatalf("validate: %d", res.StatusCode)
	}
	if text := b.Get(path).Page(t).Text(); !strings.Contains(text, "sign-in log takes a few minutes") {
		t.Fatalf("before: %s", text)
	}
	at := func(later time.Duration) *drift.Service {
		parts := h.App.Drift.Parts
		parts.Now = func() time.Time { return time.Now().Add(later) }
		return drift.NewService(parts)
	}
	for _, later := range []time.Duration{time.Minute, 4 * time.Minute} { // not yet its time, and not yet there
		if err := at(later).AskAgain(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Sim.PatchTenant(contoso, []byte(`{"signInLogDelayMs": 0}`)); err != nil {
		t.Fatal(err)
	}
	if err := at(time.Hour).AskAgain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if text := b.Get(path).Page(t).Text(); strings.Contains(text, "sign-in log takes a few minutes") || !strings.Contains(text, "per-user MFA") {
		t.Errorf("after: %s", text)
	}
	if left, err := h.App.Drift.Store.Questions(t.Context(), time.Now().Add(1000*time.Hour), 10); err != nil || len(left) != 0 {
		t.Errorf("left: %+v, %v", left, err)
	}
}
