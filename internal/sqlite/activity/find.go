package activity

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"purser.example/internal/activity"
	"purser.example/internal/sqlite"
)

const (
	// lookedAt is how many entries one request looks at for filters beside the one that leads: some 50 ms.
	lookedAt = 20_000
	// kinds of things that have an id of their own to be asked for.
	kinds = `('session', 'page', 'profile', 'profiles', 'validation run', 'profile import', 'break-glass link', 'tenant', 'account pool', 'app profile', 'scan', 'scan profile', 'objects', 'site', 'activity log', 'person', 'group', 'backup')`
)

// condition is a part of a WHERE.
type condition struct {
	sql  string
	args []any
}

// Find gives a page of a view, the newest entries first.
func (s *Store) Find(ctx context.Context, q activity.Query) (activity.Page, error) {
	v, err := s.viewOf(ctx, q)
	if err != nil {
		return activity.Page{}, err
	}
	if v.none {
		return activity.Page{TooMany: v.tooMany}, nil
	}
	page, err := s.page(ctx, v, q.Limit)
	page.TooMany = v.tooMany
	return page, err
}

// view is a query as the database answers it: some leading conditions, each with an index of its own, and what else must be so.
type view struct {
	leads   []condition
	rest    []condition
	from    place // the entry behind which the page begins
	back    bool  // towards newer entries
	turned  bool  // the reader has come from somewhere, so that there is a way back
	none    bool  // nothing can fit
	tooMany string
}

// place is where an entry is in the order of time.
type place struct{ at, seq int64 }

func (p place) String() string { return fmt.Sprintf("%d-%d", p.at, p.seq) }

// placeOf reads a place that came back; anything else is the beginning.
func placeOf(text string) (p place, ok bool) {
	n, err := fmt.Sscanf(text, "%d-%d", &p.at, &p.seq)
	return p, err == nil && n == 2 && p.String() == text
}

func (s *Store) viewOf(ctx context.Context, q activity.Query) (v view, err error) {
	v.from = place{math.MaxInt64, math.MaxInt64}
	if p, ok := placeOf(q.After); ok {
		v.from, v.turned = p, true
	} else if p, ok := placeOf(q.Before); ok {
		v.from, v.back, v.turned = p, true, true
	}
	var filters [][]condition // the one that fits fewest, as a rule, first
	if q.Object != "" {
		names, err := s.objects(ctx, q.Object, &v)
		if err != nil {
			return v, err
		}
		filters = append(filters, names)
	}
	if q.Person != "" {
		people, err := s.people(ctx, q.Person, &v)
		if err != nil {
			return v, err
		}
		filters = append(filters, people)
	}
	if q.Action != "" {
		filters = append(filters, []condition{{"action = ?", []any{q.Action}}})
	}
	if q.Result != "" && q.Result != activity.Done {
		filters = append(filters, []condition{{"result = ? AND result <> 'done'", []any{q.Result}}})
	}
	if q.Tenant != "" {
		filters = append(filters, []condition{{"tenant = ? AND tenant IS NOT NULL", []any{q.Tenant}}})
	}
	v.leads = []condition{{"true", nil}}
	for i, f := range filters {
		v.none = v.none || len(f) == 0
		if i == 0 {
			v.leads = f
			continue
		}
		v.rest = append(v.rest, either(f))
	}
	if q.Result == activity.Done {
		v.rest = append(v.rest, condition{"result = 'done'", nil})
	}
	from, to := int64(math.MinInt64), int64(math.MaxInt64)
	if !q.From.IsZero() {
		from = q.From.UnixMilli()
	}
	if !q.To.IsZero() {
		to = q.To.UnixMilli()
	}
	for i := range v.leads {
		v.leads[i] = both(v.leads[i], condition{"at >= ? AND at < ?", []any{from, to}})
	}
	return v, nil
}

func both(a, b condition) condition {
	return condition{"(" + a.sql + ") AND " + b.sql, slices.Concat(a.args, b.args)}
}

func either(list []condition) condition {
	c := condition{sql: "(false"}
	for _, one := range list {
		c.sql += " OR " + one.sql
		c.args = append(c.args, one.args...)
	}
	c.sql += ")"
	return c
}

