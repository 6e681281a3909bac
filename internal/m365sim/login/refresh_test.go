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
