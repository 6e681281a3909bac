package scan

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/pool"
	"purser.example/internal/run"
	"purser.example/internal/verdict"
	"purser.example/internal/whose"
)

// SiteGranted is the action of a grant that was written.
const SiteGranted audit.Action = "site administrator added"

// do registers the group on one site, by whoever of the crew has the turn. One at a time is at a site, whichever scan it works for: who comes
// second may find the group there.
func (k grants) do(ctx context.Context, r run.Run, o Object, g pool.Group) run.Done {
	release, taken := k.sites.take(ctx, string(o.Tenant)+"/"+o.Site.ID)
	if !taken {
		return run.Done{Outcome: run.Waiting}
	}
	defer release()
	if !o.Site.Open() {
		return k.left(r, o, g, closedBy(o.Site), nil)
	}
	within, cancel := context.WithTimeout(ctx, k.limits.Patience)
	defer cancel()
	crew := k.crewOf(r)
	var denied *member
	var e *audit.Entry // of what was written, whatever becomes of it afterwards (R61)
	for {
		member, t, err := crew.next(within, denied)
		if err != nil || t != nil {
			return k.notAsked(ctx, r, o, t, e)
		}
		written, err := k.grant(within, member.source, o, login(g))
		if written {
			e = k.entry(r, o, g)
		}
		if ctx.Err() != nil && err != nil {
			return k.kept(r, o, o.Grant, run.Done{Outcome: run.Waiting}, e) // cut off: it is done again
		}
		if !crew.learn(member, err, denied) {
			return k.done(ctx, r, o, g, e, err, crew)
		}
		denied = member
	}
}

// closedBy is why administrators of a site cannot be changed.
func closedBy(s Site) Code {
	switch {
	case s.Archived:
		return SiteArchived
	case s.Locked == "ReadOnly":
		return SiteReadOnly
	}
	return SiteLocked
}

// entry is the entry in the activity log of administrators that were written.
func (k grants) entry(r run.Run, o Object, g pool.Group) *audit.Entry {
	e := audit.Entry{Actor: r.Actor, Origin: r.Origin, Action: SiteGranted, Target: audit.Target{Kind: "site", ID: o.Site.ID, Name: o.Address}}
	e = r.Mark(e, k.Words()).With("group", g.Name).With("id", g.ID)
	return &e
}

// done is the outcome of a site that somebody was at.
func (k grants) done(ctx context.Context, r run.Run, o Object, g pool.Group, e *audit.Entry, err error, c *crew) run.Done {
	answered := &verdict.Verdict{Status: verdict.Valid}
	if closed, ok := errors.AsType[*Closed](err); ok {
		d := k.left(r, o, g, closed.Why, e)
		d.Learned = answered
		return d
	}
	if lost, ok := errors.AsType[*clash](err); ok {
		return k.kept(r, o, Grant{State: Refused, Group: g.ID, Reason: string(lost.code)}, run.Done{Outcome: run.Rejected, Reason: account.Reason(lost.code), Learned: answered}, e)
	}
	switch u, unread := errors.AsType[*Unread](err); {
	case err == nil:
		return k.kept(r, o, Grant{State: Granted, Group: g.ID}, run.Done{Outcome: run.Confirmed, Learned: answered}, e)
	case errors.Is(err, ErrNoSite):
		return k.kept(r, o, o.Grant, run.Done{Outcome: run.Skipped, Reason: run.Gone, Learned: answered}, e)
	case unread && u.Throttled:
		return k.kept(r, o, o.Grant, run.Done{Outcome: run.NotReached, Reason: account.Reason(Throttled), Code: u.Code, Learned: c.throttled(k.now())}, e)
	case unread && (u.Denied || u.Whose == whose.Purser):
		return k.kept(r, o, Grant{State: Refused, Group: g.ID, Reason: string(SiteRefused)}, run.Done{Outcome: run.Rejected, Reason: account.Reason(SiteRefused), Code: u.said(), Learned: answered}, e)
	case unread && !u.Whose.Blamed():
		t := ofUnread(u, ByAccount)
		return k.kept(r, o, o.Grant, run.Done{Outcome: run.Waiting, Reason: account.Reason(t.code), Code: u.said(), Learned: &verdict.Verdict{Status: verdict.Unreachable, Code: u.Code}}, e)
	}
	return k.notAsked(ctx, r, o, k.seen(ctx, Scan{ID: ID(r.Scope), Tenant: o.Tenant, Method: ByAccount}, err), e)
}

