package login

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

const (
	// maxAhead is how far the provider's clock may be ahead of ours. go-oidc grants as much to nbf.
	maxAhead = 5 * time.Minute

	// maxSubject is the limit of OpenID Connect Core 1.0 section 2.
	maxSubject = 255
)

// verify believes an ID token or does not: OpenID Connect Core 1.0 section 3.1.3.7. Signature, algorithm, issuer, audience
// and expiry are go-oidc's work; it leaves out the nonce, the authorized party and the time of issue, which follow here.
// The code is needed only to keep it out of the error.
func (c *Client) verify(ctx context.Context, p *provider, attempt Attempt, code string, tokens *oauth2.Token) (*oidc.IDToken, error) {
	raw, _ := tokens.Extra("id_token").(string)
	if raw == "" {
		return nil, unverified(errors.New("the token endpoint gave no ID token"))
	}
	keys := &watchedKeys{KeySet: p.keys}
	verifier := oidc.NewVerifier(c.cfg.Issuer, keys, &oidc.Config{
		ClientID: c.cfg.ClientID, SupportedSigningAlgs: p.algorithms, Now: c.cfg.Now,
	})
	token, err := verifier.Verify(ctx, raw)
	if keys.unreachable != nil {
		return nil, down(keys.unreachable)
	}
	if err == nil {
		err = c.checkToken(token, attempt)
	}
	if err != nil {
		return nil, unverified(scrubbed(err, raw, tokens.AccessToken, tokens.RefreshToken, code, attempt.Verifier, attempt.Nonce,
			attempt.State, string(c.cfg.ClientSecret.Reveal())))
	}
	return token, nil
}

// checkToken is what go-oidc leaves to its users. The issuer is compared once more because go-oidc lets Google leave out
// the scheme.
func (c *Client) checkToken(token *oidc.IDToken, attempt Attempt) error {
	switch {
	case !same(attempt.Nonce, token.Nonce):
		return errors.New("the nonce does not belong to this attempt")
	case token.Issuer != c.cfg.Issuer:
		return errors.New("the issuer is not the configured one to the letter")
	case token.IssuedAt.IsZero():
		return errors.New("the token does not say when it was issued")
	case token.IssuedAt.After(c.cfg.Now().Add(maxAhead)):
		return fmt.Errorf("the token was issued in the future, at %s", token.IssuedAt.UTC().Format(time.RFC3339))
	case token.Subject == "" || len(token.Subject) > maxSubject:
		return fmt.Errorf("the subject has %d bytes", len(token.Subject))
	case strings.ContainsRune(token.Subject, utf8.RuneError):
		// Whatever was there before JSON put the replacement character may have told two people apart.
		return errors.New("the subject is not proper text")
	}
	return c.checkParty(token)
}

// checkParty sees to the authorized party, azp: needed where the token is for several audiences, and ours wherever it is.
func (c *Client) checkParty(token *oidc.IDToken) error {
	var claims struct {
		Party json.RawMessage `json:"azp"`
	}
	if err := token.Claims(&claims); err != nil {
		return errors.New("the claims are no JSON object")
	}
	if claims.Party == nil && len(token.Audience) == 1 {
		return nil
	}
	if party, _ := text(claims.Party); party != c.cfg.ClientID {
		return errors.New("the token was issued to another client, or to several without saying which")
	}
	return nil
}
