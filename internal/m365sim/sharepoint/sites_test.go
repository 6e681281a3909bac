package sharepoint_test

import (
	"slices"
	"strings"
	"testing"

	"purser.example/internal/m365sim/simtest"
)

const (
	svcLogin = "i:0#.f|membership|svc@contoso.com"
	poolID   = simtest.PoolID
	poolName = "c:0t.c|tenant|" + poolID
)

// administrators reads who administers a site as the control call tells it.
func administrators(t *testing.T, w *simtest.World, site string) []string {
	t.Helper()
	var names []string
	w.Control("GET", "/_sim/sites/"+site+"/administrators", "", 200).Decode(t, &names)
	return names
}

// TestAdministratorsOfTheFixture are login names by the kind of each: a person, a security group with mail, a Microsoft 365 group and
// its owners.
func TestAdministratorsOfTheFixture(t *testing.T) {
	w := simtest.NewWorld(t, withSites)
	team := w.Get(w.AccessToken(), "/v1.0/groups?$filter=mail%20eq%20'team@contoso.com'").List(t, "id")[0]
	for site, want := range map[string][]string{
		spoHost + "/sites/finance":                                          {svcLogin, "i:0#.f|membership|plain@contoso.com", poolName},
		spoHost + "/sites/TEAM":                                             {"c:0o.c|federateddirectoryclaimprovider|" + team + "_o", "c:0o.c|federateddirectoryclaimprovider|" + team},
		spoHost + "/sites/site00012":                                        {"i:0#.f|membership|owner@contoso.onmicrosoft.com"},
		"contoso-my.sharepoint.com/personal/svc_contoso_com":                {svcLogin},
		"contoso-my.sharepoint.com/personal/u00003_contoso_onmicrosoft_com": {"i:0#.f|membership|u00003@contoso.onmicrosoft.com"},
		spoHost + "/sites/site00013":                                        {},
	} {
		if got := administrators(t, w, site); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", site, got, want)
		}
	}
}

// TestSitesChangeByHand changes and removes sites while everything runs; another setting of the tenant leaves them as they are.
func TestSitesChangeByHand(t *testing.T) {
	w := simtest.NewWorld(t, withSites)
	const site = "/_sim/sites/" + spoHost + "/sites/site00001"
	w.Control("PATCH", site, `{"administrators": ["aos-pool@contoso.com"], "lock": "ReadOnly"}`, 204)
	w.Control("PATCH", site, `{"administrators": ["list@contoso.com"]}`, 400)
	w.Control("PATCH", site, `{"path": "sites/other"}`, 400)
	w.Control("PATCH", site, `{"lock": "Shut"}`, 400)
	w.Control("DELETE", "/_sim/users/svc@contoso.com", "", 204)
	w.Control("PATCH", "/_sim/tenants/"+simtest.TenantID, `{"displayName": "Renamed"}`, 204)
	w.Control("PATCH", "/_sim/tenants/"+simtest.TenantID, `{"groups": []}`, 204)
	if got := administrators(t, w, spoHost+"/sites/site00001"); len(got) != 2 || got[1] != poolName {
		t.Errorf("%v", got)
	}
	w.Control("DELETE", site, "", 204)
	w.Control("DELETE", site, "", 404)
	w.Control("PATCH", site, `{}`, 404)
	w.Control("PATCH", "/_sim/tenants/"+simtest.TenantID, `{"sites": [], "objects": {"sites": 1}}`, 204)
	if got := administrators(t, w, spoHost+"/sites/site00001"); len(got) != 1 {
		t.Errorf("made anew: %v", got)
	}
	w.Control("PATCH", "/_sim/tenants/"+simtest.TenantID, `{"sharePoint": {"host": "newname"}}`, 204)
	if got := administrators(t, w, "newname.sharepoint.com/sites/site00001"); len(got) != 1 {
		t.Errorf("under its new name: %v", got)
	}
	w.Control("GET", "/_sim/sites/"+spoHost+"/sites/site00001/administrators", "", 404)
}

// TestMistakesAboutSites are told with their paths.
func TestMistakesAboutSites(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	for patch, want := range map[string]string{
		`{"sites": [{"title": "No path"}]}`:                                        "tenant.sites[0].path: is needed",
		`{"sites": [{"path": "sites/a"}, {"path": "Sites/A"}]}`:                    "tenant.sites[1].path: stands twice",
		`{"sites": [{"path": "sites/a", "owner": "nobody@contoso.com"}]}`:          "tenant.sites[0].owner",
		`{"sites": [{"path": "sites/a", "group": "No such"}]}`:                     "tenant.sites[0].group",
		`{"sites": [{"path": "sites/a", "administrators": ["list@contoso.com"]}]}`: "tenant.sites[0].administrators[0]",
		`{"sites": [{"path": "sites/a", "archived": "half"}]}`:                     "tenant.sites[0].archived",
		`{"objects": {"sites": -1}}`:                                               "tenant.objects",
		`{"objects": {"sites": 1000001}}`:                                          "tenant.objects",
		`{"sharePoint": {"host": "a.b"}}`:                                          "tenant.sharePoint.host",
	} {
		if r := w.Control("PATCH", "/_sim/tenants/"+simtest.TenantID, patch, 400); !strings.Contains(r.Body, want) {
			t.Errorf("%s: %s", patch, r.Body)
		}
	}
}
