package idp

import (
	"io"
	"net/http"
	"net/url"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// Paths below the issuer. Those of the protocol are found by discovery and have the library's names.
const (
	signInPath    = "/sign-in"
	signedOutPath = "/signed-out"
	stylePath     = "/style.css"
)

// newRoutes lists all that is open. The library also serves introspection, revocation, device codes, probes and its own
// way back from a sign-in page; whatever is not listed here does not reach it.
func (p *Provider) newRoutes() http.Handler {
	mux := http.NewServeMux()
	get := func(path string, h http.HandlerFunc) { mux.Handle("GET "+p.prefix+path, h) }
	post := func(path string, h http.HandlerFunc) { mux.Handle("POST "+p.prefix+path, h) }
	both := func(path string, h http.HandlerFunc) {
		get(path, h)
		post(path, h)
	}
	get(oidc.DiscoveryEndpoint, p.discover)
	get(p.protocol.KeysEndpoint().Relative(), p.serveProtocol)
	both(p.protocol.AuthorizationEndpoint().Relative(), p.authorize)
	post(p.protocol.TokenEndpoint().Relative(), p.token)
	both(p.protocol.UserinfoEndpoint().Relative(), p.userinfo)
	both(p.protocol.EndSessionEndpoint().Relative(), p.endSession)
	get(signInPath, p.showSignIn)
	post(signInPath, http.NewCrossOriginProtection().Handler(http.HandlerFunc(p.signIn)).ServeHTTP)
	get(signedOutPath, p.showSignedOut)
	get(stylePath, serveStyle)
	return mux
}

// serveProtocol leaves the request to the library, which knows nothing of the issuer's path.
func (p *Provider) serveProtocol(w http.ResponseWriter, r *http.Request) {
	http.StripPrefix(p.prefix, p.protocol).ServeHTTP(w, r)
}

// authorize begins an authorization request and binds it to the browser.
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	p.serveProtocol(w, p.withVisit(w, r, p.nameBrowser(w, r)))
}

// endSession is RP-initiated sign-out (OpenID Connect RP-Initiated Logout 1.0).
func (p *Provider) endSession(w http.ResponseWriter, r *http.Request) {
	p.serveProtocol(w, p.withVisit(w, r, browser(r)))
}

// token gives tokens for a code. The client is checked before the library looks at the code, so that a stranger who got
// hold of one cannot even burn it; and only by basic authentication, where the library would take the form's word too.
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	if inAddress(w, r) {
		return
	}
	if !p.fromClient(r) {
		w.Header().Set("WWW-Authenticate", `Basic realm="token"`)
		op.RequestError(w, r, oidc.ErrInvalidClient().WithDescription("Basic authentication of the client is required."), nil)
		return
	}
	if status := unreadable(r); status != 0 {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, `{"error":"invalid_request","error_description":"The form could not be read."}`) // whoever went away reads nothing
		return
	}
	if r.PostForm.Get("grant_type") != string(oidc.GrantTypeCode) {
		op.RequestError(w, r, oidc.ErrUnsupportedGrantType().WithDescription("The only grant is authorization_code."), nil)
		return
	}
	p.serveProtocol(w, r)
}

// fromClient undoes the form encoding that RFC 6749 section 2.3.1 puts around both values.
func (p *Provider) fromClient(r *http.Request) bool {
	id, secret, ok := r.BasicAuth()
	if !ok {
		return false
	}
	id, errID := url.QueryUnescape(id)
	secret, errSecret := url.QueryUnescape(secret)
	return errID == nil && errSecret == nil && p.client.authenticates(id, secret)
}

func (p *Provider) userinfo(w http.ResponseWriter, r *http.Request) {
	if !inAddress(w, r) {
		p.serveProtocol(w, r)
	}
}

// inAddress refuses codes, secrets and tokens in an address, which logs and histories keep (RFC 6750 section 5.3).
func inAddress(w http.ResponseWriter, r *http.Request) bool {
	if r.URL.RawQuery == "" {
		return false
	}
	op.RequestError(w, r, oidc.ErrInvalidRequest().WithDescription("Nothing may stand in the address."), nil)
	return true
}

// discover announces what there is. The library would announce everything it could do.
func (p *Provider) discover(w http.ResponseWriter, r *http.Request) {
	full := op.CreateDiscoveryConfig(op.ContextWithIssuer(r.Context(), p.issuer), p.protocol, p.protocol.Storage())
	op.Discover(w, &oidc.DiscoveryConfiguration{
		Issuer:                            full.Issuer,
		AuthorizationEndpoint:             full.AuthorizationEndpoint,
		TokenEndpoint:                     full.TokenEndpoint,
		UserinfoEndpoint:                  full.UserinfoEndpoint,
		EndSessionEndpoint:                full.EndSessionEndpoint,
		JwksURI:                           full.JwksURI,
		ScopesSupported:                   full.ScopesSupported,
		ClaimsSupported:                   full.ClaimsSupported,
		SubjectTypesSupported:             full.SubjectTypesSupported,
		IDTokenSigningAlgValuesSupported:  full.IDTokenSigningAlgValuesSupported,
		CodeChallengeMethodsSupported:     full.CodeChallengeMethodsSupported,
		ResponseTypesSupported:            []string{string(oidc.ResponseTypeCode)},
		ResponseModesSupported:            []string{string(oidc.ResponseModeQuery)},
		GrantTypesSupported:               []oidc.GrantType{oidc.GrantTypeCode},
		TokenEndpointAuthMethodsSupported: []oidc.AuthMethod{oidc.AuthMethodBasic},
	})
}
