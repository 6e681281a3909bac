package people_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"purser.example/internal/demo"
	"purser.example/internal/demo/demotest"
	"purser.example/internal/demo/idp/idptest"
)

// table are the rows of the list: sign-in to the texts of its cells.
func table(t *testing.T, b *demotest.Browser, address string) map[string][]string {
	t.Helper()
	res := b.Get(address)
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%s answers %d", address, res.StatusCode)
	}
	rows := map[string][]string{}
	res.Page(t).Find("#selection tbody tr").Each(func(_ int, row *goquery.Selection) {
		var cells []string
		row.Find("td").Each(func(_ int, cell *goquery.Selection) { cells = append(cells, strings.TrimSpace(cell.Text())) })
		rows[cells[2]] = cells
	})
	return rows
}

// id is what the row of a sign-in is selected by.
func id(t *testing.T, b *demotest.Browser, signIn string) string {
	t.Helper()
	page := b.Get("/people?q=" + url.QueryEscape(signIn)).Page(t)
	id, there := page.Find("#selection tbody input").Attr("value")
	if !there {
		t.Fatalf("%s is in no row", signIn)
	}
	return id
}

// told is what the page after a command says.
func told(t *testing.T, b *demotest.Browser, res *demotest.Response) string {
	t.Helper()
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("status %d\n%s", res.StatusCode, res.Text())
	}
	return strings.Join(strings.Fields(b.Get(res.Header.Get("Location")).Page(t).Find("[role=status], [role=alert]").Text()), " ")
}

// atTheDoor is what somebody is told who signs in.
func atTheDoor(t *testing.T, h *demotest.House, signIn string) *demotest.Response {
	t.Helper()
	b := h.Browser(t)
	callback, err := idptest.SignIn(t.Context(), b.Client, h.URL()+"/auth/sign-in", signIn, demo.Password)
	if err != nil {
		t.Fatal(err)
	}
	return b.Get(callback)
}

const (
	ownerSignIn = "owner@purser.test"
	adminSignIn = "admin@purser.test"
	userSignIn  = "user@purser.test"
)

// R6: the list says of everybody who has signed in what they are and where that comes from; a search finds them; heads sort it.
func TestTheListSaysWhoMayEnter(t *testing.T) {
	h := demotest.Open(t)
	admin := h.SignedIn(t, adminSignIn)
	h.SignedIn(t, ownerSignIn)
	h.SignedIn(t, userSignIn)
	rows := table(t, admin, "/people")
	for signIn, want := range map[string][]string{ownerSignIn: {"Tenant Owner, primary", "Claim", "Active"}, adminSignIn: {"Service Administrator", "Claim", "Active"}, userSignIn: {"No role", "–", "Active"}} {
		if row := rows[signIn]; len(row) != 7 || row[3] != want[0] || row[4] != want[1] || row[6] != want[2] || row[5] == "" {
			t.Errorf("%s: %q", signIn, row)
		}
	}
	if found := table(t, admin, "/people?q=OWNER@"); len(found) != 1 || found[ownerSignIn] == nil {
		t.Errorf("a search finds %v", found)
	}
	if nothing := admin.Get("/people?q=nobody-is-called-so").Page(t).Find(".empty h2").Text(); nothing != "Nothing matches" {
		t.Errorf("a search without a result says %q", nothing)
	}
	page := admin.Get("/people?sort=-role").Page(t)
	if first := page.Find("#selection tbody tr").First().Text(); !strings.Contains(first, "Tenant Owner") || page.Find("th[aria-sort=descending]").Text() != "Role" {
		t.Errorf("sorted by role down, the first is %q", first)
	}
	var heads []string
	page.Find("#selection thead th").Slice(1, goquery.ToEnd).Each(func(_ int, s *goquery.Selection) { heads = append(heads, s.Text()) })
	if got := strings.Join(heads, "|"); got != "Name|Sign-in|Role|Source|Last sign-in|Status" {
		t.Errorf("the heads are %s", got)
	}
	if nav := page.Find("#navigation a[aria-current]").Text(); strings.TrimSpace(nav) != "People" {
		t.Errorf("the navigation is at %q", nav)
	}
}

