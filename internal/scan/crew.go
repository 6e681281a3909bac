package scan

import (
	"context"
	"sync"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/pool"
	"purser.example/internal/problem"
	"purser.example/internal/run"
	"purser.example/internal/verdict"
)

// stubborn is how many sites in a row may refuse a member of the crew before it is taken for one that lacks the right to them all.
const stubborn = 5

// crew are those who register the sites of one run, and take turns. It is opened when the first site has its turn, and each of it signs in
// once.
type crew struct {
	of *Service
	r  run.Run

	mu      sync.Mutex
	opened  bool
	trouble *trouble // why there is nobody, or nobody any more
	members []*member
	turn    int
}

// member is an account that is signed in.
type member struct {
	source Source
	own    bool // the account of the scan itself, which has the roles that a scan needs
	lent   bool // it belongs to the scan, which closes it
	denied int  // sites in a row
	out    bool
}

// crewOf gives the crew of a run.
func (s *Service) crewOf(r run.Run) *crew {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.crews[r.ID] == nil {
		s.crews[r.ID] = &crew{of: s, r: r}
	}
	return s.crews[r.ID]
}

// next gives the member whose turn it is: one that Microsoft lets work before one that it asked to wait; where a member was denied at the
// site, the scan's own account. Where there is nobody the trouble says why; an error says that the database could not be used.
func (c *crew) next(ctx context.Context, denied *member) (*member, *trouble, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.open(ctx); err != nil {
		return nil, nil, err
	}
	if own := c.own(); denied != nil && own != nil {
		return own, nil, nil
	}
	now := c.of.now()
	var best *member
	for i := range c.members {
		m := c.members[(c.turn+i)%len(c.members)]
		if !m.out && (best == nil || restsUntil(m, now).Before(restsUntil(best, now))) {
			best = m
		}
	}
	if best == nil {
		return nil, c.trouble, nil
	}
	c.turn++
	return best, nil, nil
}

// restsUntil is until when a member rests; zero where it does not.
func restsUntil(m *member, now time.Time) time.Time {
	if until := m.source.Resting(); until.After(now) {
		return until
	}
	return time.Time{}
}

// open signs in, the first time. c.mu is held.
func (c *crew) open(ctx context.Context) error {
	if c.opened {
		return nil
	}
	of, err := c.of.store.Scan(ctx, ID(c.r.Scope))
	if err != nil && !isGone(err) {
		return err
	}
	if isGone(err) {
		c.opened, c.trouble = true, &trouble{code: NoAccount}
		return nil
	}
	own, lent := c.lent(of.ID)
	if !lent {
		if own, _, err = c.of.openTenant(ctx, of, c.r.Actor, c.r.Origin); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if c.trouble = c.of.seen(ctx, of, err); c.trouble == nil {
				return err
			}
		}
	}
	if own != nil {
		c.members = append(c.members, &member{source: own, own: true, lent: lent})
	}
	c.opened = true
	if err := c.muster(ctx, of); err != nil && problem.KindOf(err) != problem.Unavailable {
		c.of.seen(ctx, of, err)
	}
	return nil
}

const (
	// sitesEach is how many sites there have to be for each further member of the crew: a sign-in is worth that many at least.
	sitesEach = 50
	// mostMembers is how many of a pool's members sign in: with more of them at once, the tenant's own limits are what holds them up.
	mostMembers = 7
)

// muster signs in with members of the pools in force that the sites are registered for, where there is enough to do (R55). One that is
// refused, or that is left alone, is done without. c.mu is held.
func (c *crew) muster(ctx context.Context, of Scan) error {
	w := working{Service: c.of, scan: of}
	for _, class := range pool.Classes {
		wanted := min(c.r.Total/sitesEach, mostMembers) - (len(c.members) - 1)
		if wanted <= 0 || len(w.registered(class)) == 0 {
			continue
		}
		key := pool.Key{Tenant: of.Tenant, Class: class}
		lenders, err := c.of.pools.Lenders(ctx, key, wanted)
		if err != nil {
			return err
		}
		admin, err := c.of.adminCenter(ctx, of.Tenant)
		if err != nil {
			return err
		}
		for _, lender := range lenders {
			if !account.SameUsername(lender.Username, of.By) {
				c.enlist(ctx, key, lender, admin)
			}
		}
	}
	return nil
}

func (c *crew) enlist(ctx context.Context, key pool.Key, lender pool.Member, admin string) {
	var source Source
	err := c.of.pools.Lend(ctx, c.r.Actor.Caller(), c.r.Origin, key, lender, func(ctx context.Context, a account.Account) (v verdict.Verdict) {
		source, v = c.of.directory.AsAccount(ctx, a, admin)
		return v
	})
	if source == nil {
		return
	}
	if err != nil {
		source.Close()
		return
	}
	c.members = append(c.members, &member{source: source})
}

// lent is the tenant as the scan has it open.
func (c *crew) lent(id ID) (Source, bool) {
	c.of.mu.Lock()
	defer c.of.mu.Unlock()
	source, open := c.of.open[id]
	return source, open
}

// learn takes in what a member heard of a site, and reports whether another one should try it: a member that Microsoft does not let in any
// more, or that lacks the right to everything, is out. One that is denied at a site may lack the role, so that the site is taken for one
// that refuses only where it refuses the scan's own account too; that says nothing of the account then.
func (c *crew) learn(m *member, err error, denied *member) (another bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := &trouble{}
	if err != nil {
		if t = troubleOf(err, ByAccount); t == nil {
			return false
		}
	}
	switch {
	case t.whole:
		m.out = true
	case denied != nil && (t.code == NoRole || t.code == NoPermission):
		return false
	case t.code == NoRole, t.code == NoPermission:
		m.denied++
		m.out = m.denied >= stubborn
	default:
		m.denied = 0
		return false
	}
	if m.out {
		c.trouble = t
	}
	return c.left() && (m.out || !m.own && c.own() != nil)
}

// own is the account of the scan itself; nil where it is not of the crew, or not any more. c.mu is held.
func (c *crew) own() *member {
	for _, m := range c.members {
		if m.own && !m.out {
			return m
		}
	}
	return nil
}

// left reports whether anybody of the crew goes on. c.mu is held.
func (c *crew) left() bool {
	for _, m := range c.members {
		if !m.out {
			return true
		}
	}
	return false
}

// throttled is what the gate of the tenant learns where all of the crew rest: to send nobody before the first of them may work again.
func (c *crew) throttled(now time.Time) *verdict.Verdict {
	c.mu.Lock()
	defer c.mu.Unlock()
	first := time.Time{}
	for _, m := range c.members {
		until := restsUntil(m, now)
		if m.out {
			continue
		}
		if until.IsZero() {
			return nil
		}
		if first.IsZero() || until.Before(first) {
			first = until
		}
	}
	if first.IsZero() {
		return nil
	}
	return &verdict.Verdict{Status: verdict.Unreachable, Busy: true, RetryAfter: first.Sub(now)}
}

// close ends the sessions.
func (c *crew) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range c.members {
		if !m.lent {
			m.source.Close()
		}
	}
}
