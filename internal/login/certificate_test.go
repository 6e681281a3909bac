package login_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"purser.example/internal/expiry"
	"purser.example/internal/login"
)

// R91: when the provider's certificate ends is known from what it showed last. One that was not asked, or is asked without TLS, has shown none.
func TestTheEndOfTheProvidersCertificateR91(t *testing.T) {
	p := newProvider(t)
	safe := httptest.NewTLSServer(p)
	defer safe.Close()
	p.document["issuer"] = safe.URL
	for name, path := range map[string]string{"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/keys"} {
		p.document[name] = safe.URL + path
	}
	c := newClient(p, func(cfg *login.Config) { cfg.Issuer, cfg.Transport = safe.URL, safe.Client().Transport })
	if ends, err := c.Expiries(t.Context()); err != nil || len(ends) != 0 {
		t.Errorf("before it was asked: %+v %v", ends, err)
	}
	if err := c.Discover(t.Context()); err != nil {
		t.Fatal(err)
	}
	host := strings.TrimPrefix(safe.URL, "https://")
	ends, err := c.Expiries(t.Context())
	if err != nil || len(ends) != 1 || ends[0] != (expiry.Date{Kind: expiry.ProviderCertificate, At: safe.Certificate().NotAfter, Of: expiry.Object{ID: host, Name: host}}) {
		t.Errorf("afterwards: %+v %v", ends, err)
	}

	plain := newClient(newProvider(t))
	if err := plain.Discover(t.Context()); err != nil {
		t.Fatal(err)
	}
	if ends, err := plain.Expiries(t.Context()); err != nil || len(ends) != 0 {
		t.Errorf("without TLS: %+v %v", ends, err)
	}
}
