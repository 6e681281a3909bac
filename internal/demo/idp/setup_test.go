package idp_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"purser.example/internal/demo/idp"
	"purser.example/internal/demo/idp/idptest"
)

const (
	clientID     = "purser"
	clientSecret = "client secret: 100%"
	password     = "contoso-demo-1"
)

var signingKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// party is the client's side of a provider on a real port: go-oidc and x/oauth2 set up by discovery.
type party struct {
	url    string
	cfg    idp.Config
	oauth  oauth2.Config
	oidc   *oidc.Provider
	client *http.Client // its jar is the browser
	clock  *clock
	logs   *syncBuffer
	mount  func(http.Handler)
}

type clock struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

func (c *clock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func people() []idp.Person {
	return []idp.Person{
		{Subject: "p1", Email: "adele@contoso.com", Name: "Adele <Vance>", Password: password, Roles: []string{"TenantOwner", "Auditor"}},
		{Subject: "p2", Email: "alex@contoso.com", Name: "Alex Wilber", Password: password + "2", Roles: []string{"ServiceAdministrator"}},
		{Subject: "p3", Email: "megan@fabrikam.com", Name: "Megan Bowen", Password: password + "3"},
	}
}

// newParty starts a provider whose issuer has the path /idp; edit may change its settings before.
func newParty(t *testing.T, edit func(*idp.Config)) *party {
	t.Helper()
	p := &party{clock: &clock{}, logs: &syncBuffer{}}
	mu, handler := sync.RWMutex{}, http.NotFoundHandler()
	p.mount = func(h http.Handler) { mu.Lock(); defer mu.Unlock(); handler = h }
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.RLock()
		h := handler
		mu.RUnlock()
		h.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	p.url = server.URL
	p.cfg = idp.Config{
		Issuer: server.URL + "/idp", ClientID: clientID, ClientSecret: clientSecret,
		RedirectURI: server.URL + "/auth/callback", PostLogoutRedirectURI: server.URL + "/",
		People: people(), Hint: "Ask <Adele> for a password.", SigningKey: must(signingKey()), CryptoKey: [32]byte{1, 2, 3},
		Now: p.clock.now, Logger: slog.New(slog.NewTextHandler(p.logs, nil)),
	}
	if edit != nil {
		edit(&p.cfg)
	}
	p.mount(must(idp.New(p.cfg)))
	p.client = p.newBrowser()
	p.discover(t)
	return p
}

func (p *party) discover(t *testing.T) {
	t.Helper()
	provider, err := oidc.NewProvider(t.Context(), p.cfg.Issuer)
	if err != nil {
		t.Fatal("discovery:", err)
	}
	p.oidc = provider
	p.oauth = oauth2.Config{
		ClientID: clientID, ClientSecret: clientSecret, Endpoint: provider.Endpoint(),
		RedirectURL: p.cfg.RedirectURI, Scopes: []string{"openid", "profile", "email"},
	}
	p.oauth.Endpoint.AuthStyle = oauth2.AuthStyleInHeader
}

// newBrowser is a browser that has never been here and stops at every redirect.
func (p *party) newBrowser() *http.Client {
	return &http.Client{
		Jar:           must(cookiejar.New(nil)),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// authorizeURL begins a sign-in with PKCE S256.
func (p *party) authorizeURL(verifier string, more ...oauth2.AuthCodeOption) string {
	more = append([]oauth2.AuthCodeOption{oauth2.S256ChallengeOption(verifier), oidc.Nonce("nonce 1")}, more...)
	return p.oauth.AuthCodeURL("state 1", more...)
}

// code signs Adele in and answers the code.
func (p *party) code(t *testing.T, verifier string) string {
	t.Helper()
	back, err := idptest.SignIn(t.Context(), p.client, p.authorizeURL(verifier), "adele@contoso.com", password)
	if err != nil {
		t.Fatal("sign in:", err)
	}
	q := must(url.Parse(back)).Query()
	if q.Get("code") == "" || q.Get("state") != "state 1" {
		t.Fatalf("callback without code or state: %v", q)
	}
	return q.Get("code")
}

// tokens signs somebody in and exchanges the code.
func (p *party) tokens(t *testing.T, email, password string) (*oauth2.Token, *oidc.IDToken) {
	t.Helper()
	verifier := oauth2.GenerateVerifier()
	back, err := idptest.SignIn(t.Context(), p.client, p.authorizeURL(verifier), email, password)
	if err != nil {
		t.Fatal("sign in:", err)
	}
	token, err := p.oauth.Exchange(t.Context(), must(url.Parse(back)).Query().Get("code"), oauth2.VerifierOption(verifier))
	if err != nil {
		t.Fatal("exchange:", err)
	}
	id, err := p.oidc.Verifier(&oidc.Config{ClientID: clientID}).Verify(t.Context(), rawIDToken(token))
	if err != nil {
		t.Fatal("verify:", err)
	}
	return token, id
}

func rawIDToken(token *oauth2.Token) string {
	raw, _ := token.Extra("id_token").(string)
	return raw
}

// answer is a response that has been read.
type answer struct {
	*http.Response
	body string
}

func (p *party) get(t *testing.T, client *http.Client, address string) answer {
	t.Helper()
	return send(t, client, must(http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)))
}

func (p *party) post(t *testing.T, client *http.Client, address string, form url.Values) answer {
	t.Helper()
	req := must(http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(form.Encode())))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return send(t, client, req)
}

func send(t *testing.T, client *http.Client, req *http.Request) answer {
	t.Helper()
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{res, string(body)}
}

// signInPage begins a sign-in and answers the address of the page.
func (p *party) signInPage(t *testing.T, client *http.Client) string {
	t.Helper()
	res := p.get(t, client, p.authorizeURL(oauth2.GenerateVerifier()))
	page := res.Header.Get("Location")
	if !strings.HasPrefix(page, p.cfg.Issuer+"/") {
		t.Fatalf("no way to the sign-in page: %s %q", res.Status, res.body)
	}
	return page
}

// tokenRequest posts to the token endpoint by hand.
func (p *party) tokenRequest(t *testing.T, code, verifier string, edit func(*http.Request, url.Values)) (status int, problem string) {
	t.Helper()
	form := url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "code_verifier": {verifier}, "redirect_uri": {p.cfg.RedirectURI},
	}
	req := must(http.NewRequestWithContext(t.Context(), http.MethodPost, p.oauth.Endpoint.TokenURL, nil))
	req.SetBasicAuth(url.QueryEscape(clientID), url.QueryEscape(clientSecret))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	edit(req, form)
	req.Body = io.NopCloser(strings.NewReader(form.Encode()))
	res := send(t, http.DefaultClient, req)
	var said struct{ Error string }
	if err := json.Unmarshal([]byte(res.body), &said); err != nil {
		t.Fatalf("%s: %q", res.Status, res.body)
	}
	return res.StatusCode, said.Error
}

func asIs(*http.Request, url.Values) {}

// refusal is the OAuth error of an exchange, "" when it went well.
func (p *party) refusal(ctx context.Context, code, verifier string) string {
	_, err := p.oauth.Exchange(ctx, code, oauth2.VerifierOption(verifier))
	if err == nil {
		return ""
	}
	if said, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		return said.ErrorCode
	}
	return err.Error()
}
