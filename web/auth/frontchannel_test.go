package auth_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"purser.example/internal/audit"
	"purser.example/internal/demo/demotest"
	"purser.example/internal/demo/idp/idptest"
)

// R4: the end of the provider's session ends the one here, without its cookie, and no other.
func TestTheProvidersSessionEnds(t *testing.T) {
	p := idptest.NewStub(t)
	h := demotest.OpenApart(t, p.URL)
	p.Claim("roles", []string{"TenantOwner"})
	in := func(sid string) *demotest.Browser {
		p.Claim("sid", sid)
		b := h.Browser()
		b.Walk("/auth/sign-in")
		if res := b.Get("/service-accounts"); res.StatusCode != http.StatusOK {
			t.Fatalf("not signed in: %d", res.StatusCode)
		}
		return b
	}
	gone, stays := in("session one"), in("session two")
	provider := h.Browser()
	end := func(query url.Values) *demotest.Response {
		return provider.Get("/auth/front-channel-logout?" + query.Encode())
	}

	for name, query := range map[string]url.Values{
		"no session": {"iss": {p.URL}}, "another issuer": {"iss": {"https://fabrikam.example"}, "sid": {"session one"}},
	} {
		if res := end(query); res.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: status %d", name, res.StatusCode)
		}
	}
	if res := end(url.Values{"sid": {"unheard of"}}); res.StatusCode != http.StatusOK {
		t.Errorf("a session that is not there: status %d", res.StatusCode)
	}
	if res := gone.Get("/service-accounts"); res.StatusCode != http.StatusOK {
		t.Fatalf("ended too early: %d", res.StatusCode)
	}
	res := end(url.Values{"sid": {"session one"}}) // as Microsoft Entra ID asks, without an issuer
	policy := res.Header.Get("Content-Security-Policy")
	if res.StatusCode != http.StatusOK || res.Header.Get("X-Frame-Options") != "" || !strings.HasSuffix(policy, "frame-ancestors "+p.URL) || res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("status %d, policy %q", res.StatusCode, policy)
	}
	if res := gone.Get("/service-accounts"); res.StatusCode != http.StatusSeeOther {
		t.Errorf("the session goes on: %d", res.StatusCode)
	}
	if res := stays.Get("/service-accounts"); res.StatusCode != http.StatusOK || res.Header.Get("X-Frame-Options") != "DENY" {
		t.Errorf("the other: status %d", res.StatusCode)
	}
	entries, err := h.App.DB.Activity(t.Context(), 1)
	if err != nil || len(entries) != 1 || entries[0].Action != audit.SignOut || entries[0].Details["by"] != "the identity provider" {
		t.Errorf("activity = %+v, %v", entries, err)
	}
	if res := end(url.Values{"iss": {p.URL}, "sid": {"session two"}}); res.StatusCode != http.StatusOK {
		t.Errorf("with its issuer: status %d", res.StatusCode)
	}
	if res := stays.Get("/service-accounts"); res.StatusCode != http.StatusSeeOther {
		t.Errorf("with its issuer, the session goes on: %d", res.StatusCode)
	}
}

// R1: an answer that the provider posts (response_mode=form_post) comes from another site and is refused; one in the query is not spoiled
// by it.
func TestAPostedAnswerIsRefused(t *testing.T) {
	p := idptest.NewStub(t)
	h := demotest.OpenApart(t, p.URL)
	p.Claim("roles", []string{"TenantOwner"})
	b := h.Browser()
	callback, err := idptest.SignIn(t.Context(), b.Client, h.URL()+"/auth/sign-in", "", "")
	if err != nil {
		t.Fatal(err)
	}
	to, err := url.Parse(callback)
	if err != nil {
		t.Fatal(err)
	}
	res := b.Carry(http.MethodPost, "/auth/callback", strings.NewReader(to.RawQuery), http.Header{
		"Origin": {p.URL}, "Sec-Fetch-Site": {"cross-site"}, "Content-Type": {"application/x-www-form-urlencoded"},
	})
	if res.StatusCode != http.StatusForbidden {
		t.Errorf("posted: status %d", res.StatusCode)
	}
	if res := b.Get("/service-accounts"); res.StatusCode != http.StatusSeeOther {
		t.Errorf("the posted answer signed somebody in: %d", res.StatusCode)
	}
	if res := b.Get(callback); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/" {
		t.Errorf("the same answer in the query: status %d", res.StatusCode)
	}
}
