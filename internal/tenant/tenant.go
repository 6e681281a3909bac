// Package tenant knows the Microsoft 365 tenants that the organization has connected: one record of each, however many app profiles
// name it (R73).
//
// Connecting a tenant means keeping an app profile for it, which is for package appprofile. This package does not talk to Microsoft.
package tenant

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/secret"
	"purser.example/internal/shown"
)

// ID is the tenant's id at Microsoft, a GUID in lower case.
type ID string

// ParseID reads a GUID in any case.
func ParseID(text string) ID { return ID(strings.ToLower(shown.Trim(text))) }

// Cloud is the Microsoft cloud in which a tenant lives; it decides about the hosts to ask.
type Cloud string

// The clouds of the fixture and the facts.
const (
	Worldwide Cloud = "worldwide"
	GCC       Cloud = "gcc"
	GCCHigh   Cloud = "gccHigh"
	DoD       Cloud = "dod"
	China     Cloud = "china"
)

// Title is the cloud's name as people see it.
func (c Cloud) Title() string {
	switch c {
	case GCC:
		return "GCC"
	case GCCHigh:
		return "GCC High"
	case DoD:
		return "DoD"
	case China:
		return "China"
	default:
		return "Worldwide"
	}
}

// Tenant is one connected tenant.
type Tenant struct {
	ID            ID
	DisplayName   string
	InitialDomain string // contoso.onmicrosoft.com
	Cloud         Cloud
	Connected     time.Time
	CloudDomains  []CloudDomain // by name, see SayCloudDomain
	Apps          int           // how many app profiles name it; 0: it is known from profiles only (R73)
	Facts         Facts         // what was read of it
	Read          time.Time     // when that was; zero: never
	Gone          time.Time     // when Microsoft said that it is not there any more; zero: it is
}

// cloudEndings is what the domains end in that a tenant has below its cloud's own.
var cloudEndings = []string{".onmicrosoft.com", ".onmicrosoft.us", ".partner.onmschina.cn"}

// CloudNames are the names that the tenant has in its cloud, in lower case and each once: the first label of its initial domain, then of its
// other domains below the cloud's own. Before an app could read the tenant, InitialDomain is what somebody named it by, such as a custom
// domain or an id, and nothing of that is such a name (X50).
func (t Tenant) CloudNames() (names []string) {
	domains := []Domain{{Name: t.InitialDomain}}
	for _, d := range t.Facts.Domains {
		if d.Initial {
			domains = append([]Domain{d}, domains...)
		} else {
			domains = append(domains, d)
		}
	}
	for _, d := range domains {
		label, ending, _ := strings.Cut(strings.ToLower(d.Name), ".")
		if (d.Initial || slices.Contains(cloudEndings, "."+ending)) && label != "" && !slices.Contains(names, label) {
			names = append(names, label)
		}
	}
	return names
}

// Named is the tenant as it calls itself now. Another name than before is the former one from then on; the domain that stood in for a
// name which nobody had read yet is none.
func (t Tenant) Named(name string, at time.Time) Tenant {
	if name == "" || name == t.DisplayName {
		return t
	}
	if t.DisplayName != "" && t.DisplayName != t.InitialDomain {
		t.Facts.Former, t.Facts.Renaming = t.DisplayName, at
	}
	t.DisplayName = name
	return t
}

// loginHosts are the hosts at which people of a cloud sign in; all others use Worldwide's.
var loginHosts = map[Cloud]string{GCCHigh: "login.microsoftonline.us", DoD: "login.microsoftonline.us", China: "login.partner.microsoftonline.cn"}

// ConsentAddress is where an administrator of the tenant gives consent to an app (Microsoft, admin consent endpoint).
func (t Tenant) ConsentAddress(applicationID string) string {
	host := cmp.Or(loginHosts[t.Cloud], "login.microsoftonline.com")
	return "https://" + host + "/" + url.PathEscape(string(t.ID)) + "/adminconsent?client_id=" + url.QueryEscape(applicationID)
}

