package people

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"purser.example/internal/account"
	"purser.example/internal/people"
	"purser.example/internal/shown"
	"purser.example/internal/sqlite"
)

// inOrder are the columns of the orders. Each has an index with the id behind it.
var inOrder = map[people.Column]string{
	people.ByName: "name_order", people.BySignIn: "sign_in_key", people.ByRole: "role", people.BySeen: "seen_at", people.ByStatus: "state",
}

// counted is how far a search is counted.
const counted = 1000

// cursor is a place in one order. It is opaque to everybody else, and not to be trusted when it comes back.
type cursor struct {
	Sort people.Column `json:"s"`
	Text string        `json:"t,omitempty"`
	No   int64         `json:"n,omitempty"`
	ID   people.ID     `json:"i"`
}

func (c cursor) key() any {
	if text(c.Sort) {
		return c.Text
	}
	return c.No
}

func encode(c cursor) string {
	b, err := json.Marshal(c)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

func decode(text string, sort people.Column) (c cursor, ok bool) {
	b, err := base64.RawURLEncoding.DecodeString(text)
	if text == "" || err != nil || json.Unmarshal(b, &c) != nil {
		return cursor{}, false
	}
	return c, c.Sort == sort && c.ID != ""
}

// listed is a row with its place in the order.
type listed struct {
	people.Person
	at cursor
}

// listedBy reads a row whose first column is the one of the order.
func listedBy(sort people.Column) func(sqlite.Row) (listed, error) {
	return func(row sqlite.Row) (l listed, err error) {
		l.at.Sort = sort
		var key any = &l.at.No
		if text(sort) {
			key = &l.at.Text
		}
		l.Person, err = scan(row, key)
		l.at.ID = l.ID
		return l, err
	}
}

func text(sort people.Column) bool { return sort == people.ByName || sort == people.BySignIn }

// List implements people.Store. The rows of a page are read from their place in the order on, whatever came or went before it.
func (s *Store) List(ctx context.Context, q people.Query) (people.Page, error) {
	term := account.SearchKey(shown.Trim(q.Text))
	page := people.Page{}
	few, err := s.count(ctx, term, &page)
	if err != nil || page.Total == 0 {
		return page, err
	}
	from, placed := decode(q.After, q.Sort)
	back := false
	if before, ok := decode(q.Before, q.Sort); ok {
		from, placed, back = before, true, true
	}
	query, args := read(q, term, few, from, placed, back)
	rows, err := sqlite.All(s.db.Query(ctx, query, args...), listedBy(q.Sort))
	if err != nil {
		return page, err
	}
	more := len(rows) > q.Limit
	rows = rows[:min(len(rows), q.Limit)]
	if back {
		slices.Reverse(rows)
	}
	for _, l := range rows {
		page.Rows = append(page.Rows, l.Person)
	}
	if len(rows) == 0 {
		return page, nil
	}
	if more || back {
		page.Next = encode(rows[len(rows)-1].at)
	}
	if placed && (!back || more) {
		page.Previous = encode(rows[0].at)
	}
	return page, nil
}

func read(q people.Query, term, few string, from cursor, placed, back bool) (query string, args []any) {
	by, order, beyond := inOrder[q.Sort], "ASC", ">"
	if q.Down != back {
		order, beyond = "DESC", "<"
	}
	query = `SELECT ` + by + `, ` + fields + ` WHERE true`
	switch {
	case few != "":
		query, args = query+` AND id `+sqlite.InList, append(args, few)
	case term != "":
		query, args = query+` AND instr(searched, ?) > 0`, append(args, term)
	}
	if placed {
		query, args = query+` AND (`+by+`, id) `+beyond+` (?, ?)`, append(args, from.key(), from.ID)
	}
	return query + ` ORDER BY ` + by + ` ` + order + `, id ` + order + ` LIMIT ?`, append(args, q.Limit+1)
}

// count says how many there are, and who they are where a term finds so few that they are put in order by themselves. Of many, each page
// comes upon some soon.
func (s *Store) count(ctx context.Context, term string, page *people.Page) (few string, err error) {
	if term == "" {
		page.Total, err = s.all.Ask(s.db, struct{}{}, func() (n int, err error) {
			err = s.db.QueryRow(ctx, `SELECT count(*) FROM people`).Scan(&n)
			return n, err
		})
		return "", err
	}
	if !utf8.ValidString(term) || strings.ContainsFunc(term, shown.Unprintable) {
		return "", nil // no one can be called so
	}
	f, err := s.finds.Ask(s.db, term, func() (found, error) { return s.find(ctx, term) })
	page.Total, page.AtLeast = min(f.n, counted), f.n > counted
	return f.few, err
}

// found is what a look at the index tells of a term.
type found struct {
	n   int
	few string // who they are; empty for more than are counted
}

// find looks a folded term up.
func (s *Store) find(ctx context.Context, term string) (f found, err error) {
	query, args := findShort, []any{term, sqlite.AfterAll(term)}
	if utf8.RuneCountInString(term) >= 3 {
		query, args = findPhrase, []any{sqlite.Phrase(term)}
	}
	err = s.db.QueryRow(ctx, `SELECT count(*), json_group_array(id) FROM (`+query+` LIMIT ?)`, append(args, counted+1)...).Scan(&f.n, &f.few)
	if f.n > counted {
		f.few = ""
	}
	return f, err
}

// A term of three letters and more is a phrase of the runs of three that it consists of; a shorter one begins such runs.
const (
	findPhrase = `SELECT r.person AS id FROM people_search CROSS JOIN people_rows r ON r.row = people_search.rowid WHERE people_search MATCH ?`
	findShort  = `SELECT r.person AS id FROM (SELECT DISTINCT doc FROM people_terms WHERE term >= ? AND term < ?) f CROSS JOIN people_rows r ON r.row = f.doc`
)
