package people

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/breakglass"
	"purser.example/internal/problem"
	"purser.example/internal/secret"
)

// Parts are what a Service is joined of.
type Parts struct {
	Store     Store
	Ring      *secret.Keyring
	Tenants   Tenants
	Apps      Apps
	Profiles  Profiles
	Directory Directory        // nil: nobody is looked up
	Issuer    string           // of the identity provider that people come by now
	Ended     func(key string) // told of each session that a change ended; nil: nobody is
	Now       func() time.Time
	Log       *slog.Logger
}

// Service keeps the rules of people.
type Service struct {
	Parts
	doors    doors
	readings readings
}

// NewService joins the parts.
func NewService(p Parts) *Service { return &Service{Parts: p} }

// Find gives one person or group.
func (s *Service) Find(ctx context.Context, caller access.Caller, id ID) (Person, error) {
	if err := access.Require(caller, access.ManagePeople); err != nil {
		return Person{}, err
	}
	p, err := s.Store.Find(ctx, id)
	return p, gone(err)
}

// Self gives who asks; ErrNone as problem.NotFound where they are not known, because they came by a break-glass link.
func (s *Service) Self(ctx context.Context, caller access.Caller) (Person, error) {
	p, err := s.Store.Known(ctx, caller.Issuer, caller.Subject)
	return p, gone(err)
}

func gone(err error) error {
	if errors.Is(err, ErrNone) {
		return problem.New(problem.NotFound, "This person is no longer in the list.")
	}
	return err
}

// Roles gives the caller with the roles that they have now (R8). ErrOut says that they were deactivated, or came by a provider that is not
// that of the settings any more, which could not say today who they are. Whoever came by a break-glass link has what the link gives.
func (s *Service) Roles(ctx context.Context, caller access.Caller) (access.Caller, error) {
	switch {
	case !caller.SignedIn() || caller.Issuer == breakglass.Issuer:
		return caller, nil
	case caller.Issuer != s.Issuer:
		return access.Caller{}, ErrOut
	}
	return s.rolesOf(ctx, caller)
}

func (s *Service) rolesOf(ctx context.Context, caller access.Caller) (access.Caller, error) {
	p, err := s.Store.Known(ctx, caller.Issuer, caller.Subject)
	switch {
	case errors.Is(err, ErrNone): // they signed in before people were listed, or have been removed: the claim alone counts
		return caller, nil
	case err != nil:
		return access.Caller{}, err
	case p.Deactivated:
		return access.Caller{}, ErrOut
	}
	if p.Proof == nil { // their last sign-in was before people were listed
		p.Claim, p.Given = caller.Role(), ""
	}
	caller.Roles = nil
	if role := s.inForce(ctx, p); role != "" {
		caller.Roles = []access.Role{role}
	}
	return caller, nil
}

// Holder gives somebody who isn't here as a caller with the role that they have now, and when they signed in last. Whoever is not known, is
// deactivated, or signed in before people were listed, has none.
func (s *Service) Holder(ctx context.Context, issuer, subject string) (access.Caller, time.Time, error) {
	p, err := s.Store.Known(ctx, issuer, subject)
	if errors.Is(err, ErrNone) {
		return access.Caller{}, time.Time{}, nil
	}
	if err != nil {
		return access.Caller{}, time.Time{}, err
	}
	caller := access.Caller{Issuer: p.Issuer, Subject: p.Subject, Name: p.Name, SignIn: p.SignIn}
	if role := s.inForce(ctx, p); role != "" && p.Proof != nil {
		caller.Roles = []access.Role{role}
	}
	return caller, p.Seen, nil
}

// inForce is the role that somebody has: the strongest of those that are proved. Nobody who is deactivated has one.
func (s *Service) inForce(ctx context.Context, p Person) access.Role {
	if p.Deactivated {
		return ""
	}
	if p.Proof != nil && !s.proved(ctx, p) {
		return ""
	}
	role := Strongest(p.Claim, p.Given)
	for _, m := range p.In {
		if s.holds(ctx, p, m) {
			role = Strongest(role, m.Group.Given)
		}
	}
	return role
}

// holds reports whether a membership gives what its group was given.
func (s *Service) holds(ctx context.Context, p Person, m Membership) bool {
	if m.Group.Deactivated || !s.proved(ctx, m.Group) {
		return false
	}
	if err := s.Ring.Check(m.Proof, MembershipRecord(p.ID, m.Group.ID)); err != nil {
		s.Log.ErrorContext(ctx, "a membership was not believed that Purser did not write; someone may have changed the database", "person", string(p.ID), "error", problem.Told(err))
		return false
	}
	return true
}

// proved reports whether Purser wrote what gives somebody rights.
func (s *Service) proved(ctx context.Context, p Person) bool {
	err := s.Ring.Check(p.Proof, p.Record())
	if err != nil {
		s.Log.ErrorContext(ctx, "the role of a person was not believed because Purser did not write it like this; someone may have changed the database",
			"person", string(p.ID), "error", problem.Told(err))
	}
	return err == nil
}

// believed is somebody without what Purser did not write of them, so that a change of something else does not make it true. Of who was listed
// from the log, that is all until their next sign-in.
func (s *Service) believed(ctx context.Context, p Person) Person {
	if p.Proof == nil || !s.proved(ctx, p) {
		p.Claim, p.Given, p.Primary = "", "", false
	}
	return p
}

// sealed gives somebody the proof of what they are now.
func (s *Service) sealed(p Person) (Person, error) {
	var err error
	p.Proof, err = s.Ring.Prove(p.Record())
	return p, err
}
