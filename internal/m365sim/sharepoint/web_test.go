package sharepoint_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"purser.example/internal/m365sim/simtest"
)

const siteAdmins = "/_api/web/siteusers?$filter=IsSiteAdmin%20eq%20true&$select=LoginName"

// TestGrantAtTheSite is how somebody who administers a site makes a group an administrator: ensure, merge, read back.
func TestGrantAtTheSite(t *testing.T) {
	w := simtest.NewWorld(t, withSites)
	p := asPerson(t, w, spoHost, "plain@contoso.com")
	const site = "/sites/finance"
	if o := p.do("GET", site+"/_api/site?$select=Id,Url,ReadOnly", "").Object(t); len(o) != 3 || o["Url"] != "https://"+spoHost+site || o["ReadOnly"] != false {
		t.Errorf("%v", o)
	}
	if o := p.do("GET", site+"/_api/site/owner", "").Object(t); o["LoginName"] != svcLogin || o["IsSiteAdmin"] != true || o["PrincipalType"] != 1.0 {
		t.Errorf("%v", o)
	}
	const nested = "c:0t.c|tenant|e0000000-0000-4000-8000-000000000002"
	user := site + "/_api/web/siteusers('" + url.QueryEscape(nested) + "')"
	merge := []string{"X-HTTP-Method", "MERGE", "If-Match", "*"}
	if r := p.do("POST", user, `{"IsSiteAdmin": true}`, merge...); r.Status != 404 {
		t.Errorf("not known to the site yet: %d %s", r.Status, r.Body)
	}
	if o := p.do("POST", site+"/_api/web/ensureuser", `{"logonName": "`+nested+`"}`).Object(t); o["LoginName"] != nested || o["IsSiteAdmin"] != false || o["PrincipalType"] != 4.0 {
		t.Errorf("%v", o)
	}
	if r := p.do("POST", user, `{"IsSiteAdmin": true}`, merge...); r.Status != 204 {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	got := p.do("GET", site+siteAdmins, "").List(t, "LoginName")
	if len(got) != 4 || got[3] != nested || !slices.Equal(got, administrators(t, w, spoHost+site)) {
		t.Errorf("%v", got)
	}
	if r := p.do("POST", user, `{"IsSiteAdmin": false}`, merge...); r.Status != 204 || len(administrators(t, w, spoHost+site)) != 3 {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	if o := p.do("GET", user, "").Object(t); o["IsSiteAdmin"] != false {
		t.Errorf("still known to the site: %v", o)
	}
	if r := p.do("POST", site+"/_api/web/siteusers('"+url.QueryEscape(svcLogin)+"')", `{"IsSiteAdmin": false}`, merge...); r.Status != 400 {
		t.Errorf("the owner is no administrator any more: %d %s", r.Status, r.Body)
	}
	if o := p.do("POST", site+"/_api/web/ensureuser", `{"logonName": "mfa@contoso.com"}`).Object(t); o["LoginName"] != "i:0#.f|membership|mfa@contoso.com" {
		t.Errorf("by a username: %v", o)
	}
	for body, want := range map[string]int{`{"logonName": "nobody@contoso.com"}`: 400, `{"logonName": "list@contoso.com"}`: 400, `{`: 400} {
		if r := p.do("POST", site+"/_api/web/ensureuser", body); r.Status != want {
			t.Errorf("%s: %d %s", body, r.Status, r.Body)
		}
	}
	if r := p.do("GET", site+"/_api/web/siteusers?$filter=Id%20eq%203", ""); r.Status != 400 {
		t.Errorf("%d", r.Status)
	}
}

// TestWhoIsLetIntoASite are its administrators, through a group too; the role in the tenant alone is not enough. Sites that are shut
// let nobody in, and a read-only one lets nobody write.
func TestWhoIsLetIntoASite(t *testing.T) {
	w := simtest.NewWorld(t, withSites)
	w.Control("PATCH", "/_sim/groups/"+simtest.PoolID, `{"members": ["initial@contoso.onmicrosoft.com"]}`, 204)
	svc := asPerson(t, w, spoHost, "svc@contoso.com")
	for name, c := range map[string]struct {
		who  program
		site string
		want int
	}{
		"through a group":             {asPerson(t, w, spoHost, "initial@contoso.onmicrosoft.com"), "finance", 200},
		"a stranger":                  {asPerson(t, w, spoHost, "forever@contoso.com"), "finance", 403},
		"the tenant's administrator":  {svc, "site00001", 403},
		"a site that is locked":       {svc, "closed", 403},
		"a site that is read only":    {svc, "still", 200},
		"a site that is archived":     {svc, "old", 423},
		"a site that refuses":         {svc, "odd", 403},
		"a site that is not there":    {svc, "none", 404},
		"a host that has no such one": {asPerson(t, w, oneDriveHost, "svc@contoso.com"), "finance", 404},
	} {
		if r := c.who.do("GET", "/sites/"+c.site+siteAdmins, ""); r.Status != c.want {
			t.Errorf("%s: %d %s", name, r.Status, r.Body)
		}
	}
	if r := svc.do("POST", "/sites/still/_api/web/ensureuser", `{"logonName": "plain@contoso.com"}`); r.Status != 403 || !strings.Contains(r.Body, "blocked") {
		t.Errorf("a read-only site is written: %d %s", r.Status, r.Body)
	}
	if r := asPerson(t, w, oneDriveHost, "svc@contoso.com").do("GET", "/personal/svc_contoso_com"+siteAdmins, ""); r.Status != 200 {
		t.Errorf("one's OneDrive: %d %s", r.Status, r.Body)
	}
}
