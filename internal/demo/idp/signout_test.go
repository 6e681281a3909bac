package idp_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func (p *party) endSession(q url.Values) string { return p.cfg.Issuer + "/end_session?" + q.Encode() }

// R4: sign-out at the identity provider, and back.
func TestSignOut(t *testing.T) {
	p := newParty(t, nil)
	token, _ := p.tokens(t, "adele@contoso.com", password)
	hint := rawIDToken(token)
	home := p.cfg.PostLogoutRedirectURI

	t.Run("goes back with the state and drops what the browser had under way", func(t *testing.T) {
		page := p.signInPage(t, p.client)
		res := p.get(t, p.client, p.endSession(url.Values{"id_token_hint": {hint}, "post_logout_redirect_uri": {home}, "state": {"s 1"}}))
		if got := res.Header.Get("Location"); res.StatusCode != http.StatusFound || got != home+"?state=s+1" {
			t.Errorf("got %s to %q", res.Status, got)
		}
		for _, c := range p.client.Jar.Cookies(must(url.Parse(page))) {
			t.Errorf("cookie %s is still there", c.Name)
		}
		if res := p.get(t, p.client, page); res.StatusCode != http.StatusBadRequest {
			t.Errorf("the sign-in page afterwards: %s", res.Status)
		}
	})
	t.Run("works by POST and long after the hint expired", func(t *testing.T) {
		res := p.post(t, p.client, p.cfg.Issuer+"/end_session", url.Values{"id_token_hint": {hint}, "post_logout_redirect_uri": {home}})
		if res.StatusCode != http.StatusFound || res.Header.Get("Location") != home {
			t.Errorf("got %s to %q", res.Status, res.Header.Get("Location"))
		}
	})
	t.Run("ends on a page of its own without an address to return to", func(t *testing.T) {
		for _, q := range []url.Values{{}, {"id_token_hint": {hint}}, {"post_logout_redirect_uri": {home}}} {
			res := p.get(t, p.client, p.endSession(q))
			if got := res.Header.Get("Location"); got != p.cfg.Issuer+"/signed-out" {
				t.Fatalf("%v: %s to %q", q, res.Status, got)
			}
		}
		res := p.get(t, p.client, p.cfg.Issuer+"/signed-out")
		if res.StatusCode != http.StatusOK || !strings.Contains(res.body, "You are signed out") {
			t.Errorf("got %s %q", res.Status, res.body)
		}
	})
	for name, q := range map[string]url.Values{
		"an unregistered address is refused":           {"id_token_hint": {hint}, "post_logout_redirect_uri": {"https://fabrikam.com/"}},
		"an unregistered address by client is refused": {"client_id": {clientID}, "post_logout_redirect_uri": {home + "more"}},
		"a forged hint is refused":                     {"id_token_hint": {hint[:len(hint)-8] + "AAAAAAAA"}, "post_logout_redirect_uri": {home}},
		"a hint of another client is refused":          {"id_token_hint": {hint}, "client_id": {"other"}, "post_logout_redirect_uri": {home}},
	} {
		t.Run(name, func(t *testing.T) {
			page := p.signInPage(t, p.client)
			res := p.get(t, p.client, p.endSession(q))
			if res.StatusCode != http.StatusBadRequest || res.Header.Get("Location") != "" {
				t.Errorf("got %s to %q", res.Status, res.Header.Get("Location"))
			}
			if res := p.get(t, p.client, page); res.StatusCode != http.StatusOK {
				t.Errorf("what was under way is gone: %s", res.Status)
			}
		})
	}
}
