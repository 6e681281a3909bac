package profiles

import (
	"context"
	"strings"
	"unicode/utf8"

	"purser.example/internal/account"
	"purser.example/internal/profile"
	"purser.example/internal/shown"
	"purser.example/internal/sqlite"
)

// found is what a look at the indexes tells of a term. Names that begin with it stand together in the order by name; the
// others that match, by a letter further on or by anything else, are found by the search index.
type found struct {
	all    numbers // those that match
	inside numbers // those that the search index knows
}

// numbers are rows of profiles as a JSON list.
type numbers struct {
	n    int
	list string
	more bool // there are more than narrow, and the list is cut off
}

const (
	// A term of three letters and more is a phrase of the trigrams that it consists of.
	findPhrase = `SELECT count(*), json_group_array(row) FROM (SELECT rowid AS row FROM profile_search WHERE profile_search MATCH ?1
		AND rowid NOT IN (SELECT row FROM profile_search_due) UNION ALL ` + findDue + ` LIMIT ?3)`
	// A shorter one begins trigrams, each with the rows that have it.
	findShort = `SELECT count(*), json_group_array(row) FROM (SELECT row FROM (SELECT DISTINCT doc AS row FROM profile_terms WHERE term >= ?1 AND term < ?4
		AND doc NOT IN (SELECT row FROM profile_search_due)) UNION ALL ` + findDue + ` LIMIT ?3)`
	// Those whose entry in the index is old are looked through.
	findDue   = `SELECT p.row AS row FROM profile_search_due d JOIN profiles p ON p.row = d.row WHERE instr(substr(p.search_key, 2) || lower(p.code), ?2) > 0`
	findBegin = `SELECT count(*), json_group_array(row) FROM (SELECT row FROM profiles INDEXED BY profiles_in_name_order WHERE name_order >= ? AND name_order < ? LIMIT ?)`
	joinFound = `SELECT count(*), json_group_array(value) FROM (SELECT value FROM json_each(?) UNION SELECT value FROM json_each(?))`
)

// find looks a folded term up, once until anything is written: the page and the counts above it ask for the same.
func (s *Store) find(ctx context.Context, term string) (found, error) {
	return s.finds.Ask(s.db, term, func() (found, error) { return s.look(ctx, term) })
}

// look goes one row further than narrow, so that broad terms cost no more than that.
func (s *Store) look(ctx context.Context, term string) (found, error) {
	f := found{all: numbers{list: "[]"}, inside: numbers{list: "[]"}}
	if !findable(term) {
		return f, nil
	}
	query, args := findPhrase, []any{sqlite.Phrase(term), term, s.limits.narrow + 1}
	if utf8.RuneCountInString(term) < 3 {
		query, args = findShort, []any{term, term, s.limits.narrow + 1, sqlite.AfterAll(term)}
	}
	var err error
	if f.inside, err = s.numbers(ctx, query, args...); err != nil || f.inside.more {
		f.all = f.inside
		return f, err
	}
	begin, err := s.numbers(ctx, findBegin, term, sqlite.AfterAll(term), s.limits.narrow+1)
	if err != nil || begin.more || f.inside.n == 0 {
		f.all = begin
		return f, err
	}
	f.all, err = s.numbers(ctx, joinFound, begin.list, f.inside.list)
	return f, err
}

func (s *Store) numbers(ctx context.Context, query string, args ...any) (n numbers, err error) {
	err = s.db.QueryRow(ctx, query, args...).Scan(&n.n, &n.list)
	n.more = n.n > s.limits.narrow
	return n, err
}

// findable is false for what no name and no username can hold, such as the signs that end them in the search index.
func findable(term string) bool {
	return utf8.ValidString(term) && !strings.ContainsFunc(term, shown.Unprintable)
}

// searchedFor is the term as it is looked for; empty for everything.
func searchedFor(q profile.Query) string { return account.SearchKey(q.Text) }
