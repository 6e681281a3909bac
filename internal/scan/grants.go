package scan

import (
	"context"
	"errors"
	"strconv"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/pool"
	"purser.example/internal/run"
)

// grants is the kind of run that makes the groups of saved pools administrators of sites (R51, R54): an item is a site, and its outcome
// the site's grant.
type grants struct{ *Service }

// Grants is the registration of sites as a kind of run. Its runs' Scope is the scan's ID.
func (s *Service) Grants() run.Kind { return grants{s} }

// GrantsAgain begins a run of those sites of an earlier one that were not registered.
func (s *Service) GrantsAgain(ctx context.Context, caller access.Caller, origin audit.Origin, id run.ID) (run.Run, error) {
	earlier, err := s.runs.Find(ctx, caller, s.Grants(), id)
	if err != nil {
		return run.Run{}, err
	}
	r, err := s.runs.New(s.Grants(), caller, origin, earlier.Title)
	if err != nil {
		return run.Run{}, err
	}
	r.Scope = earlier.Scope
	return s.runs.Begin(ctx, r, func(add func([]run.Item) error) error {
		subjects, err := s.runs.Subjects(ctx, id, run.Rejected, run.NotReached, run.Interrupted, run.Dropped)
		if err != nil {
			return err
		}
		var items []run.Item
		for _, subject := range subjects {
			o, err := s.objectOf(ctx, subject)
			if errors.Is(err, ErrGone) {
				continue
			}
			if err != nil {
				return err
			}
			if items = append(items, itemOf(o)); len(items) == chunk {
				if err := add(items); err != nil {
					return err
				}
				items = nil
			}
		}
		return add(items)
	}, described)
}

// objectOf is the object of an item; ErrGone too where it is not there any more.
func (s *Service) objectOf(ctx context.Context, subject string) (Object, error) {
	id, err := strconv.ParseInt(subject, 10, 64)
	if err != nil {
		return Object{}, ErrGone
	}
	o, err := s.store.Object(ctx, ObjectID(id))
	if err == nil && !o.Gone.IsZero() {
		err = ErrGone
	}
	return o, err
}

// Name implements run.Kind.
func (grants) Name() string { return GrantRun }

// Words implements run.Kind.
func (grants) Words() run.Words {
	return run.Words{
		Begun: GrantsBegun, Cancelled: GrantsStopped, Ended: GrantsEnded, Interrupted: GrantCut, Reference: "registration",
		Missing: "This registration of sites doesn't exist.",
		Over:    "This registration of sites is already over or being stopped.",
		Nothing: "There is no site left to register.",
	}
}

// Target implements run.Kind.
func (k grants) Target(ctx context.Context, r run.Run) (audit.Target, error) {
	of, err := k.store.Scan(ctx, ID(r.Scope))
	if errors.Is(err, ErrGone) {
		return audit.Target{Kind: "scan", ID: r.Scope, Name: r.Title}, nil
	}
	return of.target(), err
}

// Subject implements run.Kind.
func (grants) Subject(of audit.Target, _ run.Item) audit.Target { return of }

// Look implements run.Kind. The group is the one that is saved when the site has its turn.
func (k grants) Look(ctx context.Context, r run.Run, i run.Held) (run.Task, error) {
	task := run.Task{Tenant: i.Tenant, Username: i.Username}
	o, err := k.objectOf(ctx, i.Subject)
	if errors.Is(err, ErrGone) {
		task.Pass = run.Gone
		return task, nil
	}
	if err != nil {
		return task, err
	}
	class, _ := o.Type.Class()
	p, err := k.pools.Saved(ctx, pool.Key{Tenant: o.Tenant, Class: class})
	if err != nil {
		return task, err
	}
	if p.Group.ID == "" {
		task.Pass = account.Reason(NoGroup)
		return task, nil
	}
	task.Do = func(ctx context.Context) run.Done { return k.do(ctx, r, o, p.Group) }
	return task, nil
}

// Leave implements run.Leaver.
func (k grants) Leave(r run.Run) {
	k.mu.Lock()
	c := k.crews[r.ID]
	delete(k.crews, r.ID)
	k.mu.Unlock()
	if c != nil {
		c.close()
	}
}

// login is the name by which SharePoint knows a group, which depends on its kind.
func login(g pool.Group) string {
	if g.Kind == pool.Microsoft365 {
		return "c:0o.c|federateddirectoryclaimprovider|" + g.ID
	}
	return "c:0t.c|tenant|" + g.ID
}
