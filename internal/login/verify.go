package login

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"purser.example/internal/problem"
	"purser.example/internal/whose"
)

const (
	// maxAhead is how far the provider's clock may be ahead of ours. go-oidc grants as much to nbf.
	maxAhead = 5 * time.Minute

	// maxSubject is the limit of OpenID Connect Core 1.0 section 2.
	maxSubject = 255
)

// verify believes an ID token or does not: OpenID Connect Core 1.0 section 3.1.3.7. Signature, algorithm and audience are go-oidc's
// work. The nonce, the authorized party and the time of issue it leaves out, and issuer and times it would look at before the signature:
// they follow here, because what is told of them must be the provider's word. The code is needed only to keep it out of the error.
func (c *Client) verify(ctx context.Context, p *provider, attempt Attempt, code string, tokens *oauth2.Token) (*oidc.IDToken, error) {
	raw, _ := tokens.Extra("id_token").(string)
	if raw == "" {
		return nil, unverified(errors.New("the token endpoint gave no ID token"))
	}
	keys := &watchedKeys{KeySet: p.keys}
	verifier := oidc.NewVerifier(c.cfg.Issuer, keys, &oidc.Config{
		ClientID: c.cfg.ClientID, SupportedSigningAlgs: p.algorithms, Now: c.cfg.Now, SkipIssuerCheck: true, SkipExpiryCheck: true,
	})
	token, err := verifier.Verify(ctx, raw)
	if keys.unreachable != nil {
		return nil, down(keys.unreachable)
	}
	if err == nil {
		err = c.checkToken(token, attempt)
	}
	if err != nil {
		return nil, disbelieved(err, scrubbed(err, raw, tokens.AccessToken, tokens.RefreshToken, code, attempt.Verifier, attempt.Nonce,
			attempt.State, string(c.cfg.ClientSecret.Reveal())))
	}
	return token, nil
}

// disbelieved says that a token is not to be believed, and whom that tells to look at where it is known. clean is err without secrets.
func disbelieved(err, clean error) error {
	b, told := errors.AsType[blamed](err)
	if !told {
		return unverified(clean)
	}
	return blamed{b.fault, b.sentence, problem.Wrap(clean, problem.BadRequest, b.sentence)}
}

// checkToken is what go-oidc leaves to its users, and the issuer, of which go-oidc lets Google leave out the scheme.
func (c *Client) checkToken(token *oidc.IDToken, attempt Attempt) error {
	switch {
	case !same(attempt.Nonce, token.Nonce):
		return errors.New("the nonce does not belong to this attempt")
	case token.Issuer != c.cfg.Issuer:
		return c.strange(token)
	case !c.ofTenant(token):
		return blamed{whose.Account, sentenceForeign, errors.New("the token's tid is not the tenant that PURSER_OIDC_ISSUER names")}
	case token.IssuedAt.IsZero():
		return errors.New("the token does not say when it was issued")
	case token.Expiry.IsZero():
		return errors.New("the token does not say when it ends")
	case token.Subject == "" || len(token.Subject) > maxSubject:
		return fmt.Errorf("the subject has %d bytes", len(token.Subject))
	case strings.ContainsRune(token.Subject, utf8.RuneError):
		// Whatever was there before JSON put the replacement character may have told two people apart.
		return errors.New("the subject is not proper text")
	}
	if err := c.checkTimes(token); err != nil {
		return err
	}
	return c.checkParty(token)
}

// entraIssuer is how Microsoft Entra ID writes its issuers of version 2.0: the tenant's id is a part of each.
var entraIssuer = regexp.MustCompile(`(?i)^https?://[^/]+/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/v2\.0$`)

// strange says why a token of another issuer is refused. One of Microsoft's that names another tenant comes of somebody who signed in with
// an account of another organization, and that can be told.
func (c *Client) strange(token *oidc.IDToken) error {
	err := errors.New("the issuer is not the configured one to the letter")
	ours := entraIssuer.FindStringSubmatch(c.cfg.Issuer)
	theirs := entraIssuer.FindStringSubmatch(token.Issuer)
	if ours == nil || theirs == nil || strings.EqualFold(ours[1], theirs[1]) {
		return err
	}
	return blamed{whose.Account, sentenceForeign, fmt.Errorf("the account is of the tenant %s, and PURSER_OIDC_ISSUER names %s", theirs[1], ours[1])}
}

// ofTenant reports whether the tenant that a token of Microsoft's names, tid, is that of the issuer. Other providers name none, or
// something else by that word.
func (c *Client) ofTenant(token *oidc.IDToken) bool {
	ours := entraIssuer.FindStringSubmatch(c.cfg.Issuer)
	var claims struct {
		Tenant json.RawMessage `json:"tid"`
	}
	if ours == nil || token.Claims(&claims) != nil || claims.Tenant == nil {
		return true
	}
	named, _ := text(claims.Tenant)
	return strings.EqualFold(named, ours[1])
}

// checkTimes sees to the times of a token that was issued just now: where they do not fit, one of the two clocks is wrong.
func (c *Client) checkTimes(token *oidc.IDToken) error {
	var claims struct {
		NotBefore float64 `json:"nbf"`
	}
	if err := token.Claims(&claims); err != nil {
		return errors.New("the token's nbf is no time")
	}
	now := c.cfg.Now()
	ahead := max(token.IssuedAt.Unix(), int64(claims.NotBefore)) - now.Unix()
	switch {
	case ahead > int64(maxAhead/time.Second):
		return clock(fmt.Errorf("the token is of the future, %d seconds ahead of this machine's clock", ahead))
	case !token.Expiry.After(now):
		return clock(fmt.Errorf("the token, issued just now, ended %s ago by this machine's clock", now.Sub(token.Expiry).Round(time.Second)))
	}
	return nil
}

func clock(err error) error { return blamed{whose.Purser, sentenceClock, err} }

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
