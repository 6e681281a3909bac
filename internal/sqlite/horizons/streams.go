package horizons

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"purser.example/internal/horizon"
	"purser.example/internal/sqlite"
)

// dayLength is a day in milliseconds.
const dayLength = 24 * 60 * 60 * 1000

// stream is one kind in the order of time. A query of several kinds asks each for as many as it wants, so that one with few is found without
// reading the many of another.
type stream struct {
	kind, table, at string
	columns         string // behind time, kind, object and tenant
	joined          string // where they come from, behind the stream itself
	down            bool   // the last one first
}

var (
	endings = []stream{
		{string(horizon.ProfilePassword), "endings", "at", "p.name, p.username", " CROSS JOIN profiles p ON p.id = e.object", false},
		{string(horizon.MemberPassword), "endings", "at", "'', ''", "", false},
	}
	breaks = []stream{
		{string(horizon.Profile), "breaks", "since_at", "p.name, p.username, e.status, p.code, p.verdict", " CROSS JOIN profiles p ON p.id = e.object", true},
		{string(horizon.Member), "breaks", "since_at", "'', '', e.status, '', NULL", "", true},
		{string(horizon.App), "breaks", "since_at", "p.name, '', e.status, coalesce(json_extract(p.finding, '$.code'), ''), coalesce(json_extract(p.finding, '$.cause'), '')", " CROSS JOIN app_profiles p ON p.id = e.object", true},
	}
)

// bounds are the times of a query; one that it leaves open is beyond all that there are.
func bounds(q horizon.Query) (from, to int64) {
	from, to = 0, math.MaxInt64
	if !q.From.IsZero() {
		from = q.From.UnixMilli()
	}
	if !q.To.IsZero() {
		to = q.To.UnixMilli()
	}
	return from, to
}

// ask makes the statement of a query; empty where it asks for none of the streams.
func ask(q horizon.Query, streams []stream) (query string, args []any) {
	var parts []string
	down := false
	for _, s := range streams {
		if len(q.Kinds) > 0 && !slices.Contains(q.Kinds, horizon.Kind(s.kind)) {
			continue
		}
		s.down = s.down != (q.Before != horizon.Place{}) // what comes before is read backwards
		part, bound := s.ask(q)
		parts, args, down = append(parts, part), append(args, bound...), s.down
	}
	if len(parts) == 0 {
		return "", nil
	}
	order := " ORDER BY 1, 2, 3 LIMIT ?"
	if down {
		order = " ORDER BY 1 DESC, 2 DESC, 3 DESC LIMIT ?"
	}
	return strings.Join(parts, " UNION ALL ") + order, append(args, limitOf(q))
}

func (s stream) ask(q horizon.Query) (string, []any) {
	of, index, args := "e.kind = ?", s.table+"_by_time", []any{s.kind}
	if q.Tenant != "" {
		of, index, args = "e.tenant_id = ? AND e.kind = ?", s.table+"_of_tenant", []any{q.Tenant, s.kind}
	}
	edge, object, other := s.edge(q)
	args = append(args, edge, object, other, limitOf(q))
	where, order := of+" AND (e."+s.at+", e.object) > (?, ?) AND e."+s.at+" < ?", " ORDER BY e."+s.at+", e.object"
	if s.down {
		where, order = of+" AND (e."+s.at+", e.object) < (?, ?) AND e."+s.at+" >= ?", " ORDER BY e."+s.at+" DESC, e.object DESC"
	}
	return "SELECT * FROM (SELECT e." + s.at + ", e.kind, e.object, e.tenant_id, " + s.columns + " FROM " + s.table + " e INDEXED BY " + index + s.joined +
		" WHERE " + where + order + " LIMIT ?)", args
}

// edge is where the stream begins, exclusive, and the time at which it ends. An object is never empty, so that an edge without one is before
// all of its moment.
func (s stream) edge(q horizon.Query) (at int64, object string, end int64) {
	at, end = bounds(q)
	if s.down {
		at, end = end, at
	}
	place := q.After
	if (place == horizon.Place{}) {
		place = q.Before
	}
	if (place == horizon.Place{}) {
		return at, "", end
	}
	after := sqlite.Milliseconds(place.At)
	switch {
	case s.kind == string(place.Kind):
		object = place.Object
	case s.kind < string(place.Kind): // upwards its part of that moment is behind the place, downwards it is to come
		after++
	}
	if beyond := cmp.Or(cmp.Compare(after, at), cmp.Compare(object, "")); s.down && beyond > 0 || !s.down && beyond < 0 {
		return at, "", end
	}
	return after, object, end
}

func limitOf(q horizon.Query) int {
	if q.Limit > 0 {
		return q.Limit
	}
	return math.MaxInt32
}
