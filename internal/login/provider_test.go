package login_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	clientID     = "purser-client"
	clientSecret = "client secret/with+signs"
	redirectURL  = "https://purser.contoso.com/auth/callback"
)

// fakeProvider is an OpenID Provider that can be told to misbehave. It shares no code with the client: it checks PKCE and
// signs tokens by hand, so that a mistake in the libraries shows too.
type fakeProvider struct {
	*httptest.Server
	t *testing.T

	mu       sync.Mutex
	now      time.Time
	document map[string]any              // the discovery document
	handlers map[string]http.HandlerFunc // in place of the proper answer of a path
	claims   func(map[string]any)        // a last change to the claims
	sign     func(map[string]any) string // in place of signing with the first key
	tokens   func(map[string]any)        // a last change to the token endpoint's answer
	keys     []signingKey                // published; the first one signs
	grants   map[string]grant            // by code
	hits     map[string]int              // requests by path
	seen     []*http.Request             // every request, bodies read
	issued   map[string]string           // the secrets that the last sign-in brought forth
}

type grant struct{ challenge, nonce string }

type signingKey struct {
	id  string
	rsa *rsa.PrivateKey
	ec  *ecdsa.PrivateKey
}

var (
	rsaKey   = sync.OnceValue(func() *rsa.PrivateKey { k, _ := rsa.GenerateKey(rand.Reader, 2048); return k })
	otherKey = sync.OnceValue(func() *ecdsa.PrivateKey { k, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader); return k })
)

func newProvider(t *testing.T) *fakeProvider {
	t.Helper()
	p := &fakeProvider{
		t: t, now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), keys: []signingKey{{id: "one", rsa: rsaKey()}},
		handlers: map[string]http.HandlerFunc{}, grants: map[string]grant{}, hits: map[string]int{}, issued: map[string]string{},
	}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	p.document = map[string]any{
		"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
		"end_session_endpoint":                  p.URL + "/end?from=discovery",
		"id_token_signing_alg_values_supported": []string{"RS256", "ES256", "HS256", "none"},
	}
	return p
}

// ServeHTTP answers as the document says, unless the path has another answer for now.
func (p *fakeProvider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	p.mu.Lock()
	p.hits[r.URL.Path]++
	p.seen = append(p.seen, r)
	other := p.handlers[r.URL.Path]
	p.mu.Unlock()
	switch {
	case other != nil:
		other(w, r)
	case r.URL.Path == "/.well-known/openid-configuration":
		p.answer(w, http.StatusOK, p.document)
	case r.URL.Path == "/authorize":
		p.authorize(w, r)
	case r.URL.Path == "/token":
		p.token(w, r)
	case r.URL.Path == "/keys":
		p.answer(w, http.StatusOK, map[string]any{"keys": p.published()})
	default:
		http.NotFound(w, r)
	}
}

func (p *fakeProvider) answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// authorize signs Adele in without asking and sends the browser back.
func (p *fakeProvider) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	want := map[string]string{
		"response_type": "code", "client_id": clientID, "redirect_uri": redirectURL, "code_challenge_method": "S256",
		"scope": "openid profile email",
	}
	for name, value := range want {
		if q.Get(name) != value {
			p.t.Errorf("authorize: %s = %q, want %q", name, q.Get(name), value)
		}
	}
	code := "code-" + randomText()
	p.mu.Lock()
	p.grants[code] = grant{challenge: q.Get("code_challenge"), nonce: q.Get("nonce")}
	p.issued["code"], p.issued["state"], p.issued["nonce"] = code, q.Get("state"), q.Get("nonce")
	p.mu.Unlock()
	issuer, _ := p.document["issuer"].(string)
	back := url.Values{"code": {code}, "state": {q.Get("state")}, "iss": {issuer}}
	http.Redirect(w, r, redirectURL+"?"+back.Encode(), http.StatusFound)
}

// token redeems a code once, for the client that knows its secret and the verifier.
func (p *fakeProvider) token(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	code := r.PostForm.Get("code")
	g, ok := p.grants[code]
	delete(p.grants, code)
	sum := sha256.Sum256([]byte(r.PostForm.Get("code_verifier")))
	p.issued["verifier"] = r.PostForm.Get("code_verifier")
	switch {
	case !p.clientKnown(r):
		p.answer(w, http.StatusUnauthorized, map[string]any{"error": "invalid_client", "error_description": "AADSTS7000215: " + clientSecret})
	case !ok || base64.RawURLEncoding.EncodeToString(sum[:]) != g.challenge || r.PostForm.Get("redirect_uri") != redirectURL:
		p.answer(w, http.StatusBadRequest, map[string]any{"error": "invalid_grant", "error_description": "no such code: " + code})
	default:
		p.answer(w, http.StatusOK, p.tokenAnswer(g))
	}
}

