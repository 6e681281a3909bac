package people

import (
	"context"
	"errors"
	"strings"

	"github.com/google/uuid"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/tenant"
)

// Most is how many are added at once.
const Most = 50

// Add gives a role to people and groups of a tenant, several at once (R5). Each is read from the tenant once more, by its id: what a page
// says of them is not believed. Whoever is listed already gets the role as by ChangeRole.
func (s *Service) Add(ctx context.Context, caller access.Caller, origin audit.Origin, l Look, refs []Ref, role access.Role) ([]Person, error) {
	if err := s.mayAdd(caller, refs, role); err != nil {
		return nil, err
	}
	found, err := s.candidates(ctx, caller, origin, l, distinct(refs))
	if err != nil {
		return nil, err
	}
	var added []Person
	err = s.Store.Add(ctx, Whom{Issuer: caller.Issuer, Subject: caller.Subject}, l.Tenant, objects(found), func(now Standing) (Outcome, error) {
		added = nil
		by, err := s.actor(ctx, caller, now.Actor)
		if err != nil {
			return Outcome{}, err
		}
		var out Outcome
		for _, c := range found {
			p, err := s.added(ctx, caller, by, origin, l.Tenant, c, role, now.Rows, &out)
			if err != nil {
				return Outcome{}, err
			}
			added = append(added, p)
		}
		return out, nil
	})
	return added, err
}

func objects(found []Candidate) []string {
	var list []string
	for _, c := range found {
		list = append(list, c.Object)
	}
	return list
}

// distinct leaves out whoever is named twice, in small letters or capitals.
func distinct(refs []Ref) []Ref {
	var list []Ref
	for _, r := range refs {
		list = append(list, Ref{Kind: r.Kind, Object: strings.ToLower(r.Object)})
	}
	return once(list)
}

func (s *Service) mayAdd(caller access.Caller, refs []Ref, role access.Role) error {
	if err := access.Require(caller, access.ManagePeople); err != nil {
		return err
	}
	var wrong []problem.FieldError
	switch {
	case len(refs) == 0:
		wrong = append(wrong, problem.FieldError{Field: FieldPeople, Message: "Search for people or groups, and select at least one."})
	case len(refs) > Most:
		wrong = append(wrong, problem.FieldError{Field: FieldPeople, Message: "Select 50 at most at once."})
	}
	switch {
	case Rank(role) == 0:
		wrong = append(wrong, problem.FieldError{Field: FieldRole, Message: "Select a role."})
	case role == access.TenantOwner && !caller.May(access.ManageOwners):
		wrong = append(wrong, problem.FieldError{Field: FieldRole, Message: "Only a Tenant Owner can give the role Tenant Owner."})
	}
	return problem.Join(wrong...)
}

// candidates reads whom the refs name.
func (s *Service) candidates(ctx context.Context, caller access.Caller, origin audit.Origin, l Look, refs []Ref) ([]Candidate, error) {
	var list []Candidate
	for _, ref := range refs {
		if ref.Kind == Group && s.home() != l.Tenant {
			return nil, problem.Field(FieldPeople, "The members of a group of this tenant can't be recognized: people sign in with "+s.Issuer+", and not with the Microsoft Entra ID of this tenant. Select people instead.")
		}
		c, err := asked(ctx, s, caller, origin, l, func(lookup Lookup) (Candidate, error) { return lookup.Find(ctx, ref) })
		if errors.Is(err, ErrNone) {
			return nil, problem.Field(FieldPeople, "One of those you selected is no longer in the tenant. Search again.")
		}
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, nil
}

// home is the tenant whose Microsoft Entra ID people sign in with; empty for any other provider.
func (s *Service) home() tenant.ID {
	parts := strings.Split(strings.TrimPrefix(s.Issuer, "https://"), "/")
	if n := len(parts); n >= 2 && parts[n-1] == "v2.0" {
		return tenant.ParseID(parts[n-2])
	}
	return ""
}

// added is one of those who are added, or who are listed already.
func (s *Service) added(ctx context.Context, caller, by access.Caller, origin audit.Origin, t tenant.ID, c Candidate, role access.Role, listed []Person, out *Outcome) (Person, error) {
	give := func(p Person) (Person, error) {
		p.Given, p.GivenAt, p.GivenBy = role, s.Now(), caller.Called()
		p.Asked, p.Answered = noTime, answered(p, s.Now())
		return p, nil
	}
	for _, p := range listed {
		if p.Object == c.Object {
			return s.addedAgain(ctx, caller, by, origin, p, c, step{action: RoleChanged, apply: give, takes: Rank(role) < Rank(p.Given)}, out)
		}
	}
	if role == access.TenantOwner && !by.May(access.ManageOwners) { // they were one when they asked
		return Person{}, errOwnersOwn
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Person{}, err
	}
	p, _ := give(Person{ID: ID(id.String()), Kind: c.Kind, Name: c.Name, SignIn: c.Address, Tenant: t, Object: c.Object, Added: s.Now()})
	if !strings.EqualFold(c.Mail, c.Address) {
		p.Mail = account.SearchKey(c.Mail)
	}
	if p, err = s.sealed(p); err != nil {
		return p, err
	}
	out.Kept = append(out.Kept, p)
	out.Entries = append(out.Entries, audit.By(caller, origin, Added, p.target()).With("role", role.Title()).With("address", c.Address).With("tenant", string(t)).With("object", c.Object))
	return p, nil
}

// addedAgain changes the role of somebody who is listed already. Whoever has not signed in, and a group, which never does, is called from now
// on what the tenant calls them.
func (s *Service) addedAgain(ctx context.Context, caller, by access.Caller, origin audit.Origin, p Person, c Candidate, st step, out *Outcome) (Person, error) {
	renamed := p.Subject == "" && (p.Name != c.Name || p.SignIn != c.Address)
	if renamed {
		p.Name, p.SignIn = c.Name, c.Address
	}
	kept := len(out.Kept)
	after, err := s.step(ctx, caller, by, origin, p, st, out)
	if err == nil && renamed && len(out.Kept) == kept { // the role is the same
		out.Kept = append(out.Kept, after)
	}
	return after, err
}
