package idp

import (
	"regexp"
	"slices"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// request is one authorization request: what the client asked, which browser asked it, and, once signed in, who answered.
// It is handed around by value; only requests changes what it keeps.
type request struct {
	id        string
	browser   string // the browser it is bound to
	client    string
	redirect  string
	scopes    []string
	state     string
	nonce     string
	hint      string // what the person will probably type as email address
	challenge oidc.CodeChallenge
	expires   time.Time
	subject   string // who signed in; empty until then
	signedIn  time.Time
}

var _ op.AuthRequest = request{}

var supportedScopes = []string{oidc.ScopeOpenID, oidc.ScopeProfile, oidc.ScopeEmail}

// challengeForm is a SHA-256 in base64url without padding (RFC 7636 section 4.2).
var challengeForm = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)

// newRequest refuses what this provider does not do, as an error that the library sends to the client.
//
// The library asks public clients alone for PKCE and accepts the method "plain"; RFC 9700 section 2.1.1 asks everybody,
// and only S256 keeps the verifier secret.
func newRequest(asked *oidc.AuthRequest, browser string) (request, error) {
	switch {
	case asked.CodeChallengeMethod != oidc.CodeChallengeMethodS256 || !challengeForm.MatchString(asked.CodeChallenge):
		return request{}, oidc.ErrInvalidRequest().WithDescription("PKCE with the method S256 is required.")
	case asked.ResponseMode != "" && asked.ResponseMode != oidc.ResponseModeQuery:
		return request{}, oidc.ErrInvalidRequest().WithDescription("The only response_mode is query.")
	case !slices.Contains(asked.Scopes, oidc.ScopeOpenID):
		return request{}, oidc.ErrInvalidScope().WithDescription("The scope openid is required.")
	case slices.Contains(asked.Prompt, oidc.PromptNone):
		return request{}, oidc.ErrLoginRequired().WithDescription("No one stays signed in here.")
	}
	r := request{
		browser: browser, client: asked.ClientID, redirect: asked.RedirectURI,
		state: asked.State, nonce: asked.Nonce, hint: asked.LoginHint,
		challenge: oidc.CodeChallenge{Challenge: asked.CodeChallenge, Method: oidc.CodeChallengeMethodS256},
	}
	for _, scope := range asked.Scopes {
		if slices.Contains(supportedScopes, scope) && !slices.Contains(r.scopes, scope) {
			r.scopes = append(r.scopes, scope)
		}
	}
	return r, nil
}

func (r request) GetID() string                         { return r.id }
func (r request) GetACR() string                        { return "" }
func (r request) GetAMR() []string                      { return []string{"pwd"} } // RFC 8176
func (r request) GetAudience() []string                 { return []string{r.client} }
func (r request) GetAuthTime() time.Time                { return r.signedIn }
func (r request) GetClientID() string                   { return r.client }
func (r request) GetCodeChallenge() *oidc.CodeChallenge { return &r.challenge }
func (r request) GetNonce() string                      { return r.nonce }
func (r request) GetRedirectURI() string                { return r.redirect }
func (r request) GetResponseType() oidc.ResponseType    { return oidc.ResponseTypeCode }
func (r request) GetResponseMode() oidc.ResponseMode    { return oidc.ResponseModeQuery }
func (r request) GetScopes() []string                   { return r.scopes }
func (r request) GetState() string                      { return r.state }
func (r request) GetSubject() string                    { return r.subject }
func (r request) Done() bool                            { return r.subject != "" }
