package sqlite

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"purser.example/internal/profile"
	"purser.example/internal/verdict"
)

// countedAtMost is how far a filtered list is counted; "more than 1,000" says enough beyond.
const countedAtMost = 1000

// sortKeys are the columns behind the sorts; each has an index with the id, so that a page begins where the last one ended.
var sortKeys = map[profile.Column]string{
	profile.ByName: "p.name_key", profile.ByTenant: "p.tenant_key", profile.ByUsername: "p.username_key", profile.ByStatus: "p.status",
	profile.ByExpires: "p.expires_at", profile.ByValidated: "p.validated_at", profile.ByModified: "p.modified_at",
}

// cursor is a place in one order of the list. It is opaque to everybody else, and not to be trusted when it comes back.
type cursor struct {
	Sort profile.Column `json:"s"`
	Key  any            `json:"k"`
	ID   profile.ID     `json:"i"`
}

func (c cursor) encode() string {
	b, err := json.Marshal(c)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// decodeCursor reads a cursor of the same sort; anything else is the beginning of the list.
func decodeCursor(text string, sort profile.Column) (cursor, bool) {
	var c cursor
	b, err := base64.RawURLEncoding.DecodeString(text)
	if text == "" || err != nil {
		return c, false
	}
	decoder := json.NewDecoder(strings.NewReader(string(b)))
	decoder.UseNumber()
	if decoder.Decode(&c) != nil || c.Sort != sort {
		return c, false
	}
	if n, ok := c.Key.(json.Number); ok {
		i, err := n.Int64()
		c.Key = i
		return c, err == nil
	}
	_, ok := c.Key.(string)
	return c, ok
}

// condition is a WHERE clause under construction.
type condition struct {
	parts []string
	args  []any
}

func (w *condition) and(part string, args ...any) {
	w.parts = append(w.parts, part)
	w.args = append(w.args, args...)
}

func (w *condition) text() string {
	if len(w.parts) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.parts, " AND ")
}

// List implements profile.Store: one page by keyset, never by offset.
func (s *Profiles) List(ctx context.Context, q profile.Query) (profile.Page, error) {
	if _, known := sortKeys[q.Sort]; !known {
		q.Sort = profile.ByName
	}
	total, err := s.total(ctx, q)
	if err != nil || total == 0 {
		return profile.Page{}, err
	}
	page := profile.Page{Total: min(total, countedAtMost), AtLeast: total > countedAtMost}
	if !q.Filtered() {
		page.Total, page.AtLeast = total, false
	}
	from, back := decodeCursor(q.Before, q.Sort)
	onward := false
	if !back {
		from, onward = decodeCursor(q.After, q.Sort)
	}
	rows, keys, err := s.rows(ctx, q, from, back || onward, back)
	if err != nil {
		return profile.Page{}, err
	}
	more := len(rows) > q.Limit
	if more {
		rows, keys = rows[:q.Limit], keys[:q.Limit]
	}
	if back {
		slices.Reverse(rows)
		slices.Reverse(keys)
	}
	page.Rows = rows
	if len(rows) == 0 {
		return page, nil
	}
	last := len(rows) - 1
	if back || more {
		page.Next = cursor{q.Sort, keys[last], rows[last].ID}.encode()
	}
	if onward || back && more {
		page.Previous = cursor{q.Sort, keys[0], rows[0].ID}.encode()
	}
	return page, nil
}

// rows reads one row more than the page holds, to know whether anything follows. Backwards it reads in the other order.
func (s *Profiles) rows(ctx context.Context, q profile.Query, from cursor, placed, back bool) ([]profile.Row, []any, error) {
	key := sortKeys[q.Sort]
	where := filters(q)
	direction, beyond := "ASC", ">"
	if q.Down != back {
		direction, beyond = "DESC", "<"
	}
	if placed {
		where.and("("+key+", p.id) "+beyond+" (?, ?)", from.Key, from.ID)
	}
	query := strings.Replace(profileColumns, "\n\tFROM profiles p", ", "+key+"\n\tFROM profiles p", 1) + where.text() +
		" ORDER BY " + key + " " + direction + ", p.id " + direction + " LIMIT ?"
	rows, err := s.db.read.QueryContext(ctx, query, append(where.args, q.Limit+1)...)
	if err != nil {
		return nil, nil, translate(err)
	}
	defer func() { _ = rows.Close() }()
	var list []profile.Row
	var keys []any
	for rows.Next() {
		var at any
		row, err := scanProfile(rows, &at)
		if err != nil {
			return nil, nil, err
		}
		list, keys = append(list, row), append(keys, at)
	}
	return list, keys, translate(rows.Err())
}

func filters(q profile.Query) condition {
	var w condition
	if q.Text != "" {
		like := "%" + likeEscaper.Replace(profile.Fold(q.Text)) + "%"
		w.and(`(p.name_key LIKE ? ESCAPE '\' OR p.username_key LIKE ? ESCAPE '\')`, like, like)
	}
	if q.Tenant != "" {
		w.and("p.tenant_id = ?", q.Tenant)
	}
	if q.Service != "" {
		w.and("EXISTS (SELECT 1 FROM profile_services WHERE service = ? AND profile_id = p.id)", q.Service)
	}
	switch q.Status {
	case "":
	case profile.Attention:
		w.and("p.status NOT IN (?, ?)", verdict.Valid, verdict.NotValidated)
	case profile.Expiring:
		w.and("p.expires_at >= ? AND p.expires_at < ?", q.Window.From, q.Window.To)
	default:
		w.and("p.status = ?", q.Status)
	}
	return w
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// total counts what matches, a filtered list only as far as it is told.
func (s *Profiles) total(ctx context.Context, q profile.Query) (int, error) {
	if !q.Filtered() {
		counts, err := s.Counts(ctx, q.Window)
		return counts.All, err
	}
	where := filters(q)
	var n int
	err := s.db.read.QueryRowContext(ctx, "SELECT count(*) FROM (SELECT 1 FROM profiles p"+where.text()+" LIMIT ?)", append(where.args, countedAtMost+1)...).Scan(&n)
	return n, translate(err)
}

// Counts implements profile.Store.
func (s *Profiles) Counts(ctx context.Context, expiring profile.Window) (profile.Counts, error) {
	m := &s.db.counts
	m.mu.Lock()
	defer m.mu.Unlock()
	now, changes := s.db.now(), m.changes.Load()
	if m.of == changes && now.Before(m.until) {
		return m.counts, nil
	}
	c, err := s.count(ctx, expiring)
	if err == nil {
		m.counts, m.of, m.until = c, changes, now.Add(time.Minute)
	}
	return c, err
}

func (s *Profiles) count(ctx context.Context, expiring profile.Window) (profile.Counts, error) {
	var c profile.Counts
	err := s.db.read.QueryRowContext(ctx, `SELECT count(*), count(*) FILTER (WHERE status = ?), count(*) FILTER (WHERE status NOT IN (?, ?)), count(*) FILTER (WHERE status = ?),
		(SELECT count(*) FROM profiles WHERE expires_at >= ? AND expires_at < ?) FROM profiles`,
		verdict.Valid, verdict.Valid, verdict.NotValidated, verdict.NotValidated, expiring.From, expiring.To).
		Scan(&c.All, &c.Valid, &c.Attention, &c.NotValidated, &c.Expiring)
	return c, translate(err)
}
