package verdicts

import (
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
	Links    []Link      // pages of help: "Helpful notes for passing the validation test", the code's own place
	Details  []ui.Detail // Code, Time, Correlation id, Trace id
	Copy     string      // the text behind "Copy details"
	Quiet    bool        // it tells the past and is not the outcome of what was just done, so it is no alert

	whose string // what "Copy details" says of the account
}

// Link is a text that leads somewhere.
type Link struct{ Text, Href string }

// Row is the verdict as a row of a list unfolds it. The row names the account, and its code leads to the help, so neither stands in
// here again; nor is it an alert.
func (v View) Row() View {
	v.Links, v.Quiet, v.whose = nil, true, ""
	return v
}

// copied is the text behind "Copy details", with whose verdict it is.
func (v View) copied() string {
	if v.Copy == "" {
		return ""
	}
	return v.Copy + v.whose
}

// appManagement is a page that verdicts lead to and that does not exist yet: the words stay, the link comes with it.
const appManagement = "/app-profiles"

// viewOf puts an explanation into the shapes of a page.
func viewOf(status verdict.Status, e verdict.Explanation) View {
	view := View{
		Tone: toneInFull(status, len(e.Warnings) > 0), Title: e.Title, Cause: strings.TrimSpace(e.Cause + " " + e.Note), Warnings: e.Warnings, Copy: e.Copy(),
	}
	for _, f := range e.Findings {
		view.Proofs = append(view.Proofs, ui.Proof{Tone: toneOf(f.Result), Text: f.Text})
	}
	for _, s := range e.Steps {
		if s.Href == appManagement {
			s.Link, s.Href = "", ""
		}
		view.Steps = append(view.Steps, ui.Step{Text: s.Text, Link: s.Link, Href: s.Href, Command: s.Command})
	}
	for _, l := range e.Links {
		view.Links = append(view.Links, Link{l.Text, l.Href})
	}
	for _, d := range e.Details {
		view.Details = append(view.Details, ui.Detail{Name: d.Name, Value: d.Value})
	}
	return view
}
