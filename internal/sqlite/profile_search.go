package sqlite

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"purser.example/internal/profile"
)

// narrow is how many profiles a search finds at most by its own index. Beyond, so many rows match that walking an order of the
// list meets a page of them sooner than sorting all of them takes; it is as far as a filtered list is counted as well.
const narrow = countedAtMost

// found is what a look at the search index tells of a term.
type found struct {
	n    int    // how many match; narrow+1 stands for "more"
	rows string // their numbers as a JSON list
}

func (f found) broad() bool { return f.n > narrow }

const (
	// A term of three letters and more is a phrase of the trigrams that it consists of.
	findPhrase = `SELECT count(*), json_group_array(row) FROM (SELECT rowid AS row FROM profile_search WHERE profile_search MATCH ? LIMIT ?)`
	// A shorter one begins trigrams, each with the rows that have it.
	findShort = `SELECT count(*), json_group_array(row) FROM (SELECT DISTINCT doc AS row FROM profile_terms WHERE term >= ? AND term < ? LIMIT ?)`
)

// find looks a folded term up, one row further than narrow, so that broad terms cost no more than that.
func (s *Profiles) find(ctx context.Context, term string) (found, error) {
	if !findable(term) {
		return found{rows: "[]"}, nil
	}
	query, args := findPhrase, []any{`"` + strings.ReplaceAll(term, `"`, `""`) + `"`, narrow + 1}
	if utf8.RuneCountInString(term) < 3 {
		query, args = findShort, []any{term, term + string(unicode.MaxRune), narrow + 1}
	}
	var f found
	err := s.db.reading.row(ctx, query, args...).Scan(&f.n, &f.rows)
	return f, translate(err)
}

// findable is false for what no name and no username can hold, such as the signs that end them in the search index.
func findable(term string) bool {
	return utf8.ValidString(term) && !strings.ContainsFunc(term, unicode.IsControl)
}

// searchedFor is the term as it is looked for; empty for everything.
func searchedFor(q profile.Query) string { return profile.Fold(q.Text) }
