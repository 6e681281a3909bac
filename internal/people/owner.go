package people

import (
	"context"
	"errors"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/breakglass"
	"purser.example/internal/problem"
)

// SetOwner hands the primary ownership over (R9). It is the primary owner's to do. Where there is none who could, because they have lost the
// role or never were, another Tenant Owner does it; whoever came by a break-glass link may at any time. Both are told on every page until
// they put it away.
func (s *Service) SetOwner(ctx context.Context, caller access.Caller, origin audit.Origin, id ID) error {
	if err := access.Require(caller, access.ManageOwners); err != nil {
		return err
	}
	_, err := s.Store.Change(ctx, Whom{Issuer: caller.Issuer, Subject: caller.Subject}, s.Issuer, []ID{id}, func(now Standing) (Outcome, error) {
		by, err := s.actor(ctx, caller, now.Actor)
		if err != nil {
			return Outcome{}, err
		}
		if err := s.mayHandOver(ctx, by, now); err != nil {
			return Outcome{}, err
		}
		return s.handedOver(ctx, caller, origin, now)
	})
	return gone(err)
}

func (s *Service) mayHandOver(ctx context.Context, by access.Caller, now Standing) error {
	heir := now.Rows[0]
	switch {
	case !by.May(access.ManageOwners):
		return errOwnersOwn
	case now.Primary != nil && !now.Primary.Is(by) && by.Issuer != breakglass.Issuer && s.inForce(ctx, *now.Primary) == access.TenantOwner:
		return problem.New(problem.Forbidden, "Only the primary owner, "+now.Primary.Called()+", can hand the ownership over. Nothing was changed.")
	case heir.Primary:
		return problem.New(problem.Conflict, heir.Called()+" is the primary owner already. Nothing was changed.")
	case heir.Kind != OnePerson || heir.Status() != Active || heir.Issuer != s.Issuer || heir.Role() == "":
		return problem.New(problem.Conflict, "The primary owner must be a person with a role who has signed in and is active. Nothing was changed.")
	}
	return nil
}

func (s *Service) handedOver(ctx context.Context, caller access.Caller, origin audit.Origin, now Standing) (out Outcome, err error) {
	heir, from, at := s.believed(ctx, now.Rows[0]), "", s.Now()
	entry := audit.By(caller, origin, OwnerSet, heir.target()).With("before", now.Rows[0].told())
	if now.Primary != nil {
		before := s.believed(ctx, *now.Primary)
		from, before.Primary = before.Called(), false
		if before, err = s.sealed(before); err != nil {
			return out, err
		}
		out.Kept = append(out.Kept, before)
		out.Told = append(out.Told, Notice{For: before.ID, At: at, From: from, To: heir.Called(), By: caller.Called()})
	}
	if heir.Given != access.TenantOwner {
		heir.Given, heir.GivenAt, heir.GivenBy = access.TenantOwner, at, caller.Called()
	}
	heir.Primary, heir.Asked = true, noTime
	if heir, err = s.sealed(heir); err != nil {
		return out, err
	}
	out.Kept = append(out.Kept, heir)
	out.Told = append(out.Told, Notice{For: heir.ID, At: at, From: from, To: heir.Called(), By: caller.Called()})
	out.Entries = append(out.Entries, entry.With("from", nameOr(from)).With("after", heir.told()))
	return out, nil
}

func nameOr(name string) string {
	if name == "" {
		return "no one"
	}
	return name
}

// Primary is the primary owner; ErrNone for none.
func (s *Service) Primary(ctx context.Context, caller access.Caller) (Person, error) {
	if err := access.Require(caller, access.ManagePeople); err != nil {
		return Person{}, err
	}
	return s.Store.Primary(ctx)
}

// Notice is the newest hand-over that somebody has not put away; false for none.
func (s *Service) Notice(ctx context.Context, caller access.Caller) (Notice, bool, error) {
	p, err := s.Store.Known(ctx, caller.Issuer, caller.Subject)
	if errors.Is(err, ErrNone) {
		return Notice{}, false, nil
	}
	if err != nil {
		return Notice{}, false, err
	}
	list, err := s.Store.Notices(ctx, p.ID)
	if err != nil || len(list) == 0 {
		return Notice{}, false, err
	}
	return list[0], true, nil
}

// Dismiss puts the notices up to a moment away.
func (s *Service) Dismiss(ctx context.Context, caller access.Caller, through time.Time) error {
	p, err := s.Store.Known(ctx, caller.Issuer, caller.Subject)
	if errors.Is(err, ErrNone) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.Store.Dismiss(ctx, p.ID, through)
}
