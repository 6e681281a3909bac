package sharepoint_test

import (
	"fmt"
	"slices"
	"testing"

	"purser.example/internal/m365sim/simtest"
)

// TestSiteWithManyAdministrators keeps two hundred, in their order, and takes one more.
func TestSiteWithManyAdministrators(t *testing.T) {
	w := simtest.NewWorld(t, withSites)
	crowd := []string{}
	list := ""
	for n := range 200 {
		crowd = append(crowd, fmt.Sprintf("i:0#.f|membership|gone%03d@contoso.com", n))
		list += fmt.Sprintf(`%q,`, crowd[n])
	}
	const path = "/_sim/sites/" + spoHost + "/sites/site00004"
	w.Control("PATCH", path, `{"administrators": [`+list[:len(list)-1]+`]}`, 204)
	p := asPerson(t, w, adminHost, "svc@contoso.com")
	id := p.siteID("https://" + spoHost + "/sites/site00004")
	if got := p.administrators(id); len(got) != 201 || !slices.Equal(got[1:], crowd) {
		t.Fatalf("%d: %v", len(got), got)
	}
	if r := p.set(id, append(crowd, "c:0t.c|tenant|"+simtest.PoolID)...); r.Status != 200 {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	var names []string
	if w.Control("GET", path+"/administrators", "", 200).Decode(t, &names); len(names) != 202 {
		t.Errorf("%d administrators", len(names))
	}
}

// TestSiteDeletedInBetween is not found from then on, by nobody, and is in no list.
func TestSiteDeletedInBetween(t *testing.T) {
	w := simtest.NewWorld(t, withSites)
	p := asPerson(t, w, adminHost, "svc@contoso.com")
	id := p.siteID("https://" + spoHost + "/sites/site00004")
	w.Control("DELETE", "/_sim/sites/"+spoHost+"/sites/site00004", "", 204)
	if r := p.do("GET", "/_api/SPO.Tenant/GetSiteAdministrators?siteId='"+id+"'", ""); r.Status != 404 {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	if r := p.set(id, "c:0t.c|tenant|"+simtest.PoolID); r.Status != 404 {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	var names []string
	if w.Control("GET", "/_sim/sites/"+spoHost+"/sites/site00004/administrators", "", 200).Decode(t, &names); len(names) != 0 {
		t.Errorf("%v", names)
	}
	w.Control("DELETE", "/_sim/sites/"+spoHost+"/sites/site00004", "", 404)
}
