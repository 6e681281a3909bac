package scans

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"purser.example/internal/account"
	"purser.example/internal/scan"
	"purser.example/internal/sqlite"
)

// order is an order of objects: the column that it goes by, empty for the number alone, and the index that has each shelf in it.
type order struct {
	key, index string
	text       bool
}

// inOrder are the orders behind the sorts. By type the types follow one another, and each goes by name; in the order of their numbers
// objects were first seen. Within one key they follow their number, which never changes.
var inOrder = map[scan.Column]order{
	scan.ByName:  {"name_order", "scan_objects_by_name", true},
	scan.ByType:  {"name_order", "scan_objects_by_name", true},
	scan.ByFirst: {"", "scan_objects_by_first", false},
	scan.ByLast:  {"last_at", "scan_objects_by_last", false},
}

// columns are what an order goes by, of a table that is called so.
func (o order) columns(table string) []string {
	if o.key == "" {
		return []string{table + "place"}
	}
	return []string{table + o.key, table + "place"}
}

// by is the ORDER BY of the columns.
func (o order) by(table string, down bool) string {
	way := ""
	if down {
		way = " DESC"
	}
	return " ORDER BY " + strings.Join(o.columns(table), way+", ") + way
}

// beyond is the condition for what follows a place.
func (o order) beyond(table string, down bool, at *cursor) clause {
	sign := " > "
	if down {
		sign = " < "
	}
	switch {
	case at == nil:
		return clause{text: "true"}
	case o.key == "":
		return clause{table + "place" + sign + "?", []any{at.Row}}
	}
	return clause{"(" + strings.Join(o.columns(table), ", ") + ")" + sign + "(?, ?)", []any{at.Key, at.Row}}
}

// clause is a piece of SQL with its arguments.
type clause struct {
	text string
	args []any
}

// walk reads some shelves in an order. SQLite merges them as it goes, so that it reads little more than it gives.
type walk struct {
	by      order
	shelves []int64
	down    bool
	tests   []clause
}

// none is a shelf with nothing on it.
const none = -1

// numbers is the statement that gives the numbers of the first objects that pass the tests. It has few shapes, because it is worth keeping
// prepared: shelves that hold nothing make their number a power of two.
func (w walk) numbers(limit int) (string, []any) {
	var text strings.Builder
	var args []any
	text.WriteString("SELECT place FROM (")
	size := 1
	for size < len(w.shelves) {
		size *= 2
	}
	for i := range size {
		if i > 0 {
			text.WriteString(" UNION ALL ")
		}
		text.WriteString("SELECT " + strings.Join(w.by.columns(""), ", ") + " FROM scan_objects INDEXED BY " + w.by.index + " WHERE shelf = ?")
		if i < len(w.shelves) {
			args = append(args, w.shelves[i])
		} else {
			args = append(args, none)
		}
		for _, test := range w.tests {
			text.WriteString(" AND " + test.text)
			args = append(args, test.args...)
		}
	}
	text.WriteString(w.by.by("", w.down) + " LIMIT ?)")
	return text.String(), append(args, limit)
}

const objectColumns = `o.id, l.tenant_id, l.type, o.object_key, o.name, o.address, o.first_at, o.last_at, o.gone_at, o.site_id, o.locked, o.archived,
	o.grant_state, o.grant_group, o.grant_reason, o.grant_at, o.name_order`

const objectTables = ` FROM scan_objects o JOIN scan_lots l ON l.no = o.lot`

// listed is an object with what it is sorted by.
type listed struct {
	scan.Object
	order string
	last  int64
}

