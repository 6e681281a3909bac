package idp

import (
	"context"
	"slices"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// roleClaim says how roles are written into tokens.
type roleClaim struct {
	name     string
	asString bool
}

// addTo leaves the claim out for a person without a role, as Microsoft Entra does.
func (c roleClaim) addTo(info *oidc.UserInfo, roles []string) {
	switch {
	case len(roles) == 0:
	case len(roles) == 1 && c.asString:
		info.AppendClaims(c.name, roles[0])
	default:
		info.AppendClaims(c.name, roles)
	}
}

func supportedClaims(role string) []string {
	return []string{
		"iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "amr", "azp", "at_hash",
		"name", "preferred_username", "email", "email_verified", role,
	}
}

// SetUserinfoFromRequest fills the ID token.
func (s *storage) SetUserinfoFromRequest(_ context.Context, info *oidc.UserInfo, r op.IDTokenRequest, scopes []string) error {
	return s.describe(info, r.GetSubject(), scopes)
}

// SetUserinfoFromToken answers the userinfo endpoint for an access token that the library has opened.
func (s *storage) SetUserinfoFromToken(_ context.Context, info *oidc.UserInfo, tokenID, subject, _ string) error {
	token, err := decodeAccessToken(tokenID)
	if err != nil || !s.now().Before(token.expires) {
		return oidc.ErrAccessDenied().WithDescription("The access token has expired.")
	}
	return s.describe(info, subject, token.scopes)
}

// describe writes what the scopes allow (OpenID Connect Core 1.0 section 5.4). Roles come with every scope.
func (s *storage) describe(info *oidc.UserInfo, subject string, scopes []string) error {
	person, ok := s.people.bySubject(subject)
	if !ok {
		return oidc.ErrAccessDenied().WithDescription("The person is no longer known.")
	}
	info.Subject = person.Subject
	if slices.Contains(scopes, oidc.ScopeProfile) {
		info.Name = person.Name
		info.PreferredUsername = person.Email
	}
	if slices.Contains(scopes, oidc.ScopeEmail) {
		info.Email = person.Email
		info.EmailVerified = true
	}
	s.roles.addTo(info, person.Roles)
	return nil
}
