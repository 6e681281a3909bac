package profiles

import (
	"context"

	"purser.example/internal/profile"
	"purser.example/internal/sqlite"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

// tallying is what the counts above a list depend on: everything that narrows it but the status, which each of them sets (X34).
type tallying struct {
	term, from, to string
	tenant         tenant.ID
	service        string
	kind           profile.Kind
}

// tally counts by status what the rest of the query lets through. Of everything the kept counters tell; otherwise rows are counted,
// once until anything is written, and as far as the limits allow.
func (s *Store) tally(ctx context.Context, q profile.Query, c counted) (profile.Counts, error) {
	asked := tallying{searchedFor(q), dayOf(q.Window.From), dayOf(q.Window.To), q.Tenant, q.Service, q.Kind}
	if asked.term == "" && q.Tenant == "" && q.Service == "" && q.Kind == "" {
		return c.tiles(), nil
	}
	return s.tallies.Ask(s.db, asked, func() (profile.Counts, error) {
		q.Status, q.Sort = "", profile.ByName
		p, err := s.planOf(ctx, q, c)
		if err != nil {
			return profile.Counts{}, err
		}
		return s.counting(ctx, p, q.Window)
	})
}

func (s *Store) counting(ctx context.Context, p plan, within profile.Window) (profile.Counts, error) {
	query, whole := p.tally(within, s.limits)
	counts := profile.Counts{AtLeast: !whole, AllAtLeast: !whole}
	err := s.db.Query(ctx, query.String(), query.args...).Each(func(row sqlite.Row) error {
		var status string
		var n, expiring int
		err := row.Scan(&status, &n, &expiring)
		counts.All += n
		counts.Expiring += expiring
		switch verdict.Status(status) {
		case verdict.Valid:
			counts.Valid += n
		case verdict.NotValidated:
			counts.NotValidated += n
		default:
			counts.Attention += n
		}
		return err
	})
	if !whole && len(p.filters) == 1 && p.filters[0].from.text != "" {
		counts.All, counts.AllAtLeast = p.filters[0].n, false // the counter says it exactly
	}
	return counts, err
}

// tally counts by status what passes all filters among the rows of the most selective one; whole tells whether those are all.
func (p *plan) tally(within profile.Window, l limits) (s *statement, whole bool) {
	source := p.selective()
	if whole = source != nil; !whole { // a broad term alone: some of its rows are known
		source = &filter{from: p.filters[0].some}
	}
	s = new(statement)
	if source.told && len(p.filters) == 1 {
		s.add("SELECT status, count(*), sum(expires_at >= ? AND expires_at < ?) FROM (SELECT p.status AS status, p.expires_at AS expires_at FROM ", within.From, within.To)
		s.add(source.from.text, source.from.args...).where([]clause{source.own})
		return s.add(" LIMIT ?) GROUP BY status", 4*l.tallied), whole && source.n <= 4*l.tallied
	}
	s.add("SELECT p.status, count(*), sum(p.expires_at >= ? AND p.expires_at < ?) FROM (SELECT p.row AS row FROM ", within.From, within.To)
	s.add(source.from.text, source.from.args...).where([]clause{source.own})
	s.add(" LIMIT ?) f CROSS JOIN profiles p ON p.row = f.row", l.tallied).where(p.conditions(source)[1:])
	return s.add(" GROUP BY p.status"), whole && source.n <= l.tallied
}

// selective is the filter that lets the fewest rows through of those whose own rows can be found; nil where there is none.
func (p *plan) selective() *filter {
	var source *filter
	for i, f := range p.filters {
		if f.from.text != "" && (source == nil || f.n < source.n) {
			source = &p.filters[i]
		}
	}
	return source
}