func scanObject(row sqlite.Row) (o listed, err error) {
	var first, goneAt, granted int64
	var grant int
	err = row.Scan(&o.ID, &o.Tenant, &o.Type, &o.Key, &o.Name, &o.Address, &first, &o.last, &goneAt, &o.Site.ID, &o.Site.Locked, &o.Site.Archived,
		&grant, &o.Grant.Group, &o.Grant.Reason, &granted, &o.order)
	if err == nil {
		o.Grant.State = grantStates[grant]
	}
	o.First, o.Last, o.Gone, o.Grant.At = sqlite.Moment(first), sqlite.Moment(o.last), sqlite.Moment(goneAt), sqlite.Moment(granted)
	return o, err
}

// place is where the object is in an order.
func (o listed) place(sort scan.Column) cursor {
	c := cursor{Sort: sort, Row: int64(o.ID)}
	switch sort {
	case scan.ByName:
		c.Key = o.order
	case scan.ByType:
		c.Key, c.Type = o.order, o.Type
	case scan.ByLast:
		c.Key = o.last
	}
	return c
}

// Object implements scan.Store.
func (s *Store) Object(ctx context.Context, id scan.ObjectID) (scan.Object, error) {
	o, err := scanObject(s.db.QueryRow(ctx, `SELECT `+objectColumns+objectTables+` WHERE o.id = ?`, id))
	return o.Object, gone(err)
}

// view is how one page of objects is read: a part of the shelves after the other, each by a walk, or by the numbers that a search found.
type view struct {
	sort  scan.Column
	parts []part
	tests []clause // of the walk
	found *string  // the numbers, as a list; nil: walked
}

// part is a piece of a view that is read on its own: shelves of one type, where types follow one another.
type part struct {
	kind    scan.Type // empty: of all
	shelves []int64
}

// Objects implements scan.Store: one page by keyset, never by offset.
func (s *Store) Objects(ctx context.Context, q scan.ObjectQuery) (page scan.ObjectPage, err error) {
	if _, known := inOrder[q.Sort]; !known {
		q.Sort = scan.ByName
	}
	all, err := s.all(ctx)
	if err != nil {
		return page, err
	}
	shelves := chosen(all, q)
	v := view{sort: q.Sort, parts: partsOf(shelves, q.Sort)}
	for _, h := range shelves {
		page.Total += h.n
	}
	if term := account.SearchKey(q.Text); term != "" && len(shelves) > 0 {
		if page.Total, page.AtLeast, err = s.search(ctx, &v, term, shelves); err != nil {
			return page, err
		}
	}
	if page.Total == 0 && !page.AtLeast {
		return page, nil
	}
	return page, s.fill(ctx, &page, q, v)
}

// chosen are the shelves of a view. Only what can be registered has a grant, so a view by grants shows nothing else.
func chosen(all []shelf, q scan.ObjectQuery) (list []shelf) {
	state := cmp.Or(q.State, scan.Present)
	for _, h := range all {
		if (q.Tenant == "" || h.tenant == q.Tenant) && (q.Type == "" || h.kind == q.Type) && (state == scan.Any || h.gone == (state == scan.Away)) &&
			(q.Grant == nil || h.kind.Registered() && slices.Contains(q.Grant, h.grant)) {
			list = append(list, h)
		}
	}
	return list
}

// partsOf takes shelves apart by type, where that is what they are sorted by.
func partsOf(shelves []shelf, sort scan.Column) (parts []part) {
	for _, h := range shelves {
		var kind scan.Type
		if sort == scan.ByType {
			kind = h.kind
		}
		if len(parts) == 0 || parts[len(parts)-1].kind != kind {
			parts = append(parts, part{kind: kind})
		}
		last := &parts[len(parts)-1]
		last.shelves = append(last.shelves, h.no)
	}
	return parts
}

