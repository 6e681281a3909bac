package sqlite

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"purser.example/internal/profile"
	"purser.example/internal/verdict"
)

const (
	// countedAtMost is how far a list with several filters is counted; "more than 1,000" says enough beyond.
	countedAtMost = 1000
	// gatheredAtMost is how many profiles a filter lets through that are gathered and sorted. Beyond, an order is walked.
	gatheredAtMost = 2000
	// lookedAtMost bounds how many rows are looked at to count what several filters let through together.
	lookedAtMost = 10_000
)

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
}

// plan is how one page is read. Either an order of the list is walked, testing each row until the page is full, or the rows
// of the most selective filter are gathered, tested and sorted. The first costs little when many rows pass, the second when
// few do.
type plan struct {
	order    order
	filters  []filter
	gathered *filter // nil: walked
	from     clause  // of the walk
}

// planOf chooses by the kept counters and a look at the search index.
func (s *Profiles) planOf(ctx context.Context, q profile.Query, c counted) (plan, error) {
	p := plan{order: orders[q.Sort], filters: filters(q, c)}
	p.from.text = "profiles p INDEXED BY " + p.order.index
	if q.Tenant != "" && q.Sort == profile.ByName {
		p.from.text = "profiles p INDEXED BY profiles_of_tenant"
	}
	limit := gatheredAtMost
	if term := searchedFor(q); term != "" {
		f, err := s.find(ctx, term)
		if err != nil {
			return p, err
		}
		p.filters = append(p.filters, searching(term, f))
	}
	for i, f := range p.filters {
		if f.n <= limit && f.from.text != "" {
			p.gathered, limit = &p.filters[i], f.n
		}
	}
	return p, nil
}

func searching(term string, f found) filter {
	made := filter{n: f.n, test: clause{"(instr(p.name_key, ?) OR instr(p.username_key, ?))", []any{term, term}}}
	if !f.broad() {
		made.from = clause{"json_each(?) f CROSS JOIN profiles p ON p.row = f.value", []any{f.rows}}
	}
	return made
}

func filters(q profile.Query, c counted) []filter {
	var list []filter
	add := func(n int, from, own, test string, args ...any) {
		list = append(list, filter{n: n, test: clause{test, args}, from: clause{text: from}, own: clause{own, args}})
	}
	if q.Tenant != "" {
		add(c.tenant, "profiles p INDEXED BY profiles_of_tenant", "p.tenant_id = ?", "p.tenant_id = ?", q.Tenant)
	}
	if q.Service != "" {
		add(c.service, "profile_services f CROSS JOIN profiles p ON p.row = f.profile", "f.service = ?",
			"EXISTS (SELECT 1 FROM profile_services WHERE service = ? AND profile = p.row)", q.Service)
	}
	switch q.Status {
	case "":
	case profile.Attention:
		add(c.attention(), "profiles p INDEXED BY profiles_by_status", "", "p.status NOT IN (?, ?)", verdict.Valid, verdict.NotValidated)
		list[len(list)-1].own = clause{"p.status IN (SELECT value FROM json_each(?))", []any{jsonList(c.troubled())}}
	case profile.Expiring:
		const within = "p.expires_at >= ? AND p.expires_at < ?"
		add(c.expiring, "profiles p INDEXED BY profiles_by_expiry", within, within, q.Window.From, q.Window.To)
	default:
		add(c.statuses[q.Status], "profiles p INDEXED BY profiles_by_status", "p.status = ?", "p.status = ?", q.Status)
	}
	return list
}

func jsonList(list []string) string {
	b, err := json.Marshal(list)
	if err != nil {
		return "[]"
	}
	return string(b)
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

// page is the statement that reads limit rows beyond a place in the list, or from its beginning.
func (p *plan) page(columns string, descending bool, from *cursor, limit int) *statement {
	direction, beyond := "ASC", ">"
	if descending {
		direction, beyond = "DESC", "<"
	}
	conditions := p.conditions(p.gathered)
	if from != nil {
		conditions = append(conditions, clause{"(" + p.order.key + ", p.row) " + beyond + " (?, ?)", []any{from.Key, from.Row}})
	}
	ordered := fmt.Sprintf(" ORDER BY %s %s, p.row %s", p.order.key, direction, direction)
	s := new(statement)
	if p.gathered == nil {
		s.add("SELECT "+columns+", "+p.order.key+" FROM "+p.from.text, p.from.args...).where(conditions)
		return s.add(ordered+" LIMIT ?", limit)
	}
	// What is sorted is small: the columns of the page are fetched for its own rows only.
	s.add("SELECT " + columns + ", " + p.order.key + " FROM profiles p WHERE p.row IN (SELECT p.row FROM ")
	s.add(p.gathered.from.text, p.gathered.from.args...).where(conditions)
	return s.add(ordered+" LIMIT ?)"+ordered, limit)
}

// total tells how many match, and whether there are more than that.
func (s *Profiles) total(ctx context.Context, p plan, all int) (n int, atLeast bool, err error) {
	switch len(p.filters) {
	case 0:
		return all, false, nil
	case 1:
		if p.filters[0].from.text != "" {
			return p.filters[0].n, false, nil // the counter says it exactly
		}
		return narrow, true, nil
	}
	count, whole := p.count()
	if err := s.db.reading.row(ctx, count.String(), count.args...).Scan(&n); err != nil {
		return 0, false, translate(err)
	}
	return min(n, countedAtMost), n > countedAtMost || !whole, nil
}

// count counts what passes all filters among the rows of the most selective one, as far as the bounds allow; whole tells
// whether they allow all of them.
func (p *plan) count() (s *statement, whole bool) {
	var source *filter
	for i, f := range p.filters {
		if f.from.text != "" && (source == nil || f.n < source.n) {
			source = &p.filters[i]
		}
	}
	rest := p.conditions(source)[1:]
	s = new(statement)
	s.add("SELECT count(*) FROM (SELECT 1 FROM (SELECT p.row AS row FROM ")
	s.add(source.from.text, source.from.args...).where([]clause{source.own})
	s.add(" LIMIT ?) f CROSS JOIN profiles p ON p.row = f.row", lookedAtMost).where(rest)
	return s.add(" LIMIT ?)", countedAtMost+1), source.n <= lookedAtMost
}
