package login

import (
	"net/http"
	"net/url"

	"purser.example/internal/m365sim/call"
	"purser.example/internal/m365sim/cloud"
	"purser.example/internal/m365sim/directory"
	"purser.example/internal/m365sim/token"
)

// grant is one token request on its way through the checks.
type grant struct {
	service *Service
	call    *call.Call
	key     token.Key // signs whatever is given
	form    url.Values
	kind    string // grant_type
	client  clientProof
	scope   scope
	// domain and subject are whom a federated sign-in's assertion is about.
	domain  *directory.Domain
	subject string
	// refreshed is what the refresh token of the request stands for.
	refreshed refreshGrant
	tenant    *directory.Tenant
	app       *directory.App
	user      *directory.User
}

// The grant types that the token endpoint knows.
const (
	grantPassword          = "password"
	grantClientCredentials = "client_credentials"
	grantRefresh           = "refresh_token"
	grantSAML1             = "urn:ietf:params:oauth:grant-type:saml1_1-bearer"
	grantSAML2             = "urn:ietf:params:oauth:grant-type:saml2-bearer"
)

// step is one check. It answers nil to go on.
type step func(*grant) *refusal

// The checks of a token request, in the order in which Microsoft's answers show them: the request itself, the authority,
// the client, the user, the password, its age, the policies, the assignment, the consent.
var (
	firstSteps     = []step{(*grant).checkForm, (*grant).checkGrantType, (*grant).checkParameters, (*grant).checkScope}
	federatedSteps = []step{
		(*grant).checkSAML, (*grant).checkPasswordAuthority, (*grant).findTenant, (*grant).checkBudget, (*grant).checkClient, (*grant).checkCredential,
		(*grant).checkResource, (*grant).checkFederatedUser, (*grant).checkFederatedAccount, (*grant).checkPolicies,
		(*grant).checkAssignment, (*grant).checkConsent,
	}
	laterSteps = map[string][]step{
		grantRefresh: {
			(*grant).checkRefresh, (*grant).checkPasswordAuthority, (*grant).findTenant, (*grant).checkBudget, (*grant).checkClient,
			(*grant).checkCredential, (*grant).checkResource, (*grant).checkRefreshUser, (*grant).checkPolicies,
			(*grant).checkAssignment, (*grant).checkConsent,
		},
		grantSAML1: federatedSteps,
		grantSAML2: federatedSteps,
		grantPassword: {
			(*grant).checkPasswordAuthority, (*grant).findTenant, (*grant).checkBudget, (*grant).checkClient, (*grant).checkCredential, (*grant).checkResource,
			(*grant).checkUser, (*grant).checkAccount, (*grant).checkPassword, (*grant).checkExpiry, (*grant).checkPolicies,
			(*grant).checkAssignment, (*grant).checkConsent,
		},
		grantClientCredentials: {
			(*grant).checkAppAuthority, (*grant).findTenant, (*grant).checkBudget, (*grant).checkClient, (*grant).checkCredential, (*grant).checkResource,
		},
	}
)

// token answers the token endpoint.
func (s *Service) token(c *call.Call) call.Answer {
	g := &grant{service: s, call: c, key: s.keys.Published()[0], form: c.Form, kind: c.Form.Get("grant_type")}
	refused := g.run(firstSteps)
	if refused == nil {
		refused = g.run(laterSteps[g.kind])
	}
	if g.tenant != nil {
		c.Latency = g.tenant.Latency()
	}
	if refused != nil {
		refused.words = g.words(refused.words)
	}
	g.log(refused)
	if refused != nil {
		return refused.answer(c)
	}
	return g.issue()
}

func (g *grant) run(steps []step) *refusal {
	for _, check := range steps {
		if refused := check(g); refused != nil {
			return refused
		}
	}
	return nil
}

// words are what the texts of refusals may name. The username is in some of them, as it is in Microsoft's.
func (g *grant) words(more map[string]string) map[string]string {
	words := map[string]string{"user": g.username(), "app": g.client.id, "resource": g.scope.resource, "resourceId": cloud.GraphAppID, "host": g.call.Endpoint.Login}
	if g.tenant != nil {
		words["tenant"], words["tenantId"], words["cloud"] = g.tenant.DisplayName, g.tenant.ID, g.tenant.Cloud().Instance
	}
	if g.app != nil {
		words["appName"] = g.app.DisplayName
	}
	for key, value := range more {
		words[key] = value
	}
	return words
}

// issue answers a token request that has passed.
func (g *grant) issue() call.Answer {
	body, err := g.tokens()
	if err != nil {
		g.service.log.Error("no token could be made", "error", err)
		return refuse(90033).answer(g.call)
	}
	a := call.JSON(http.StatusOK, jsonType, body)
	noStore(a.Header)
	return a
}
