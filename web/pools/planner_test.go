package pools_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"purser.example/internal/demo/demotest"
	"purser.example/internal/m365sim"
)

// plainly is a selection's text as somebody reads it.
func plainly(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

// scanGroups scans the tenant's groups by the app profile to the end, and gives the page of the scan.
func scanGroups(t *testing.T, b *demotest.Browser) (page *goquery.Document) {
	t.Helper()
	if b.Get("/scan-profiles").Page(t).Find("#selection tbody tr").Length() == 0 {
		form := url.Values{"name": {"Groups"}, "tenant": {contoso}, "types": {"groups"}, "method": {"app"}, "schedule": {"hand"}}
		if res := b.Post("/scan-profiles", form); res.StatusCode != http.StatusSeeOther {
			t.Fatalf("status %d", res.StatusCode)
		}
	}
	details := b.Get("/scan-profiles").Page(t).Find("#selection tbody td a").First().AttrOr("href", "")
	scan := b.Post(details+"/run", nil).Header.Get("Location")
	demotest.Until(t, "the end of "+scan, func() bool {
		page = b.Get(scan).Page(t)
		return page.Find("#scan .verdict").Length() == 1
	})
	return page
}

// R42: the page says what Planner data asks for, and after a scan of the groups of how many each member is owner and member, when that was,
// and what to do; where the scan could not tell it says so, and never "0 of".
func TestPlannerDataOfMembers(t *testing.T) {
	h, b := openPools(t)
	validated(t, b, "project", "Night")
	page := validated(t, b, "sites", "aos-pool@contoso.com")
	saveOK(t, b, with(poolForm(t, page), "password-sites-"+one, marked))
	users := func() *goquery.Selection { return b.Get(poolPath).Page(t).Find("#users-sites") }
	if said := plainly(users()); !strings.Contains(said, "must be both owner and member of the scanned Microsoft 365 Groups and Teams. A scan of Microsoft 365 Groups will check it") ||
		users().Find("[data-label='Planner data']").Length() > 0 {
		t.Errorf("before a scan: %s", said)
	}
	if err := h.Sim.PatchGroup("twins@contoso.com", []byte(`{"owners": ["pool01@contoso.com", "pool02@contoso.com"], "members": ["pool01@contoso.com"]}`)); err != nil {
		t.Fatal(err)
	}
	scanned := scanGroups(t, b)
	if said := plainly(scanned.Find(".scan-planner")); said != "Planner data: 1 of 2 members of the account pool is owner and member of all 1 group. Show the members" {
		t.Errorf("the scan says %q", said)
	}
	cell := func(row int) *goquery.Selection { return users().Find("tbody [data-label='Planner data']").Eq(row) }
	if badge := plainly(cell(0).Find(".badge")); badge != "1 of 1" || cell(0).Find(".tip time").Length() != 1 || strings.Contains(cell(0).Text(), "To protect") {
		t.Errorf("complete: %s", plainly(cell(0)))
	}
	if badge, tip := plainly(cell(1).Find(".badge")), plainly(cell(1).Find(".tip")); badge != "0 of 1" || !strings.Contains(tip, "Owner and member of 0 of 1 scanned group. Checked ") ||
		!strings.Contains(tip, "add the account as an owner and as a member") {
		t.Errorf("not complete: %s, %s", badge, tip)
	}
	if users().Find("button[popovertarget='planner-sites-"+one+"'] .visually-hidden").Length() != 1 || strings.Contains(plainly(users()), "will check it") {
		t.Error("the details are not reached by name, or a scan is still to come")
	}

	// A permission is taken away.
	if err := h.Sim.SetFaults([]m365sim.Fault{{PathPrefix: "/v1.0/users/", Status: http.StatusForbidden, Body: `{"error": {"code": "Authorization_RequestDenied"}}`}}); err != nil {
		t.Fatal(err)
	}
	scanned = scanGroups(t, b)
	if said := plainly(scanned.Find("#scan")); !strings.Contains(said, "couldn't be checked. The warnings say why.") || !strings.Contains(said, "HTTP 403 User.Read.All") || !strings.Contains(said, "cs0000008") {
		t.Errorf("without the permission the scan says %s", said)
	}
	if said := plainly(cell(0)); !strings.Contains(said, "1 of 1") || !strings.Contains(said, "couldn't check it: A permission is missing (HTTP 403 User.Read.All)") || cell(0).Find("a[href='/help/scan-codes#cs0000008']").Length() != 1 {
		t.Errorf("what was known before: %s", said)
	}
	if project := b.Get(poolPath).Page(t).Find("#pool-project"); strings.Contains(plainly(project), "Planner") {
		t.Error("project sites speak of Planner data")
	}
}
