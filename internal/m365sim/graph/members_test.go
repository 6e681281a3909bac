package graph_test

import (
	"slices"
	"testing"

	"purser.example/internal/m365sim/simtest"
)

// R42, Microsoft Graph, list ownedObjects: what a user owns, by pages, with the permission that shows it.
func TestGraphOwnedObjects(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	token := w.AsApp(simtest.AppID, "good-secret")
	const svc = "/v1.0/users/svc@contoso.com"
	owned := w.Get(token, svc+"/ownedObjects?$select=id&$top=999")
	if ids, types := owned.List(t, "id"), owned.List(t, "@odata.type"); !slices.Equal(ids, []string{simtest.PoolID}) || !slices.Equal(types, []string{"#microsoft.graph.group"}) {
		t.Errorf("%v %v", ids, types)
	}
	if got := w.Get(token, svc+"/ownedObjects/microsoft.graph.group").List(t, "displayName"); !slices.Equal(got, []string{"AOS Pool"}) {
		t.Errorf("%v", got)
	}
	if got := w.Get(token, "/v1.0/users/plain@contoso.com/ownedObjects").List(t, "id"); len(got) != 0 {
		t.Errorf("a member that owns nothing: %v", got)
	}
	if r := w.Get(token, "/v1.0/users/nobody@contoso.com/ownedObjects"); r.Status != 404 || r.GraphCode(t) != "Request_ResourceNotFound" {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	if r := w.Get(w.AsApp(simtest.SecretAppID, "s"), svc+"/ownedObjects"); r.Status != 403 || r.GraphCode(t) != "Authorization_RequestDenied" {
		t.Errorf("without User.Read.All: %d %s", r.Status, r.Body)
	}
	if got := w.Get(w.AccessToken("scope", "https://graph.microsoft.com/User.Read"), svc+"/ownedObjects").List(t, "id"); len(got) != 1 {
		t.Errorf("oneself: %v", got)
	}
}

func TestGraphMembers(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	token := w.AsApp(simtest.AppID, "good-secret")
	pool := "/v1.0/groups/" + simtest.PoolID
	cases := map[string]struct {
		path string
		want []string
	}{
		"direct":                    {"/members", []string{"svc@contoso.com", "plain@contoso.com", "<nil>", "<nil>", "<nil>", "<nil>"}},
		"direct users":              {"/members/microsoft.graph.user", []string{"svc@contoso.com", "plain@contoso.com"}},
		"nested groups":             {"/members/microsoft.graph.group", []string{"<nil>"}},
		"devices":                   {"/members/microsoft.graph.device", []string{"<nil>"}},
		"all users, each once":      {"/transitiveMembers/microsoft.graph.user?$count=true", []string{"svc@contoso.com", "plain@contoso.com", "mfa@contoso.com"}},
		"owners":                    {"/Owners", []string{"svc@contoso.com"}},
		"with several $select":      {"/owners?$select=id,userPrincipalName", []string{"svc@contoso.com"}},
		"with $select of one's own": {"/members/microsoft.graph.user?$select=userPrincipalName,assignedPlans", []string{"svc@contoso.com", "plain@contoso.com"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := w.Get(token, pool+c.path, "ConsistencyLevel", "eventual").List(t, "userPrincipalName"); !slices.Equal(got, c.want) {
				t.Errorf("%v", got)
			}
		})
	}
	t.Run("types are told", func(t *testing.T) {
		got := w.Get(token, pool+"/members").List(t, "@odata.type")
		if !slices.Equal(got, []string{"#microsoft.graph.user", "#microsoft.graph.user", "#microsoft.graph.group", "#microsoft.graph.device", "#microsoft.graph.servicePrincipal", "#microsoft.graph.orgContact"}) {
			t.Errorf("%v", got)
		}
	})
	t.Run("counted as plain text, with the header only", func(t *testing.T) {
		for path, want := range map[string]string{"/members/$count": "6", "/transitiveMembers/microsoft.graph.user/$count": "3"} {
			r := w.Get(token, pool+path, "ConsistencyLevel", "eventual")
			if r.Body != want || r.Header.Get("Content-Type") != "text/plain" {
				t.Errorf("%s: %q %v", path, r.Body, r.Header)
			}
			if r := w.Get(token, pool+path); r.Status != 400 {
				t.Errorf("%s without the header: %d", path, r.Status)
			}
		}
	})
	t.Run("a group that is none", func(t *testing.T) {
		if r := w.Get(token, "/v1.0/groups/pool/members"); r.Status != 400 || r.GraphCode(t) != "Request_BadRequest" {
			t.Errorf("%d %s", r.Status, r.Body)
		}
		if r := w.Get(token, "/v1.0/groups/e0000000-0000-4000-8000-00000000ffff/members"); r.Status != 404 {
			t.Errorf("%d %s", r.Status, r.Body)
		}
	})
}
