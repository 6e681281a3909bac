// Package tenant knows the Microsoft 365 tenants that the organization has connected, and the app profile with which Purser
// reads each of them.
//
// Connecting a tenant means keeping an app profile for it; its secret is sealed. This package does not talk to Microsoft.
package tenant

import (
	"cmp"
	"context"
	"errors"
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
func ParseID(text string) ID { return ID(strings.ToLower(strings.TrimSpace(text))) }

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

// loginHosts are the hosts at which people of a cloud sign in; all others use Worldwide's.
var loginHosts = map[Cloud]string{GCCHigh: "login.microsoftonline.us", DoD: "login.microsoftonline.us", China: "login.partner.microsoftonline.cn"}

// ConsentAddress is where an administrator of the tenant gives consent to an app (Microsoft, admin consent endpoint).
func (t Tenant) ConsentAddress(applicationID string) string {
	host := cmp.Or(loginHosts[t.Cloud], "login.microsoftonline.com")
	return "https://" + host + "/" + url.PathEscape(string(t.ID)) + "/adminconsent?client_id=" + url.QueryEscape(applicationID)
}

// App is the app registration of an app profile: with it a username and password are sent, and the tenant is read.
type App struct {
	ApplicationID string       // client id
	Secret        secret.Value // empty for a public client
}

// Store keeps tenants.
type Store interface {
	// Tenants lists all of them by display name, each with its cloud domains.
	Tenants(ctx context.Context) ([]Tenant, error)
	// SayCloudDomain keeps or forgets a cloud domain, and writes the entry, all or nothing.
	SayCloudDomain(ctx context.Context, d CloudDomain, checked bool, e audit.Entry) error
	// App gives the tenant's app profile, its secret still sealed.
	App(ctx context.Context, id ID) (applicationID string, sealed []byte, err error)
	// Connect keeps the tenant and its app profile in place of what was there, and writes the entry, all or nothing.
	Connect(ctx context.Context, t Tenant, applicationID string, sealed []byte, e audit.Entry) error
	// Bind replaces the sealed secret of the tenant's app profile, if there is one, by the same one sealed in another way, and the proofs
	// of its cloud domains, all or nothing.
	Bind(ctx context.Context, id ID, sealed []byte, domains []CloudDomain) error
}

// Connected is the action of connecting a tenant in the activity log.
const Connected audit.Action = "tenant connected"

// Service keeps the rules of tenants.
type Service struct {
	store Store
	ring  *secret.Keyring
	now   func() time.Time

	mu    sync.Mutex
	known []Tenant // as stored; nil: to be read again. One process serves one database, so nobody else changes it
}

// NewService joins the parts.
func NewService(store Store, ring *secret.Keyring, now func() time.Time) *Service {
	return &Service{store: store, ring: ring, now: now}
}

// All lists the connected tenants by display name.
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

// Forget makes the tenants be read again, after whoever keeps app profiles has connected, renamed or removed one.
func (s *Service) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.known = nil
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
			read[i].CloudDomains = slices.DeleteFunc(read[i].CloudDomains, func(d CloudDomain) bool { return s.ring.Check(d.Proof, domainRecord(d)) != nil })
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

// Application gives the application (client) id of the tenant's app profile, without its secret.
func (s *Service) Application(ctx context.Context, id ID) (string, error) {
	application, _, err := s.store.App(ctx, id)
	return application, err
}

// Credentials opens the tenant's app profile, for internal use by the nouns that sign in with it. It proves that the profile is as Purser
// wrote it, together with what the tenant's row says of where passwords are sent: a database that somebody else has written into must
// not make Purser send them elsewhere (X43).
func (s *Service) Credentials(ctx context.Context, id ID) (App, error) {
	t, err := s.Find(ctx, id)
	if err != nil {
		return App{}, err
	}
	application, sealed, err := s.store.App(ctx, id)
	if err != nil {
		return App{}, err
	}
	value, err := s.ring.Open(sealed, secretRecord(t, application))
	if err != nil {
		return App{}, problem.Wrap(err, problem.Unavailable, altered)
	}
	return App{ApplicationID: application, Secret: value}, nil
}

// altered says why nothing is sent with an app profile that Purser did not write as it is.
const altered = "The app profile of this tenant was changed outside of Purser, so nothing was sent to Microsoft. Connect the tenant again, and tell whoever runs Purser."

// Connect keeps a tenant with its app profile. Connecting it again replaces the app profile.
func (s *Service) Connect(ctx context.Context, caller access.Caller, origin audit.Origin, t Tenant, app App) error {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return err
	}
	t.ID, t.InitialDomain = ParseID(string(t.ID)), strings.ToLower(t.InitialDomain)
	if t.ID == "" || t.InitialDomain == "" || app.ApplicationID == "" {
		return problem.New(problem.Invalid, "A tenant needs an id, its initial domain and an application id.")
	}
	if strings.ContainsFunc(string(t.ID)+t.InitialDomain+app.ApplicationID, shown.Odd) { // the name is Microsoft's, to the letter (X17)
		return problem.New(problem.Invalid, "The id of a tenant, its initial domain and an application id have no characters that cannot be seen.")
	}
	t.Connected = s.now()
	sealed, err := s.ring.Seal(app.Secret, secretRecord(t, app.ApplicationID)) // a public client's secret is empty, and sealed all the same
	if err != nil {
		return err
	}
	entry := audit.By(caller, origin, Connected, audit.Target{Kind: "tenant", ID: string(t.ID), Name: t.DisplayName}).With("application", app.ApplicationID)
	err = s.store.Connect(ctx, t, app.ApplicationID, sealed, entry)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.known = nil
	return err
}

// TakeOver binds the app profiles that an older Purser wrote to their tenants, and proves the cloud domains. It is called once, when a database of before proofs is
// taken over; where it was cut off, it can be called again. A secret that does not open is left as it is, and will not be used.
func (s *Service) TakeOver(ctx context.Context) error {
	all, err := s.store.Tenants(ctx)
	if err != nil {
		return err
	}
	for _, t := range all {
		application, sealed, err := s.store.App(ctx, t.ID)
		if err != nil && problem.KindOf(err) != problem.NotFound {
			return err
		}
		again, err := s.ring.Rebind(sealed, secret.Record{Table: "app_profile", ID: string(t.ID), Field: "secret"}, secretRecord(t, application))
		if errors.Is(err, secret.ErrDamaged) {
			again = sealed
		} else if err != nil {
			return err
		}
		for i, d := range t.CloudDomains {
			if t.CloudDomains[i].Proof, err = s.ring.Prove(domainRecord(d)); err != nil {
				return err
			}
		}
		if err := s.store.Bind(ctx, t.ID, again, t.CloudDomains); err != nil {
			return err
		}
	}
	return nil
}

// secretRecord is what the secret of an app profile is bound to, and with it the whole profile: it says where passwords are sent.
func secretRecord(t Tenant, application string) secret.Record {
	return secret.Record{Table: "app_profile", ID: string(t.ID), Field: "secret", Facts: secret.FactsOf(string(t.Cloud), t.InitialDomain, application)}
}
