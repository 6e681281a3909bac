package login

import (
	"context"
	"net/url"
	"slices"
	"time"
)

const (
	// signOutWait is how long a person who signs out waits for a provider that we have not met yet.
	signOutWait = 2 * time.Second

	// maxHint is the longest ID token that goes into an address. Servers refuse request lines of 8 KiB and more; without
	// the hint the provider asks the person what to do.
	maxHint = 6 << 10
)

// SignOutURL gives the address at which the provider ends its own session (R4; OpenID Connect RP-Initiated Logout 1.0
// section 2), and false where it offers none or cannot be reached. The state comes back with the browser. Our session is
// ended by the caller, before and in any case; this never takes longer than two seconds.
func (c *Client) SignOutURL(ctx context.Context, idToken, state string) (string, bool) {
	p := c.discovery.known()
	if p == nil {
		ctx, cancel := context.WithTimeout(ctx, signOutWait)
		defer cancel()
		p, _ = c.discovery.provider(ctx)
	}
	if p == nil || p.endSession == "" {
		return "", false
	}
	address, err := url.Parse(p.endSession)
	if err != nil {
		return "", false
	}
	address.RawQuery = c.signOutQuery(address.Query(), idToken, state).Encode()
	return address.String(), true
}

// signOutQuery adds our parameters to those that the provider's address has already. The client's name helps providers that
// cannot read the hint any more.
func (c *Client) signOutQuery(query url.Values, idToken, state string) url.Values {
	query.Set("client_id", c.cfg.ClientID)
	if idToken != "" && len(idToken) <= maxHint {
		query.Set("id_token_hint", idToken)
	}
	if c.cfg.PostLogoutURL != "" {
		query.Set("post_logout_redirect_uri", c.cfg.PostLogoutURL)
		if state != "" {
			query.Set("state", state)
		}
	}
	return query
}

// IsIssuer reports whether that is the provider's name for itself, to the letter.
func (c *Client) IsIssuer(name string) bool { return name == c.cfg.Issuer }

// OfIssuer reports whether an address of the provider's has the origin of the issuer.
func (c *Client) OfIssuer(address string) bool {
	return len(origins(c.cfg.Issuer, c.cfg.Issuer, address)) == 1
}

// FormOrigins lists the origins that the page's security policy has to allow as form targets, because a browser applies
// form-action to the redirects that follow a form: the issuer's and, once the provider has been discovered, those of its
// sign-in and sign-out addresses. It asks nobody.
func (c *Client) FormOrigins() []string {
	list := origins(c.cfg.Issuer, c.cfg.Issuer)
	if p := c.discovery.known(); p != nil {
		list = append(list, p.origins...)
	}
	slices.Sort(list)
	return slices.Compact(list)
}
