package appprofile

import (
	"context"
	"errors"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/shown"
	"purser.example/internal/tenant"
)

// Use is what is kept for a tenant, and would not be reached without any app profile.
type Use struct {
	Kind  string   // "service account profile"
	Count int      // how many there are
	Names []string // of a few of them
}

// User is a noun that keeps things for tenants.
type User interface {
	UsesOfTenant(ctx context.Context, caller access.Caller, t tenant.ID) ([]Use, error)
}

// UsedBy makes the service ask these, too, what uses a tenant. Nouns that know this one come after it, so that they are told here, before
// anybody asks.
func (s *Service) UsedBy(users ...User) { s.users = append(s.users, users...) }

// Doomed is an app profile that somebody means to delete, with what would not be reached without it.
type Doomed struct {
	Profile
	Last bool  // the only one of its tenant
	Uses []Use // of the tenant
}

// InUse reports whether something would not be reached any more.
func (d Doomed) InUse() bool { return d.Last && len(d.Uses) > 0 }

// BeforeDelete gives what deleting the app profile would do, for the question that comes before Delete (R70).
func (s *Service) BeforeDelete(ctx context.Context, caller access.Caller, id ID) (Doomed, error) {
	p, err := s.Find(ctx, caller, id)
	if err != nil {
		return Doomed{}, err
	}
	d := Doomed{Profile: p}
	siblings, err := s.store.Of(ctx, p.Tenant)
	if err != nil {
		return Doomed{}, err
	}
	d.Last = len(siblings) == 1
	for _, user := range s.users {
		uses, err := user.UsesOfTenant(ctx, caller, p.Tenant)
		if err != nil {
			return Doomed{}, err
		}
		d.Uses = append(d.Uses, uses...)
	}
	return d, nil
}

// Delete removes the app profile. The last one of a tenant that something is kept for is removed only where named is its name, so that
// nobody cuts everything off by accident; otherwise it returns problem.Conflict.
func (s *Service) Delete(ctx context.Context, caller access.Caller, origin audit.Origin, id ID, named string) error {
	p, err := s.Find(ctx, caller, id)
	if err != nil {
		return err
	}
	entry := audit.By(caller, origin, Deleted, p.target()).With("tenant", string(p.Tenant)).With("application", p.ApplicationID)
	err = s.store.Delete(ctx, id, shown.Line(named) == shown.Line(p.Called()), entry)
	if errors.Is(err, ErrLast) {
		return problem.Wrap(err, problem.Conflict, "Purser keeps accounts of this tenant. Without this app profile, none of them can be validated. To delete it anyway, enter its name.")
	}
	s.tenants.Forget()
	s.directory.Forget(id)
	return told(err)
}
