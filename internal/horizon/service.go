package horizon

import (
	"context"
	"slices"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/expiry"
	"purser.example/internal/retirement"
	"purser.example/internal/tenant"
)

// Service tells of what the store keeps and of what the others know.
type Service struct {
	Store       Store
	Sources     []expiry.Source
	Retirements []retirement.Retirement
	Now         func() time.Time
}

// Page is a part of a list.
type Page[T any] struct {
	Rows           []T
	Earlier, Later bool // whether there is more in either direction of the list
}

// pageOf cuts a list that has one more than was asked for. Where a page was asked for by what comes after it, that is there.
func pageOf[T any](rows []T, q Query, limit int) Page[T] {
	more := len(rows) > limit
	switch {
	case q.Before != Place{}:
		return Page[T]{rows[max(len(rows)-limit, 0):], more, true}
	default:
		return Page[T]{rows[:min(len(rows), limit)], q.After != Place{}, more}
	}
}

// Endings gives what ends, the first one first, for somebody.
func (s *Service) Endings(ctx context.Context, caller access.Caller, q Query) (Page[Ending], error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return Page[Ending]{}, err
	}
	return s.Ahead(ctx, q)
}

// Ahead is Endings for what nobody asks by hand: who tells people ahead of time, and calendars.
func (s *Service) Ahead(ctx context.Context, q Query) (Page[Ending], error) {
	limit := q.limit()
	q.Limit = limit + 1
	list, err := s.Store.Endings(ctx, q)
	if err != nil {
		return Page[Ending]{}, err
	}
	few, err := s.few(ctx)
	if err != nil {
		return Page[Ending]{}, err
	}
	for _, e := range few {
		if q.holds(e) {
			list = append(list, e)
		}
	}
	slices.SortFunc(list, func(a, b Ending) int { return a.Place().Compare(b.Place()) })
	return pageOf(list, q, limit), nil
}

// few are the endings that aren't in the store.
func (s *Service) few(ctx context.Context) ([]Ending, error) {
	var list []Ending
	for _, source := range s.Sources {
		dates, err := source.Expiries(ctx)
		if err != nil {
			return nil, err
		}
		for _, d := range dates {
			list = append(list, Ending{Kind: Kind(d.Kind), Object: d.Of.ID, Tenant: tenant.ID(d.Of.Tenant), At: d.At.UTC().Truncate(time.Millisecond), What: d.Of.Name})
		}
	}
	for _, r := range s.Retirements {
		for _, step := range r.Steps {
			// A step that has come is no end that somebody missed: what it broke is told of where it broke.
			if !step.Day.IsZero() && !step.Come(s.Now()) {
				list = append(list, Ending{Kind: Retirement, Object: r.ID + "/" + step.Day.ISO(), At: step.Day.Time, What: r.What})
			}
		}
	}
	return list, nil
}

// Breaks gives what is broken, the last one first.
func (s *Service) Breaks(ctx context.Context, caller access.Caller, q Query) (Page[Break], error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return Page[Break]{}, err
	}
	limit := q.limit()
	q.Limit = limit + 1
	list, err := s.Store.Breaks(ctx, q)
	return pageOf(list, q, limit), err
}

// Days counts what ends on each of the days of a query.
func (s *Service) Days(ctx context.Context, caller access.Caller, q Query) ([]OnDay, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return nil, err
	}
	days, err := s.Store.Days(ctx, q)
	if err != nil {
		return nil, err
	}
	few, err := s.few(ctx)
	for _, e := range few {
		if q.holds(e) {
			days = append(days, OnDay{DayOf(e.At), e.Kind, 1})
		}
	}
	return days, err
}

// Summary is everything that is broken or ends within the largest of Windows, in numbers.
type Summary struct {
	Failing []Failing
	Counts  []Count
}

// Summary counts, for somebody.
func (s *Service) Summary(ctx context.Context, caller access.Caller) (Summary, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return Summary{}, err
	}
	now := s.Now()
	failing, err := s.Store.Failing(ctx)
	if err != nil {
		return Summary{}, err
	}
	counts, err := s.Store.Counts(ctx, now)
	if err != nil {
		return Summary{}, err
	}
	few, err := s.few(ctx)
	for _, e := range few {
		counts = append(counts, countOf(e, now))
	}
	return Summary{failing, merged(counts)}, err
}

func countOf(e Ending, now time.Time) Count {
	c := Count{Kind: e.Kind, Tenant: e.Tenant}
	if !e.At.After(now) {
		c.Ended = 1
		return c
	}
	for i, days := range Windows {
		if e.At.Before(Until(now, days)) {
			c.Within[i] = 1
		}
	}
	return c
}

// merged adds up those of one kind and tenant, and drops what counts nothing.
func merged(counts []Count) []Count {
	var list []Count
	for _, c := range counts {
		if c.Ended+c.Within[len(Windows)-1] == 0 {
			continue
		}
		at := slices.IndexFunc(list, func(l Count) bool { return l.Kind == c.Kind && l.Tenant == c.Tenant })
		if at < 0 {
			list = append(list, c)
			continue
		}
		list[at].Ended += c.Ended
		for i := range Windows {
			list[at].Within[i] += c.Within[i]
		}
	}
	return list
}

// In is the part of a summary that is of one tenant, with what is of none; empty is all of it. No kinds are all kinds.
func (s Summary) In(t tenant.ID, kinds ...Kind) Summary {
	q := Query{Kinds: kinds}
	return Summary{
		slices.DeleteFunc(slices.Clone(s.Failing), func(f Failing) bool { return t != "" && f.Tenant != t || !q.asks(f.Kind) }),
		slices.DeleteFunc(slices.Clone(s.Counts), func(c Count) bool { return t != "" && c.Tenant != "" && c.Tenant != t || !q.asks(c.Kind) }),
	}
}

// Broken is how much is broken.
func (s Summary) Broken() (n int) {
	for _, f := range s.Failing {
		n += f.N
	}
	return n
}

// Ended is how much has reached its end, and Within how much ends within each of Windows.
func (s Summary) Ended() (n int) {
	for _, c := range s.Counts {
		n += c.Ended
	}
	return n
}

// Within is how much ends within each of Windows.
func (s Summary) Within() (n [len(Windows)]int) {
	for _, c := range s.Counts {
		for i := range n {
			n[i] += c.Within[i]
		}
	}
	return n
}
