package login_test

import (
	"compress/gzip"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"purser.example/internal/login"
)

func TestSignOutAtTheProviderR4(t *testing.T) {
	cases := []struct {
		what    string
		change  func(*login.Config)
		idToken string
		want    url.Values
	}{
		{
			"with everything", func(*login.Config) {}, "header.claims.signature",
			url.Values{"id_token_hint": {"header.claims.signature"}, "post_logout_redirect_uri": {"https://purser.contoso.com/auth/signed-out"}, "state": {"s 1"}},
		},
		{
			"without a token", func(*login.Config) {}, "",
			url.Values{"post_logout_redirect_uri": {"https://purser.contoso.com/auth/signed-out"}, "state": {"s 1"}},
		},
		{
			"with a token too long for an address", func(*login.Config) {}, strings.Repeat("x", 7000),
			url.Values{"post_logout_redirect_uri": {"https://purser.contoso.com/auth/signed-out"}, "state": {"s 1"}},
		},
		{"without a way back", func(cfg *login.Config) { cfg.PostLogoutURL = "" }, "", url.Values{}},
	}
	for _, tc := range cases {
		t.Run(tc.what, func(t *testing.T) {
			p := newProvider(t)
			address, ok := newClient(p, tc.change).SignOutURL(t.Context(), tc.idToken, "s 1")
			if !ok {
				t.Fatal("no address")
			}
			tc.want.Set("client_id", clientID)
			tc.want.Set("from", "discovery") // the provider's own query stays
			if want := p.URL + "/end?" + tc.want.Encode(); address != want {
				t.Errorf("address = %s\nwant      %s", address, want)
			}
		})
	}
}

func TestSignOutWhereTheProviderOffersNoneR4(t *testing.T) {
	for _, offered := range []any{nil, "", "/relative", "javascript:alert(1)"} {
		p := newProvider(t)
		p.document["end_session_endpoint"] = offered
		if address, ok := newClient(p).SignOutURL(t.Context(), "token", "state"); ok {
			t.Errorf("offered %v, got %s", offered, address)
		}
	}
}

func TestSignOutDoesNotWaitForAProviderThatIsDownR4(t *testing.T) {
	p := newProvider(t)
	met, stranger := newClient(p), newClient(p)
	if _, ok := met.SignOutURL(t.Context(), "", ""); !ok {
		t.Fatal("no address")
	}
	p.instead(discoveryPath, misbehaviours(t)["silence"])
	defer p.CloseClientConnections()
	p.pass(2 * time.Hour)
	started := time.Now()
	if _, ok := met.SignOutURL(t.Context(), "", ""); !ok || time.Since(started) > time.Second {
		t.Errorf("a known provider: %v after %s", ok, time.Since(started))
	}
	started = time.Now()
	if _, ok := stranger.SignOutURL(t.Context(), "", ""); ok || time.Since(started) > 4*time.Second {
		t.Errorf("an unknown provider: %v after %s", ok, time.Since(started))
	}
}

func TestFormOriginsR4(t *testing.T) {
	p := newProvider(t)
	p.document["end_session_endpoint"] = "https://out.contoso.com/end"
	p.document["authorization_endpoint"] = "https://in.contoso.com:8443/authorize"
	c := newClient(p)
	if got := c.FormOrigins(); !slices.Equal(got, []string{p.URL}) || p.hitsOf(discoveryPath) != 0 {
		t.Errorf("before discovery: %v", got)
	}
	if _, _, err := c.Begin(t.Context(), "/"); err != nil {
		t.Fatal(err)
	}
	want := []string{p.URL, "https://in.contoso.com:8443", "https://out.contoso.com"}
	if got := c.FormOrigins(); !slices.Equal(got, want) {
		t.Errorf("origins = %v, want %v", got, want)
	}

	t.Run("a host that would break the policy is left out", func(t *testing.T) {
		p := newProvider(t)
		p.document["end_session_endpoint"] = "https://x;script-src/"
		c := newClient(p)
		if _, ok := c.SignOutURL(t.Context(), "", ""); ok {
			t.Error("it was used")
		}
		if got := c.FormOrigins(); !slices.Equal(got, []string{p.URL}) {
			t.Errorf("origins = %v", got)
		}
	})
}

// packed answers with n bytes of JSON that travel as a few.
func packed(w http.ResponseWriter, _ *http.Request, n int) {
	w.Header().Set("Content-Encoding", "gzip")
	out := gzip.NewWriter(w)
	_, _ = out.Write([]byte(`{"access_token": "a", "keys": []}` + strings.Repeat(" ", n)))
	_ = out.Close()
}
