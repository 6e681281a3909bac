package scan

import (
	"context"
	"errors"
	"slices"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/pool"
	"purser.example/internal/problem"
	"purser.example/internal/tenant"
)

// Planner is of how many of the tenant's Microsoft 365 Groups an account is owner and member at once, which protecting their Planner data
// asks for (R42).
type Planner struct {
	Username string
	Both     int
	Groups   int       // that were there
	At       time.Time // when a scan told; zero: none could yet
	Code     Code      // why the last scan that looked could not; empty: it could
	Detail   string
}

// Known reports whether a scan has told.
func (p Planner) Known() bool { return !p.At.IsZero() }

// Complete reports whether the account is owner and member of every group.
func (p Planner) Complete() bool { return p.Known() && p.Both >= p.Groups }

// PlannerCheck is what one scan learned of all members of a pool.
type PlannerCheck struct {
	Groups   int
	Members  int // 0: the scan has not looked
	Known    int // members of whom it could tell
	Complete int // of them, owner and member of every group
}

// plannerName is what a warning about the whole check is called by.
const plannerName = "Planner data"

// Planner tells of accounts of a tenant, by folded username, what scans found. Accounts that no scan has looked at are not in it.
func (s *Service) Planner(ctx context.Context, caller access.Caller, t tenant.ID, usernames []string) (map[string]Planner, error) {
	if err := require(caller); err != nil {
		return nil, err
	}
	return s.store.Planner(ctx, t, usernames)
}

// PlannerOf tells what a scan learned; the zero value where it has not looked.
func (s *Service) PlannerOf(ctx context.Context, caller access.Caller, id ID) (PlannerCheck, error) {
	if err := require(caller); err != nil {
		return PlannerCheck{}, err
	}
	return s.store.PlannerOf(ctx, id)
}

// planner looks once, in a scan that has read the groups to their end, of how many of them each member of the saved pool is owner and
// member. That version is the one that the page shows, and the one that comes into force with the scan. Nothing is stored before the end, so
// that a scan that ends in the middle looks anew. What Microsoft refuses is a warning and not known; it fails no scan.
func (w *working) planner(ctx context.Context) error {
	if ctx.Err() != nil || !slices.ContainsFunc(w.scan.Sections, func(of Section) bool { return of.Type == Groups && of.State == SectionRead }) {
		return w.heard(ctx, nil)
	}
	before, err := w.store.PlannerOf(ctx, w.scan.ID)
	if err != nil || before.Members > 0 {
		return w.heard(ctx, err)
	}
	members, err := w.pools.Roster(ctx, pool.Key{Tenant: w.scan.Tenant, Class: pool.Sites})
	if err != nil || len(members) == 0 {
		return w.heard(ctx, err)
	}
	counts, err := w.store.Counts(ctx, w.scan.Tenant)
	if err != nil {
		return w.heard(ctx, err)
	}
	l := plannerLook{working: w, check: PlannerCheck{Members: len(members)}, at: w.now().UTC().Truncate(time.Millisecond)}
	for _, c := range counts {
		if c.Type == Groups {
			l.check.Groups = c.N
		}
	}
	for _, m := range members {
		if err := l.look(ctx, m); err != nil || ctx.Err() != nil {
			return w.heard(ctx, err)
		}
	}
	return w.heard(ctx, account.Persist(ctx, func() error { return w.store.SetPlanner(ctx, w.scan.ID, l.check, l.list, l.warnings) }))
}

// plannerLook is a check under way.
type plannerLook struct {
	*working
	check    PlannerCheck
	at       time.Time
	stopped  *trouble // why no further member is asked for; nil: nothing stands in the way
	list     []Planner
	warnings []Warning
}

// look asks for one member. What all others would hear too ends the asking, with one warning for all.
func (l *plannerLook) look(ctx context.Context, m pool.Member) error {
	p := Planner{Username: m.Username, Groups: l.check.Groups, At: l.at}
	t := l.stopped
	if t == nil && l.check.Groups > 0 {
		var err error
		if p.Both, t, err = l.both(ctx, m); err != nil || ctx.Err() != nil {
			return err
		}
		switch {
		case t == nil:
		case t.code == NoMember:
			l.warnings = append(l.warnings, Warning{Type: Groups, Key: string(m.User), Name: m.Username, Code: t.code, Detail: t.detail})
		default:
			l.stopped = t
			l.warnings = append(l.warnings, Warning{Type: Groups, Name: plannerName, Code: t.code, Detail: t.detail})
		}
	}
	if t != nil {
		p = Planner{Username: m.Username, Code: t.code, Detail: t.detail}
	} else {
		l.check.Known++
	}
	if p.Complete() {
		l.check.Complete++
	}
	l.list = append(l.list, p)
	return nil
}

// both counts the scanned groups that are there and that a member owns and belongs to. An error says that the database could not be used.
func (l *plannerLook) both(ctx context.Context, m pool.Member) (int, *trouble, error) {
	source, t, err := l.enter(ctx)
	if err != nil || t != nil {
		return 0, t, err
	}
	asking, cancel := context.WithTimeoutCause(ctx, l.limits.Patience, errPatience)
	defer cancel()
	var keys []string
	err = problem.Guard(func() (err error) {
		keys, err = source.OwnerAndMember(asking, m.User)
		return err
	})
	switch {
	case ctx.Err() != nil:
		return 0, nil, nil
	case errors.Is(err, ErrNoUser):
		return 0, &trouble{code: NoMember}, nil
	case err != nil:
		if errors.Is(context.Cause(asking), errPatience) {
			err = errors.Join(errPatience, err)
		}
		if t := l.troubleReading(ctx, source, err); t != nil {
			return 0, t, nil
		}
		return 0, nil, err
	}
	n, err := l.store.There(ctx, l.scan.Tenant, Groups, keys)
	return n, nil, err
}
