package m365sim

import (
	"net/http"
	"testing"
)

// TestRefresh renews a sign-in, until its password is changed, its account is switched off or it was not used for long.
func TestRefresh(t *testing.T) {
	w := newWorld(t, contoso)
	var first tokenBody
	w.token("scope", graphDefault+" offline_access").decode(t, &first)
	renew := func(token string, more ...string) reply {
		return w.token(append([]string{"grant_type", "refresh_token", "refresh_token", token, "username", "-", "password", "-"}, more...)...)
	}
	var second tokenBody
	r := renew(first.RefreshToken, "scope", "-")
	if r.decode(t, &second); r.status != http.StatusOK || second.RefreshToken == "" || second.RefreshToken == first.RefreshToken {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if me := w.get(second.AccessToken, "/v1.0/me").object(t); me["userPrincipalName"] != "svc@contoso.com" {
		t.Errorf("%v", me)
	}
	if r := w.token(); r.status != http.StatusOK || r.refreshToken(t) != "" {
		t.Errorf("without offline_access: %s", r.body)
	}
	for name, c := range map[string]struct {
		token string
		more  []string
		code  int
	}{
		"for SharePoint":       {first.RefreshToken, []string{"scope", "https://contoso.sharepoint.com/.default"}, 0},
		"no token":             {"", nil, 900144},
		"a token that is none": {"1.x", nil, 70000},
		"another app":          {first.RefreshToken, []string{"client_id", secretAppID, "client_secret", "s"}, 70000},
		"an app nobody knows":  {first.RefreshToken, []string{"client_id", "a0000000-0000-4000-8000-00000000000f"}, 700016},
	} {
		r := renew(c.token, c.more...)
		if c.code == 0 && r.status != http.StatusOK || c.code != 0 && r.refusal(t).Codes[0] != c.code {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
	for _, c := range []struct {
		patch string
		code  int
	}{{`{"mfa": "perUser"}`, 50076}, {`{"accountEnabled": false}`, 50057}, {`{"accountEnabled": true, "mfa": "none", "password": "Fresh-5678"}`, 50173}} {
		w.control("PATCH", "/_sim/users/svc@contoso.com", c.patch, 204)
		if got := renew(first.RefreshToken).refusal(t); got.Codes[0] != c.code {
			t.Errorf("after %s: %+v", c.patch, got)
		}
	}
	w.token("username", "plain@contoso.com", "scope", graphDefault+" offline_access").decode(t, &first)
	w.clock.advance(refreshLife + 1)
	if got := renew(first.RefreshToken).refusal(t); got.Codes[0] != 700082 || got.Suberror != "token_expired" {
		t.Errorf("after three months: %+v", got)
	}
	w.control("DELETE", "/_sim/users/plain@contoso.com", "", 204)
	if got := renew(first.RefreshToken).refusal(t); got.Codes[0] != 70000 {
		t.Errorf("after the user is gone: %+v", got)
	}
}

func (r reply) refreshToken(t *testing.T) string {
	t.Helper()
	var body tokenBody
	r.decode(t, &body)
	return body.RefreshToken
}

func TestRefreshTokensAreForgotten(t *testing.T) {
	var tokens refreshTokens
	first := tokens.add(refreshGrant{})
	for range maxRefreshTokens {
		tokens.add(refreshGrant{})
	}
	if _, ok := tokens.find(first); ok || len(tokens.by) != maxRefreshTokens {
		t.Errorf("%d tokens", len(tokens.by))
	}
}
