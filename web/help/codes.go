package help

import (
	"cmp"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"purser.example/internal/verdict"
	"purser.example/web/words"
)

// group is all codes that lead to one status, or to one message.
type group struct {
	ID    string
	Title string // the status: "Wrong password"; or what verdicts with it are headed by
	Notes bool   // the notes on passing the validation test help
	Codes []code

	last verdict.Rule // that was added
}

// code is one answer of Microsoft, or several that mean the same and stand in one line of the table.
type code struct {
	Places []place
	Own    bool   // the operator's own row
	Head   string // what a verdict with it is headed by
	Cause  string
	Proven string
	Steps  []step
	Source string
}

// codesView is the page of codes, or of those that somebody looks for.
type codesView struct {
	Query  string
	Groups []group
	Own    int // codes that the organization worded itself
}

// found says how many codes the search left; empty without one.
func (v codesView) found() string {
	if v.Query == "" {
		return ""
	}
	n := 0
	for _, of := range v.Groups {
		for _, c := range of.Codes {
			n += len(c.Places)
		}
	}
	if n == 0 {
		return "No codes match."
	}
	return words.Counted(n, "code") + " found."
}

// matching leaves the codes in which all words of a search stand: in the code itself, its head or its cause.
func matching(list []group, searched string) []group {
	terms := strings.Fields(strings.ToLower(searched))
	if len(terms) == 0 {
		return list
	}
	var left []group
	for _, of := range list {
		of.Codes = slices.DeleteFunc(slices.Clone(of.Codes), func(c code) bool {
			text := strings.ToLower(c.text())
			return slices.ContainsFunc(terms, func(term string) bool { return !strings.Contains(text, term) })
		})
		if len(of.Codes) > 0 {
			left = append(left, of)
		}
	}
	return left
}

// text is what a search looks at.
func (c code) text() string {
	text := c.Head + " " + c.Cause
	for _, p := range c.Places {
		text += " " + p.Title
	}
	return text
}

// groups sorts the whole table by status, in the catalogue's order; a status without codes is left out.
func groups(table *verdict.Table) []group {
	var list []group
	for _, status := range verdict.Statuses() {
		of := group{ID: "status-" + string(status), Title: status.Title()}
		for _, rule := range table.Rules() {
			if rule.Status == status {
				of.add(rule, table)
			}
		}
		if len(of.Codes) > 0 {
			list = append(list, of)
		}
	}
	return list
}

// messages are the rows of the legacy sign-in, which app passwords belong to, by the message that a validation test shows, in the order of
// the statuses.
func messages(table *verdict.Table) []group {
	var list []group
	for _, status := range verdict.Statuses() {
		for _, rule := range table.Rules() {
			if rule.Status != status || !rule.Legacy() {
				continue
			}
			head := explain(rule, table, verdict.Context{}).Title
			at := slices.IndexFunc(list, func(of group) bool { return of.Title == head })
			if at < 0 {
				at, list = len(list), append(list, group{ID: "message-" + slug(head), Title: head})
			}
			list[at].add(rule, table)
		}
	}
	return list
}

// slug is a text as an id has it.
func slug(text string) string {
	return strings.Trim(notInSlugs.ReplaceAllString(strings.ToLower(text), "-"), "-")
}

var notInSlugs = regexp.MustCompile(`[^a-z0-9]+`)

// add adds a row. Rows that share one line of their file share one place.
func (g *group) add(rule verdict.Rule, table *verdict.Table) {
	if len(g.Codes) > 0 && rule.Line == g.last.Line && rule.Own == g.last.Own {
		last := &g.Codes[len(g.Codes)-1]
		last.Places = append(last.Places, placeOf(rule))
	} else {
		e := explain(rule, table, verdict.Context{})
		g.Notes = g.Notes || helpedByNotes(e)
		g.Codes = append(g.Codes, codeOf(rule, table, e))
	}
	g.last = rule
}

func placeOf(rule verdict.Rule) place {
	if rule.App() {
		return place{rule.Anchor(), rule.Code() + " with an app password"}
	}
	return place{rule.Anchor(), rule.Code()}
}

// explain is what a verdict by this rule would say of an account.
func explain(rule verdict.Rule, table *verdict.Table, c verdict.Context) verdict.Explanation {
	c.Table = table
	v := verdict.Verdict{Status: rule.Status, Rule: rule.Key, Code: rule.Code(), Proof: rule.Proof, CorrelationID: exampleCorrelation, AppPassword: rule.Legacy()}
	return v.Explain(c)
}

func helpedByNotes(e verdict.Explanation) bool {
	return slices.ContainsFunc(e.Links, func(l verdict.Link) bool { return l.Href == NotesPath })
}

// What stands in the lines for copying in place of the reader's own names.
const (
	exampleUsername    = "svc-backup@contoso.com"
	exampleApp         = "00000000-0000-0000-0000-000000000000"
	exampleCorrelation = "11111111-2222-3333-4444-555555555555"
)

// codeOf words the steps for any account, and fills the lines for copying with examples.
func codeOf(rule verdict.Rule, table *verdict.Table, e verdict.Explanation) code {
	of := code{Places: []place{placeOf(rule)}, Own: rule.Own, Head: e.Title, Cause: rule.Cause, Proven: proven(rule), Source: rule.Source}
	example := explain(rule, table, verdict.Context{Username: exampleUsername, App: exampleApp})
	for i, s := range e.Steps {
		of.Steps = append(of.Steps, step{Text: s.Text, Command: example.Steps[i].Command, Link: s.Link, Href: s.Href})
	}
	return of
}

// index lists the group's places for whoever looks a code up: Microsoft's by their number, then all others as they stand.
func (g group) index() []place {
	var list []place
	for _, c := range g.Codes {
		list = append(list, c.Places...)
	}
	slices.SortStableFunc(list, func(a, b place) int { return cmp.Compare(a.number(), b.number()) })
	return list
}

// number is the code's, or beyond all numbers for a word.
func (p place) number() int {
	n, err := strconv.Atoi(strings.TrimPrefix(p.Title, "AADSTS"))
	if err != nil {
		return math.MaxInt
	}
	return n
}

// ownRows counts the operator's own rows.
func ownRows(list []group) int {
	n := 0
	for _, of := range list {
		for _, c := range of.Codes {
			if c.Own {
				n += len(c.Places)
			}
		}
	}
	return n
}

// proven says in a few sentences what such an answer proves, and what becomes of the account's status (R62).
func proven(rule verdict.Rule) string {
	p := rule.Proof
	sentences := []string{
		[...]string{verdict.NotRead: "", verdict.Proved: "The account exists.", verdict.Refuted: "The account is not in this tenant."}[p.User],
		[...]string{verdict.NotRead: "", verdict.Proved: "The password is right.", verdict.Refuted: "Microsoft did not accept the password."}[p.Password],
		[...]string{verdict.NotRead: "", verdict.Proved: "Policies allow the sign-in.", verdict.Refuted: "A policy blocks the sign-in."}[p.Policy],
	}
	if p == (verdict.Proof{}) {
		sentences = append(sentences, "Nothing about the account or its password.")
	} else if p.Password == verdict.NotRead && p.User != verdict.Refuted {
		sentences = append(sentences, "It doesn't show whether the password is right.")
	}
	if !rule.Status.AboutAccount() {
		sentences = append(sentences, "The account keeps its earlier status.")
	}
	return strings.Join(slices.DeleteFunc(sentences, func(s string) bool { return s == "" }), " ")
}
