package login

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"purser.example/internal/problem"
	"purser.example/internal/whose"
)

// redeem exchanges the code for tokens (RFC 6749 section 4.1.3, RFC 7636 section 4.5). It asks once: a code that was sent
// and not answered may be used up.
func (c *Client) redeem(ctx context.Context, p *provider, attempt Attempt, code string) (*oauth2.Token, error) {
	config := c.oauth(p)
	config.ClientSecret = string(c.cfg.ClientSecret.Reveal())
	if config.ClientSecret == "" {
		config.Endpoint.AuthStyle = oauth2.AuthStyleInParams // a public client has only its name, and that goes into the form
	}
	tokens, err := config.Exchange(oidc.ClientContext(ctx, c.http), code, oauth2.VerifierOption(attempt.Verifier))
	if err != nil {
		return nil, c.exchangeError(err)
	}
	return tokens, nil
}

// exchangeError makes of an oauth2 error one that quotes nothing of the token endpoint's answer.
func (c *Client) exchangeError(err error) error {
	if no, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		return c.tokenRefusal(no)
	}
	if _, ok := errors.AsType[*url.Error](err); ok {
		return down(fmt.Errorf("redeem the code: %w", asked(err)))
	}
	return down(errors.New("redeem the code: the token endpoint's answer makes no sense"))
}

// tokenRefusal sorts the answers of RFC 6749 section 5.2 by Microsoft's code, and by their word where there is none that tells: about
// ourselves, about the provider, about this sign-in, or no such answer at all, which something in between may have given.
func (c *Client) tokenRefusal(no *oauth2.RetrieveError) error {
	status := no.Response.StatusCode
	cause := fmt.Errorf("redeem the code: status %d, %s", status, reason(no.ErrorCode, no.ErrorDescription))
	fault, known := whose.OfOAuth(no.ErrorCode)
	byCode, coded := c.ofCode(no.ErrorDescription)
	switch {
	case coded:
		fault = byCode
	case !known:
		return failed(replyOf(status, no.Body).Whose(), cause)
	case no.ErrorCode == "invalid_request": // which a code of nonsense gets too
		return blamed{fault, sentenceUnverified, unverified(cause)}
	}
	switch fault {
	case whose.App:
		return failed(fault, fmt.Errorf("the identity provider does not accept %s: %w", registered(no.ErrorCode), cause))
	case whose.Microsoft:
		return failed(fault, cause)
	case whose.Account, whose.Tenant:
		return blamed{fault, refusals[fault], problem.Wrap(cause, problem.BadRequest, refusals[fault])}
	}
	return blamed{fault, sentenceUnverified, unverified(cause)}
}

// registered is what of our registration a word is about.
func registered(word string) string {
	if word == "invalid_client" || word == "unauthorized_client" {
		return "the client id or its secret"
	}
	return "Purser's registration"
}
