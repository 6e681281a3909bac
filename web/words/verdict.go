package words

import (
	"strings"

	"purser.example/internal/verdict"
	"purser.example/web/ui"
)

// Tone is how serious a status is.
func Tone(s verdict.Status) ui.Tone {
	switch s {
	case verdict.Valid:
		return ui.OK
	case verdict.NotValidated, verdict.LegacyRetired:
		return ui.Mute
	case verdict.Unknown, verdict.Unreachable, verdict.AppSetup, verdict.TenantNotFound:
		return ui.Warn
	default:
		return ui.Bad
	}
}

// Verdict puts the outcome of a validation into the shapes of the page (R17, R18). leads reports whether there is a page at an
// address; a step that leads nowhere keeps its words.
func Verdict(status verdict.Status, e verdict.Explanation, leads func(href string) bool) ui.VerdictProps {
	props := ui.VerdictProps{Tone: Tone(status), Title: e.Title, Cause: strings.TrimSpace(e.Cause + " " + e.Note), Copy: e.Copy()}
	switch {
	case status == verdict.Valid && len(e.Warnings) > 0:
		props.Tone = ui.Warn
	case status != verdict.Valid && status != verdict.NotValidated:
		props.Tone = ui.Bad
	}
	for _, f := range e.Findings {
		props.Proofs = append(props.Proofs, ui.Proof{Tone: proofTone(f.Result), Text: f.Text})
	}
	for _, s := range e.Steps {
		if !leads(s.Href) {
			s.Link, s.Href = "", ""
		}
		props.Steps = append(props.Steps, ui.Step{Text: s.Text, Link: s.Link, Href: s.Href, Command: s.Command})
	}
	for _, d := range e.Details {
		props.Details = append(props.Details, ui.Detail{Name: d.Name, Value: d.Value})
	}
	return props
}

func proofTone(p verdict.Proven) ui.Tone {
	switch p {
	case verdict.Proved:
		return ui.OK
	case verdict.Refuted:
		return ui.Bad
	default:
		return ui.Mute
	}
}

// Quotable is a code that the help has a place for; empty for any other.
func Quotable(code string) string {
	if strings.HasPrefix(code, "AADSTS") || strings.HasPrefix(code, "HTTP ") {
		return code
	}
	return ""
}
