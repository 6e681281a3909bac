package app_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"purser.example/internal/app"
	"purser.example/internal/config"
	"purser.example/internal/demo/idp"
	"purser.example/internal/demo/idp/idptest"
	"purser.example/internal/secret"
)

// On https the cookie has the prefix that no other host and no plain connection can set, and browsers are told to stay (R4).
func TestServingTLSItself(t *testing.T) {
	borrowed := httptest.NewTLSServer(nil) // for its certificate of 127.0.0.1
	defer borrowed.Close()
	cert := borrowed.TLS.Certificates[0]
	keyDER, err := x509.MarshalPKCS8PrivateKey(cert.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	address := freeAddress(t)
	base := &url.URL{Scheme: "https", Host: address}
	issuer := startProvider(t, base.String())
	cfg := config.Config{
		Addr: address, BaseURL: base, Data: t.TempDir(), Key: secret.NewKey().Text(),
		TLSCert: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Certificate[0]})),
		TLSKey:  string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})),
		OIDC:    config.OIDC{Issuer: issuer, ClientID: "purser", ClientSecret: "secret", RoleClaim: "roles", TenantOwner: "TenantOwner", ServiceAdministrator: "ServiceAdministrator"},
		Session: config.Session{Idle: 15 * time.Minute, Max: 12 * time.Hour},
	}
	log := slog.New(slog.DiscardHandler)
	purser, err := app.Open(t.Context(), cfg, app.Options{Log: log})
	if err != nil {
		t.Fatal(err)
	}
	ln, err := purser.Listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- app.Serve(ctx, ln, purser.Handler, log) }()
	defer func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if err := purser.Close(); err != nil {
			t.Error(err)
		}
	}()

	client := borrowed.Client()
	client.Jar, _ = cookiejar.New(nil)
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	callback, err := idptest.SignIn(t.Context(), client, base.String()+"/auth/sign-in", "adele@contoso.com", "demo-password")
	if err != nil {
		t.Fatal(err)
	}
	res, err := client.Get(callback)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	cookie := res.Header.Get("Set-Cookie")
	if res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(cookie, "__Host-purser=") {
		t.Fatalf("status %d, cookie %q", res.StatusCode, cookie)
	}
	for _, attribute := range []string{"Path=/", "Secure", "HttpOnly", "SameSite=Lax"} {
		if !strings.Contains(cookie, attribute) {
			t.Errorf("the cookie lacks %s: %s", attribute, cookie)
		}
	}
	if strings.Contains(cookie, "Domain") || !strings.HasPrefix(res.Header.Get("Strict-Transport-Security"), "max-age=31536000") {
		t.Errorf("cookie %q, HSTS %q", cookie, res.Header.Get("Strict-Transport-Security"))
	}
	if res, err = client.Get(base.String() + "/service-accounts"); err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("the page: %v %v", res.StatusCode, err)
	}
	_ = res.Body.Close()
	if _, err := tls.Dial("tcp", address, &tls.Config{MaxVersion: tls.VersionTLS11, InsecureSkipVerify: true}); err == nil {
		t.Error("TLS 1.1 is spoken")
	}
}

func startProvider(t *testing.T, base string) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	issuer := "http://" + ln.Addr().String() + "/idp"
	provider, err := idp.New(idp.Config{
		Issuer: issuer, ClientID: "purser", ClientSecret: "secret", RedirectURI: base + "/auth/callback", PostLogoutRedirectURI: base + "/auth/signed-out",
		People:     []idp.Person{{Subject: "s1", Email: "adele@contoso.com", Name: "Adele Vance", Password: "demo-password", Roles: []string{"ServiceAdministrator"}}},
		SigningKey: key, CryptoKey: [32]byte{1},
	})
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: provider}
	go func() { _ = server.Serve(ln) }()
	t.Cleanup(func() { _ = server.Close() })
	return issuer
}

func freeAddress(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ln.Close() }()
	return ln.Addr().String()
}
