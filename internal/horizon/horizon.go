// Package horizon tells what is broken, and what will end and when (R91): the passwords of profiles and pool members by their tenants' own
// rules, the credentials of app profiles, the certificates that sign-in and Purser itself depend on, and what Microsoft turns off.
//
// It decides nothing about any of them. What there is to tell of profiles, members and app profiles a Store keeps in the order of time, however
// many there are; of the rest there are few, and whoever keeps them is asked.
package horizon

import (
	"cmp"
	"time"

	"purser.example/internal/expiry"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

// Kind is what ends, or what is broken.
type Kind string

// The kinds of what ends. The object of each is what its noun calls it: profile.ID, the place of a pool member, appprofile.ID; of a certificate
// the host, and of a retirement its name and day.
const (
	ProfilePassword     Kind = "profile_password"
	MemberPassword      Kind = "member_password"
	ClientSecret             = Kind(expiry.ClientSecret)
	AppCertificate           = Kind(expiry.AppCertificate)
	TLSCertificate           = Kind(expiry.TLSCertificate)
	ProviderCertificate      = Kind(expiry.ProviderCertificate)
	Retirement          Kind = "retirement"
)

// The kinds of what is broken.
const (
	Profile Kind = "profile" // a service account profile that Microsoft refuses
	Member  Kind = "member"  // a pool member with a stored password that Microsoft refuses
	App     Kind = "app"     // an app profile that Microsoft refuses
)

// EndingKinds lists the kinds of what ends, and BreakKinds those of what is broken, in the order in which people read them.
var (
	EndingKinds = []Kind{ProfilePassword, MemberPassword, ClientSecret, AppCertificate, TLSCertificate, ProviderCertificate, Retirement}
	BreakKinds  = []Kind{Profile, Member, App}
)

// Ending is something that ends.
type Ending struct {
	Kind    Kind
	Object  string
	Tenant  tenant.ID // empty: of none, and so of all
	At      time.Time
	What    string // as people call it: a name
	Account string // the username; empty: it is no account
}

// Break is something that doesn't work.
type Break struct {
	Kind    Kind
	Object  string
	Tenant  tenant.ID
	Since   time.Time // zero: not known
	Status  string    // of the verdict, or of the app profile
	Code    string    // Microsoft's, such as "AADSTS50126"; empty: none
	What    string
	Account string
	Verdict *verdict.Verdict // nil: of an app profile, which has none
	Cause   string           // of an app profile: a sentence; may be empty
}

// Place is where something stands in the order of time; the zero Place is before everything.
type Place struct {
	At     time.Time
	Kind   Kind
	Object string
}

// Compare orders places by time, then by kind and object.
func (p Place) Compare(other Place) int {
	return cmp.Or(p.At.Compare(other.At), cmp.Compare(p.Kind, other.Kind), cmp.Compare(p.Object, other.Object))
}

// Place is where the ending stands.
func (e Ending) Place() Place { return Place{e.At, e.Kind, e.Object} }

// Place is where the break stands, by since when it is.
func (b Break) Place() Place { return Place{b.Since, b.Kind, b.Object} }

// Query asks for a part of what there is. The zero Query is all of it.
type Query struct {
	Kinds  []Kind    // empty: all
	Tenant tenant.ID // empty: all
	From   time.Time // this moment and later; zero: from the beginning
	To     time.Time // before this moment; zero: without end
	After  Place     // what comes after it, in the order of the list
	Before Place     // what comes before it, the nearest; at most one of both
	Limit  int       // 0: 50
}

const usualLimit = 50

func (q Query) limit() int {
	if q.Limit <= 0 {
		return usualLimit
	}
	return q.Limit
}

// holds reports whether an ending is asked for.
func (q Query) holds(e Ending) bool {
	return q.asks(e.Kind) && (q.Tenant == "" || e.Tenant == "" || e.Tenant == q.Tenant) && !e.At.Before(q.From) && (q.To.IsZero() || e.At.Before(q.To)) &&
		(q.After == Place{} || e.Place().Compare(q.After) > 0) && (q.Before == Place{} || e.Place().Compare(q.Before) < 0)
}

func (q Query) asks(k Kind) bool {
	for _, asked := range q.Kinds {
		if asked == k {
			return true
		}
	}
	return len(q.Kinds) == 0
}

// Windows are the days ahead that are counted, each with those before it. The last day counts whole, by UTC.
var Windows = [...]int{7, 14, 30, 90}

// Count is how much there is of one kind in one tenant.
type Count struct {
	Kind   Kind
	Tenant tenant.ID // empty: of none
	Ended  int
	Within [len(Windows)]int // of Windows; what has ended is not among them
}

// Failing is how much of one kind in one tenant is broken in the same way.
type Failing struct {
	Kind   Kind
	Tenant tenant.ID
	Status string
	N      int
}

// OnDay is how much of one kind ends on one day.
type OnDay struct {
	Day  time.Time // its beginning, UTC
	Kind Kind
	N    int
}

// DayOf is the day of a moment, by UTC as days are everywhere in Purser.
func DayOf(at time.Time) time.Time { return at.UTC().Truncate(24 * time.Hour) }

// Until is the end of a window of days that begins now.
func Until(now time.Time, days int) time.Time { return DayOf(now).AddDate(0, 0, days+1) }