// Store keeps tenants.
type Store interface {
	// Tenants lists all of them by display name, each with its cloud domains.
	Tenants(ctx context.Context) ([]Tenant, error)
	// SayCloudDomain keeps or forgets a cloud domain, and writes the entry, all or nothing.
	SayCloudDomain(ctx context.Context, d CloudDomain, checked bool, e audit.Entry) error
	// Prove writes the proofs of a tenant's cloud domains, all or nothing.
	Prove(ctx context.Context, id ID, domains []CloudDomain) error
	// AddThrottles keeps them, each added to what is kept of the same minute, host and account, and forgets those before a time.
	AddThrottles(ctx context.Context, list []Throttle, before time.Time) error
	// Throttles gives those of a tenant since a time, newest first, those of one minute by host and account.
	Throttles(ctx context.Context, id ID, since time.Time, limit int) ([]Throttle, error)
}

// Service keeps the rules of tenants.
type Service struct {
	store Store
	ring  *secret.Keyring
	now   func() time.Time

	mu    sync.Mutex
	known []Tenant // as stored; nil: to be read again. One process serves one database, so nobody else changes it

	throttling sync.Mutex
	throttles  map[throttleKey]Throttle // that wait to be written
}

// NewService joins the parts.
func NewService(store Store, ring *secret.Keyring, now func() time.Time) *Service {
	return &Service{store: store, ring: ring, now: now, throttles: map[throttleKey]Throttle{}}
}

// All lists the connected tenants by display name, with those that are known from profiles only.
func (s *Service) All(ctx context.Context, caller access.Caller) ([]Tenant, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return nil, err
	}
	return s.Connected(ctx)
}

// Connected lists them for internal use by the nouns.
func (s *Service) Connected(ctx context.Context) ([]Tenant, error) {
	known, err := s.connected(ctx)
	return slices.Clone(known), err
}

// connected gives the tenants, which are read once and after each change. The slice is never written to.
func (s *Service) connected(ctx context.Context) ([]Tenant, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil {
		read, err := s.store.Tenants(ctx)
		if err != nil {
			return nil, err
		}
		for i := range read {
			read[i].CloudDomains = slices.DeleteFunc(read[i].CloudDomains, func(d CloudDomain) bool { return s.ring.Check(d.Proof, DomainRecord(d)) != nil })
		}
		s.known = append([]Tenant{}, read...)
	}
	return s.known, nil
}

// Find gives one tenant; it returns problem.NotFound for one that is not connected.
func (s *Service) Find(ctx context.Context, id ID) (Tenant, error) {
	known, err := s.connected(ctx)
	if err != nil {
		return Tenant{}, err
	}
	if i := slices.IndexFunc(known, func(t Tenant) bool { return t.ID == id }); i >= 0 {
		return known[i], nil
	}
	return Tenant{}, ErrNotConnected
}

// Called is the tenant's name as people see it. DisplayName is Microsoft's, to the letter.
func (t Tenant) Called() string { return shown.Name(t.DisplayName) }

// Name is what a tenant is called as people see it, or its id where it is not connected any more.
func (s *Service) Name(ctx context.Context, id ID) string {
	t, err := s.Find(ctx, id)
	if err != nil {
		return string(id)
	}
	return t.Called()
}

// ErrNotConnected says that no tenant with that id is connected.
var ErrNotConnected = problem.New(problem.NotFound, "This tenant is not connected.")

// Forget makes the tenants be read again, after whoever keeps app profiles has connected, renamed or removed one.
func (s *Service) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.known = nil
}

// TakeOver proves the cloud domains that an older Purser wrote. It is called once, when a database of before proofs is taken over; where it
// was cut off, it can be called again.
func (s *Service) TakeOver(ctx context.Context) error {
	all, err := s.store.Tenants(ctx)
	if err != nil {
		return err
	}
	for _, t := range all {
		for i, d := range t.CloudDomains {
			if t.CloudDomains[i].Proof, err = s.ring.Prove(DomainRecord(d)); err != nil {
				return err
			}
		}
		if err := s.store.Prove(ctx, t.ID, t.CloudDomains); err != nil {
			return err
		}
	}
	return nil
}
