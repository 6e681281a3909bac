package graph_test

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"purser.example/internal/m365sim/simtest"
)

func TestGraphToken(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	good := w.AccessToken()
	parts := strings.Split(good, ".")
	head, err := base64.RawURLEncoding.DecodeString(parts[0])
	if err != nil {
		t.Fatal(err)
	}
	none := base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(string(head), "RS256", "none", 1))) + "." + parts[1] + "."
	cases := map[string]struct{ host, token string }{
		"no token":                      {simtest.GraphHost, ""},
		"a token that is none":          {simtest.GraphHost, "Bearer x"},
		"another scheme":                {simtest.GraphHost, "Basic " + good},
		"a changed payload":             {simtest.GraphHost, "Bearer " + parts[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(`{"aud":"https://graph.microsoft.com"}`)) + "." + parts[2]},
		"a token without a signature":   {simtest.GraphHost, "Bearer " + none},
		"a token for SharePoint":        {simtest.GraphHost, "Bearer " + w.AccessToken("scope", "https://contoso.sharepoint.com/.default")},
		"the Graph of another cloud":    {"graph.microsoft.us", "Bearer " + good},
		"another service of that cloud": {"dod-graph.microsoft.us", "Bearer " + good},
	}
	for name, c := range cases {
		t.Run("is refused: "+name, func(t *testing.T) {
			r := w.Do(http.MethodGet, c.host, "/v1.0/me", "", "Authorization", c.token)
			if r.Status != 401 || r.GraphCode(t) != "InvalidAuthenticationToken" || !strings.HasPrefix(r.Header.Get("WWW-Authenticate"), "Bearer ") {
				t.Errorf("%d %s %v", r.Status, r.Body, r.Header)
			}
		})
	}
	t.Run("is refused after it has expired", func(t *testing.T) {
		w.Clock.Advance(91 * time.Minute)
		if r := w.Get(good, "/v1.0/me"); r.Status != 401 || !strings.Contains(r.Body, "expired") {
			t.Errorf("%d %s", r.Status, r.Body)
		}
	})
	t.Run("is refused after the keys were rotated, and a new one is good", func(t *testing.T) {
		old := w.AccessToken()
		if err := w.Sim.RotateKeys(); err != nil {
			t.Fatal(err)
		}
		if r := w.Get(old, "/v1.0/me"); r.Status != 401 {
			t.Errorf("%d %s", r.Status, r.Body)
		}
		if r := w.Get(w.AccessToken(), "/v1.0/me"); r.Status != 200 {
			t.Errorf("%d %s", r.Status, r.Body)
		}
	})
	t.Run("works on the host of its own cloud", func(t *testing.T) {
		tokens := w.TokenAt("login.microsoftonline.us", "fabrikam.us", "username", "svc@fabrikam.us", "scope", "https://graph.microsoft.us/.default").Tokens(t)
		if r := w.Do(http.MethodGet, "graph.microsoft.us", "/v1.0/me", "", "Authorization", "Bearer "+tokens.Access); r.Status != 200 {
			t.Errorf("%d %s", r.Status, r.Body)
		}
	})
}

// TestGraphPermissions asks with a token that may too little.
func TestGraphPermissions(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	groupsOnly := w.AsApp(simtest.SecretAppID, "s") // GroupMember.Read.All
	userRead := w.AccessToken("scope", "https://graph.microsoft.com/User.Read")
	all := w.AsApp(simtest.AppID, "good-secret")
	cases := []struct {
		name, token, path string
		status            int
	}{
		{"an app reads groups", groupsOnly, "/v1.0/groups", 200},
		{"an app reads members", groupsOnly, "/v1.0/groups/" + simtest.PoolID + "/members", 200},
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
			r := w.Get(c.token, c.path)
			if r.Status != c.status || c.status == 403 && r.GraphCode(t) != "Authorization_RequestDenied" {
				t.Errorf("%d %s", r.Status, r.Body)
			}
		})
	}
	t.Run("members that the app may not read have an id only", func(t *testing.T) {
		r := w.Get(groupsOnly, "/v1.0/groups/"+simtest.PoolID+"/members?$select=id,displayName,accountEnabled")
		if ids, names := r.List(t, "id"), r.List(t, "displayName"); len(ids) != 6 || !slices.Equal(names, []string{"<nil>", "<nil>", "Nested", "<nil>", "<nil>", "<nil>"}) {
			t.Errorf("%v %v", ids, names)
		}
	})
	t.Run("basic properties only", func(t *testing.T) {
		basic := w.AccessToken("scope", "https://graph.microsoft.com/User.ReadBasic.All")
		u := w.Get(basic, "/v1.0/users/plain@contoso.com?$select=userPrincipalName,accountEnabled").Object(t)
		if u["userPrincipalName"] != "plain@contoso.com" || u["accountEnabled"] != nil {
			t.Errorf("%v", u)
		}
	})
}
