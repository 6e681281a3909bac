package people

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/tenant"
)

// Arrival is somebody whom the identity provider has signed in. Tenant and Object are those of Microsoft Entra ID, empty from any other.
type Arrival struct {
	Caller access.Caller // with the roles of the claim
	Tenant tenant.ID
	Object string

	Address    string   // another than the sign-in
	Groups     []string // the objects of the groups claim
	GroupsTold bool     // it was there, so that Groups are all
}

// Come is what a sign-in comes to.
type Come struct {
	Caller  access.Caller // with the roles that hold
	Waits   bool          // an owner has to say whether they are who was given a role
	Unknown error         // why it could not be read which groups they are in; nil where it is known
}

// ErrDeactivated is the answer to a sign-in of somebody who was deactivated.
var ErrDeactivated = problem.Wrap(ErrOut, problem.Forbidden, "Your access to Purser is deactivated. Ask a Tenant Owner to activate it.")

// Arrive notes a sign-in, and gives the caller with the roles that hold (R7, R8). Somebody who was added before they came is recognized by
// what Microsoft Entra ID calls them; the first Tenant Owner who comes becomes the primary one (R9). ErrDeactivated lets nobody in.
func (s *Service) Arrive(ctx context.Context, who Arrival, origin audit.Origin) (Come, error) {
	out, waits := false, false
	groups, belongs := s.belongs(ctx, who, origin)
	ended, err := s.Store.Arrive(ctx, s.whom(who), func(now Arriving) (Arrived, error) {
		p, absorbed, err := s.recognized(ctx, now.Found)
		if err != nil {
			return Arrived{}, err
		}
		if out = p.Deactivated; out {
			p, err = s.sealed(p)
			return Arrived{Person: p, Gone: absorbed}, err
		}
		a, err := s.arrived(who, origin, p, absorbed, now, s.givenTo(ctx, groups))
		if err == nil && belongs.Read {
			a, err = s.in(a, groups)
		}
		waits = a.Person.WaitsFor != ""
		return a, err
	})
	s.tellEnded(ended)
	if err == nil && out {
		err = ErrDeactivated
	}
	if err != nil {
		return Come{}, err
	}
	now, err := s.rolesOf(ctx, who.Caller)
	return Come{Caller: now, Waits: waits, Unknown: belongs.Err}, err
}

// whom is by what somebody who arrives is found.
func (s *Service) whom(who Arrival) Whom {
	w := Whom{Issuer: who.Caller.Issuer, Subject: who.Caller.Subject, Tenant: who.Tenant, Object: who.Object}
	for _, address := range []string{who.Caller.SignIn, who.Address} {
		if key := account.SearchKey(address); key != "" && !slices.Contains(w.Addresses, key) {
			w.Addresses = append(w.Addresses, key)
		}
	}
	return w
}

// givenTo is the role that groups give.
func (s *Service) givenTo(ctx context.Context, groups []Person) (role access.Role) {
	for _, g := range groups {
		if !g.Deactivated && s.proved(ctx, g) {
			role = Strongest(role, g.Given)
		}
	}
	return role
}

// in notes the groups that somebody is in.
func (s *Service) in(a Arrived, groups []Person) (Arrived, error) {
	a.Read = true
	for _, g := range groups {
		proof, err := s.Ring.Prove(MembershipRecord(a.Person.ID, g.ID))
		if err != nil {
			return a, err
		}
		a.Groups = append(a.Groups, Membership{Group: g, Proof: proof})
	}
	return a, nil
}

// awaited is whom somebody may be, by an address of theirs: somebody who was given a role and has not come by the provider of now. Whoever
// would be recognized by what Microsoft Entra ID calls them is not waited for by an address, which may be another's since. Who was declined does
// not wait again the same day: whoever answers the same question every time says yes some time.
func (s *Service) awaited(who Arrival, p Person, namesakes []Person) ID {
	if s.Now().Sub(p.Answered).Abs() < askAgain {
		return ""
	}
	for _, n := range namesakes {
		byObject := n.Object != "" && n.Tenant == s.home() && who.Tenant == n.Tenant
		if n.ID != p.ID && !byObject && Rank(n.Given) > Rank(Strongest(p.Given, p.Claim)) && n.Kind == OnePerson && !n.Deactivated && (n.Subject == "" || n.Issuer != who.Caller.Issuer) {
			return n.ID
		}
	}
	return ""
}

// recognized makes one person of those that a sign-in is of: whoever signed in before, and whoever was added by look-up. What is not proved
// gives nothing.
func (s *Service) recognized(ctx context.Context, found []Person) (p Person, absorbed []ID, err error) {
	if len(found) == 0 {
		id, err := uuid.NewV7()
		return Person{ID: ID(id.String()), Kind: OnePerson, Added: s.Now()}, nil, err
	}
	p = s.believed(ctx, found[0])
	for _, other := range found[1:] {
		absorbed = append(absorbed, other.ID)
		other = s.believed(ctx, other)
		p.Deactivated, p.Primary = p.Deactivated || other.Deactivated, p.Primary || other.Primary
		if Rank(other.Given) > Rank(p.Given) {
			p.Given, p.GivenAt, p.GivenBy = other.Given, other.GivenAt, other.GivenBy
		}
		if p.Object == "" {
			p.Tenant, p.Object = other.Tenant, other.Object
		}
	}
	return p, absorbed, nil
}

func (s *Service) arrived(who Arrival, origin audit.Origin, p Person, absorbed []ID, now Arriving, grouped access.Role) (Arrived, error) {
	p.Name, p.SignIn, p.Issuer, p.Subject = who.Caller.Name, who.Caller.SignIn, who.Caller.Issuer, who.Caller.Subject
	if p.Object == "" {
		p.Tenant, p.Object = who.Tenant, who.Object
	}
	p.Claim, p.Seen = who.Caller.Role(), s.Now()
	p.WaitsFor = s.awaited(who, p, now.Namesakes)
	a := Arrived{Gone: absorbed}
	if !now.Primary && Strongest(p.Claim, p.Given, grouped) == access.TenantOwner {
		p.Primary = true
		a.Entries = append(a.Entries, audit.By(who.Caller, origin, OwnerSet, p.target()).With("from", "nobody").With("reason", "the first Tenant Owner to sign in"))
	}
	var err error
	a.Person, err = s.sealed(p)
	return a, err
}
