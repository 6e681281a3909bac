package people

import (
	"context"

	"github.com/google/uuid"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/tenant"
)

// Arrival is somebody whom the identity provider has signed in. Tenant and Object are those of Microsoft Entra ID, empty from any other.
type Arrival struct {
	Caller access.Caller // with the roles of the claim
	Tenant tenant.ID
	Object string
}

// ErrDeactivated is the answer to a sign-in of somebody who was deactivated.
var ErrDeactivated = problem.Wrap(ErrOut, problem.Forbidden, "Your access to Purser is deactivated. Ask a Tenant Owner to activate it.")

// Arrive notes a sign-in, and gives the caller with the roles that hold (R7, R8). Somebody who was added before they came is recognized by
// what Microsoft Entra ID calls them; the first Tenant Owner who comes becomes the primary one (R9). ErrDeactivated lets nobody in.
func (s *Service) Arrive(ctx context.Context, who Arrival, origin audit.Origin) (access.Caller, error) {
	out := false
	err := s.Store.Arrive(ctx, Whom{who.Caller.Issuer, who.Caller.Subject, who.Tenant, who.Object}, func(found []Person, primary bool) (Arrived, error) {
		p, absorbed, err := s.recognized(ctx, found)
		if err != nil {
			return Arrived{}, err
		}
		if out = p.Deactivated; out {
			return Arrived{Person: p, Gone: absorbed}, nil
		}
		return s.arrived(ctx, who, origin, p, absorbed, primary)
	})
	if err == nil && out {
		err = ErrDeactivated
	}
	if err != nil {
		return access.Caller{}, err
	}
	return s.Roles(ctx, who.Caller)
}

// recognized makes one person of those that a sign-in is of: whoever signed in before, and whoever was added by look-up. What is not proved
// gives nothing.
func (s *Service) recognized(ctx context.Context, found []Person) (p Person, absorbed []ID, err error) {
	if len(found) == 0 {
		id, err := uuid.NewV7()
		return Person{ID: ID(id.String()), Kind: OnePerson, Added: s.Now()}, nil, err
	}
	p = found[0]
	if p.Proof != nil && !s.proved(ctx, p) {
		p.Given, p.Primary = "", false
	}
	for _, other := range found[1:] {
		absorbed = append(absorbed, other.ID)
		p.Deactivated = p.Deactivated || other.Deactivated
		if s.proved(ctx, other) && Rank(other.Given) > Rank(p.Given) {
			p.Given, p.GivenAt, p.GivenBy = other.Given, other.GivenAt, other.GivenBy
		}
		if p.Object == "" {
			p.Tenant, p.Object = other.Tenant, other.Object
		}
	}
	return p, absorbed, nil
}

func (s *Service) arrived(ctx context.Context, who Arrival, origin audit.Origin, p Person, absorbed []ID, primary bool) (Arrived, error) {
	p.Name, p.SignIn, p.Issuer, p.Subject = who.Caller.Name, who.Caller.SignIn, who.Caller.Issuer, who.Caller.Subject
	if p.Object == "" {
		p.Tenant, p.Object = who.Tenant, who.Object
	}
	p.Claim, p.Seen = who.Caller.Role(), s.Now()
	a := Arrived{Gone: absorbed}
	if !primary && Strongest(p.Claim, p.Given) == access.TenantOwner {
		p.Primary = true
		a.Entries = append(a.Entries, audit.By(who.Caller, origin, OwnerSet, p.target()).With("from", "nobody").With("reason", "the first Tenant Owner to sign in"))
	}
	var err error
	a.Person, err = s.sealed(p)
	return a, err
}
