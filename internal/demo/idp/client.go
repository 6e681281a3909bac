package idp

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/url"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// idTokenLifetime is short because the token is read once, right after it was made. As a hint at sign-out it serves
// longer: expiry does not count there.
const idTokenLifetime = 10 * time.Minute

// client is the one relying party: a confidential web client.
type client struct {
	id         string
	secret     [sha256.Size]byte
	redirect   []string
	postLogout []string
	signIn     string // address of the sign-in page
}

var _ op.Client = client{}

func newClient(cfg Config) client {
	c := client{
		id:       cfg.ClientID,
		secret:   sha256.Sum256([]byte(cfg.ClientSecret)),
		redirect: []string{cfg.RedirectURI},
		signIn:   cfg.Issuer + signInPath,
	}
	if cfg.PostLogoutRedirectURI != "" {
		c.postLogout = []string{cfg.PostLogoutRedirectURI}
	}
	return c
}

// authenticates reports whether id and secret are the client's, in constant time.
func (c client) authenticates(id, secret string) bool {
	given := sha256.Sum256([]byte(secret))
	right := subtle.ConstantTimeCompare(given[:], c.secret[:])
	return right&subtle.ConstantTimeCompare([]byte(id), []byte(c.id)) == 1
}

func (c client) GetID() string                       { return c.id }
func (c client) RedirectURIs() []string              { return c.redirect }
func (c client) PostLogoutRedirectURIs() []string    { return c.postLogout }
func (c client) ApplicationType() op.ApplicationType { return op.ApplicationTypeWeb }
func (c client) AuthMethod() oidc.AuthMethod         { return oidc.AuthMethodBasic }
func (c client) ResponseTypes() []oidc.ResponseType {
	return []oidc.ResponseType{oidc.ResponseTypeCode}
}

func (c client) GrantTypes() []oidc.GrantType         { return []oidc.GrantType{oidc.GrantTypeCode} }
func (c client) AccessTokenType() op.AccessTokenType  { return op.AccessTokenTypeBearer }
func (c client) IDTokenLifetime() time.Duration       { return idTokenLifetime }
func (c client) ClockSkew() time.Duration             { return 0 }
func (c client) DevMode() bool                        { return false }
func (c client) IsScopeAllowed(string) bool           { return false } // none beyond the standard ones
func (c client) IDTokenUserinfoClaimsAssertion() bool { return true }  // name and email go into the ID token as well

func (c client) LoginURL(id string) string {
	return c.signIn + "?" + url.Values{"request": {id}}.Encode()
}

func (c client) RestrictAdditionalIdTokenScopes() func([]string) []string { return allScopes }

func (c client) RestrictAdditionalAccessTokenScopes() func([]string) []string { return allScopes }

func allScopes(scopes []string) []string { return scopes }
