package sharepoint_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"purser.example/internal/m365sim/simtest"
)

// program is somebody with a token for one host of SharePoint.
type program struct {
	t     *testing.T
	w     *simtest.World
	host  string
	token string
}

func asPerson(t *testing.T, w *simtest.World, host, username string) program {
	t.Helper()
	return program{t, w, host, w.AccessToken("scope", "https://"+host+"/.default", "username", username)}
}

func (p program) do(method, path, body string, header ...string) simtest.Reply {
	p.t.Helper()
	header = append([]string{"Authorization", "Bearer " + p.token, "Accept", "application/json;odata=nometadata", "Content-Type", "application/json"}, header...)
	return p.w.Do(method, p.host, path, body, header...)
}

// siteID asks for the id of a site by its address.
func (p program) siteID(address string) string {
	p.t.Helper()
	id, _ := p.do("POST", "/_api/SPO.Tenant/GetSitePropertiesByUrl", `{"url": "`+address+`", "includeDetail": false}`).Object(p.t)["SiteId"].(string)
	return id
}

// set puts names in the place of a site's administrators.
func (p program) set(id string, names ...string) simtest.Reply {
	p.t.Helper()
	list := `"` + strings.Join(names, `","`) + `"`
	return p.do("POST", "/_api/SPOInternalUseOnly.Tenant/SetSiteSecondaryAdministrators",
		`{"secondaryAdministratorsFieldsData": {"siteId": "`+id+`", "secondaryAdministratorLoginNames": [`+list+`]}}`)
}

func (p program) administrators(id string) []string {
	p.t.Helper()
	return p.do("GET", "/_api/SPO.Tenant/GetSiteAdministrators?siteId='"+id+"'", "").List(p.t, "loginName")
}

