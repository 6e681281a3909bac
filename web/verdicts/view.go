package verdicts

import (
	"slices"
	"strings"

	"purser.example/internal/verdict"
	"purser.example/web/ui"
)

// View is a verdict as people see it in full (R17, R18). It holds no secret.
type View struct {
	Tone     ui.Tone
	Title    string
	Cause    string
	Proofs   []ui.Proof
	Steps    []ui.Step
	Warnings []string    // what is short about a valid account
	Links    []Link      // the page of help: "Helpful notes for passing the validation test", or the code's own place
	Details  []ui.Detail // Code, Time, Correlation ID, Trace ID
	Copy     string      // the text behind "Copy details"
	Failed   bool        // the account is not confirmed, so the details stand open
	Quiet    bool        // it tells the past and is not the outcome of what was just done, so it is no alert

	good  bool   // the account is confirmed
	whose string // what "Copy details" says of the account
}

// Link is a text that leads somewhere.
type Link struct{ Text, Href string }

// Row is the verdict as a row of a list unfolds it. The row names the account, and its code leads to the help, so neither stands in
// here again; nor is it an alert.
func (v View) Row() View {
	v.Links, v.Quiet, v.whose = nil, true, ""
	v.Details = slices.Clone(v.Details)
	for i := range v.Details {
		v.Details[i].Href = ""
	}
	return v
}

// Standing is the verdict where the page says the status already: of a good one nothing is said twice.
func (v View) Standing() View {
	v.Quiet = true
	if v.good {
		v.Title = ""
	}
	return v
}

// Outcome is the verdict as the outcome of what was just done, in the words of its message where it is good, so that it is said once.
func (v View) Outcome(said string) View {
	v.Quiet = false
	if v.good {
		v.Title = said
	}
	return v
}

// copied is the text behind "Copy details", with whose verdict it is.
func (v View) copied() string {
	if v.Copy == "" {
		return ""
	}
	return v.Copy + v.whose
}

// viewOf puts an explanation into the shapes of a page.
func viewOf(status verdict.Status, e verdict.Explanation) View {
	view := View{
		Tone: ToneOf(status, len(e.Warnings) > 0), Title: e.Title, Cause: strings.TrimSpace(e.Cause + " " + e.Note), Warnings: e.Warnings, Copy: e.Copy(),
		Failed: status != verdict.Valid && status != verdict.NotValidated, good: status == verdict.Valid,
	}
	for _, f := range e.Findings {
		view.Proofs = append(view.Proofs, ui.Proof{Tone: toneOf(f.Result), Text: f.Text})
	}
	for _, s := range e.Steps {
		view.Steps = append(view.Steps, ui.Step{Text: s.Text, Link: s.Link, Href: s.Href, Command: s.Command})
	}
	place := "" // of the code in the help
	for _, l := range e.Links {
		view.Links = append(view.Links, Link{l.Text, l.Href})
		if strings.HasPrefix(l.Href, codesHref+"#") || strings.HasPrefix(l.Href, appHref+"#") {
			place = l.Href
		}
	}
	if len(view.Links) > 1 {
		view.Links = view.Links[:1] // the first says most
	}
	// A step that leads there already is link enough.
	view.Links = slices.DeleteFunc(view.Links, func(l Link) bool {
		return slices.ContainsFunc(view.Steps, func(s ui.Step) bool { return s.Href == l.Href })
	})
	for _, d := range e.Details {
		detail := ui.Detail{Name: d.Name, Value: d.Value}
		if d.Name == "Code" {
			detail.Href = place
		}
		view.Details = append(view.Details, detail)
	}
	return view
}
