package idp

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"time"
)

// Limits that keep a stranger from filling the memory.
const (
	maxQuery    = 8 << 10  // bytes of an address after the "?"
	maxBody     = 16 << 10 // bytes of a posted form
	maxRequests = 1000     // authorization requests under way
)

// Person is somebody who can sign in.
type Person struct {
	Subject  string // stable identifier, without a colon
	Email    string // what they sign in with; capitals do not matter
	Name     string // display name
	Password string
	Roles    []string // values of the role claim; none leaves the claim out, as Microsoft Entra does
}

// LogValue shows who it is, never the password (R60).
func (p Person) LogValue() slog.Value { return slog.StringValue(p.Subject) }

// String shows who it is, never the password (R60).
func (p Person) String() string { return p.Subject }

// GoString shows who it is, never the password (R60).
func (p Person) GoString() string { return p.Subject }

// Config describes a provider: whom it knows and whom it serves.
type Config struct {
	Issuer                string // such as "http://127.0.0.1:8080/idp"; https unless on a loopback address; no slash at the end
	ClientID              string
	ClientSecret          string // the client sends both by basic authentication
	RedirectURI           string // the one address that codes are sent to
	PostLogoutRedirectURI string // the one address that a sign-out may return to; empty for none
	People                []Person
	Hint                  string // a sentence below the list of people on the sign-in page; empty for none

	// SigningKey (2048 bits or more) signs ID tokens with RS256, CryptoKey seals access tokens. Keep both over a restart and
	// the tokens given out before it stay good.
	SigningKey *rsa.PrivateKey
	CryptoKey  [32]byte

	// Now is the clock that requests, codes and access tokens expire by; nil is the machine's. The times inside an ID token
	// are the machine's always.
	Now           func() time.Time
	RoleClaim     string // claim that holds the roles; empty means "roles"
	RolesAsString bool   // a person's only role is a plain string instead of a list
	Logger        *slog.Logger
}

func (c Config) withDefaults() Config {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.RoleClaim == "" {
		c.RoleClaim = "roles"
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}

// check answers the issuer as a URL, or what is wrong with the settings.
func (c Config) check() (*url.URL, error) {
	issuer, err := checkIssuer(c.Issuer)
	switch {
	case err != nil:
		return nil, err
	case c.ClientID == "" || c.ClientSecret == "":
		return nil, errors.New("the client needs an id and a secret")
	case c.SigningKey == nil || c.SigningKey.N.BitLen() < 2048:
		return nil, errors.New("the signing key must be RSA with at least 2048 bits")
	case c.CryptoKey == [32]byte{}:
		return nil, errors.New("the crypto key is empty")
	}
	return issuer, checkPeople(c.People)
}

func checkIssuer(raw string) (*url.URL, error) {
	issuer, err := url.Parse(raw)
	switch {
	case err != nil:
		return nil, fmt.Errorf("issuer: %w", err)
	case issuer.Host == "" || strings.HasSuffix(issuer.Path, "/") || issuer.RawQuery != "" || issuer.Fragment != "":
		return nil, fmt.Errorf("issuer %q: must be an address without a slash at its end, query or fragment", raw)
	case issuer.Scheme != "https" && (issuer.Scheme != "http" || !loopback(issuer.Hostname())):
		return nil, fmt.Errorf("issuer %q: must be https, or http on a loopback address", raw)
	}
	return issuer, nil
}

func loopback(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

func checkRedirect(raw string) (*url.URL, error) {
	redirect, err := url.Parse(raw)
	switch {
	case err != nil:
		return nil, fmt.Errorf("redirect URI: %w", err)
	case redirect.Host == "" || redirect.Scheme != "https" && redirect.Scheme != "http":
		return nil, fmt.Errorf("redirect URI %q: must be a whole http or https address", raw)
	}
	return redirect, nil
}

// checkPeople refuses people who could be taken for each other, and subjects that an access token cannot carry.
func checkPeople(all []Person) error {
	seen := map[string]bool{}
	for i, person := range all {
		email := "email " + strings.ToLower(person.Email)
		subject := "subject " + person.Subject
		switch {
		case person.Subject == "" || strings.Contains(person.Subject, ":"):
			return fmt.Errorf("person %d: needs a subject without a colon", i+1)
		case person.Email == "" || person.Password == "":
			return fmt.Errorf("person %s: needs an email address and a password", person.Subject)
		case seen[email]:
			return fmt.Errorf("person %s: the email address is taken", person.Subject)
		case seen[subject]:
			return fmt.Errorf("person %s: the subject is taken", person.Subject)
		}
		seen[email], seen[subject] = true, true
	}
	return nil
}