func (p *fakeProvider) clientKnown(r *http.Request) bool {
	id, secret, ok := r.BasicAuth()
	id, _ = url.QueryUnescape(id)
	secret, _ = url.QueryUnescape(secret)
	if !ok {
		id, secret = r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	}
	return id == clientID && secret == clientSecret
}

func (p *fakeProvider) tokenAnswer(g grant) map[string]any {
	claims := map[string]any{
		"iss": p.URL, "sub": "adele-1", "aud": clientID, "nonce": g.nonce, "iat": p.now.Unix(), "exp": p.now.Add(time.Hour).Unix(),
		"name": "Adele Vance", "preferred_username": "adele@contoso.com", "email": "adele.vance@contoso.com", "roles": []string{"TenantOwner"},
	}
	if p.claims != nil {
		p.claims(claims)
	}
	token := ""
	if p.sign != nil {
		token = p.sign(claims)
	} else {
		token = p.keys[0].sign(claims)
	}
	p.issued["id token"], p.issued["access token"], p.issued["refresh token"] = token, "access-"+randomText(), "refresh-"+randomText()
	body := map[string]any{
		"token_type": "Bearer", "expires_in": 3600, "id_token": token,
		"access_token": p.issued["access token"], "refresh_token": p.issued["refresh token"],
	}
	if p.tokens != nil {
		p.tokens(body)
	}
	return body
}

func (p *fakeProvider) published() []map[string]any {
	p.mu.Lock()
	defer p.mu.Unlock()
	var list []map[string]any
	for _, k := range p.keys {
		list = append(list, k.jwk())
	}
	return list
}

// rotate replaces the keys, as a provider does every few weeks or after a break-in.
func (p *fakeProvider) rotate(keys ...signingKey) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keys = keys
}

// instead gives the path another answer; nil brings the proper one back.
func (p *fakeProvider) instead(path string, handler http.HandlerFunc) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.handlers[path] = handler
}

func (p *fakeProvider) hitsOf(path string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.hits[path]
}

// jwk is the public half as RFC 7517 writes it.
func (k signingKey) jwk() map[string]any {
	number := func(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
	if k.ec != nil {
		return map[string]any{
			"kty": "EC", "use": "sig", "alg": "ES256", "kid": k.id, "crv": "P-256",
			"x": number(k.ec.X.FillBytes(make([]byte, 32))), "y": number(k.ec.Y.FillBytes(make([]byte, 32))),
		}
	}
	exponent := big.NewInt(int64(k.rsa.E)).Bytes()
	return map[string]any{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": k.id, "n": number(k.rsa.N.Bytes()), "e": number(exponent)}
}

// sign makes a JWS as RFC 7515 and RFC 7518 say.
func (k signingKey) sign(claims map[string]any) string {
	if k.ec != nil {
		return jwt(map[string]any{"alg": "ES256", "kid": k.id}, claims, func(input []byte) []byte {
			sum := sha256.Sum256(input)
			r, s, _ := ecdsa.Sign(rand.Reader, k.ec, sum[:])
			return append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
		})
	}
	return jwt(map[string]any{"alg": "RS256", "kid": k.id}, claims, func(input []byte) []byte {
		sum := sha256.Sum256(input)
		signature, _ := rsa.SignPKCS1v15(rand.Reader, k.rsa, crypto.SHA256, sum[:])
		return signature
	})
}

// signHS256 signs with a shared secret.
func signHS256(secret []byte, kid string) func(map[string]any) string {
	return func(claims map[string]any) string {
		return jwt(map[string]any{"alg": "HS256", "kid": kid}, claims, func(input []byte) []byte {
			mac := hmac.New(sha256.New, secret)
			mac.Write(input)
			return mac.Sum(nil)
		})
	}
}

func jwt(header, claims map[string]any, sign func([]byte) []byte) string {
	part := func(v any) string { b, _ := json.Marshal(v); return base64.RawURLEncoding.EncodeToString(b) }
	input := part(header) + "." + part(claims)
	return input + "." + base64.RawURLEncoding.EncodeToString(sign([]byte(input)))
}

// publicPEM is what everybody may know of a key; some verifiers took it for a shared secret.
func publicPEM(k *rsa.PrivateKey) []byte {
	der, _ := x509.MarshalPKIXPublicKey(&k.PublicKey)
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

func randomText() string { return strings.ToLower(rand.Text()) }
