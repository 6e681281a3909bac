package profiles

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"purser.example/internal/profile"
	"purser.example/internal/sqlite"
	"purser.example/internal/verdict"
)

// limits are where one way of reading the list takes over from another. Tests draw them closer.
type limits struct {
	// narrow is how many profiles a search finds at most by its own index. Beyond, so many rows match that walking an order
	// meets a page of them sooner than sorting all of them takes. A list with several filters is counted as far; "more than
	// 1,000" says enough.
	narrow int
	// looked bounds how many rows are looked at to count what several filters let through together.
	looked int
	// tallied is the same for the counts by status above a list that is filtered, where its rows have to be read for them. The
	// index of a tenant tells them without, for a quarter of the cost, so four times as many are counted there.
	tallied int
}

var usual = limits{narrow: 1000, looked: 10_000, tallied: 1000}

// gatherable is how many profiles a filter may let through to be gathered and sorted. Beyond, an order is walked. A walk reads
// about all×page/n rows to fill a page, each for a tenth of what it costs to gather one, so the two meet at a root of all.
func gatherable(all int) int { return int(math.Sqrt(float64(5 * all))) }

// order is one of the list's orders: the column that it goes by, whether that holds text, and the index that has it so. A key may
// stand for no value; lowest tells at which end of the index those rows are.
type order struct {
	key, index string
	text       bool
	none       any // nil: each row has a value
	lowest     bool
}

// part is a piece of an order that is read on its own.
type part struct {
	test clause // empty: all of the order
	none bool   // rows without a value
}

// parts are the pieces of an order in which a page is read. Rows without a value come last whether the others go up or down. Where
// the index has them there, it is read at once. Reading backwards begins at the end.
func (o order) parts(down, back bool) []part {
	if o.none == nil || o.lowest == down {
		return []part{{}}
	}
	valued := clause{o.key + " < ?", []any{o.none}}
	if o.lowest {
		valued.text = o.key + " > ?"
	}
	parts := []part{{valued, false}, {clause{o.key + " = ?", []any{o.none}}, true}}
	if back {
		slices.Reverse(parts)
	}
	return parts
}

// holds reports whether a place of the order lies in the part.
func (o order) holds(p part, at *cursor) bool {
	return p.test.text == "" || at == nil || p.none == (at.Key == o.none)
}

// orders are the columns behind the sorts. Within one key rows follow their number, which never changes.
var orders = map[profile.Column]order{
	profile.ByName:      {key: "p.name_order", index: "profiles_in_name_order", text: true},
	profile.ByTenant:    {key: "p.tenant_key", index: "profiles_by_tenant", text: true},
	profile.ByUsername:  {key: "p.username_key", index: "profiles_by_username", text: true},
	profile.ByStatus:    {key: "p.status", index: "profiles_by_status", text: true},
	profile.ByExpires:   {key: "p.expires_at", index: "profiles_by_expiry", none: int64(noExpiry)},
	profile.ByValidated: {key: "p.validated_at", index: "profiles_by_validation", none: int64(0), lowest: true},
	profile.ByModified:  {key: "p.modified_at", index: "profiles_by_change"},
}

// clause is a piece of SQL with its arguments.
type clause struct {
	text string
	args []any
}

// filter is one thing that narrows the list: how many profiles it lets through alone, how a row is tested for it, and where
// its own rows are found.
type filter struct {
	n    int
	test clause
	from clause // what to read from
	own  clause // the condition that picks its rows there; empty where from says it all
	told bool   // the index that it reads from tells what is counted by status
	some clause // what to read some of its rows from, where not all are known
}

// plan is how one page is read. Either an order of the list is walked, testing each row until the page is full, or the rows
// of the most selective filter are gathered, tested and sorted. The first costs little when many rows pass, the second when
// few do. In the order by name, a term that many names begin with is read from both: those names are walked, and the few
// other rows that match are gathered.
type plan struct {
	order    order
	filters  []filter
	gathered *filter // nil: walked
	from     string  // of the walk
	begin    clause  // what names of the walk begin with, where the others are gathered; empty: all are walked
	pinned   string  // the one key that all rows have, where a filter goes by the same column as the order
}