// TestAdministratorsAreReplaced is the trap of SetSiteSecondaryAdministrators: who is not named again is no administrator any more.
// The owner is another matter.
func TestAdministratorsAreReplaced(t *testing.T) {
	w := simtest.NewWorld(t, withSites)
	admin := asPerson(t, w, adminHost, "svc@contoso.com")
	id := admin.siteID("https://" + spoHost + "/sites/finance")
	const plain = "i:0#.f|membership|plain@contoso.com"
	if got := admin.administrators(id); !slices.Equal(got, []string{svcLogin, plain, poolName}) {
		t.Fatalf("%v", got)
	}
	const nested = "c:0t.c|tenant|e0000000-0000-4000-8000-000000000002"
	if r := admin.set(id, nested); r.Status != 200 {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	if got := administrators(t, w, spoHost+"/sites/finance"); !slices.Equal(got, []string{svcLogin, nested}) {
		t.Errorf("%v", got)
	}
	const owner = "/_api/SPO.Tenant/sites"
	if r := admin.do("PATCH", owner+"('"+id+"')", `{"Owner": "`+plain+`", "SetOwnerWithoutUpdatingSecondaryAdmin": true}`); r.Status != 204 {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	if o := admin.do("GET", owner+"('"+id+"')?$select=OwnerLoginName", "").Object(t); len(o) != 1 || o["OwnerLoginName"] != plain {
		t.Errorf("%v", o)
	}
	if got := admin.administrators(id); !slices.Equal(got, []string{plain, nested}) {
		t.Errorf("the owner stands first: %v", got)
	}
	w.Control("DELETE", "/_sim/groups/nested@contoso.com", "", 204)
	if r := admin.set(id, nested, poolName); r.Status != 200 {
		t.Errorf("whom a name stood for has gone, and it stays: %d %s", r.Status, r.Body)
	}
}

// TestWhoCannotAdminister are names that stand for nobody: of the wrong kind, of a distribution group, of strangers.
func TestWhoCannotAdminister(t *testing.T) {
	w := simtest.NewWorld(t, withSites)
	admin := asPerson(t, w, adminHost, "svc@contoso.com")
	id := admin.siteID("https://" + spoHost + "/sites/site00001")
	list := w.Get(w.AccessToken(), "/v1.0/groups?$filter=mail%20eq%20'list@contoso.com'").List(t, "id")[0]
	team := w.Get(w.AccessToken(), "/v1.0/groups?$filter=mail%20eq%20'team@contoso.com'").List(t, "id")[0]
	for _, name := range []string{
		"c:0o.c|federateddirectoryclaimprovider|" + poolID, "c:0t.c|tenant|" + list, "c:0t.c|tenant|" + team,
		"i:0#.f|membership|stranger@contoso.com", "svc@contoso.com", "",
	} {
		if r := admin.set(id, name); r.Status != 400 || !strings.Contains(r.Body, "could not be found") {
			t.Errorf("%s: %d %s", name, r.Status, r.Body)
		}
	}
	for _, name := range []string{poolName, "c:0o.c|federateddirectoryclaimprovider|" + team, "c:0o.c|federateddirectoryclaimprovider|" + team + "_o", svcLogin, "c:0(.s|true"} {
		if r := admin.set(id, name); r.Status != 200 {
			t.Errorf("%s: %d %s", name, r.Status, r.Body)
		}
	}
}

// TestSitesThatAreShut are told as such, and nobody is made an administrator of one; a site that refuses says so whatever is asked.
func TestSitesThatAreShut(t *testing.T) {
	w := simtest.NewWorld(t, withSites)
	admin := asPerson(t, w, adminHost, "svc@contoso.com")
	for path, c := range map[string]struct {
		lock, archive string
		reads, writes int
	}{
		"closed": {"NoAccess", "NotArchived", 200, 403},
		"still":  {"ReadOnly", "NotArchived", 200, 403},
		"old":    {"NoAccess", "FullyArchived", 200, 423},
		"odd":    {"Unlock", "NotArchived", 403, 403},
	} {
		o := admin.do("POST", "/_api/SPO.Tenant/GetSitePropertiesByUrl", `{"url": "https://`+spoHost+`/sites/`+path+`"}`).Object(t)
		id, _ := o["SiteId"].(string)
		if o["LockState"] != c.lock || o["ArchiveStatus"] != c.archive {
			t.Errorf("%s: %v", path, o)
		}
		if r := admin.do("POST", "/_api/SPO.Tenant/GetSiteAdministrators?siteId='"+id+"'", ""); r.Status != c.reads {
			t.Errorf("%s is read: %d %s", path, r.Status, r.Body)
		}
		if r := admin.set(id, poolName); r.Status != c.writes {
			t.Errorf("%s is written: %d %s", path, r.Status, r.Body)
		}
		if got := administrators(t, w, spoHost+"/sites/"+path); len(got) != 1 {
			t.Errorf("%s: %v", path, got)
		}
	}
}

// TestWhoAdministersTheTenant are persons who have the role now, and nobody else, whatever their token says.
func TestWhoAdministersTheTenant(t *testing.T) {
	w := simtest.NewWorld(t, withSites)
	admin := asPerson(t, w, adminHost, "svc@contoso.com")
	ask := func(p program) simtest.Reply {
		return p.do("POST", "/_api/SPO.Tenant/GetSitePropertiesByUrl", `{"url": "https://`+spoHost+`/sites/finance"}`)
	}
	if r := ask(admin); r.Status != 200 {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	if r := ask(asPerson(t, w, adminHost, "plain@contoso.com")); r.Status != 403 || !strings.Contains(r.Body, "odata.error") {
		t.Errorf("without the role: %d %s", r.Status, r.Body)
	}
	if r := ask(asPerson(t, w, spoHost, "svc@contoso.com")); r.Status != 404 {
		t.Errorf("at the host of the sites: %d %s", r.Status, r.Body)
	}
	w.Control("PATCH", "/_sim/users/svc@contoso.com", `{"roles": []}`, 204)
	if r := ask(admin); r.Status != 403 {
		t.Errorf("its role taken away: %d %s", r.Status, r.Body)
	}
	w.Control("PATCH", "/_sim/users/svc@contoso.com", `{"roles": ["Global Administrator"]}`, 204)
	if r := ask(admin); r.Status != 200 {
		t.Errorf("another role that may: %d %s", r.Status, r.Body)
	}
	small := strings.Replace(withSites, `"displayName": "Purser", `, `"displayName": "Purser", "delegatedPermissions": ["User.Read", "AllSites.Read"], `, 1)
	w = simtest.NewWorld(t, small)
	reader := asPerson(t, w, adminHost, "svc@contoso.com")
	if r := ask(reader); r.Status != 403 {
		t.Errorf("a token that may only read: %d %s", r.Status, r.Body)
	}
	w = simtest.NewWorld(t, strings.Replace(small, `, "AllSites.Read"`, "", 1))
	if r := w.Token("scope", "https://"+adminHost+"/.default"); r.Status != 400 || !strings.Contains(r.Body, "AADSTS65001") {
		t.Errorf("without consent to anything of SharePoint's: %d %s", r.Status, r.Body)
	}
}

// TestMistakesAtTheAdminHost are told in either form that OData has for them.
func TestMistakesAtTheAdminHost(t *testing.T) {
	w := simtest.NewWorld(t, withSites)
	admin := asPerson(t, w, adminHost, "svc@contoso.com")
	const byURL = "/_api/SPO.Tenant/GetSitePropertiesByUrl"
	if r := admin.do("POST", byURL, `{"url": "https://contoso.sharepoint.com/sites/none"}`); r.Status != 404 || !strings.Contains(r.Body, "SpoNoSiteException") {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	if r := admin.do("POST", byURL, `{`); r.Status != 400 || !strings.Contains(r.Body, `{"odata.error":{"code":"-1, `) {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	if r := w.Do("POST", adminHost, byURL, `{`, "Authorization", "Bearer "+admin.token, "Accept", "application/json;odata=verbose"); !strings.Contains(r.Body, `{"error":{"code"`) {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	for _, id := range []string{"", "x", "6f1c0000-0000-4000-8000-00000000ffff"} {
		if r := admin.do("GET", "/_api/SPO.Tenant/GetSiteAdministrators?siteId='"+id+"'", ""); r.Status != 404 {
			t.Errorf("%q: %d %s", id, r.Status, r.Body)
		}
	}
	if r := admin.do(http.MethodDelete, byURL, ""); r.Status != 404 {
		t.Errorf("%d", r.Status)
	}
	var info struct {
		D struct {
			GetContextWebInformation struct{ FormDigestValue string }
		}
	}
	w.Do("POST", adminHost, "/_api/contextinfo", "", "Authorization", "Bearer "+admin.token, "Accept", "application/json;odata=verbose").Decode(t, &info)
	if !strings.HasPrefix(info.D.GetContextWebInformation.FormDigestValue, "0x") {
		t.Errorf("%+v", info)
	}
}
