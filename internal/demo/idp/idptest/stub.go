package idptest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"
)

// Stub is an identity provider that signs everybody in without asking, and of which a test decides what it says. It shares no code with
// the demo's.
type Stub struct {
	*httptest.Server

	mu       sync.Mutex
	document map[string]any
	claims   map[string]any
	answer   url.Values
	nonces   map[string]string // by code
}

var stubKey = sync.OnceValue(func() *rsa.PrivateKey { k, _ := rsa.GenerateKey(rand.Reader, 2048); return k })

// NewStub starts a provider whose document and claims are those of a usual one.
func NewStub(t testing.TB) *Stub {
	t.Helper()
	s := &Stub{nonces: map[string]string{}}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.Close)
	s.document = map[string]any{
		"issuer": s.URL, "authorization_endpoint": s.URL + "/authorize", "token_endpoint": s.URL + "/token", "jwks_uri": s.URL + "/keys",
		"id_token_signing_alg_values_supported": []string{"RS256"},
	}
	s.claims = map[string]any{"sub": "adele-1", "name": "Adele Vance", "preferred_username": "adele@contoso.com"}
	return s
}

// Document sets a field of the discovery document.
func (s *Stub) Document(name string, value any) { s.set(s.document, name, value) }

// Claim sets a claim of the ID tokens to come.
func (s *Stub) Claim(name string, value any) { s.set(s.claims, name, value) }

func (s *Stub) set(of map[string]any, name string, value any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	of[name] = value
}

// Answer makes the provider answer every sign-in to come with an error in place of a code; nil: with a code again.
func (s *Stub) Answer(refusal url.Values) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = refusal
}

func (s *Stub) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		writeJSON(w, s.document)
	case "/authorize":
		s.authorize(w, r)
	case "/token":
		writeJSON(w, map[string]any{"token_type": "Bearer", "access_token": "a", "id_token": s.token(r.FormValue("code"))})
	case "/keys":
		number := func(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
		key := stubKey().PublicKey
		writeJSON(w, map[string]any{"keys": []any{map[string]any{
			"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "one", "n": number(key.N.Bytes()), "e": number(big.NewInt(int64(key.E)).Bytes()),
		}}})
	case "/end":
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(`<!DOCTYPE html><html lang="en"><title>Signed out</title><link rel="icon" href="data:,"><h1>Signed out at the provider</h1>`))
	default:
		http.NotFound(w, r)
	}
}

func (s *Stub) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	back := url.Values{"state": {q.Get("state")}}
	if s.answer == nil {
		code := rand.Text()
		s.nonces[code] = q.Get("nonce")
		back.Set("code", code)
	}
	for name, values := range s.answer {
		back[name] = values
	}
	http.Redirect(w, r, q.Get("redirect_uri")+"?"+back.Encode(), http.StatusFound)
}

func (s *Stub) token(code string) string {
	now := time.Now()
	claims := map[string]any{"iss": s.URL, "aud": "purser", "nonce": s.nonces[code], "iat": now.Unix(), "exp": now.Add(time.Hour).Unix()}
	for name, value := range s.claims {
		claims[name] = value
	}
	part := func(v any) string { b, _ := json.Marshal(v); return base64.RawURLEncoding.EncodeToString(b) }
	input := part(map[string]any{"alg": "RS256", "kid": "one"}) + "." + part(claims)
	sum := sha256.Sum256([]byte(input))
	signature, _ := rsa.SignPKCS1v15(rand.Reader, stubKey(), crypto.SHA256, sum[:])
	return input + "." + base64.RawURLEncoding.EncodeToString(signature)
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}
