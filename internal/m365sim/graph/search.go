package graph

import (
	"strings"
	"unicode"
)

// searchClause is one quoted part of $search, such as "displayName:pool". After or, it is another choice.
type searchClause struct {
	property string
	text     string
	or       bool
}

// readSearch reads "a:b" AND "c:d" OR "e:f", each part in quotes.
func (q *query) readSearch() *refusal {
	if !q.raw.Has("$search") {
		return nil
	}
	syntax := badQuery("Syntax error in the $search query option: a clause is \"property:value\", in quotes.")
	rest, joined := strings.TrimSpace(q.raw.Get("$search")), ""
	for rest != "" {
		inside, after, ok := strings.Cut(strings.TrimPrefix(rest, `"`), `"`)
		property, text, colon := strings.Cut(inside, ":")
		if !strings.HasPrefix(rest, `"`) || !ok || !colon || text == "" {
			return syntax
		}
		q.search = append(q.search, searchClause{property, text, joined == "OR"})
		if rest = strings.TrimSpace(after); rest == "" {
			return nil
		}
		if joined, rest, ok = strings.Cut(rest, " "); !ok || joined != "AND" && joined != "OR" {
			return syntax
		}
		rest = strings.TrimSpace(rest)
	}
	return syntax
}

// found says whether an object passes the search. AND binds closer than OR.
func (q query) found(o object) bool {
	if q.search == nil {
		return true
	}
	all := true
	for _, clause := range q.search {
		if clause.or {
			if all {
				return true
			}
			all = true
		}
		all = all && clause.matches(o)
	}
	return all
}

// matches compares word by word: each word of the clause begins a word of a name, or the whole of an address.
func (c searchClause) matches(o object) bool {
	have, _ := valueOf(o, c.property).(string)
	if !strings.EqualFold(c.property, "displayName") && !strings.EqualFold(c.property, "description") {
		return strings.HasPrefix(strings.ToLower(have), strings.ToLower(c.text))
	}
	words := searchWords(have)
	for _, want := range searchWords(c.text) {
		hit := false
		for _, word := range words {
			hit = hit || strings.HasPrefix(word, want)
		}
		if !hit {
			return false
		}
	}
	return true
}

// searchWords splits a name at everything that is neither letter nor digit.
func searchWords(name string) []string {
	return strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}
