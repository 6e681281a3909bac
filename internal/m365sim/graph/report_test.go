package graph_test

import (
	"net/http"
	"strings"
	"testing"

	"purser.example/internal/m365sim/simtest"
)

// TestRegistrationReport says who has set up a second factor, to those who may read reports.
func TestRegistrationReport(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	const path = "/v1.0/reports/authenticationMethods/userRegistrationDetails"
	app := w.AsApp(simtest.AppID, "good-secret")
	for user, want := range map[string]bool{"mfa@contoso.com": true, "camfa@contoso.com": true, "register@contoso.com": false, "svc@contoso.com": false} {
		id, _ := w.Get(app, "/v1.0/users/"+user).Object(t)["id"].(string)
		one := w.Get(app, path+"/"+id).Object(t)
		if one["userPrincipalName"] != user || one["isMfaRegistered"] != want || one["isAdmin"] != (user == "svc@contoso.com") {
			t.Errorf("%v", one)
		}
	}
	if list := w.Get(app, path+"?$filter=isMfaRegistered%20eq%20true").List(t, "userPrincipalName"); len(list) != 2 {
		t.Errorf("%v", list)
	}
	if r := w.Get(app, path+"/mfa@contoso.com"); r.Status != 404 {
		t.Errorf("by name: %d", r.Status)
	}
	if r := w.Get(w.AccessToken(), path); r.Status != 403 || r.GraphCode(t) != "Authentication_RequestFromUnsupportedUserRole" {
		t.Errorf("without a role for it: %d %s", r.Status, r.Body)
	}
	if r := w.Get(w.AsApp(simtest.SecretAppID, "s"), path); r.Status != 403 || r.GraphCode(t) != "Authentication_MSGraphPermissionMissing" {
		t.Errorf("without the permission: %d %s", r.Status, r.Body)
	}
}

// TestRootSite tells the tenant's name in SharePoint.
func TestRootSite(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	if site := w.Get(w.AccessToken(), "/v1.0/sites/root?$select=webUrl,siteCollection").Object(t); site["webUrl"] != "https://contoso.sharepoint.com" {
		t.Errorf("%v", site)
	}
	if r := w.Get(w.AsApp(simtest.SecretAppID, "s"), "/v1.0/sites/root"); r.Status != 403 || r.GraphCode(t) != "accessDenied" {
		t.Errorf("%d %s", r.Status, r.Body)
	}
}

// TestChangePassword changes one's own password, after which only the new one is right.
func TestChangePassword(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	token := w.AccessToken()
	change := func(token, path, current, next string) simtest.Reply {
		return w.Do(http.MethodPost, simtest.GraphHost, "/v1.0/"+path, `{"currentPassword": "`+current+`", "newPassword": "`+next+`"}`, "Authorization", "Bearer "+token, "Content-Type", "application/json")
	}
	for name, c := range map[string][2]string{
		"a wrong current one":  {"x", "Fresh-5678"},
		"the same again":       {"Right-1234", "Right-1234"},
		"too short":            {"Right-1234", "Fr-5678"},
		"too long":             {"Right-1234", "Fr-5678" + strings.Repeat("x", 250)},
		"two classes only":     {"Right-1234", "freshfresh5678"},
		"letters beyond ASCII": {"Right-1234", "Frésh-5678"},
		"a line break":         {"Right-1234", `Fresh-5678\n`},
	} {
		if r := change(token, "me/changePassword", c[0], c[1]); r.Status != 400 || r.GraphCode(t) != "Request_BadRequest" {
			t.Errorf("%s: %d %s", name, r.Status, r.Body)
		}
	}
	if r := change(token, "users/svc@contoso.com/changePassword", "Right-1234", "Fresh-5678"); r.Status != 403 || r.GraphCode(t) != "Authorization_RequestDenied" {
		t.Errorf("by name: %d %s", r.Status, r.Body)
	}
	if r := change(w.AsApp(simtest.AppID, "good-secret"), "me/changePassword", "Right-1234", "Fresh-5678"); r.Status != 400 {
		t.Errorf("by an app: %d %s", r.Status, r.Body)
	}
	if r := change(w.AccessToken("username", "synced@contoso.com"), "me/changePassword", "Right-1234", "Fresh-5678"); r.Status != 400 {
		t.Errorf("of an account on premises: %d %s", r.Status, r.Body)
	}
	if r := w.Get(token, "/v1.0/me/changePassword"); r.Status != 405 {
		t.Errorf("GET: %d", r.Status)
	}
	if r := change(token, "me/changePassword", "Right-1234", "Fresh-5678"); r.Status != 204 || r.Body != "" {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	if r := w.Token(); r.Code(t) != 50126 {
		t.Errorf("the old password: %s", r.Body)
	}
	me := w.Get(w.AccessToken("password", "Fresh-5678"), "/v1.0/me?$select=lastPasswordChangeDateTime").Object(t)
	if me["lastPasswordChangeDateTime"] != "2026-11-23T14:02:11Z" {
		t.Errorf("%v", me)
	}
	got := batch(t, w, w.AccessToken("password", "Fresh-5678"), `{"id": "1", "method": "POST", "url": "/me/changePassword", "headers": {"Content-Type": "application/json"}, "body": {"currentPassword": "Fresh-5678", "newPassword": "Again-9012"}}`)
	if got["1"].Status != 204 || w.Token("password", "Again-9012").Status != 200 {
		t.Errorf("in a batch: %+v", got)
	}
}
