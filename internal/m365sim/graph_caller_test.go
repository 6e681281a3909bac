package m365sim

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"purser.example/internal/m365sim/permission"
)

func TestGraphToken(t *testing.T) {
	w := newWorld(t, contoso)
	good := w.accessToken()
	parts := strings.Split(good, ".")
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","kid":"`+w.sim.keys[0].id+`"}`)) + "." + parts[1] + "."
	cases := map[string]struct{ host, token string }{
		"no token":                      {graphHostCom, ""},
		"a token that is none":          {graphHostCom, "Bearer x"},
		"another scheme":                {graphHostCom, "Basic " + good},
		"a changed payload":             {graphHostCom, "Bearer " + parts[0] + "." + encode([]byte(`{"aud":"https://graph.microsoft.com"}`)) + "." + parts[2]},
		"a token without a signature":   {graphHostCom, "Bearer " + none},
		"a token for SharePoint":        {graphHostCom, "Bearer " + w.accessToken("scope", "https://contoso.sharepoint.com/.default")},
		"the Graph of another cloud":    {"graph.microsoft.us", "Bearer " + good},
		"another service of that cloud": {"dod-graph.microsoft.us", "Bearer " + good},
	}
	for name, c := range cases {
		t.Run("is refused: "+name, func(t *testing.T) {
			r := w.do(http.MethodGet, c.host, "/v1.0/me", "", "Authorization", c.token)
			if r.status != 401 || r.graphCode(t) != "InvalidAuthenticationToken" || !strings.HasPrefix(r.header.Get("WWW-Authenticate"), "Bearer ") {
				t.Errorf("%d %s %v", r.status, r.body, r.header)
			}
		})
	}
	t.Run("is refused after it has expired", func(t *testing.T) {
		w.clock.advance(91 * time.Minute)
		if r := w.get(good, "/v1.0/me"); r.status != 401 || !strings.Contains(r.body, "expired") {
			t.Errorf("%d %s", r.status, r.body)
		}
	})
	t.Run("is refused after the keys were rotated, and a new one is good", func(t *testing.T) {
		old := w.accessToken()
		if err := w.sim.RotateKeys(); err != nil {
			t.Fatal(err)
		}
		if r := w.get(old, "/v1.0/me"); r.status != 401 {
			t.Errorf("%d %s", r.status, r.body)
		}
		if r := w.get(w.accessToken(), "/v1.0/me"); r.status != 200 {
			t.Errorf("%d %s", r.status, r.body)
		}
	})
	t.Run("works on the host of its own cloud", func(t *testing.T) {
		var body tokenBody
		w.tokenAt("login.microsoftonline.us", "fabrikam.us", "username", "svc@fabrikam.us", "scope", "https://graph.microsoft.us/.default").decode(t, &body)
		if r := w.do(http.MethodGet, "graph.microsoft.us", "/v1.0/me", "", "Authorization", "Bearer "+body.AccessToken); r.status != 200 {
			t.Errorf("%d %s", r.status, r.body)
		}
	})
}

// TestGraphPermissions asks with a token that may too little.
func TestGraphPermissions(t *testing.T) {
	w := newWorld(t, contoso)
	groupsOnly := w.asApp(secretAppID, "s") // GroupMember.Read.All
	userRead := w.accessToken("scope", "https://graph.microsoft.com/User.Read")
	all := w.asApp(appID, "good-secret")
	cases := []struct {
		name, token, path string
		status            int
	}{
		{"an app reads groups", groupsOnly, "/v1.0/groups", 200},
		{"an app reads members", groupsOnly, "/v1.0/groups/" + poolID + "/members", 200},
		{"an app without the permission reads domains", groupsOnly, "/v1.0/domains", 403},
		{"an app without the permission reads a user", groupsOnly, "/v1.0/users/svc@contoso.com", 403},
		{"an app without the permission reads a user who is not there", groupsOnly, "/v1.0/users/no@contoso.com", 403},
		{"an app without the permission reads licences", groupsOnly, "/v1.0/users/svc@contoso.com/licenseDetails", 403},
		{"an app without the permission reads the organization", groupsOnly, "/v1.0/organization", 403},
		{"an app with every permission reads domains", all, "/v1.0/domains", 200},
		{"a user reads domains with User.Read", userRead, "/v1.0/domains", 403},
		{"a user reads themselves by name", userRead, "/v1.0/users/SVC@contoso.com", 200},
		{"a user reads their licences", userRead, "/v1.0/me/licenseDetails", 200},
		{"a user reads another with User.Read", userRead, "/v1.0/users/plain@contoso.com", 403},
		{"a user reads groups with User.Read", userRead, "/v1.0/groups", 403},
		{"a user reads the organization", userRead, "/v1.0/organization", 200},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := w.get(c.token, c.path)
			if r.status != c.status || c.status == 403 && r.graphCode(t) != "Authorization_RequestDenied" {
				t.Errorf("%d %s", r.status, r.body)
			}
		})
	}
	t.Run("members that the app may not read have an id only", func(t *testing.T) {
		r := w.get(groupsOnly, "/v1.0/groups/"+poolID+"/members?$select=id,displayName,accountEnabled")
		if ids, names := r.list(t, "id"), r.list(t, "displayName"); len(ids) != 6 || !slices.Equal(names, []string{"<nil>", "<nil>", "Nested", "<nil>", "<nil>", "<nil>"}) {
			t.Errorf("%v %v", ids, names)
		}
	})
	t.Run("basic properties only", func(t *testing.T) {
		basic := w.accessToken("scope", "https://graph.microsoft.com/User.ReadBasic.All")
		u := w.get(basic, "/v1.0/users/plain@contoso.com?$select=userPrincipalName,accountEnabled").object(t)
		if u["userPrincipalName"] != "plain@contoso.com" || u["accountEnabled"] != nil {
			t.Errorf("%v", u)
		}
	})
	t.Run("every permission of the routes is in the table", func(t *testing.T) {
		for _, route := range graphRoutes {
			for _, name := range strings.Fields(route.user + " " + strings.Trim(route.app, noApps)) {
				if !permission.Known(name) {
					t.Errorf("%s: %s", route.path, name)
				}
			}
		}
	})
}
