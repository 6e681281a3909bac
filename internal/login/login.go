// Package login signs people in with OpenID Connect (R1): authorization code flow with PKCE, state and nonce.
//
// It owns everything that is said to the identity provider and every check of what comes back; what it hands over is an
// access.Caller. It leaves to others where an Attempt is kept between the two requests of a sign-in, the session that
// follows, and the pages. Identity is issuer and subject, never an e-mail address, which can be given to somebody else.
//
// The rules are those of OpenID Connect Core 1.0 section 3.1.3.7, RFC 7636 (PKCE), RFC 9207 (issuer in the answer) and
// RFC 9700 (the best current practice). No error of this package holds a token, a code, a verifier or the client's secret.
package login

import (
	"net/http"
	"time"

	"golang.org/x/oauth2"

	"purser.example/internal/access"
	"purser.example/internal/secret"
	"purser.example/internal/whose"
)

// defaultTimeout is how long one request to the provider may take when Config names no other time.
const defaultTimeout = 5 * time.Second

// Config says which provider to ask and how to read its answers. internal/config has checked it before it comes here.
type Config struct {
	Issuer        string       // the provider's name for itself, to the letter; discovery lies under it
	ClientID      string       // our name at the provider
	ClientSecret  secret.Value // empty for a public client
	RedirectURL   string       // where the provider sends the browser after sign-in
	PostLogoutURL string       // where the provider sends the browser after sign-out; empty for its own page

	RoleClaim  string                 // the claim that holds the roles, such as "roles" or "realm_access.roles"
	RoleValues map[string]access.Role // the claim's value for each role; other values mean nothing

	// Codes says who is to be looked at for a code of Microsoft's such as "AADSTS53003"; whose.Untold where it does not tell. nil: none does.
	Codes func(code string) whose.Fault

	Now       func() time.Time  // nil: time.Now
	Timeout   time.Duration     // of each request to the provider; zero: 5 seconds
	Transport http.RoundTripper // nil: a copy of http.DefaultTransport
}

// Client is our side of OpenID Connect. It is safe for use by many requests at once.
type Client struct {
	cfg       Config
	http      *http.Client
	discovery *discovery
	presented *presented
}

// New makes a client. It asks the provider nothing: Discover does, and the first sign-in, so that Purser starts while the provider is
// down.
func New(cfg Config) *Client {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Codes == nil {
		cfg.Codes = func(string) whose.Fault { return whose.Untold }
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = defaultTimeout
	}
	shown := newPresented(cfg.Issuer)
	outbound := newHTTPClient(cfg.Transport, cfg.Timeout, cfg.Now, shown)
	return &Client{cfg: cfg, http: outbound, discovery: newDiscovery(cfg.Issuer, outbound, cfg.Now), presented: shown}
}

// RoleClaim is the claim that holds the roles.
func (c *Client) RoleClaim() string { return c.cfg.RoleClaim }

// oauth gathers what golang.org/x/oauth2 wants to know. The client's secret is missing: only the exchange needs it, and
// opens it there.
func (c *Client) oauth(p *provider) *oauth2.Config {
	return &oauth2.Config{
		ClientID:    c.cfg.ClientID,
		Endpoint:    p.endpoint,
		RedirectURL: c.cfg.RedirectURL,
		Scopes:      []string{"openid", "profile", "email"},
	}
}
