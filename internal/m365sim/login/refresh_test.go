package login_test

import (
	"net/http"
	"testing"
	"time"

	"purser.example/internal/m365sim/simtest"
)

// TestRefresh renews a sign-in, until its password is changed, its account is switched off or it was not used for long.
func TestRefresh(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	first := w.Token("scope", simtest.GraphDefault+" offline_access").Tokens(t)
	renew := func(token string, more ...string) simtest.Reply {
		return w.Token(append([]string{"grant_type", "refresh_token", "refresh_token", token, "username", "-", "password", "-"}, more...)...)
	}
	r := renew(first.Refresh, "scope", "-")
	second := r.Tokens(t)
	if r.Status != http.StatusOK || second.Refresh == "" || second.Refresh == first.Refresh {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	if me := w.Get(second.Access, "/v1.0/me").Object(t); me["userPrincipalName"] != "svc@contoso.com" {
		t.Errorf("%v", me)
	}
	if r := w.Token(); r.Status != http.StatusOK || r.Tokens(t).Refresh != "" {
		t.Errorf("without offline_access: %s", r.Body)
	}
	if third := renew(second.Refresh, "scope", "-").Tokens(t); third.Refresh == "" || w.Get(third.Access, "/v1.0/me").Status != http.StatusOK {
		t.Errorf("a renewed sign-in is not renewed again: %+v", third)
	}
	for name, c := range map[string]struct {
		token string
		more  []string
		code  int
	}{
		"for SharePoint":       {first.Refresh, []string{"scope", "https://contoso.sharepoint.com/.default"}, 0},
		"no token":             {"", nil, 900144},
		"a token that is none": {"1.x", nil, 70000},
		"another app":          {first.Refresh, []string{"client_id", simtest.SecretAppID, "client_secret", "s"}, 70000},
		"an app nobody knows":  {first.Refresh, []string{"client_id", "a0000000-0000-4000-8000-00000000000f"}, 700016},
	} {
		r := renew(c.token, c.more...)
		if c.code == 0 && r.Status != http.StatusOK || c.code != 0 && r.Code(t) != c.code {
			t.Errorf("%s: %d %s", name, r.Status, r.Body)
		}
	}
	for _, c := range []struct {
		patch string
		code  int
	}{{`{"mfa": "perUser"}`, 50076}, {`{"accountEnabled": false}`, 50057}, {`{"accountEnabled": true, "mfa": "none", "password": "Fresh-5678"}`, 50173}} {
		w.Control("PATCH", "/_sim/users/svc@contoso.com", c.patch, 204)
		if got := renew(first.Refresh).Refusal(t); got.Codes[0] != c.code {
			t.Errorf("after %s: %+v", c.patch, got)
		}
	}
	first = w.Token("username", "plain@contoso.com", "scope", simtest.GraphDefault+" offline_access").Tokens(t)
	w.Clock.Advance(90*24*time.Hour + 1)
	if got := renew(first.Refresh).Refusal(t); got.Codes[0] != 700082 || got.Suberror != "token_expired" {
		t.Errorf("after three months: %+v", got)
	}
	w.Control("DELETE", "/_sim/users/plain@contoso.com", "", 204)
	if got := renew(first.Refresh).Refusal(t); got.Codes[0] != 70000 {
		t.Errorf("after the user is gone: %+v", got)
	}
}

// TestRefreshForEachResource takes one sign-in from Graph to the admin host, to the sites and back, as Entra's refresh tokens do: each use
// gives a token for that host alone, and another refresh token.
func TestRefreshForEachResource(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	refresh := w.Token("scope", simtest.GraphDefault+" offline_access").Tokens(t).Refresh
	for _, resource := range []string{"https://contoso-admin.sharepoint.com", "https://contoso.sharepoint.com", "https://contoso-my.sharepoint.com", "https://" + simtest.GraphHost} {
		r := w.Token("grant_type", "refresh_token", "refresh_token", refresh, "scope", resource+"/.default", "username", "-", "password", "-")
		tokens := r.Tokens(t)
		if r.Status != http.StatusOK || tokens.Refresh == "" || tokens.Refresh == refresh {
			t.Fatalf("%s: %d %s", resource, r.Status, r.Body)
		}
		refresh = tokens.Refresh
		for _, host := range []string{"contoso-admin.sharepoint.com", "contoso.sharepoint.com"} {
			want := http.StatusOK
			if "https://"+host != resource {
				want = http.StatusUnauthorized
			}
			if got := w.Do(http.MethodPost, host, "/_api/contextinfo", "", "Authorization", "Bearer "+tokens.Access); got.Status != want {
				t.Errorf("a token for %s at %s: %d %s", resource, host, got.Status, got.Body)
			}
		}
		if got := w.Get(tokens.Access, "/v1.0/me").Status; (got == http.StatusOK) != (resource == "https://"+simtest.GraphHost) {
			t.Errorf("a token for %s at Graph: %d", resource, got)
		}
	}
	if code := w.Token("grant_type", "refresh_token", "refresh_token", refresh, "scope", "https://fabrikam.sharepoint.com/.default", "username", "-", "password", "-").Code(t); code != 500011 {
		t.Errorf("another tenant's SharePoint: %d", code)
	}
}
