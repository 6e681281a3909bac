package drift

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/appprofile"
	"purser.example/internal/tenant"
)

// Directory lets the app of a tenant look at an account.
type Directory interface {
	Refuser
	// Look reads what the app may of an account. What it may not read is not among the facts, and the permission that would let it is among
	// what it lacks. known is what is known already, such as by the verdict of the same check; fresh says that nothing may be used that was
	// read for another account.
	Look(ctx context.Context, t tenant.Tenant, app appprofile.App, username string, known Facts, groups []Item, fresh bool) (Look, error)
}

// Look is what an app read of an account.
type Look struct {
	Facts  Facts
	Lacks  []string
	groups []Item // that matter
}

// Parts are what a Service is joined of.
type Parts struct {
	Store     Store
	Tenants   *tenant.Service
	Apps      *appprofile.Service
	Directory Directory
	// Groups gives the groups of account pools that an account is expected in; nil: none matter.
	Groups func(ctx context.Context, k account.Key) ([]Item, error)
	Now    func() time.Time
	Log    *slog.Logger
}

// Service keeps what is known of accounts, and what of it is not as expected.
type Service struct{ Parts }

// NewService joins the parts.
func NewService(p Parts) *Service { return &Service{p} }

// again is how long an account is not looked at again that was, at another place or by another check.
const again = 4 * time.Hour

// lookTime is how long an account is looked at, at most.
const lookTime = 30 * time.Second

// tries are how often a reading is kept anew where somebody else changed the account meanwhile.
const tries = 5

// Note keeps what was read of an account.
func (s *Service) Note(ctx context.Context, k account.Key, username string, read Facts) error {
	if len(read) == 0 {
		return nil
	}
	return s.note(ctx, k, username, Look{Facts: read}, false)
}

// Look reads what the tenant lets Purser read of an account beside its sign-in, and keeps it. An account that was looked at a short while ago
// is left alone unless it must be, because it just broke.
func (s *Service) Look(ctx context.Context, k account.Key, username string, must bool) error {
	a, err := s.Store.Account(ctx, k)
	if err != nil {
		return err
	}
	if since := s.Now().Sub(a.Looked); !must && since >= 0 && since < again {
		return nil
	}
	t, err := s.Tenants.Find(ctx, k.Tenant)
	if err != nil {
		return err
	}
	app, err := s.Apps.Credentials(ctx, t.ID)
	if account.Hindrance(err) != "" {
		return nil
	}
	if err != nil {
		return err
	}
	defer app.Clear()
	var groups []Item
	if s.Groups != nil {
		if groups, err = s.Groups(ctx, k); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	seen, err := s.Directory.Look(ctx, t, app, username, a.Read, groups, must)
	if err != nil {
		return err
	}
	seen.groups = groups
	return s.note(ctx, k, username, seen, true)
}

// note keeps a reading. What nothing of is new about is only noted to have been looked at.
func (s *Service) note(ctx context.Context, k account.Key, username string, seen Look, looked bool) error {
	for try := 0; ; try++ {
		a, err := s.Store.Account(ctx, k)
		if err != nil {
			return err
		}
		c, news := s.change(a, k, username, seen, looked)
		switch {
		case news:
			err = s.Store.Keep(ctx, c)
		case looked:
			err = s.Store.Looked(ctx, a.No, s.moment(), seen.Lacks)
		}
		if !errors.Is(err, ErrChanged) || try == tries {
			return err
		}
	}
}

func (s *Service) moment() time.Time { return s.Now().UTC().Truncate(time.Millisecond) }

// change is what a reading changes of an account, and whether it changes anything.
func (s *Service) change(a Account, k account.Key, username string, seen Look, looked bool) (c Change, news bool) {
	now := s.moment()
	c = Change{Account: a, Seen: now}
	c.Account.Key, c.Account.Username = k, username
	c.Account.Read, c.Account.Expected = a.Read.read(seen.Facts), a.Expected.expecting(seen.Facts)
	if looked {
		c.Account.Expected[Groups] = a.Expected[Groups].mattering(seen.groups, seen.Facts[Groups])
		c.Account.Looked, c.Account.Lacks = now, seen.Lacks
	}
	if !c.Account.Read.same(a.Read) {
		c.Snapshot = Snapshot{At: now, Facts: c.Account.Read}
	}
	if set, read := seen.Facts[Password]; read {
		c.Account.Expected[Password] = set
	}
	c.compare(seen.Facts)
	news = a.No == 0 || !c.Snapshot.At.IsZero() || len(c.New)+len(c.Over) > 0 || !c.Account.Expected.same(a.Expected)
	return c, news
}

// compare finds what is not as expected for the first time, and what is as expected again. A drift of what was not read, or of what nobody
// could tell, stays as it is.
func (c *Change) compare(read Facts) {
	open := map[Difference]bool{}
	for _, d := range Compare(c.Account.Expected, read) {
		if d.Topic.drifts() {
			open[d.bare()] = true
			if !c.Account.has(d) {
				c.add(d)
			}
		}
	}
	for _, d := range c.Account.Open {
		set, known := read[d.Topic]
		if known && !set.unsure(d.Item.Key) && !open[d.difference().bare()] {
			c.Over = append(c.Over, d.ID)
		}
	}
}

func (c *Change) add(d Difference) {
	drift := Drift{Tenant: c.Account.Key.Tenant, Username: c.Account.Username, Topic: d.Topic, Item: d.Item, Way: d.Way, First: c.Seen, Last: c.Seen}
	c.New = append(c.New, drift)
	c.Events = append(c.Events, drift.event(c.Account.Key))
}

func (d Drift) difference() Difference { return Difference{d.Topic, d.Item, d.Way} }

// bare is a difference without the name, which may change by itself.
func (d Difference) bare() Difference {
	d.Item.Name = ""
	return d
}

func (a Account) has(d Difference) bool {
	for _, open := range a.Open {
		if open.difference().bare() == d.bare() {
			return true
		}
	}
	return false
}

// Account gives what is known of an account.
func (s *Service) Account(ctx context.Context, caller access.Caller, k account.Key) (Account, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return Account{}, err
	}
	return s.Store.Account(ctx, k)
}

// Between tells what was seen to change of an account from one moment to another, each when it was first seen.
func (s *Service) Between(ctx context.Context, caller access.Caller, k account.Key, from, to time.Time) ([]Seen, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return nil, err
	}
	list, err := s.Store.Snapshots(ctx, k, from, to)
	var found []Seen
	for i := 1; i < len(list); i++ {
		for _, d := range Compare(list[i-1].Facts, list[i].Facts) {
			found = append(found, Seen{list[i].At, d})
		}
	}
	return found, err
}

// Seen is a difference, and when it was first seen.
type Seen struct {
	At time.Time
	Difference
}

// afterwards is how long what is known of an account is kept that is kept nowhere, such as one that is about to be saved.
const afterwards = 48 * time.Hour

// Prune removes what is known of accounts that Purser keeps no longer, a step at a time.
func (s *Service) Prune(ctx context.Context) error {
	for {
		more, err := s.Store.Prune(ctx, s.Now().Add(-afterwards), 500)
		if err != nil || !more {
			return err
		}
	}
}
