package m365sim

import (
	"net/http"
	"strings"
	"testing"
)

// TestRegistrationReport says who has set up a second factor, to those who may read reports.
func TestRegistrationReport(t *testing.T) {
	w := newWorld(t, contoso)
	const path = "/v1.0/reports/authenticationMethods/userRegistrationDetails"
	app := w.asApp(appID, "good-secret")
	for user, want := range map[string]bool{"mfa@contoso.com": true, "camfa@contoso.com": true, "register@contoso.com": false, "svc@contoso.com": false} {
		id, _ := w.get(app, "/v1.0/users/"+user).object(t)["id"].(string)
		one := w.get(app, path+"/"+id).object(t)
		if one["userPrincipalName"] != user || one["isMfaRegistered"] != want || one["isAdmin"] != (user == "svc@contoso.com") {
			t.Errorf("%v", one)
		}
	}
	if list := w.get(app, path+"?$filter=isMfaRegistered%20eq%20true").list(t, "userPrincipalName"); len(list) != 2 {
		t.Errorf("%v", list)
	}
	if r := w.get(app, path+"/mfa@contoso.com"); r.status != 404 {
		t.Errorf("by name: %d", r.status)
	}
	if r := w.get(w.accessToken(), path); r.status != 403 || r.graphCode(t) != "Authentication_RequestFromUnsupportedUserRole" {
		t.Errorf("without a role for it: %d %s", r.status, r.body)
	}
	if r := w.get(w.asApp(secretAppID, "s"), path); r.status != 403 || r.graphCode(t) != "Authentication_MSGraphPermissionMissing" {
		t.Errorf("without the permission: %d %s", r.status, r.body)
	}
}

// TestRootSite tells the tenant's name in SharePoint.
func TestRootSite(t *testing.T) {
	w := newWorld(t, contoso)
	if site := w.get(w.accessToken(), "/v1.0/sites/root?$select=webUrl,siteCollection").object(t); site["webUrl"] != "https://contoso.sharepoint.com" {
		t.Errorf("%v", site)
	}
	if r := w.get(w.asApp(secretAppID, "s"), "/v1.0/sites/root"); r.status != 403 || r.graphCode(t) != "accessDenied" {
		t.Errorf("%d %s", r.status, r.body)
	}
}

// TestChangePassword changes one's own password, after which only the new one is right.
func TestChangePassword(t *testing.T) {
	w := newWorld(t, contoso)
	token := w.accessToken()
	change := func(token, path, current, next string) reply {
		return w.do(http.MethodPost, graphHostCom, "/v1.0/"+path, `{"currentPassword": "`+current+`", "newPassword": "`+next+`"}`, "Authorization", "Bearer "+token, "Content-Type", "application/json")
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
		if r := change(token, "me/changePassword", c[0], c[1]); r.status != 400 || r.graphCode(t) != "Request_BadRequest" {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
	if r := change(token, "users/svc@contoso.com/changePassword", "Right-1234", "Fresh-5678"); r.status != 403 || r.graphCode(t) != "Authorization_RequestDenied" {
		t.Errorf("by name: %d %s", r.status, r.body)
	}
	if r := change(w.asApp(appID, "good-secret"), "me/changePassword", "Right-1234", "Fresh-5678"); r.status != 400 {
		t.Errorf("by an app: %d %s", r.status, r.body)
	}
	if r := change(w.accessToken("username", "synced@contoso.com"), "me/changePassword", "Right-1234", "Fresh-5678"); r.status != 400 {
		t.Errorf("of an account on premises: %d %s", r.status, r.body)
	}
	if r := w.get(token, "/v1.0/me/changePassword"); r.status != 405 {
		t.Errorf("GET: %d", r.status)
	}
	if r := change(token, "me/changePassword", "Right-1234", "Fresh-5678"); r.status != 204 || r.body != "" {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if r := w.token(); r.refusal(t).Codes[0] != 50126 {
		t.Errorf("the old password: %s", r.body)
	}
	me := w.get(w.accessToken("password", "Fresh-5678"), "/v1.0/me?$select=lastPasswordChangeDateTime").object(t)
	if me["lastPasswordChangeDateTime"] != "2026-11-23T14:02:11Z" {
		t.Errorf("%v", me)
	}
	got := w.batch(w.accessToken("password", "Fresh-5678"), `{"id": "1", "method": "POST", "url": "/me/changePassword", "headers": {"Content-Type": "application/json"}, "body": {"currentPassword": "Fresh-5678", "newPassword": "Again-9012"}}`)
	if got["1"].Status != 204 || w.token("password", "Again-9012").status != 200 {
		t.Errorf("in a batch: %+v", got)
	}
}