// R6, R8: a role that is given holds at the next request of whoever has it, beside the claim's, and is taken away as fast; why somebody has
// it stands in their details.
func TestARoleHoldsAtTheNextRequest(t *testing.T) {
	h := demotest.Open(t)
	owner, user := h.SignedIn(t, ownerSignIn), h.SignedIn(t, userSignIn)
	if res := user.Get("/service-accounts"); res.StatusCode != http.StatusForbidden {
		t.Fatalf("without a role: %d", res.StatusCode)
	}
	who := id(t, owner, userSignIn)
	dialog := owner.Get("/people/change-role?id=" + who).Page(t).Find("dialog[open]")
	if !strings.Contains(dialog.Text(), userSignIn) || dialog.Find("select[name=role] option").First().Text() != "Select a role" || dialog.Find("button").Text() != "Confirm" {
		t.Errorf("the dialog says %q", dialog.Text())
	}
	give := func(role string) string {
		return told(t, owner, owner.Post("/people/change-role", url.Values{"id": {who}, "role": {role}}))
	}
	if said := give("service-administrator"); !strings.HasPrefix(said, "The role was changed for ") {
		t.Errorf("it says %q", said)
	}
	if res := user.Get("/service-accounts"); res.StatusCode != http.StatusOK {
		t.Errorf("at the next request: %d", res.StatusCode)
	}
	if row := table(t, owner, "/people")[userSignIn]; row[3] != "Service Administrator" || row[4] != "Given here" {
		t.Errorf("the list says %q", row)
	}
	if why := strings.Join(strings.Fields(user.Get("/people/me").Page(t).Find("#details").Text()), " "); !strings.Contains(why, "Given hereService Administrator Counts By ") || !strings.Contains(why, "(you)") {
		t.Errorf("why: %q", why)
	}
	give("none")
	if res := user.Get("/service-accounts"); res.StatusCode != http.StatusForbidden {
		t.Errorf("taken away: %d", res.StatusCode)
	}
}

// R6, R8: whoever is deactivated is signed out at once, and told at the door; activated, they come in.
func TestDeactivatedSomebodyIsOut(t *testing.T) {
	h := demotest.Open(t)
	owner, admin := h.SignedIn(t, ownerSignIn), h.SignedIn(t, adminSignIn)
	who := id(t, owner, adminSignIn)
	if said := told(t, owner, owner.Post("/people/deactivate", url.Values{"id": {who}})); !strings.HasPrefix(said, "Deactivated: ") {
		t.Errorf("it says %q", said)
	}
	if res := admin.Get("/service-accounts"); res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(res.Header.Get("Location"), "/auth/sign-in") {
		t.Errorf("at the next request: %d", res.StatusCode)
	}
	refused := atTheDoor(t, h, adminSignIn)
	if refused.StatusCode != http.StatusForbidden || !strings.Contains(refused.Text(), "Ask a Tenant Owner to activate it") {
		t.Errorf("at the door: %d\n%s", refused.StatusCode, refused.Text())
	}
	told(t, owner, owner.Post("/people/activate", url.Values{"id": {who}}))
	if res := h.SignedIn(t, adminSignIn).Get("/service-accounts"); res.StatusCode != http.StatusOK {
		t.Errorf("activated: %d", res.StatusCode)
	}
}

// R6: what is not allowed is told above the list, and changes nothing.
func TestWhatIsRefusedIsTold(t *testing.T) {
	h := demotest.Open(t)
	owner, admin := h.SignedIn(t, ownerSignIn), h.SignedIn(t, adminSignIn)
	h.SignedIn(t, userSignIn)
	ownerID, adminID, userID := id(t, owner, ownerSignIn), id(t, owner, adminSignIn), id(t, owner, userSignIn)
	for name, tc := range map[string]struct {
		by         *demotest.Browser
		path, says string
		form       url.Values
	}{
		"an administrator, an owner": {admin, "/people/deactivate", "Only a Tenant Owner can", url.Values{"id": {ownerID}}},
		"an administrator makes one": {admin, "/people/change-role", "Only a Tenant Owner can", url.Values{"id": {userID}, "role": {"tenant-owner"}}},
		"themselves":                 {admin, "/people/deactivate", "You can't change your own access", url.Values{"id": {adminID}}},
		"no role selected":           {owner, "/people/change-role", "Select a role. Nothing was changed.", url.Values{"id": {userID}, "role": {""}}},
		"nobody":                     {owner, "/people/remove", "Select one or more people first.", url.Values{}},
		"somebody who is gone":       {owner, "/people/remove", "This person is no longer in the list.", url.Values{"id": {"gone"}}},
	} {
		said := told(t, tc.by, tc.by.Post(tc.path, tc.form))
		if !strings.Contains(said, tc.says) {
			t.Errorf("%s: %q", name, said)
		}
	}
	if options := admin.Get("/people/change-role?id=" + adminID).Page(t).Find("option[value=tenant-owner]").Length(); options != 0 {
		t.Error("an administrator is offered to make Tenant Owners")
	}
	if res := owner.Post("/people/change-role", url.Values{"id": {adminID}, "role": {"emperor"}}); res.StatusCode != http.StatusBadRequest {
		t.Errorf("a role that is none: %d", res.StatusCode)
	}
	if rows := table(t, owner, "/people"); rows[ownerSignIn][6] != "Active" || rows[adminSignIn][3] != "Service Administrator" {
		t.Errorf("something changed: %v", rows)
	}
}
