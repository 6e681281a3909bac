package pool

import (
	"context"
	"errors"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/event"
	"purser.example/internal/tenant"
)

// GroupChange says that the group of a pool no longer has the members that were saved (R93).
type GroupChange struct {
	Key
	Saved                          ReadingID // what was compared with what the group holds
	Joined, Left, Blocked, Allowed int
	First, Last                    time.Time
}

// Revisit reads the groups of a tenant's pools anew, as a night begins, so that what changed about them is known though nobody looks. It never
// signs in with an account for it.
func (s *Service) Revisit(ctx context.Context, of tenant.ID) error {
	t, err := s.tenants.Find(ctx, of)
	if err != nil {
		return err
	}
	var failed error
	for _, class := range Classes {
		key := Key{of, class}
		p, err := s.store.Pool(ctx, key)
		if err != nil {
			return err
		}
		if p.Group.ID == "" {
			continue
		}
		o := opener{audit.Itself.Caller(), audit.Origin{}, t, true}
		g, err := ask(ctx, s, o, func(d Session) (Group, error) { return d.Group(ctx, p.Group.ID) })
		if err == nil {
			_, err = s.begin(ctx, o, key, g)
		}
		if !unreadable(err) {
			failed = errors.Join(failed, err)
		}
	}
	return failed
}

// unreadable reports whether a group could not be read for a reason that the page of the pool tells: nothing is known of its members then.
func unreadable(err error) bool {
	var nobody *NoReader
	var unread *Unread
	return errors.Is(err, ErrShut) || errors.Is(err, ErrGone) || errors.As(err, &nobody) || errors.As(err, &unread) || account.Hindrance(err) != ""
}

// noteChange keeps how the members of a reading that is done differ from those that are saved. A reading without members tells nothing: where
// Microsoft hides members it lists none (X9).
func (s *Service) noteChange(ctx context.Context, r Reading) error {
	p, err := s.store.Pool(ctx, r.Key)
	if err != nil || p.Reading == "" || p.Reading == r.ID || p.Group.ID != r.Group.ID {
		return err
	}
	got, err := s.store.Reading(ctx, r.ID)
	if err != nil || got.Counts.Members == 0 {
		return err
	}
	d, err := s.difference(ctx, p.Reading, r.ID)
	if err != nil {
		return err
	}
	now := s.now().UTC().Truncate(time.Millisecond)
	c := GroupChange{Key: r.Key, Saved: p.Reading, Joined: d.JoinedN, Left: d.LeftN, Blocked: d.DisabledN, Allowed: d.EnabledN, First: now, Last: now}
	return s.store.GroupChanged(ctx, c, event.Event{
		ID: event.IDOf(event.Drifted, string(r.Key.Tenant), string(r.Key.Class), string(p.Reading)), Kind: event.Drifted, Tenant: r.Key.Tenant,
		Object: event.Object{Kind: UseKind, ID: r.Key.Scope(), Name: r.Key.Class.Title()}, Cause: "Group of an account pool changed", At: now,
		Facts: []event.Fact{{Name: "Change", Value: "The group no longer has the members that were saved."}, {Name: "What to do", Value: "Open the account pool, look at what changed, and select Take over and Save, or change the group back."}},
	})
}

// None reports whether nothing changed.
func (c GroupChange) None() bool { return c.Joined+c.Left+c.Blocked+c.Allowed == 0 }

// GroupChanges lists the pools whose groups no longer have the members that were saved, those first that were found first.
func (s *Service) GroupChanges(ctx context.Context, caller access.Caller) ([]GroupChange, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return nil, err
	}
	return s.store.GroupChanges(ctx)
}