// page merges what each leading condition finds.
func (s *Store) page(ctx context.Context, v view, limit int) (activity.Page, error) {
	var found []activity.Entry
	looked := place{math.MinInt64, math.MinInt64} // up to where all conditions looked
	if v.back {
		looked = place{math.MaxInt64, math.MaxInt64}
	}
	cut := false
	for _, lead := range v.leads {
		part, end, more, err := s.walk(ctx, v, lead, limit+1, max(s.far/len(v.leads), limit+1))
		if err != nil {
			return activity.Page{}, err
		}
		found = append(found, part...)
		if more && (!cut || v.before(end, looked)) {
			looked, cut = end, true
		}
	}
	slices.SortFunc(found, func(a, b activity.Entry) int {
		if v.before(placeIn(a), placeIn(b)) {
			return -1
		}
		return 1
	})
	found = slices.CompactFunc(found, func(a, b activity.Entry) bool { return a.Seq == b.Seq })
	if cut {
		found = slices.DeleteFunc(found, func(e activity.Entry) bool { return v.before(looked, placeIn(e)) })
	}
	return v.result(found, looked, cut, limit), nil
}

// before reports whether one place comes before another on the way of the view.
func (v view) before(a, b place) bool {
	later := a.at > b.at || a.at == b.at && a.seq > b.seq
	if v.back {
		return a != b && !later
	}
	return later
}

func placeIn(e activity.Entry) place { return place{e.At.UnixMilli(), e.Seq} }

// result makes the page of what was found on the way, and says where it goes on.
func (v view) result(found []activity.Entry, looked place, cut bool, limit int) (p activity.Page) {
	further := len(found) > limit
	if further {
		found = found[:limit]
	}
	onward := ""
	switch {
	case further:
		onward = placeIn(found[limit-1]).String()
	case cut:
		onward = looked.String()
		p.LookedBackTo = time.UnixMilli(looked.at).UTC()
	}
	backward := ""
	if v.turned && len(found) > 0 {
		backward = placeIn(found[0]).String()
	}
	p.Entries, p.Next, p.Previous = found, onward, backward
	if v.back {
		slices.Reverse(p.Entries)
		p.Next, p.Previous = backward, onward
	}
	return p
}

// walk finds what fits a leading condition and all others, in order, and looks at so many entries of the former at most: then it says up
// to where.
func (s *Store) walk(ctx context.Context, v view, lead condition, limit, far int) (found []activity.Entry, end place, more bool, err error) {
	text, args := v.statement(lead, limit, far)
	found, err = sqlite.All(s.db.Query(ctx, text, args...), read)
	if err != nil || len(found) == limit || len(v.rest) == 0 {
		return found, end, false, err
	}
	way, args := v.way(lead)
	err = s.db.Query(ctx, "SELECT at, seq"+way+" OFFSET ?", append(args, 1, far-1)...).Each(func(row sqlite.Row) error {
		more = true
		return row.Scan(&end.at, &end.seq)
	})
	return found, end, more, err
}

// way is the walk of a leading condition, without how far.
func (v view) way(lead condition) (text string, args []any) {
	order, beyond := " DESC", "<"
	if v.back {
		order, beyond = " ASC", ">"
	}
	lead = both(lead, condition{"(at, seq) " + beyond + " (?, ?)", []any{v.from.at, v.from.seq}})
	return " FROM activity WHERE " + lead.sql + " ORDER BY at" + order + ", seq" + order + " LIMIT ?", slices.Clone(lead.args)
}

// statement asks for what fits. The entries that are only looked at are found by the index alone, and of each only what the other filters ask
// for is read, one after the other: what came of an entry and its tenant are worked out of its details, which costs more than all the rest.
func (v view) statement(lead condition, limit, far int) (text string, args []any) {
	way, args := v.way(lead)
	if len(v.rest) == 0 {
		return "SELECT " + columns + way, append(args, limit)
	}
	rest := all(v.rest)
	return "SELECT " + columns + " FROM activity WHERE seq IN (SELECT activity.seq FROM (SELECT seq AS number" + way +
		") CROSS JOIN activity ON activity.seq = number WHERE " + rest.sql + " LIMIT ?)", slices.Concat(args, []any{far}, rest.args, []any{limit})
}

func all(list []condition) condition {
	c := condition{sql: "true"}
	for _, one := range list {
		c = both(c, one)
	}
	return c
}
