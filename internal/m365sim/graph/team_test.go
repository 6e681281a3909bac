package graph_test

import (
	"strconv"
	"strings"
	"testing"

	"purser.example/internal/m365sim/simtest"
)

// TestObjectsByNumber counts what the fixture asks for by number, beside what it lists: a team is a group of Microsoft 365, a mailbox is a
// user's.
func TestObjectsByNumber(t *testing.T) {
	w := simtest.NewWorld(t, withObjects)
	app := asPurser(w)
	for path, want := range map[string]int{
		"users": 22 + 45, "groups": 6 + 12,
		"groups?$filter=resourceProvisioningOptions/Any(x:x%20eq%20'Team')&$select=id,displayName&$top=4": 1 + 5,
		"groups?$filter=groupTypes/any(c:c%20eq%20'Unified')&$top=5":                                      1 + 12,
		"users?$filter=mail%20ne%20null&$count=true&$select=id,mail,assignedPlans":                        1 + 30,
		"teams": 1 + 5,
	} {
		if ids, _ := walk(t, w, app, "/v1.0/"+path, "id"); len(ids) != want {
			t.Errorf("%s: %d, not %d", path, len(ids), want)
		}
		set, filter, _ := strings.Cut(path, "?")
		if r := w.Get(app, "/v1.0/"+set+"/$count?"+filter, "ConsistencyLevel", "eventual"); set != "teams" && r.Body != strconv.Itoa(want) {
			t.Errorf("%s/$count?%s: %s, not %d", set, filter, r.Body, want)
		}
	}
}

// TestTeamsByNumber finds each team again as a group, with members and an owner who are users.
func TestTeamsByNumber(t *testing.T) {
	w := simtest.NewWorld(t, withObjects)
	app := asPurser(w)
	ids, _ := walk(t, w, app, "/v1.0/groups?$filter=resourceProvisioningOptions/Any(x:x%20eq%20'Team')%20and%20startswith(displayName,'Group')", "id")
	for _, id := range ids {
		group, team := w.Get(app, "/v1.0/groups/"+id).Object(t), w.Get(app, "/v1.0/teams/"+id).Object(t)
		if team["displayName"] != group["displayName"] || !strings.Contains(team["webUrl"].(string), id) {
			t.Errorf("%v is not %v", team, group)
		}
		members := w.Get(app, "/v1.0/groups/"+id+"/members").List(t, "userPrincipalName")
		if len(members) != 3 || len(w.Get(app, "/v1.0/groups/"+id+"/owners").List(t, "id")) != 1 {
			t.Errorf("%v", members)
		}
		of := w.Get(app, "/v1.0/users/"+members[2]+"/memberOf").List(t, "id")
		if !strings.Contains(strings.Join(of, " "), id) {
			t.Errorf("%s is a member of %v", members[2], of)
		}
		if r := w.Get(app, "/v1.0/groups/"+id+"/drive"); r.Status != 200 || !strings.Contains(r.Body, "/sites/site0000") {
			t.Errorf("%d %s", r.Status, r.Body)
		}
	}
	if len(ids) != 5 {
		t.Errorf("%d teams", len(ids))
	}
	for _, id := range []string{simtest.PoolID, "x", "00000000-0000-4000-8000-000000000000"} {
		if r := w.Get(app, "/v1.0/teams/"+id); r.Status != 404 || r.GraphCode(t) != "NotFound" {
			t.Errorf("%s: %d %s", id, r.Status, r.Body)
		}
	}
	if r := w.Get(w.AsApp(simtest.SecretAppID, "s"), "/v1.0/teams"); r.Status != 403 {
		t.Errorf("without the permission: %d %s", r.Status, r.Body)
	}
}

// TestPeopleByNumberSignIn gives them passwords, and lets their accounts be changed as any.
func TestPeopleByNumberSignIn(t *testing.T) {
	w := simtest.NewWorld(t, withObjects)
	const upn = "u00007@contoso.onmicrosoft.com"
	me := w.Get(w.AccessToken("username", upn, "password", "Gen-00007!"), "/v1.0/me?$select=id,mail").Object(t)
	if me["mail"] != upn {
		t.Errorf("%v", me)
	}
	w.Control("PATCH", "/_sim/users/"+upn, `{"accountEnabled": false}`, 204)
	if code := w.Token("username", upn, "password", "Gen-00007!").Code(t); code != 50057 {
		t.Errorf("%d", code)
	}
	w.Control("DELETE", "/_sim/users/"+upn, "", 204)
	if r := w.Get(asPurser(w), "/v1.0/users/"+me["id"].(string)); r.Status != 404 {
		t.Errorf("%d %s", r.Status, r.Body)
	}
}
