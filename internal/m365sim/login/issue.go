package login

import (
	"encoding/json"
	"math/rand/v2"
	"strings"

	"purser.example/internal/m365sim/cloud"
	"purser.example/internal/m365sim/guid"
	"purser.example/internal/m365sim/permission"
	"purser.example/internal/m365sim/token"
)

// tokenBody is the answer of the token endpoint.
type tokenBody struct {
	Type         string `json:"token_type"`
	Scope        string `json:"scope,omitempty"`
	ExpiresIn    int64  `json:"expires_in"`
	ExtExpiresIn int64  `json:"ext_expires_in"`
	AccessToken  string `json:"access_token"`
	IDToken      string `json:"id_token,omitempty"`
	ClientInfo   string `json:"client_info,omitempty"`
	RefreshToken string `json:"refresh_token,omitempty"`
}

// idClaims are the claims of an ID token (Microsoft's reference of ID token claims, version 2.0).
type idClaims struct {
	Audience  string `json:"aud"`
	Issuer    string `json:"iss"`
	Issued    int64  `json:"iat"`
	Before    int64  `json:"nbf"`
	Expires   int64  `json:"exp"`
	Name      string `json:"name,omitempty"`
	ObjectID  string `json:"oid,omitempty"`
	Preferred string `json:"preferred_username,omitempty"`
	Subject   string `json:"sub"`
	TenantID  string `json:"tid"`
	TokenID   string `json:"uti"`
	Version   string `json:"ver"`
}

// tokens makes the answer. A token lives between 60 and 90 minutes, by chance, as Microsoft's do.
func (g *grant) tokens() (tokenBody, error) {
	life := 3600 + rand.Int64N(1800)
	now := g.call.At.Unix()
	claims := token.Access{
		Audience: g.audience(), Issuer: "https://sts.windows.net/" + g.tenant.ID + "/", Issued: now, Before: now, Expires: now + life,
		AppID: g.app.AppID, Proof: g.client.proof(), AppName: g.app.DisplayName, TenantID: g.tenant.ID, TokenID: token.Encode([]byte(guid.New())[:16]), Version: "1.0",
	}
	body := tokenBody{Type: "Bearer", ExpiresIn: life, ExtExpiresIn: life}
	if g.user == nil {
		g.forApp(&claims)
	} else if err := g.forUser(&claims, &body); err != nil {
		return body, err
	}
	var err error
	body.AccessToken, err = g.key.Sign(claims)
	return body, err
}

// forApp fills in the claims of an app that signs in as itself.
func (g *grant) forApp(c *token.Access) {
	c.Type, c.Roles = "app", g.roles()
	c.ObjectID = guid.Derived("service principal", c.TenantID, g.app.AppID)
	c.Subject = c.ObjectID
}

func (g *grant) forUser(claims *token.Access, body *tokenBody) error {
	names, echo := g.scope.granted(g.delegatedPermissions())
	body.Scope = echo
	claims.Type, claims.Scope = "user", strings.Join(names, " ")
	claims.Name, claims.ObjectID, claims.UPN = g.user.DisplayName, g.user.ID, g.user.UserPrincipalName
	claims.Subject = pairwise(g.user.ID, cloud.GraphAppID)
	for _, role := range g.user.Roles() {
		claims.RoleIDs = append(claims.RoleIDs, role.ID)
	}
	claims.RoleIDs = append(claims.RoleIDs, "b79fbf4d-3ef9-4689-8143-76b194e85509") // the placeholder that every user has
	if g.form.Get("client_info") == "1" {
		info, err := json.Marshal(map[string]string{"uid": g.user.ID, "utid": g.tenant.ID})
		if err != nil {
			return err
		}
		body.ClientInfo = token.Encode(info)
	}
	if g.renewable() {
		body.RefreshToken = g.refreshToken()
	}
	return g.idToken(*claims, body)
}

// idToken adds an ID token where openid was asked for. Names and ids are in it only with profile.
func (g *grant) idToken(access token.Access, body *tokenBody) error {
	asked := " " + strings.Join(g.scope.identity, " ") + " "
	if !strings.Contains(asked, " openid ") {
		return nil
	}
	id := idClaims{
		Audience: g.app.AppID, Issuer: loginBase(g.call, g.tenant) + "/" + g.tenant.ID + "/v2.0", Issued: access.Issued, Before: access.Before,
		Expires: access.Expires, Subject: pairwise(g.user.ID, g.app.AppID), TenantID: g.tenant.ID, TokenID: access.TokenID, Version: "2.0",
	}
	if strings.Contains(asked, " profile ") {
		id.Name, id.ObjectID, id.Preferred = g.user.DisplayName, g.user.ID, g.user.UserPrincipalName
	}
	var err error
	body.IDToken, err = g.key.Sign(id)
	return err
}

// pairwise is a subject that differs from app to app.
func pairwise(user, app string) string {
	return token.Encode([]byte(guid.Derived("subject", user, app)))[:43]
}

// roles are the application permissions as a token lists them: those of the fixture, or all that the resource has.
func (g *grant) roles() []string {
	if g.atSharePoint() {
		return permission.AtSharePoint(g.app.Permissions, permission.SharePointRoles)
	}
	return permission.AtGraph(g.app.Permissions)
}

// delegatedPermissions are those that a person's token of the app may carry.
func (g *grant) delegatedPermissions() []string {
	if g.atSharePoint() {
		return permission.AtSharePoint(g.app.DelegatedPermissions, permission.SharePointScopes)
	}
	return permission.AtGraph(g.app.DelegatedPermissions)
}

func (g *grant) atSharePoint() bool { return g.audience() != "https://"+g.tenant.Cloud().Graph }
