package idp

import (
	"context"
	"errors"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// storage is what the library keeps things in. What it offers stands here and in claims.go; what the interface demands
// beyond that, and this provider has not, stands in unsupported.go.
type storage struct {
	unsupported

	client   client
	people   people
	requests *requests
	key      signingKey
	roles    roleClaim
	now      clock
}

var (
	_ op.Storage                        = (*storage)(nil)
	_ op.CanSetUserinfoFromRequest      = (*storage)(nil)
	_ op.CanTerminateSessionFromRequest = (*storage)(nil)
)

var (
	errUnknownClient = errors.New("unknown client, or its secret is wrong")
	errUnknownCode   = errors.New("the code is unknown, used or expired")
)

func (s *storage) GetClientByClientID(_ context.Context, id string) (op.Client, error) {
	if id != s.client.id {
		return nil, errUnknownClient
	}
	return s.client, nil
}

func (s *storage) AuthorizeClientIDSecret(_ context.Context, id, secret string) error {
	if !s.client.authenticates(id, secret) {
		return errUnknownClient
	}
	return nil
}

func (s *storage) CreateAuthRequest(ctx context.Context, asked *oidc.AuthRequest, _ string) (op.AuthRequest, error) {
	r, err := newRequest(asked, visitFrom(ctx).browser)
	if err != nil {
		return nil, err
	}
	return s.requests.add(r), nil
}

// AuthRequestByCode burns the code, whatever the library makes of the rest of the token request: a verifier is guessed
// once (RFC 6749 section 4.1.2, RFC 9700 section 2.1.1).
func (s *storage) AuthRequestByCode(_ context.Context, code string) (op.AuthRequest, error) {
	r, ok := s.requests.redeem(code)
	if !ok {
		return nil, errUnknownCode
	}
	return r, nil
}

// DeleteAuthRequest has nothing left to do: the request went with its code.
func (s *storage) DeleteAuthRequest(context.Context, string) error { return nil }

func (s *storage) CreateAccessToken(_ context.Context, r op.TokenRequest) (string, time.Time, error) {
	id := accessToken{expires: s.now().Add(accessTokenLifetime), scopes: r.GetScopes()}.encode()
	return id, time.Now().Add(accessTokenLifetime), nil // The library subtracts the machine's time to say how long it lasts.
}

// TerminateSessionFromRequest drops what this browser has under way and its cookie. The library has checked the hint and
// the address to return to.
func (s *storage) TerminateSessionFromRequest(ctx context.Context, end *op.EndSessionRequest) (string, error) {
	v := visitFrom(ctx)
	s.requests.forget(v.browser)
	v.forget()
	return end.RedirectURI, nil
}

func (s *storage) SigningKey(context.Context) (op.SigningKey, error) { return s.key, nil }

func (s *storage) SignatureAlgorithms(context.Context) ([]jose.SignatureAlgorithm, error) {
	return []jose.SignatureAlgorithm{jose.RS256}, nil
}

func (s *storage) KeySet(context.Context) ([]op.Key, error) {
	return []op.Key{publicKey{s.key}}, nil
}

func (s *storage) Health(context.Context) error { return nil }
