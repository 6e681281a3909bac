package login

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
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
		return nil, exchangeError(err)
	}
	return tokens, nil
}

// exchangeError makes of an oauth2 error one that quotes nothing of the token endpoint's answer.
func exchangeError(err error) error {
	if no, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		return tokenRefusal(no)
	}
	if broken, ok := errors.AsType[*url.Error](err); ok {
		return down(fmt.Errorf("redeem the code: %w", broken))
	}
	return down(errors.New("redeem the code: the token endpoint's answer makes no sense"))
}

// tokenRefusal sorts the answers of RFC 6749 section 5.2: about the code, about ourselves, or no such answer at all.
func tokenRefusal(no *oauth2.RetrieveError) error {
	status := no.Response.StatusCode
	cause := fmt.Errorf("redeem the code: status %d, %s", status, reason(no.ErrorCode, no.ErrorDescription))
	switch {
	case no.ErrorCode == "invalid_client", no.ErrorCode == "unauthorized_client", status == http.StatusUnauthorized:
		return fmt.Errorf("the identity provider does not accept the client id or its secret: %w", cause)
	case no.ErrorCode == "", no.ErrorCode == "server_error", no.ErrorCode == "temporarily_unavailable":
		return down(cause)
	default:
		return unverified(cause)
	}
}
