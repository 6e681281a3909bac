package sharepoint_test

import (
	"slices"
	"strings"
	"testing"

	"purser.example/internal/m365sim/simtest"
)

// termQuery writes what a client asks of the term store.
func termQuery(methods string) string {
	return query(`<ObjectPath Id="10" ObjectPathId="8" /><ObjectIdentityQuery Id="11" ObjectPathId="8" /><ObjectPath Id="12" ObjectPathId="9" />`+methods,
		`<StaticMethod Id="8" Name="GetTaxonomySession" TypeId="{981cbc68-9edc-4f8d-872f-71146fcbb84f}" /><Method Id="9" ParentId="8" Name="GetDefaultSiteCollectionTermStore" />`)
}

func addTermStoreAdministrator(login string) string {
	return `<Method Name="AddTermStoreAdministrator" Id="13" ObjectPathId="9"><Parameters><Parameter Type="String">` + login + `</Parameter></Parameters></Method>`
}

const commitAll = `<Method Name="CommitAll" Id="14" ObjectPathId="9" />`

// TestTermStoreAdministrators are added by CSOM and in force after CommitAll; without it nothing has happened.
func TestTermStoreAdministrators(t *testing.T) {
	w := simtest.NewWorld(t, strings.Replace(withSites, `"policies": [`, `"sharePoint": {"termStoreAdministrators": ["plain@contoso.com"]}, "policies": [`, 1))
	p := asPerson(t, w, adminHost, "svc@contoso.com")
	administrators := func() (names []string) {
		w.Control("GET", "/_sim/tenants/contoso.com/term-store-administrators", "", 200).Decode(t, &names)
		return names
	}
	const group = "c:0t.c|tenant|" + simtest.PoolID
	want := []string{"i:0#.f|membership|plain@contoso.com"}
	for _, c := range []struct {
		methods string
		then    []string
		fails   string
	}{
		{addTermStoreAdministrator(group), want, ""},
		{addTermStoreAdministrator(group) + commitAll, append(want, group), ""},
		{addTermStoreAdministrator(group) + commitAll, append(want, group), ""},
		{addTermStoreAdministrator("c:0t.c|tenant|00000000-0000-4000-8000-000000000000") + commitAll, append(want, group), "could not be found"},
		{strings.Replace(addTermStoreAdministrator(want[0]), "Add", "Delete", 1) + commitAll, []string{group}, ""},
		{`<Query Id="15" ObjectPathId="9"><Query SelectAllProperties="true"><Properties /></Query></Query>`, []string{group}, ""},
		{`<Method Name="Nothing" Id="13" ObjectPathId="9" />`, []string{group}, "does not exist"},
	} {
		r := p.query(termQuery(c.methods), p.digest())
		if failed := r.head.ErrorInfo; r.status != 200 || (failed != nil) != (c.fails != "") || failed != nil && !strings.Contains(failed.ErrorMessage, c.fails) {
			t.Errorf("%s: %d %+v", c.methods, r.status, failed)
		}
		if got := administrators(); !slices.Equal(got, c.then) {
			t.Errorf("after %s: %v", c.methods, got)
		}
	}
	w.Control("PATCH", "/_sim/tenants/contoso.com", `{"latencyMs": 1}`, 204)
	if got := administrators(); !slices.Equal(got, []string{group}) {
		t.Errorf("another change of the tenant undoes it: %v", got)
	}
}

// TestTermStoreThatRefuses knows no such method, and shows by that that somebody has to do it by hand.
func TestTermStoreThatRefuses(t *testing.T) {
	w := simtest.NewWorld(t, withSites)
	w.Control("PATCH", "/_sim/tenants/contoso.com", `{"sharePoint": {"termStoreRefuses": true}}`, 204)
	p := asPerson(t, w, adminHost, "svc@contoso.com")
	r := p.query(termQuery(addTermStoreAdministrator("c:0t.c|tenant|"+simtest.PoolID)+commitAll), p.digest())
	if r.head.ErrorInfo == nil || !strings.Contains(r.head.ErrorInfo.ErrorMessage, "AddTermStoreAdministrator") {
		t.Errorf("%+v", r.head)
	}
	var names []string
	if w.Control("GET", "/_sim/tenants/contoso.com/term-store-administrators", "", 200).Decode(t, &names); len(names) != 0 {
		t.Errorf("%v", names)
	}
	w.Control("GET", "/_sim/tenants/nobody.com/term-store-administrators", "", 404)
	w.Control("PATCH", "/_sim/tenants/contoso.com", `{"sharePoint": {"termStoreAdministrators": ["nobody@contoso.com"]}}`, 400)
}
