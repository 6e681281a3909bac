package scans

import (
	"context"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"purser.example/internal/shown"
	"purser.example/internal/sqlite"
)

// found is what a look at the search index tells of a term.
type found struct {
	n    int
	list string // of objects
	more bool   // there are more than were looked for
}

const (
	// A term of three letters and more is a phrase of the runs of three that it consists of; a shorter one begins such runs.
	findPhrase = `SELECT rowid AS row FROM scan_search WHERE scan_search MATCH ? LIMIT ?`
	findShort  = `SELECT DISTINCT doc AS row FROM scan_terms WHERE term >= ? AND term < ? LIMIT ?`
)

// looked is how many times as many objects are looked at as a search finds, for those that stand on the shelves of a view.
const looked = 10

// search finds out by what the view is read: the numbers that a term finds, where they are few, or else a walk that looks for it. It gives
// how many there are, and whether there may be more.
func (s *Store) search(ctx context.Context, v *view, term string, shelves []shelf) (total int, more bool, err error) {
	if !utf8.ValidString(term) || strings.ContainsFunc(term, shown.Unprintable) {
		return 0, false, nil // nothing can be called so
	}
	numbers := make([]int64, len(shelves))
	for i, h := range shelves {
		numbers[i] = h.no
	}
	list, err := json.Marshal(numbers)
	if err != nil {
		return 0, false, err
	}
	f, err := s.find(ctx, term, string(list))
	if err != nil {
		return 0, false, err
	}
	if !f.more {
		v.found = &f.list
		return f.n, false, nil
	}
	letters := sqlite.LettersOf(term)
	v.tests = []clause{{"letters & ? = ? AND (instr(name_order, ?) OR instr(coalesce(address_key, lower(address)), ?))", []any{letters, letters, term, term}}}
	return min(f.n, s.limits.narrow), true, nil
}

// find looks a folded term up among the objects of some shelves, once until anything is written.
func (s *Store) find(ctx context.Context, term, shelves string) (found, error) {
	return s.finds.Ask(s.db, term+"\x00"+shelves, func() (found, error) {
		query, args := findPhrase, []any{sqlite.Phrase(term)}
		if utf8.RuneCountInString(term) < 3 {
			query, args = findShort, []any{term, sqlite.AfterAll(term)}
		}
		limit := s.limits.narrow*looked + 1
		f := found{}
		var seen int
		err := s.db.QueryRow(ctx, `WITH found AS MATERIALIZED (`+query+`) SELECT count(*), json_group_array(id), (SELECT count(*) FROM found) FROM (SELECT o.id AS id
			FROM found CROSS JOIN scan_objects o ON o.id = found.row WHERE o.shelf `+sqlite.InList+` LIMIT ?)`,
			append(args, limit, shelves, s.limits.narrow+1)...).Scan(&f.n, &f.list, &seen)
		f.more = f.n > s.limits.narrow || seen == limit
		return f, err
	})
}
