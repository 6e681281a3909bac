package graph_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"purser.example/internal/m365sim/simtest"
)

// TestKeysOfAddresses reads keys as OData writes them: in parentheses, with quotes doubled, in a path of either case.
func TestKeysOfAddresses(t *testing.T) {
	w := simtest.NewWorld(t, strings.ReplaceAll(simtest.Contoso, "plain@contoso.com", "o'brien@contoso.com"))
	w.Control("PATCH", "/_sim/groups/"+simtest.PoolID, `{"members": ["o'brien@contoso.com"]}`, 204)
	token := w.AccessToken()
	for _, path := range []string{"users('o''brien@contoso.com')", "Users/o''brien@contoso.com", "users/o'brien@contoso.com", "USERS(" + url.QueryEscape("'o''brien@contoso.com'") + ")"} {
		if u := w.Get(token, "/v1.0/"+path+"?$select=userPrincipalName").Object(t); u["userPrincipalName"] != "o'brien@contoso.com" {
			t.Errorf("%s: %v", path, u)
		}
	}
	if got := w.Get(token, "/v1.0/groups('"+simtest.PoolID+"')/Members/Microsoft.Graph.User").List(t, "userPrincipalName"); !slices.Equal(got, []string{"o'brien@contoso.com"}) {
		t.Errorf("%v", got)
	}
}

// TestPropertiesThatNoFixtureKnows are null, as long as Graph v1.0 has them.
func TestPropertiesThatNoFixtureKnows(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	token := w.AccessToken()
	u := w.Get(token, "/v1.0/users/svc@contoso.com?$select=id,department,licenseAssignmentStates,onPremisesExtensionAttributes").Object(t)
	if value, there := u["department"]; !there || value != nil || len(u) != 5 {
		t.Errorf("%v", u)
	}
	if u := w.Get(token, "/v1.0/users/svc@contoso.com").Object(t); len(u) != 12 {
		t.Errorf("they come unasked: %v", u)
	}
	if r := w.Get(token, "/v1.0/users?$select=favouriteColour"); r.Status != 400 {
		t.Errorf("a property that Graph lacks too: %d", r.Status)
	}
	if got := w.Get(token, "/v1.0/groups?$select=id,assignedLicenses").List(t, "assignedLicenses"); got[0] != "<nil>" {
		t.Errorf("%v", got)
	}
}

// TestHiddenMembership lists the members of a hidden group to those only who may see them, and says nothing of it (X9).
func TestHiddenMembership(t *testing.T) {
	w := simtest.NewWorld(t, strings.Replace(simtest.Contoso, `"clientSecret": "s", "permissions": ["GroupMember.Read.All"]`, `"clientSecret": "s", "permissions": ["Directory.Read.All"]`, 1))
	w.Control("PATCH", "/_sim/groups/nested@contoso.com", `{"visibility": "HiddenMembership"}`, 204)
	may, mayNot := w.AsApp(simtest.AppID, "good-secret"), w.AsApp(simtest.SecretAppID, "s")
	const hidden = "/v1.0/groups/e0000000-0000-4000-8000-000000000002"
	if g := w.Get(mayNot, hidden+"?$select=visibility").Object(t); g["visibility"] != "HiddenMembership" {
		t.Errorf("%v", g)
	}
	for path, want := range map[string][2]int{
		hidden + "/members": {3, 0}, hidden + "/transitiveMembers": {7, 0}, "/v1.0/groups/" + simtest.PoolID + "/transitiveMembers": {7, 6},
	} {
		if a, b := len(w.Get(may, path).List(t, "id")), len(w.Get(mayNot, path).List(t, "id")); a != want[0] || b != want[1] {
			t.Errorf("%s: %d with the permission, %d without, want %v", path, a, b, want)
		}
	}
	w.Control("PATCH", "/_sim/groups/nested@contoso.com", `{"visibility": "Secret"}`, 400)
}

// TestDelegatedPermissions are what a person's token carries (X8): with User.Read alone roles are ids.
func TestDelegatedPermissions(t *testing.T) {
	w := simtest.NewWorld(t, strings.Replace(simtest.Contoso, `"displayName": "Purser", `, `"displayName": "Purser", "delegatedPermissions": ["User.Read"], `, 1))
	token := w.AccessToken()
	const roles = "/v1.0/me/transitiveMemberOf/microsoft.graph.directoryRole?$select=id,displayName,roleTemplateId&$count=true"
	if got := w.Get(token, roles, "ConsistencyLevel", "eventual").List(t, "roleTemplateId"); !slices.Equal(got, []string{"<nil>"}) {
		t.Errorf("%v", got)
	}
	if r := w.Get(token, "/v1.0/domains"); r.Status != 403 {
		t.Errorf("%d", r.Status)
	}
	if r := w.Token("scope", "https://graph.microsoft.com/Domain.Read.All"); r.Code(t) != 65001 {
		t.Errorf("a permission that nobody consented to: %d %s", r.Status, r.Body)
	}
	if r := w.Token("scope", "https://graph.microsoft.com/user.read openid"); r.Status != 200 {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	if r := w.Get(w.AsApp(simtest.AppID, "good-secret"), "/v1.0/domains"); r.Status != 200 {
		t.Errorf("the app's own permissions are others: %d", r.Status)
	}
}