// left is a site whose administrators cannot be changed, for a reason that lies with it.
func (k grants) left(r run.Run, o Object, g pool.Group, why Code, e *audit.Entry) run.Done {
	return k.kept(r, o, Grant{State: Left, Group: g.ID, Reason: string(why)}, run.Done{Outcome: run.Skipped, Reason: account.Reason(why)}, e)
}

// notAsked is a site about which nobody could ask, for a reason that does not lie with it; no trouble: the database could not be used.
func (k grants) notAsked(ctx context.Context, r run.Run, o Object, t *trouble, e *audit.Entry) run.Done {
	if t == nil || ctx.Err() != nil {
		return k.kept(r, o, o.Grant, run.Done{Outcome: run.Waiting}, e)
	}
	return k.kept(r, o, o.Grant, run.Done{Outcome: run.NotReached, Reason: account.Reason(t.code), Code: t.detail}, e)
}

// kept is a Done with what is stored of it.
func (k grants) kept(r run.Run, o Object, g Grant, d run.Done, e *audit.Entry) run.Done {
	if g != o.Grant {
		g.At = k.now().UTC().Truncate(time.Millisecond)
	}
	d.Store = func(ctx context.Context, i run.Item) error { return k.store.Concluded(ctx, r, i, g, e) }
	return d
}

// clash says that a site's administrators are not those of before and the group.
type clash struct{ code Code }

func (c *clash) Error() string {
	return "scan: the administrators are not those of before and the group: " + string(c.code)
}

// looks is how often a login is added to the administrators of a site because somebody else changes them.
const looks = 5

// grant makes a login one of the administrators of a site, and takes the right from nobody: it adds the one, and reads back whether it is there
// and nobody is lost who was there. Who is lost lost it to somebody else, maybe on purpose: that is told, and left to people.
func (k grants) grant(ctx context.Context, source Source, o Object, login string) (written bool, err error) {
	before, err := source.Administrators(ctx, o.Site, o.Address)
	if err != nil || len(lacking(before, login)) == 0 {
		return false, err
	}
	why := GroupNotTaken
	for range looks {
		after, added, err := add(ctx, source, o, login)
		if written = written || added; err != nil {
			return written, err
		}
		lost := len(lacking(after, before...)) > 0
		switch taken := len(lacking(after, login)) == 0; {
		case taken && !lost:
			return written, nil
		case taken:
			return written, &clash{AdminsChanged}
		case lost || len(lacking(before, after...)) > 0:
			why = AdminsChanged
		}
		before = slices.Concat(before, lacking(before, after...))
	}
	return written, &clash{why}
}

// add adds an administrator and reads them back, although Purser is told to stop meanwhile: what was written is looked at.
func add(ctx context.Context, source Source, o Object, login string) (list []string, added bool, err error) {
	after, cancel := account.Beyond(ctx)
	defer cancel()
	if err := source.AddAdministrator(after, o.Site, o.Address, login); err != nil {
		return nil, false, err
	}
	list, err = source.Administrators(after, o.Site, o.Address)
	return list, true, err
}

// lacking are those of the logins that are not in a list, without regard to case.
func lacking(list []string, logins ...string) []string {
	var missing []string
	for _, login := range logins {
		if !slices.ContainsFunc(list, func(l string) bool { return strings.EqualFold(l, login) }) {
			missing = append(missing, login)
		}
	}
	return missing
}
