// Package idp is the identity provider inside the demo: OpenID Connect for a handful of people, kept in memory.
//
// It owns its people, their sign-in page, the authorization requests under way and the codes they end in; the protocol
// itself is zitadel/oidc's. It speaks to one confidential client, by code flow with PKCE (S256) and basic authentication
// only, as RFC 9700 asks, and offers nothing else: no implicit flow, no refresh tokens, no CORS.
//
// It does not remember a sign-in. Every authorization asks for the password, so that nobody who signed out, or was signed
// out for being idle (R4), gets in again by a click. Sign-out still checks its hint and its address, and drops whatever
// this browser had under way. It is for demonstrations and tests: passwords are in the clear in Config, and guesses are
// not counted.
package idp

import (
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/zitadel/oidc/v3/pkg/op"
)

// Provider is the identity provider as an http.Handler. It expects requests with their full path, the issuer's included,
// and may serve many at a time.
type Provider struct {
	issuer   string
	prefix   string // path of the issuer, "/idp"
	client   client
	people   people
	requests *requests
	protocol *op.Provider
	log      *slog.Logger
	routes   http.Handler

	secureCookies bool
	policy        string // Content-Security-Policy of every answer
	hint          string
	startAgain    string // where a person whose sign-in went stale begins anew
}

// New builds a provider. The error names the first setting of cfg that cannot work.
func New(cfg Config) (*Provider, error) {
	cfg = cfg.withDefaults()
	issuer, err := cfg.check()
	if err != nil {
		return nil, err
	}
	redirect, err := checkRedirect(cfg.RedirectURI)
	if err != nil {
		return nil, err
	}
	p := &Provider{
		issuer:        cfg.Issuer,
		prefix:        issuer.Path,
		client:        newClient(cfg),
		people:        newPeople(cfg.People),
		requests:      newRequests(cfg.Now),
		log:           cfg.Logger,
		secureCookies: issuer.Scheme == "https",
		policy:        contentSecurityPolicy(issuer, redirect),
		hint:          cfg.Hint,
		startAgain:    origin(redirect) + "/",
	}
	if p.protocol, err = newProtocol(cfg, p); err != nil {
		return nil, fmt.Errorf("identity provider: %w", err)
	}
	p.routes = p.newRoutes()
	return p, nil
}

// newProtocol joins the library to the storage of p.
func newProtocol(cfg Config, p *Provider) (*op.Provider, error) {
	key, err := newSigningKey(cfg.SigningKey)
	if err != nil {
		return nil, err
	}
	store := &storage{
		client: p.client, people: p.people, requests: p.requests,
		key: key, roles: roleClaim{cfg.RoleClaim, cfg.RolesAsString}, now: cfg.Now,
	}
	options := []op.Option{
		op.WithCORSOptions(nil), // The library's default lets every origin in, with credentials.
		// Named here because the default also reads a mode without authentication, for data this provider never had.
		op.WithCrypto(op.NewAES256GCMCrypto(cfg.CryptoKey, "")),
	}
	if !p.secureCookies {
		options = append(options, op.WithAllowInsecure())
	}
	settings := &op.Config{
		CodeMethodS256:           true,
		DefaultLogoutRedirectURI: p.issuer + signedOutPath,
		SupportedScopes:          supportedScopes,
		SupportedClaims:          supportedClaims(cfg.RoleClaim),
	}
	return op.NewProvider(settings, store, op.StaticIssuer(cfg.Issuer), options...)
}

// ServeHTTP answers everything under the issuer's path; anything it does not know is a 404.
func (p *Provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", p.policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin") // The address of the sign-in page names the request; "no-referrer" would null Origin.
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cache-Control", "no-store") // Codes and tokens pass through here (RFC 6749 section 5.1).
	if len(r.URL.RawQuery) > maxQuery {
		http.Error(w, "The address is too long.", http.StatusRequestURITooLong)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	p.routes.ServeHTTP(w, r)
}

// clock tells the time; tests turn it.
type clock func() time.Time
