package appprofile

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/secret"
	"purser.example/internal/tenant"
)

// The actions on app profiles in the activity log.
const (
	Created           audit.Action = "app profile created"
	Edited            audit.Action = "app profile edited"
	Deleted           audit.Action = "app profile deleted"
	PreferredChosen   audit.Action = "preferred app profile chosen"
	CheckBegun        audit.Action = "app profile check begun"
	CheckEnded        audit.Action = "app profile checked"
	CredentialAdded   audit.Action = "credential added to app profile"
	CredentialRemoved audit.Action = "credential removed from app profile"
)

// Parts are what a Service is joined of.
type Parts struct {
	Store     Store
	Tenants   *tenant.Service
	Directory Directory // nil: nobody is asked
	Ring      *secret.Keyring
	Now       func() time.Time
}

// Service keeps the rules of app profiles.
type Service struct {
	store     Store
	tenants   *tenant.Service
	directory Directory
	ring      *secret.Keyring
	now       func() time.Time
	users     []User
	reading   sync.Mutex // held while a certificate file is opened: it says itself how much work that is
}

// NewService joins the parts.
func NewService(p Parts) *Service {
	if p.Directory == nil {
		p.Directory = nobody{}
	}
	return &Service{store: p.Store, tenants: p.Tenants, directory: p.Directory, ring: p.Ring, now: p.Now}
}

// Find gives one app profile.
func (s *Service) Find(ctx context.Context, caller access.Caller, id ID) (Profile, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return Profile{}, err
	}
	p, err := s.store.Profile(ctx, id)
	return p, told(err)
}

// OfTenant gives the app profiles of a tenant, the preferred one first.
func (s *Service) OfTenant(ctx context.Context, caller access.Caller, t tenant.ID) ([]Profile, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return nil, err
	}
	return s.Known(ctx, t)
}

// Known is OfTenant for internal use, where no person asks.
func (s *Service) Known(ctx context.Context, t tenant.ID) ([]Profile, error) {
	kept, err := s.store.Of(ctx, t)
	var list []Profile
	for _, k := range kept {
		list = append(list, k.Profile)
	}
	return list, err
}

// Prefer makes Purser take this app profile of its tenant's.
func (s *Service) Prefer(ctx context.Context, caller access.Caller, origin audit.Origin, id ID) error {
	p, err := s.Find(ctx, caller, id)
	if err != nil {
		return err
	}
	return told(s.store.Prefer(ctx, id, audit.By(caller, origin, PreferredChosen, p.target()).With("tenant", string(p.Tenant))))
}

// ErrNone says that a tenant has no app profile, as one whose last app profile was deleted. What stands beside the choice of a tenant can
// say so.
var ErrNone = problem.Field(FieldTenant, "This tenant has no app profile, so nothing was sent to Microsoft. Create an app profile for it first.")

// Application gives the application (client) id by which the tenant is read, without its secret.
func (s *Service) Application(ctx context.Context, t tenant.ID) (string, error) {
	k, err := s.chosen(ctx, t)
	return k.ApplicationID, err
}

// chosen is the app profile that Purser takes for a tenant: the preferred one, unless it is of no use and another one is.
func (s *Service) chosen(ctx context.Context, t tenant.ID) (Kept, error) {
	kept, err := s.store.Of(ctx, t)
	if err != nil {
		return Kept{}, err
	}
	if len(kept) == 0 {
		return Kept{}, ErrNone
	}
	now := s.now()
	i := slices.IndexFunc(kept, func(k Kept) bool {
		c, ok := k.Used(now)
		return ok && k.Status != Invalid && !c.ended(now)
	})
	return kept[max(i, 0)], nil
}

// Credentials opens the app profile by which Purser gets at a tenant, for internal use by the nouns that sign in with it. It proves that
// the profile is as Purser wrote it, together with what the tenant's row says of where passwords are sent: a database that somebody else
// has written into must not make Purser send them elsewhere (X43).
func (s *Service) Credentials(ctx context.Context, id tenant.ID) (App, error) {
	t, err := s.tenants.Find(ctx, id)
	if err != nil {
		return App{}, err
	}
	k, err := s.chosen(ctx, id)
	if err != nil {
		return App{}, err
	}
	c, _ := k.Used(s.now())
	return s.open(t, k, c)
}

// open opens one credential of a profile.
func (s *Service) open(t tenant.Tenant, k Kept, c Credential) (App, error) {
	i := slices.IndexFunc(k.Sealed, func(sealed Sealed) bool { return sealed.ID == c.ID })
	if i < 0 {
		return App{}, ErrAltered
	}
	value, err := s.ring.Open(k.Sealed[i].Secret, SecretRecord(t, k.Profile, c.ID))
	if err != nil {
		return App{}, fmt.Errorf("%w: %w", ErrAltered, err)
	}
	return App{Profile: k.ID, ApplicationID: k.ApplicationID, Credential: c.ID, Kind: c.Kind, Secret: value, Public: c.Public}, nil
}

// ErrAltered says why nothing is sent with an app profile that Purser did not write as it is.
var ErrAltered = problem.New(problem.Altered, "The app profile of this tenant was changed outside of Purser, so nothing was sent to Microsoft. Connect the tenant again, and tell your server administrator.")

// SecretRecord is what a credential is bound to, and with it the whole profile: it says where passwords are sent. A profile of before
// there were several has its tenant's id, and the tenant's initial domain in its seal; the others have the tenant itself, because the
// initial domain of a tenant that no app reads is not known.
func SecretRecord(t tenant.Tenant, p Profile, id CredentialID) secret.Record {
	facts := secret.FactsOf(string(t.ID), string(t.Cloud), p.ApplicationID)
	if p.former() {
		facts = secret.FactsOf(string(t.Cloud), t.InitialDomain, p.ApplicationID)
	}
	return secret.Record{Table: "app_profile", ID: string(p.ID), Field: string(id), Facts: facts}
}

// former reports whether the profile was written before there were several of a tenant.
func (p Profile) former() bool { return string(p.ID) == string(p.Tenant) }

// seal seals what a credential proves itself by; a public client's is empty, and sealed all the same.
func (s *Service) seal(t tenant.Tenant, p Profile, m material) (Sealed, error) {
	sealed, err := s.ring.Seal(m.secret, SecretRecord(t, p, m.ID))
	return Sealed{m.Credential, sealed}, err
}
