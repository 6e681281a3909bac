package people

import (
	"context"
	"fmt"
	"slices"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/breakglass"
	"purser.example/internal/problem"
)

// step is one change of somebody.
type step struct {
	action audit.Action
	apply  func(Person) (Person, error)
	gone   bool // they are removed
	shut   bool // their sessions end
	takes  bool // it takes something away, which nobody does to the primary owner
}

// ChangeRole gives people or groups another role, or none, beside what the claim gives (R6). It holds at their next request.
func (s *Service) ChangeRole(ctx context.Context, caller access.Caller, origin audit.Origin, ids []ID, role access.Role) error {
	if role != "" && Rank(role) == 0 {
		return problem.Field(FieldRole, "Select a role.")
	}
	return s.change(ctx, caller, origin, ids, func(p Person) step {
		return step{action: RoleChanged, takes: Rank(role) < Rank(p.Given), apply: func(p Person) (Person, error) {
			if p.Kind == Group && role == "" {
				return p, problem.New(problem.Conflict, "A group is listed for the role it gives. To take the role away, remove "+p.Called()+".")
			}
			p.Given, p.GivenAt, p.GivenBy = role, s.Now(), caller.Called()
			p.Asked, p.Answered = noTime, answered(p, s.Now())
			return p, nil
		}}
	})
}

// FieldRole is the field of the forms that names a role.
const FieldRole = "role"

// Deactivate shuts people out, whatever gives them a role, and ends their sessions. A group that is deactivated gives nobody anything.
func (s *Service) Deactivate(ctx context.Context, caller access.Caller, origin audit.Origin, ids []ID) error {
	return s.change(ctx, caller, origin, ids, func(Person) step {
		return step{action: Deactivated, shut: true, takes: true, apply: func(p Person) (Person, error) { p.Deactivated = true; return p, nil }}
	})
}

// Activate lets them in again, with what they had.
func (s *Service) Activate(ctx context.Context, caller access.Caller, origin audit.Origin, ids []ID) error {
	return s.change(ctx, caller, origin, ids, func(Person) step {
		return step{action: Activated, apply: func(p Person) (Person, error) { p.Deactivated = false; return p, nil }}
	})
}

// Remove takes them out of the list with what was given to them, and ends their sessions. Whom a claim gives a role may come again.
func (s *Service) Remove(ctx context.Context, caller access.Caller, origin audit.Origin, ids []ID) error {
	return s.change(ctx, caller, origin, ids, func(Person) step {
		return step{action: Removed, gone: true, shut: true, takes: true, apply: func(p Person) (Person, error) {
			p.Claim, p.Given, p.Grouped, p.In = "", "", "", nil
			return p, nil
		}}
	})
}

// change makes one change of each, all or nothing. Who may do it, and whether somebody can still get in, is decided in its transaction.
func (s *Service) change(ctx context.Context, caller access.Caller, origin audit.Origin, ids []ID, of func(Person) step) error {
	if err := access.Require(caller, access.ManagePeople); err != nil {
		return err
	}
	ended, err := s.Store.Change(ctx, Whom{Issuer: caller.Issuer, Subject: caller.Subject}, s.Issuer, once(ids), func(now Standing) (Outcome, error) {
		by, err := s.actor(ctx, caller, now.Actor)
		if err != nil {
			return Outcome{}, err
		}
		var out Outcome
		after := make([]Person, len(now.Rows))
		for i, p := range now.Rows {
			if after[i], err = s.step(ctx, caller, by, origin, p, of(p), &out); err != nil {
				return Outcome{}, err
			}
		}
		return out, s.wayIn(now, after)
	})
	s.tellEnded(ended)
	return gone(err)
}

// once leaves out what is there already.
func once[T comparable](list []T) (each []T) {
	for _, one := range list {
		if !slices.Contains(each, one) {
			each = append(each, one)
		}
	}
	return each
}

func (s *Service) tellEnded(keys []string) {
	for _, key := range keys {
		if s.Ended != nil {
			s.Ended(key)
		}
	}
}

// actor is the caller with the role that they have at this very moment, of two who take it from each other one is too late.
func (s *Service) actor(ctx context.Context, caller access.Caller, p *Person) (access.Caller, error) {
	if caller.Issuer == breakglass.Issuer {
		return caller, nil
	}
	if p == nil {
		return caller, errNoLonger
	}
	known := *p
	if known.Proof == nil {
		known.Claim, known.Given = caller.Role(), ""
	}
	caller.Roles = []access.Role{s.inForce(ctx, known)}
	if !caller.May(access.ManagePeople) {
		return caller, errNoLonger
	}
	return caller, nil
}

