package help

import (
	"slices"
	"strings"

	"purser.example/internal/verdict"
)

// group is all codes that lead to one status.
type group struct {
	ID    string
	Title string // the status: "Wrong password"
	Notes bool   // the notes on passing the validation test help
	Codes []code
}

// code is one answer of Microsoft.
type code struct {
	ID     string // its place on the page
	Title  string // "AADSTS50126"
	Head   string // what a verdict with it is headed by
	Cause  string
	Proven string
	Steps  []step
	Source string
}

// groups sorts the whole table by status, in the catalogue's order; a status without codes is left out. Advice is given
// without the names of an account, so commands that need one are missing. leads says which of our own addresses exist.
func groups(rules []verdict.Rule, leads func(href string) bool) []group {
	var list []group
	for _, status := range verdict.Statuses() {
		of := group{ID: "status-" + string(status), Title: status.Title()}
		for _, rule := range rules {
			if rule.Status == status {
				e := explain(rule)
				of.Notes = helpedByNotes(e)
				of.Codes = append(of.Codes, codeOf(rule, e, leads))
			}
		}
		if len(of.Codes) > 0 {
			list = append(list, of)
		}
	}
	return list
}

// explain is what a verdict by this rule would say of an account that is not known.
func explain(rule verdict.Rule) verdict.Explanation {
	v := verdict.Verdict{Status: rule.Status, Rule: rule.Key, Code: rule.Code(), Proof: rule.Proof}
	return v.Explain(verdict.Context{})
}

func helpedByNotes(e verdict.Explanation) bool {
	return slices.ContainsFunc(e.Links, func(l verdict.Link) bool { return l.Href == NotesPath })
}

func codeOf(rule verdict.Rule, e verdict.Explanation, leads func(string) bool) code {
	of := code{ID: rule.Anchor(), Title: rule.Code(), Head: e.Title, Cause: rule.Cause, Proven: proven(rule), Source: rule.Source}
	for _, s := range e.Steps {
		made := step{Text: s.Text, Command: s.Command, Link: s.Link, Href: s.Href}
		if !leads(s.Href) {
			made.Link, made.Href = "", ""
		}
		of.Steps = append(of.Steps, made)
	}
	return of
}

// proven says in a few sentences what such an answer proves, and what becomes of the account's status (R62).
func proven(rule verdict.Rule) string {
	p := rule.Proof
	sentences := []string{
		[...]string{verdict.NotRead: "", verdict.Proved: "The account exists.", verdict.Refuted: "The account is not in this tenant."}[p.User],
		[...]string{verdict.NotRead: "", verdict.Proved: "The password is right.", verdict.Refuted: "Microsoft did not accept the password."}[p.Password],
		[...]string{verdict.NotRead: "", verdict.Proved: "Policies let the sign-in pass.", verdict.Refuted: "A policy stands in the way."}[p.Policy],
	}
	if p == (verdict.Proof{}) {
		sentences = append(sentences, "Nothing about the account or its password.")
	} else if p.Password == verdict.NotRead && p.User != verdict.Refuted {
		sentences = append(sentences, "Whether the password is right remains open.")
	}
	if !rule.Status.AboutAccount() {
		sentences = append(sentences, "The account keeps its former status.")
	}
	return strings.Join(slices.DeleteFunc(sentences, func(s string) bool { return s == "" }), " ")
}