// fill reads the page's rows, and one more to know whether anything follows. Backwards it reads in the other order.
func (s *Store) fill(ctx context.Context, page *scan.ObjectPage, q scan.ObjectQuery, v view) error {
	from, back := decodeCursor(q.Before, q.Sort)
	onward := false
	if !back {
		from, onward = decodeCursor(q.After, q.Sort)
	}
	at := &from
	if !back && !onward {
		at = nil
	}
	rows, err := s.read(ctx, v, q.Down != back, at, q.Limit+1)
	if err != nil {
		return err
	}
	more := len(rows) > q.Limit
	if at == nil && !more {
		page.Total, page.AtLeast = len(rows), false // all of it is here
	}
	rows = rows[:min(len(rows), q.Limit)]
	if len(rows) == 0 {
		return nil
	}
	if back {
		slices.Reverse(rows)
	}
	page.Rows = make([]scan.Object, len(rows))
	for i := range rows {
		page.Rows[i] = rows[i].Object
	}
	if back || more {
		page.Next = rows[len(rows)-1].place(q.Sort).encode()
	}
	if onward || back && more {
		page.Previous = rows[0].place(q.Sort).encode()
	}
	return nil
}

// read reads so many rows beyond a place, a part after the other.
func (s *Store) read(ctx context.Context, v view, down bool, at *cursor, limit int) (rows []listed, err error) {
	parts := slices.Clone(v.parts)
	if down {
		slices.Reverse(parts)
	}
	for _, p := range parts {
		if at != nil && p.kind != at.Type {
			if passed := rank(p.kind) < rank(at.Type); passed != down {
				continue
			}
			at = nil
		}
		more, err := s.readPart(ctx, v, p, down, at, limit-len(rows))
		if rows = append(rows, more...); err != nil || len(rows) == limit {
			return rows, err
		}
	}
	return rows, nil
}

// readPart reads a part, some of its shelves at a time: a statement takes so many.
func (s *Store) readPart(ctx context.Context, v view, p part, down bool, at *cursor, limit int) ([]listed, error) {
	if v.found != nil {
		return s.readFound(ctx, v, p, down, at, limit)
	}
	by := inOrder[v.sort]
	var rows []listed
	for shelves := range slices.Chunk(p.shelves, s.limits.merged) {
		numbers, args := walk{by, shelves, down, append([]clause{by.beyond("", down, at)}, v.tests...)}.numbers(limit)
		some, err := sqlite.All(s.db.Query(ctx, `SELECT `+objectColumns+objectTables+` WHERE o.id IN (`+numbers+`)`+by.by("o.", down), args...), scanObject)
		if err != nil {
			return nil, err
		}
		rows = append(rows, some...)
	}
	if len(p.shelves) > s.limits.merged {
		slices.SortFunc(rows, func(a, b listed) int { return a.compare(b, v.sort, down) })
	}
	return rows[:min(len(rows), limit)], nil
}

// compare compares two objects of a part.
func (o listed) compare(other listed, sort scan.Column, down bool) (n int) {
	switch sort {
	case scan.ByName, scan.ByType:
		n = strings.Compare(o.order, other.order)
	case scan.ByLast:
		n = cmp.Compare(o.last, other.last)
	}
	if n = cmp.Or(n, cmp.Compare(o.ID, other.ID)); down {
		return -n
	}
	return n
}

// readFound reads what a search found of a part.
func (s *Store) readFound(ctx context.Context, v view, p part, down bool, at *cursor, limit int) ([]listed, error) {
	shelves, err := json.Marshal(p.shelves)
	if err != nil {
		return nil, err
	}
	by := inOrder[v.sort]
	beyond := by.beyond("o.", down, at)
	// What is sorted is small: the columns of the page are fetched for its own rows only.
	query := `SELECT ` + objectColumns + objectTables + ` WHERE o.id IN (SELECT o.id FROM ` + sqlite.ListRows + ` f CROSS JOIN scan_objects o ON o.id = f.value
		WHERE o.shelf ` + sqlite.InList + ` AND ` + beyond.text + by.by("o.", down) + ` LIMIT ?)` + by.by("o.", down)
	args := append([]any{*v.found, string(shelves)}, beyond.args...)
	return sqlite.All(s.db.Query(ctx, query, append(args, limit)...), scanObject)
}