// planOf chooses by the kept counters and a look at the search index.
func (s *Store) planOf(ctx context.Context, q profile.Query, c counted) (plan, error) {
	p := plan{order: orders[q.Sort]}
	var err error
	if p.filters, err = filters(q, c); err != nil {
		return p, err
	}
	p.from = "profiles p INDEXED BY " + p.order.index
	if q.Tenant != "" && q.Sort == profile.ByName {
		p.from = "profiles p INDEXED BY profiles_of_tenant"
	}
	if q.Sort == profile.ByStatus && verdict.Status(q.Status).Known() {
		p.pinned = q.Status
	}
	term, f := searchedFor(q), found{}
	if term != "" {
		if f, err = s.find(ctx, term); err != nil {
			return p, err
		}
		p.filters = append(p.filters, searching(term, f))
	}
	limit := gatherable(c.all)
	for i, f := range p.filters {
		if f.n <= limit && f.from.text != "" {
			p.gathered, limit = &p.filters[i], f.n
		}
	}
	if p.gathered == nil && f.all.more && !f.inside.more && q.Sort == profile.ByName {
		p.begin = clause{"p.name_order >= ? AND p.name_order < ?", []any{term, sqlite.AfterAll(term)}}
		p.gathered = &filter{from: numbered(f.inside.list)}
	}
	return p, nil
}

func searching(term string, f found) filter {
	letters := sqlite.LettersOf(term)
	made := filter{n: f.all.n, test: clause{"p.letters & ? = ? AND (instr(p.search_key, ?) OR instr(lower(p.code), ?))", []any{letters, letters, term, term}}}
	if made.some = numbered(f.all.list); !f.all.more {
		made.from = made.some
	}
	return made
}

// numbered reads the profiles of a JSON list of row numbers.
func numbered(rows string) clause {
	return clause{sqlite.ListRows + " f CROSS JOIN profiles p ON p.row = f.value", []any{rows}}
}

func filters(q profile.Query, c counted) (list []filter, err error) {
	add := func(n int, from, own, test string, args ...any) {
		list = append(list, filter{n: n, test: clause{test, args}, from: clause{text: from}, own: clause{own, args}})
	}
	if q.Tenant != "" {
		add(c.tenant, "profiles p INDEXED BY profiles_of_tenant", "p.tenant_id = ?", "p.tenant_id = ?", q.Tenant)
		list[0].told = true
	}
	if q.Kind != "" {
		index, own := "profiles_in_name_order", "p.kind = 'common'"
		if q.Kind == profile.ClassicMFA {
			index, own = "profiles_classic", "p.kind = 'mfa'" // to the letter, or the index of these alone could not be read
		}
		list = append(list, filter{n: c.ofKind(q.Kind), test: clause{"p.kind = ?", []any{q.Kind}}, from: clause{text: "profiles p INDEXED BY " + index}, own: clause{text: own}, told: true})
	}
	if q.Service != "" {
		add(c.service, "profile_services f CROSS JOIN profiles p ON p.row = f.profile", "f.service = ?",
			"EXISTS (SELECT 1 FROM profile_services WHERE service = ? AND profile = p.row)", q.Service)
	}
	switch q.Status {
	case "":
	case profile.Attention:
		var troubled string
		if troubled, err = sqlite.List(c.troubled()); err != nil {
			return nil, err
		}
		add(c.attention(), "profiles p INDEXED BY profiles_by_status", "", "p.status NOT IN (?, ?)", verdict.Valid, verdict.NotValidated)
		list[len(list)-1].own = clause{"p.status " + sqlite.InList, []any{troubled}}
	case profile.Expiring:
		const within = "p.expires_at >= ? AND p.expires_at < ?"
		add(c.expiring, "profiles p INDEXED BY profiles_by_expiry", within, within, q.Window.From, q.Window.To)
	default:
		add(c.statuses[q.Status], "profiles p INDEXED BY profiles_by_status", "p.status = ?", "p.status = ?", q.Status)
	}
	return list, nil
}

// statement is SQL under construction.
type statement struct {
	strings.Builder
	args []any
}

func (s *statement) add(text string, args ...any) *statement {
	s.WriteString(text)
	s.args = append(s.args, args...)
	return s
}

