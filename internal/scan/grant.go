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
		return k.left(r, o, g, closedBy(o.Site))
	}
	within, cancel := context.WithTimeout(ctx, k.limits.Patience)
	defer cancel()
	crew := k.crewOf(r)
	for {
		member, t, err := crew.next(within)
		if err != nil || t != nil {
			return k.notAsked(ctx, r, o, t)
		}
		written, err := k.grant(within, member.source, o, login(g))
		if ctx.Err() != nil && err != nil {
			return run.Done{Outcome: run.Waiting} // cut off: it is done again
		}
		if !crew.learn(member, err) {
			return k.done(ctx, r, o, g, written, err, crew)
		}
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

// done is the outcome of a site that somebody was at.
func (k grants) done(ctx context.Context, r run.Run, o Object, g pool.Group, written bool, err error, c *crew) run.Done {
	answered := &verdict.Verdict{Status: verdict.Valid}
	if closed, ok := errors.AsType[*Closed](err); ok {
		d := k.left(r, o, g, closed.Why)
		d.Learned = answered
		return d
	}
	var added *audit.Entry
	lost, clashed := errors.AsType[*clash](err)
	if written && err == nil || clashed && lost.taken {
		e := r.Mark(audit.Entry{Actor: r.Actor, Origin: r.Origin, Action: SiteGranted, Target: audit.Target{Kind: "site", ID: o.Site.ID, Name: o.Address}}, k.Words())
		e = e.With("group", g.Name).With("id", g.ID)
		added = &e
	}
	switch u, unread := errors.AsType[*Unread](err); {
	case clashed:
		return k.kept(r, o, Grant{State: Refused, Group: g.ID, Reason: string(lost.code)}, run.Done{Outcome: run.Rejected, Reason: account.Reason(lost.code), Learned: answered}, added)
	case err == nil:
		return k.kept(r, o, Grant{State: Granted, Group: g.ID}, run.Done{Outcome: run.Confirmed, Learned: answered}, added)
	case errors.Is(err, ErrNoSite):
		return k.kept(r, o, o.Grant, run.Done{Outcome: run.Skipped, Reason: run.Gone, Learned: answered}, nil)
	case unread && u.Throttled:
		return k.kept(r, o, o.Grant, run.Done{Outcome: run.NotReached, Reason: account.Reason(Throttled), Code: u.Code, Learned: c.throttled(k.now())}, nil)
	case unread && (u.Denied || u.Whose == whose.Purser):
		return k.kept(r, o, Grant{State: Refused, Group: g.ID, Reason: string(SiteRefused)}, run.Done{Outcome: run.Rejected, Reason: account.Reason(SiteRefused), Code: u.said(), Learned: answered}, nil)
	case unread && !u.Whose.Blamed():
		t := ofUnread(u, ByAccount)
		return k.kept(r, o, o.Grant, run.Done{Outcome: run.Waiting, Reason: account.Reason(t.code), Code: u.said(), Learned: &verdict.Verdict{Status: verdict.Unreachable, Code: u.Code}}, nil)
	}
	return k.notAsked(ctx, r, o, k.seen(ctx, Scan{ID: ID(r.Scope), Tenant: o.Tenant, Method: ByAccount}, err))
}

// left is a site whose administrators cannot be changed, for a reason that lies with it.
func (k grants) left(r run.Run, o Object, g pool.Group, why Code) run.Done {
	return k.kept(r, o, Grant{State: Left, Group: g.ID, Reason: string(why)}, run.Done{Outcome: run.Skipped, Reason: account.Reason(why)}, nil)
}

// notAsked is a site about which nobody could ask, for a reason that does not lie with it; no trouble: the database could not be used.
func (k grants) notAsked(ctx context.Context, r run.Run, o Object, t *trouble) run.Done {
	if t == nil || ctx.Err() != nil {
		return k.kept(r, o, o.Grant, run.Done{Outcome: run.Waiting}, nil)
	}
	return k.kept(r, o, o.Grant, run.Done{Outcome: run.NotReached, Reason: account.Reason(t.code), Code: t.detail}, nil)
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
type clash struct {
	code  Code
	taken bool // the group is among them
}

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
		after, err := add(ctx, source, o, login)
		if err != nil {
			return true, err
		}
		lost := len(lacking(after, before...)) > 0
		switch taken := len(lacking(after, login)) == 0; {
		case taken && !lost:
			return true, nil
		case taken:
			return true, &clash{AdminsChanged, true}
		case lost || len(lacking(before, after...)) > 0:
			why = AdminsChanged
		}
		before = slices.Concat(before, lacking(before, after...))
	}
	return true, &clash{why, false}
}

// add adds an administrator and reads them back, although Purser is told to stop meanwhile: what was written is looked at.
func add(ctx context.Context, source Source, o Object, login string) ([]string, error) {
	after, cancel := account.Beyond(ctx)
	defer cancel()
	if err := source.AddAdministrator(after, o.Site, o.Address, login); err != nil {
		return nil, err
	}
	return source.Administrators(after, o.Site, o.Address)
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
