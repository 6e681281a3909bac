package graph_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"purser.example/internal/m365sim/simtest"
)

// withObjects is Contoso with sites of its own and with objects by number.
var withObjects = strings.Replace(simtest.Contoso, `"policies": [`, `
  "objects": {"sites": 250, "oneDrives": 40, "groups": 12, "teams": 5, "mailboxes": 30, "projectSites": 2, "users": 45},
  "sites": [
    {"path": "sites/finance", "title": "Finance", "owner": "svc@contoso.com"},
    {"path": "sites/blocked", "lock": "NoAccess"}, {"path": "sites/old", "archived": "fullyArchived"},
    {"path": "sites/team", "group": "team@contoso.com"}, {"personal": true, "owner": "svc@contoso.com"}],
  "policies": [`, 1)

func asPurser(w *simtest.World) string { return w.AsApp(simtest.AppID, "good-secret") }

// walk reads all pages of a collection, and answers a property of each object.
func walk(t *testing.T, w *simtest.World, token, next, property string) (values []string, pages int) {
	t.Helper()
	for next != "" {
		r := w.Get(token, next, "ConsistencyLevel", "eventual")
		values = append(values, r.List(t, property)...)
		var body struct {
			Next string `json:"@odata.nextLink"`
		}
		if r.Decode(t, &body); body.Next == "" {
			return values, pages + 1
		}
		u, err := url.Parse(body.Next)
		if err != nil || u.Host != simtest.GraphHost {
			t.Fatalf("nextLink %s", body.Next)
		}
		next, pages = u.RequestURI(), pages+1
	}
	return values, pages
}

// TestAllSites lists every site once, in pages, to apps only.
func TestAllSites(t *testing.T) {
	w := simtest.NewWorld(t, withObjects)
	app := asPurser(w)
	ids, pages := walk(t, w, app, "/v1.0/sites/getAllSites?$top=100", "id")
	if distinct := slices.Compact(slices.Sorted(slices.Values(ids))); len(distinct) != 297 || len(ids) != 297 || pages != 3 {
		t.Errorf("%d sites, %d of them distinct, on %d pages", len(ids), len(distinct), pages)
	}
	personal, _ := walk(t, w, app, "/v1.0/sites/getAllSites?$filter=isPersonalSite%20eq%20true&$select=webUrl,isPersonalSite", "webUrl")
	if len(personal) != 41 || !strings.HasPrefix(personal[0], "https://contoso-my.sharepoint.com/personal/") {
		t.Errorf("%d OneDrives, %v", len(personal), personal[:1])
	}
	for who, token := range map[string]string{"a person": w.AccessToken(), "an app without the permission": w.AsApp(simtest.SecretAppID, "s")} {
		if r := w.Get(token, "/v1.0/sites/getAllSites"); r.Status != 403 || r.GraphCode(t) != "accessDenied" {
			t.Errorf("%s: %d %s", who, r.Status, r.Body)
		}
	}
	if r := w.Get(app, "/v1.0/sites/getAllSites?$skiptoken=x"); r.Status != 400 {
		t.Errorf("a token of nonsense: %d", r.Status)
	}
}

// TestSitesRemovedBetweenPages loses none of the others.
func TestSitesRemovedBetweenPages(t *testing.T) {
	w := simtest.NewWorld(t, withObjects)
	app := asPurser(w)
	r := w.Get(app, "/v1.0/sites/getAllSites?$top=50")
	urls := r.List(t, "webUrl")
	for _, address := range []string{urls[10], urls[49], "https://contoso.sharepoint.com/sites/site00200"} {
		w.Control("DELETE", "/_sim/sites/"+strings.TrimPrefix(address, "https://"), "", 204)
	}
	var body struct {
		Next string `json:"@odata.nextLink"`
	}
	r.Decode(t, &body)
	rest, _ := walk(t, w, app, strings.TrimPrefix(body.Next, "https://"+simtest.GraphHost), "webUrl")
	if len(rest) != 246 || slices.Contains(rest, "https://contoso.sharepoint.com/sites/site00200") || slices.Contains(rest, urls[48]) {
		t.Errorf("%d more", len(rest))
	}
}

// TestSearchSites finds by name, and shows a person nobody else's OneDrive; a closed site is in no index.
func TestSearchSites(t *testing.T) {
	w := simtest.NewWorld(t, withObjects)
	for _, c := range []struct {
		token, search string
		want          int
	}{
		{asPurser(w), "*", 295}, {w.AccessToken(), "*", 255}, {asPurser(w), "finance", 1}, {asPurser(w), "Site%200001", 10}, {asPurser(w), "nothing", 0},
	} {
		if urls, _ := walk(t, w, c.token, "/v1.0/sites?search="+c.search, "webUrl"); len(urls) != c.want {
			t.Errorf("%s: %d sites, not %d", c.search, len(urls), c.want)
		}
	}
	if r := w.Get(asPurser(w), "/v1.0/sites"); r.Status != 400 {
		t.Errorf("nothing to search for: %d", r.Status)
	}
}