// where adds the conditions, skipping empty ones.
func (s *statement) where(conditions []clause) *statement {
	word := " WHERE "
	for _, c := range conditions {
		if c.text != "" {
			s.add(word, c.args...).WriteString(c.text)
			word = " AND "
		}
	}
	return s
}

// conditions are what rows of the source have to meet, where the source is the filter's own or, with nil, everything.
func (p *plan) conditions(source *filter) []clause {
	var list []clause
	if source != nil {
		list = append(list, source.own)
	}
	for i := range p.filters {
		if &p.filters[i] != source {
			list = append(list, p.filters[i].test)
		}
	}
	return list
}

// page is the statement that reads limit rows of a part of the list beyond a place there, or from its beginning.
func (p *plan) page(columns string, of part, descending bool, from *cursor, limit int) *statement {
	columns += ", " + p.order.key
	way := p.way(of, descending, from)
	s := new(statement)
	if p.gathered == nil {
		s.add("SELECT " + columns + " FROM " + p.from).where(append(p.conditions(nil), way.within, way.further))
		return s.add(way.ordered, limit)
	}
	// What is sorted is small: the columns of the page are fetched for its own rows only.
	s.add("SELECT " + columns + " FROM profiles p WHERE p.row IN (")
	if p.begin.text != "" {
		s.add("SELECT row FROM (SELECT p.row AS row FROM profiles p INDEXED BY profiles_in_name_order").where(append(p.conditions(nil), p.begin, way.further))
		s.add(way.ordered+") UNION ALL ", limit)
	}
	s.add("SELECT row FROM (SELECT p.row AS row FROM ")
	s.add(p.gathered.from.text, p.gathered.from.args...).where(append(p.conditions(p.gathered), way.within, way.further))
	return s.add(way.ordered+"))", limit).add(way.ordered, limit)
}

// way is the direction of a page and where it begins, in SQL.
type way struct {
	within  clause // the part of the order
	further clause // empty: at the beginning
	ordered string // takes the limit
}

func (p *plan) way(of part, descending bool, from *cursor) way {
	direction, sign := "ASC", ">"
	if descending {
		direction, sign = "DESC", "<"
	}
	w := way{within: of.test, ordered: fmt.Sprintf(" ORDER BY %s %s, p.place %s LIMIT ?", p.order.key, direction, direction)}
	switch {
	case from == nil:
	case of.none || p.pinned != "" && from.Key == p.pinned:
		w.further = clause{"p.place " + sign + " ?", []any{from.Row}}
	default:
		w.further = clause{"(" + p.order.key + ", p.place) " + sign + " (?, ?)", []any{from.Key, from.Row}}
		if descending != p.order.lowest {
			w.within = clause{} // what lies beyond has a value, and SQLite would begin at one condition or the other
		}
	}
	return w
}

// total tells how many match, and whether there are more than that.
func (s *Store) total(ctx context.Context, p plan, all int) (n int, more bool, err error) {
	switch len(p.filters) {
	case 0:
		return all, false, nil
	case 1:
		if p.filters[0].from.text != "" {
			return p.filters[0].n, false, nil // the counter says it exactly
		}
		return s.limits.narrow, true, nil
	}
	count, whole := p.count(s.limits)
	if err := s.db.QueryRow(ctx, count.String(), count.args...).Scan(&n); err != nil {
		return 0, false, err
	}
	if n > s.limits.narrow || !whole {
		return max(0, n-1), true, nil
	}
	return n, false, nil
}

// count counts what passes all filters among the rows of the most selective one, as far as the limits allow; whole tells
// whether they allow all of those.
func (p *plan) count(l limits) (s *statement, whole bool) {
	source := p.selective()
	rest := p.conditions(source)[1:]
	s = new(statement)
	s.add("SELECT count(*) FROM (SELECT 1 FROM (SELECT p.row AS row FROM ")
	s.add(source.from.text, source.from.args...).where([]clause{source.own})
	s.add(" LIMIT ?) f CROSS JOIN profiles p ON p.row = f.row", l.looked).where(rest)
	return s.add(" LIMIT ?)", l.narrow+1), source.n <= l.looked
}
