package login

import (
	"context"
	"errors"
	"slices"
	"strings"

	"purser.example/internal/problem"
	"purser.example/internal/whose"
)

// Examined is what can be told of a provider that was found without a person who signs in.
type Examined struct {
	SignsOut bool     // it offers an address for signing out
	Claims   []string // that it says it knows; nil where it does not say
	Client   error    // why it does not accept our client id and secret; nil where it did not refuse them
	Told     bool     // whether its answer said anything about them
}

// Knows reports whether the provider says that it knows a claim; true where it does not say which it knows. Of "realm_access.roles" it is
// asked for the first part.
func (e Examined) Knows(claim string) bool {
	return e.Claims == nil || slices.Contains(e.Claims, claim) || slices.Contains(e.Claims, firstOf(claim))
}

// Examine finds the provider and asks it what it makes of our registration: a code that no provider ever gave out is offered to the token
// endpoint, which looks at the client before it looks at the code (RFC 6749 sections 3.2.1 and 5.2). It fails as Discover does.
func (c *Client) Examine(ctx context.Context) (Examined, error) {
	p, err := c.discovery.provider(ctx)
	if err != nil {
		return Examined{}, down(err)
	}
	e := Examined{SignsOut: p.endSession != "", Claims: p.claims}
	_, err = c.redeem(ctx, p, Attempt{Verifier: random()}, random())
	switch {
	case problem.KindOf(err) == problem.BadRequest: // it is the code that was refused
		e.Told = true
	case Whose(err) == whose.App:
		e.Told, e.Client = true, plain(err)
	}
	return e, nil
}

// plain is an error by its text alone, which holds nothing that was sent.
func plain(err error) error { return errors.New(err.Error()) }

// firstOf is the claim that a path begins with.
func firstOf(path string) string {
	first, _, _ := strings.Cut(path, ".")
	return first
}
