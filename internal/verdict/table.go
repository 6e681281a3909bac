package verdict

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"

	"purser.example/internal/whose"
)

// Rule is one row of the table: what one answer of Microsoft means. Its words are ours, or the operator's.
type Rule struct {
	Key    string // "50126", "5300xx", "app 50126", "suberror basic_action", "HTTP 503", "TIMEOUT"
	Class  Class
	Status Status
	Proof  Proof
	Cause  string // one sentence
	Source string // where the row comes from
	Own    bool   // it comes from the operator's own file
	// Line tells rows that share one line of their file, such as a range of codes, from all others.
	Line   string
	advice string
}

// Code is how people write the key: "AADSTS50126". Other keys are written as they are.
func (r Rule) Code() string {
	if r.numbered() || r.family() || r.App() {
		return "AADSTS" + strings.TrimPrefix(r.Key, appKey)
	}
	return r.Key
}

// App reports whether the row is for a number of the directory that an app password was refused with, beside the number's own row.
func (r Rule) App() bool { return strings.HasPrefix(r.Key, appKey) }

// Legacy reports whether the row is of the legacy protocol, which app passwords belong to.
func (r Rule) Legacy() bool { return legacyKey(r.Key) }

func (r Rule) numbered() bool {
	_, err := strconv.Atoi(r.Key)
	return err == nil
}

// family reports whether the row is for all numbers that begin alike and have no row of their own.
func (r Rule) family() bool { return familyKey.MatchString(r.Key) }

// Whose is who is to be looked at, as far as the row alone tells: of an HTTP status it does not, because whoever answered may not
// be Microsoft.
func (r Rule) Whose() whose.Fault {
	if fault, wire := whose.OfWire(r.Key); wire {
		return fault
	}
	if httpKey.MatchString(r.Key) {
		status, _ := strconv.Atoi(strings.ReplaceAll(strings.TrimPrefix(r.Key, "HTTP "), "xx", "00"))
		return whose.Reply{HTTP: status}.Whose()
	}
	return whose.OfClass(string(r.Class))
}

// Anchor is the id of the rule's place on the page of codes.
func (r Rule) Anchor() string {
	anchor := strings.ReplaceAll(r.Code(), " ", "-")
	if r.App() {
		return "app-" + anchor
	}
	return anchor
}

// Table is what Microsoft's answers mean. It never changes once it is made, so that many may read it at the same time. The
// nil Table is the built-in one.
type Table struct {
	rules []Rule
	byKey map[string]Rule
}

//go:embed codes.tsv
var codesTSV string

var builtin = func() *Table {
	list, mistakes := parseRules(codesTSV, nil)
	if len(mistakes) > 0 {
		panic("verdict: codes.tsv: " + mistakes[0])
	}
	return newTable(list)
}()

// Builtin is the table that every release brings.
func Builtin() *Table { return builtin }

func newTable(list []Rule) *Table {
	t := &Table{rules: list, byKey: make(map[string]Rule, len(list))}
	for _, rule := range list {
		t.byKey[rule.Key] = rule
	}
	return t
}

// Overlay makes a table whose rows are those of t, replaced and added to by the rows of a file of the operator's. The file
// has the columns of codes.tsv. Every mistake in it is listed, with the number of its line; with mistakes there is no table.
func (t *Table) Overlay(tsv string) (*Table, []string) {
	own, mistakes := parseRules(tsv, t.orBuiltin().byKey)
	if len(mistakes) > 0 {
		return nil, mistakes
	}
	list := slices.Clone(t.Rules())
	for _, rule := range own {
		rule.Own = true
		at := slices.IndexFunc(list, func(r Rule) bool { return r.Key == rule.Key })
		if at < 0 {
			list = append(list, rule)
		} else {
			list[at] = rule
		}
	}
	return newTable(list), nil
}

// Rules lists the whole table in the order of its file, for the page of codes and for tests.
func (t *Table) Rules() []Rule { return t.orBuiltin().rules }

// Rules lists the built-in table.
func Rules() []Rule { return builtin.rules }

func (t *Table) orBuiltin() *Table {
	if t == nil {
		return builtin
	}
	return t
}

// numbered finds the row of an AADSTS number: its own, else that of the nearest family that it belongs to.
func (t *Table) numbered(code string) (Rule, bool) {
	if rule, known := t.rule(code); known {
		return rule, true
	}
	for open := 1; open <= 2 && len(code) >= open+3; open++ {
		if rule, known := t.rule(code[:len(code)-open] + "xx"[:open]); known {
			return rule, true
		}
	}
	return Rule{}, false
}

// ofCode finds the row of a code as people quote it: "AADSTS50126", "HTTP 503", "RESET".
func (t *Table) ofCode(code string) (Rule, bool) {
	if rule, known := t.numbered(strings.TrimPrefix(code, "AADSTS")); known {
		return rule, true
	}
	if status, err := strconv.Atoi(strings.TrimPrefix(code, "HTTP ")); err == nil && strings.HasPrefix(code, "HTTP ") {
		return t.httpRule(status), true
	}
	return t.rule("error " + code)
}

// Whose is who is to be looked at where Microsoft gives a code to somebody who signs in by themselves: whose.Untold where the code has no
// row, or one that leaves the status unknown, such as that of a code which came too late.
func (t *Table) Whose(code string) whose.Fault {
	rule, known := t.ofCode(code)
	if !known || rule.Status == Unknown {
		return whose.Untold
	}
	return rule.Whose()
}

// Class is the class of the row that decided a verdict. One of a valid account has none, and neither has one that no row decided.
func (t *Table) Class(v Verdict) Class {
	rule, _ := t.rule(v.Rule)
	return rule.Class
}

// rule finds a row. A key without one gives the empty Rule.
func (t *Table) rule(key string) (Rule, bool) {
	rule, known := t.orBuiltin().byKey[key]
	return rule, known
}
