package login

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/problem"
)

// Answer is what the provider's redirect to the callback carried: RFC 6749 section 4.1.2, RFC 9207 section 2. Fields that
// were missing are empty.
type Answer struct {
	State, Code             string
	Error, ErrorDescription string
	Issuer                  string // the parameter iss
}

// String answers "[redacted]": a code not yet used up is as good as a sign-in (R60).
func (Answer) String() string { return redacted }

// GoString answers "[redacted]".
func (Answer) GoString() string { return redacted }

// LogValue answers "[redacted]" to slog.
func (Answer) LogValue() slog.Value { return slog.StringValue(redacted) }

// Identity is a person who has signed in.
type Identity struct {
	Caller  access.Caller
	Claim   Claim    // what the token said of the roles
	Entra   Entra    // empty from any other provider
	Address string   // another than the sign-in; empty for none
	Groups  []string // what the claim groups holds
	Grouped bool     // that claim was there and whole
	Session string   // the provider's name for its own session, sid; "" where it tells none
	IDToken string   // as issued; good for SignOutURL and nothing else
	// Authenticated is when the person signed in at the provider (auth_time), by this machine's clock; zero where it does not tell.
	Authenticated time.Time

	Expires time.Time // when the ID token ends. The session has limits of its own (R4).
}

// String answers with the caller's issuer and subject, and without the token (R60).
func (i Identity) String() string { return i.Caller.Issuer + " " + i.Caller.Subject }

// GoString answers as String does.
func (i Identity) GoString() string { return i.String() }

// LogValue answers as String does.
func (i Identity) LogValue() slog.Value { return slog.StringValue(i.String()) }

// Finish ends the sign-in that Begin began: it holds the answer against the attempt, redeems the code and verifies the ID
// token. A person without any role is signed in too (R2). The errors are
//   - problem.BadRequest: the answer is forged, late, an error, or holds a token that is not to be believed;
//   - problem.Upstream: the provider is down, slow, talks nonsense, or does not accept our own client id or secret (R62).
//
// Whose tells of each who is to be looked at.
func (c *Client) Finish(ctx context.Context, attempt Attempt, answer Answer) (Identity, error) {
	if err := c.checkAnswer(attempt, answer); err != nil {
		return Identity{}, err
	}
	p, err := c.discovery.provider(ctx)
	if err != nil {
		return Identity{}, down(err)
	}
	if p.namesItself && answer.Issuer == "" {
		return Identity{}, unverified(errors.New("the answer lacks the issuer that the provider always sends"))
	}
	tokens, err := c.redeem(ctx, p, attempt, answer.Code)
	if err != nil {
		return Identity{}, err
	}
	token, err := c.verify(ctx, p, attempt, answer.Code, tokens)
	if err != nil {
		return Identity{}, err
	}
	return c.identity(token, tokens)
}

// checkAnswer is everything that can be said without asking the provider. The state comes first: until it fits, nothing in
// the answer is from the provider as far as we know.
func (c *Client) checkAnswer(attempt Attempt, answer Answer) error {
	if !same(attempt.State, answer.State) {
		return unverified(errors.New("the state does not belong to this attempt"))
	}
	// An attempt from the future is a clock that was put back; how old it is cannot be told.
	if age := c.cfg.Now().Sub(attempt.Started); age.Abs() > attemptLife {
		return problem.Wrap(fmt.Errorf("the attempt is %s old", age.Round(time.Second)), problem.BadRequest, sentenceLate)
	}
	if answer.Issuer != "" && answer.Issuer != c.cfg.Issuer {
		return unverified(errors.New("the answer names another issuer"))
	}
	if answer.Error != "" {
		return c.refused(attempt, answer)
	}
	if answer.Code == "" {
		return unverified(errors.New("the answer holds no code"))
	}
	return nil
}

// same compares in constant time. Two empty texts are not the same: neither was ever made by Begin.
func same(a, b string) bool {
	return a != "" && subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1
}