// TestOneSite finds a site by each of its names; a closed one says why.
func TestOneSite(t *testing.T) {
	w := simtest.NewWorld(t, withObjects)
	app := asPurser(w)
	finance := w.Get(app, "/v1.0/sites/contoso.sharepoint.com:/sites/Finance?$select=id,name,displayName,webUrl,isPersonalSite,siteCollection,sharepointIds").Object(t)
	ids := finance["sharepointIds"].(map[string]any)
	if finance["displayName"] != "Finance" || finance["isPersonalSite"] != false || ids["siteUrl"] != "https://contoso.sharepoint.com/sites/finance" || ids["tenantId"] != simtest.TenantID {
		t.Errorf("%v", finance)
	}
	for _, key := range []string{finance["id"].(string), ids["siteId"].(string), "contoso.sharepoint.com," + ids["siteId"].(string)} {
		if s := w.Get(app, "/v1.0/sites/"+key).Object(t); s["id"] != finance["id"] || s["createdDateTime"] == nil {
			t.Errorf("%s: %v", key, s)
		}
	}
	root := w.Get(app, "/v1.0/sites/root").Object(t)
	if again := w.Get(app, "/v1.0/sites/"+root["id"].(string)).Object(t); again["webUrl"] != "https://contoso.sharepoint.com" || again["siteCollection"].(map[string]any)["root"] == nil {
		t.Errorf("%v", again)
	}
	for key, want := range map[string]int{
		"contoso.sharepoint.com:/sites/gone": 404, "fabrikam.sharepoint.com:/sites/finance": 404, "contoso.sharepoint.com:/sites/blocked": 403,
		"contoso.sharepoint.com:/sites/old": 423, "contoso-my.sharepoint.com:/personal/svc_contoso_com": 200,
	} {
		if r := w.Get(app, "/v1.0/sites/"+key); r.Status != want {
			t.Errorf("%s: %d %s", key, r.Status, r.Body)
		}
	}
	archived, _ := walk(t, w, app, "/v1.0/sites/getAllSites?$filter=name%20eq%20'old'", "siteCollection")
	if len(archived) != 1 || !strings.Contains(archived[0], "fullyArchived") {
		t.Errorf("%v", archived)
	}
}

// TestDrives says where a OneDrive and a group's library are, one by one and in a batch, and that somebody has none.
func TestDrives(t *testing.T) {
	w := simtest.NewWorld(t, withObjects)
	app := asPurser(w)
	team := w.Get(app, "/v1.0/groups?$filter=mail%20eq%20'team@contoso.com'").List(t, "id")[0]
	for path, want := range map[string]string{
		"users/svc@contoso.com/drive":                       "https://contoso-my.sharepoint.com/personal/svc_contoso_com/Documents",
		"users/u00040@contoso.onmicrosoft.com/drive":        "https://contoso-my.sharepoint.com/personal/u00040_contoso_onmicrosoft_com/Documents",
		"groups/" + team + "/drive":                         "https://contoso.sharepoint.com/sites/team/Shared%20Documents",
		"users/u00041@contoso.onmicrosoft.com/drive":        "",
		"users/nobody@contoso.com/drive":                    "",
		"groups/" + simtest.PoolID + "/drive":               "",
		"groups/00000000-0000-4000-8000-000000000000/drive": "",
	} {
		switch r := w.Get(app, "/v1.0/"+path); {
		case want == "" && r.Status != 404:
			t.Errorf("%s: %d %s", path, r.Status, r.Body)
		case want != "" && r.Object(t)["webUrl"] != want:
			t.Errorf("%s: %s", path, r.Body)
		}
	}
	if mine := w.Get(w.AccessToken(), "/v1.0/me/drive?$select=id,sharePointIds").Object(t); !strings.Contains(mine["sharePointIds"].(map[string]any)["siteUrl"].(string), "svc_contoso_com") {
		t.Errorf("%v", mine)
	}
	if r := w.Get(w.AccessToken(), "/v1.0/users/u00001@contoso.onmicrosoft.com/drive"); r.Status != 403 || r.GraphCode(t) != "accessDenied" {
		t.Errorf("somebody else's: %d %s", r.Status, r.Body)
	}
	if r := w.Get(w.AsApp(simtest.SecretAppID, "s"), "/v1.0/users/svc@contoso.com/drive"); r.Status != 403 {
		t.Errorf("without the permission: %d %s", r.Status, r.Body)
	}
	batch := w.Do(http.MethodPost, simtest.GraphHost, "/v1.0/$batch", `{"requests": [
	  {"id": "1", "method": "GET", "url": "/users/svc@contoso.com/drive?$select=webUrl"}, {"id": "2", "method": "GET", "url": "/users/plain@contoso.com/drive"}]}`,
		"Authorization", "Bearer "+app, "Content-Type", "application/json")
	if batch.Status != 200 || !strings.Contains(batch.Body, "svc_contoso_com") || !strings.Contains(batch.Body, "itemNotFound") {
		t.Errorf("%d %s", batch.Status, batch.Body)
	}
}