var (
	errNoLonger  = problem.New(problem.Forbidden, "Your own role was changed in the meantime, so you can no longer do this. Nothing was changed.")
	errOwnersOwn = problem.New(problem.Forbidden, "Only a Tenant Owner can give the role Tenant Owner, take it away, or change someone who has it. Nothing was changed.")
	errSelf      = problem.New(problem.Conflict, "You can't change your own access. Ask another Tenant Owner. Nothing was changed.")
)

// step makes one change of one, where that is allowed, and adds what it comes to.
func (s *Service) step(ctx context.Context, caller, by access.Caller, origin audit.Origin, p Person, st step, out *Outcome) (after Person, err error) {
	known := s.believed(ctx, p)
	if after, err = st.apply(known); err != nil {
		return after, err
	}
	if !st.gone && after.Given == p.Given && known.Given == p.Given && after.Deactivated == p.Deactivated {
		return p, nil // it is so already
	}
	touches := p.Role() == access.TenantOwner || after.Given == access.TenantOwner
	switch {
	case p.Is(caller):
		return after, errSelf
	case touches && !by.May(access.ManageOwners):
		return after, errOwnersOwn
	case st.takes && p.Primary:
		return after, problem.New(problem.Conflict, p.Called()+" is the primary owner. Select Set as tenant owner to hand that over first. Nothing was changed.")
	}
	out.Entries = append(out.Entries, entryOf(caller, origin, st, p, after))
	if st.shut {
		out.Shut = append(out.Shut, p.ID)
	}
	if st.gone {
		out.Removed = append(out.Removed, p.ID)
		return after, nil
	}
	if after, err = s.sealed(after); err == nil {
		out.Kept = append(out.Kept, after)
	}
	return after, err
}

// entryOf says what somebody could do before and can do after.
func entryOf(caller access.Caller, origin audit.Origin, st step, before, after Person) audit.Entry {
	e := audit.By(caller, origin, st.action, before.target()).With("before", before.told())
	if !st.gone {
		e = e.With("after", after.told())
	}
	if before.Claim != "" {
		e = e.With("claim", before.Claim.Title())
	}
	return e
}

// told is what somebody may do, for the log.
func (p Person) told() string {
	return fmt.Sprintf("%s, given here: %s, %s", p.Role().Title(), p.Given.Title(), p.Status())
}

// owns reports whether somebody is a Tenant Owner, or will be as soon as they come.
func (p Person) owns() bool { return !p.Deactivated && p.Role() == access.TenantOwner }

// enters reports whether they are, and have come by the identity provider of now.
func (s *Service) enters(p Person) bool {
	return p.owns() && p.Kind == OnePerson && !p.Seen.IsZero() && p.Issuer == s.Issuer
}

// regrouped is somebody with what their groups give them once those have changed, too.
func regrouped(p Person, changed []Person) Person {
	if p.Kind != OnePerson {
		return p
	}
	p.Grouped = ""
	for _, m := range p.In {
		if i := slices.IndexFunc(changed, func(g Person) bool { return g.ID == m.Group.ID }); i >= 0 {
			m.Group = changed[i]
		}
		if !m.Group.Deactivated {
			p.Grouped = Strongest(p.Grouped, m.Group.Given)
		}
	}
	return p
}

// wayIn refuses a change after which nobody would be a Tenant Owner, or nobody who is known to get in (R6).
func (s *Service) wayIn(now Standing, after []Person) error {
	lost, enter, own := false, now.Enter, now.Own
	for i, p := range now.Rows {
		then := regrouped(after[i], after)
		lost = lost || p.owns() && !then.owns()
		enter, own = enter || s.enters(then), own || then.owns()
	}
	switch {
	case !lost:
		return nil
	case !own:
		return problem.New(problem.Conflict, "No one would be a Tenant Owner. Give the role to someone else first. Nothing was changed.")
	case now.Entered && !enter:
		return problem.New(problem.Conflict, "No other Tenant Owner has signed in yet, so no one might be able to get in. Ask another Tenant Owner to sign in first. Nothing was changed.")
	}
	return nil
}
