package appprofile

import (
	"context"
	"errors"
	"time"

	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/tenant"
)

// What a Store returns when a rule of the rows themselves is broken.
var (
	ErrGone      = errors.New("appprofile: it does not exist, or no longer does")
	ErrChanged   = errors.New("appprofile: changed by someone else")
	ErrNameTaken = errors.New("appprofile: the name is taken")
	ErrLast      = errors.New("appprofile: the last one of a tenant that is in use")
)

// Sealed is a credential with its secret as it is kept.
type Sealed struct {
	Credential
	Secret []byte
}

// Store keeps app profiles, and the tenants that they connect.
type Store interface {
	// Profiles lists by name, without secrets.
	Profiles(ctx context.Context, f Filter) ([]Listed, error)
	// Profile gives one; ErrGone.
	Profile(ctx context.Context, id ID) (Profile, error)
	// Of gives the profiles of a tenant with their sealed credentials, the preferred one first, then by when they were made.
	Of(ctx context.Context, t tenant.ID) ([]Kept, error)

	// Note writes an entry alone, before something is done that it tells of.
	Note(ctx context.Context, e audit.Entry) error
	// Create keeps the profile with its credentials, and its tenant: a tenant that is there keeps since when it is connected, and takes
	// what was read of it. The first profile of a tenant becomes the preferred one. ErrNameTaken.
	Create(ctx context.Context, t tenant.Tenant, p Profile, sealed []Sealed, e audit.Entry) error
	// Connect keeps the tenant with the app profile that has its id, in place of what was there, with nothing read of either; since when the
	// tenant is connected, and the profile's making, stay. ErrNameTaken.
	Connect(ctx context.Context, t tenant.Tenant, p Profile, sealed []Sealed, e audit.Entry) error
	// Update replaces the profile of the version, and its credentials by those; one whose Secret is nil keeps the secret that it has. The
	// tenant takes what was read of it, where something was. ErrGone, ErrChanged, ErrNameTaken.
	Update(ctx context.Context, p Profile, sealed []Sealed, read *tenant.Tenant, e audit.Entry) error
	// Checked writes what a check came to. The version stays, because nobody has changed anything; where another one is there meanwhile,
	// ErrChanged.
	Checked(ctx context.Context, p Profile, read *tenant.Tenant, e audit.Entry) error
	// Prefer makes the profile the preferred one of its tenant, and no other. ErrGone.
	Prefer(ctx context.Context, id ID, e audit.Entry) error
	// Delete removes the profile. Where it is the last one of a tenant that profiles or pools are kept for, it does so only if last says
	// that this is meant, and returns ErrLast otherwise; of a tenant that nothing is kept for the tenant goes too. ErrGone.
	Delete(ctx context.Context, id ID, last bool, e audit.Entry) error
	// Bind replaces sealed secrets by the same ones sealed in another way, all or nothing.
	Bind(ctx context.Context, id ID, sealed []Sealed) error
}

// Kept is a profile with its sealed credentials.
type Kept struct {
	Profile
	Sealed []Sealed
}

// Filter is which app profiles to list. The zero Filter is all of them.
type Filter struct {
	Search string // in names, application ids and tenants; empty: all
	Tenant tenant.ID
	Status Status
}

// Listed is a profile with what the list sorts it by that is not the profile's own.
type Listed struct {
	Profile
	NameKey   string // its name in the order of the list
	TenantKey string // that of its tenant
	Cloud     tenant.Cloud
}

// told turns what a Store returns into what a person reads.
func told(err error) error {
	switch {
	case errors.Is(err, ErrGone):
		return problem.Wrap(err, problem.NotFound, "This app profile no longer exists.")
	case errors.Is(err, ErrChanged):
		return problem.Wrap(err, problem.Conflict, "Someone else changed this app profile. Nothing was overwritten. Open it again to see the changes.")
	case errors.Is(err, ErrNameTaken):
		return problem.Field(FieldName, "Another app profile has this name. Enter a different name.")
	}
	return err
}

// longAgo is before everything.
var longAgo time.Time
