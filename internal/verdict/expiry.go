package verdict

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// ExpiryKind says what is known of a password's end.
type ExpiryKind string

// The kinds of expiry; "" means that nobody has looked.
const (
	ExpiresOn        ExpiryKind = "date"
	ExpiresNever     ExpiryKind = "never"
	ExpiresElsewhere ExpiryKind = "on-premises" // Active Directory or another identity provider decides
	ExpiryUnknown    ExpiryKind = "unknown"
)

// Expiry is when the account's password ends, by the tenant's own password policy.
type Expiry struct {
	Kind   ExpiryKind `json:"kind,omitempty"`
	At     time.Time  `json:"at,omitzero"`      // set for ExpiresOn
	Warn   time.Time  `json:"warn,omitzero"`    // from when on the tenant wants people warned
	Reason string     `json:"reason,omitempty"` // a sentence
}

// Known reports whether anybody has looked and found an answer.
func (e Expiry) Known() bool { return e.Kind != "" && e.Kind != ExpiryUnknown }

// Password is what Microsoft says of an account's password, as far as it could be read.
type Password struct {
	Username string
	Changed  time.Time // zero: not told
	Policies string    // the account's passwordPolicies, such as "DisablePasswordExpiration, DisableStrongPassword"
	Synced   bool      // the account comes from an Active Directory
}

// Domain is one domain of a tenant with its password policy. Days are nil where Microsoft leaves them out.
type Domain struct {
	Name         string
	Federated    bool
	Root         bool // the policy of a root domain counts for its subdomains
	ValidityDays *int
	NoticeDays   *int
}

const (
	defaultValidity = 90     // documented default of passwordValidityPeriodInDays
	defaultNotice   = 14     // documented default of passwordNotificationWindowInDays
	foreverDays     = 100000 // Microsoft writes 2147483647 for "never"; nothing near it is meant as a date
)

// ExpiryOf computes when a password ends (Microsoft Graph, domain and user resources; Entra ID, password policies). Without domains (no permission to read them) it is unknown
// unless the account itself decides; 90 days are never assumed for a policy that was not read.
func ExpiryOf(p Password, domains []Domain) Expiry {
	domain, listed := domainOf(p.Username, domains)
	switch {
	case hasPolicy(p.Policies, "DisablePasswordExpiration"):
		return Expiry{Kind: ExpiresNever, Reason: "The account's password is set to never expire."}
	case p.Synced:
		return Expiry{Kind: ExpiresElsewhere, Reason: "The account is synchronized from Active Directory, which decides when the password expires."}
	case len(domains) == 0:
		return Expiry{Kind: ExpiryUnknown, Reason: "The password policy of the tenant's domains could not be read (Domain.Read.All)."}
	case !listed:
		return Expiry{Kind: ExpiryUnknown, Reason: "The domain of the username is not among the tenant's domains."}
	case domain.Federated:
		return Expiry{Kind: ExpiresElsewhere, Reason: "The identity provider of " + domain.Name + " decides when the password expires."}
	}
	return byPolicy(p, domain)
}

func byPolicy(p Password, d Domain) Expiry {
	days := orDefault(d.ValidityDays, defaultValidity)
	if days > foreverDays {
		return Expiry{Kind: ExpiresNever, Reason: "Passwords of " + d.Name + " do not expire."}
	}
	if p.Changed.IsZero() || days < 0 {
		return Expiry{Kind: ExpiryUnknown, Reason: "Microsoft did not say when the password was last changed."}
	}
	end := p.Changed.UTC().AddDate(0, 0, days)
	notice := min(max(orDefault(d.NoticeDays, defaultNotice), 0), days)
	return Expiry{
		Kind: ExpiresOn, At: end, Warn: end.AddDate(0, 0, -notice),
		Reason: fmt.Sprintf("Last changed on %s; passwords of %s are valid for %d days.", p.Changed.UTC().Format(time.DateOnly), d.Name, days),
	}
}

// domainOf finds the domain whose policy counts for a username: its own if that is a root domain, else the nearest root
// above it.
func domainOf(username string, domains []Domain) (Domain, bool) {
	_, name, _ := strings.Cut(username, "@")
	for name != "" {
		at := slices.IndexFunc(domains, func(d Domain) bool { return strings.EqualFold(d.Name, name) })
		if at >= 0 && (domains[at].Root || domains[at].Federated) {
			return domains[at], true
		}
		_, name, _ = strings.Cut(name, ".")
	}
	return Domain{}, false
}

func hasPolicy(policies, name string) bool {
	for p := range strings.SplitSeq(policies, ",") {
		if strings.EqualFold(strings.TrimSpace(p), name) {
			return true
		}
	}
	return false
}

func orDefault(days *int, otherwise int) int {
	if days == nil {
		return otherwise
	}
	return *days
}
