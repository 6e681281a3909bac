package profiles

import (
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"purser.example/internal/account"
	"purser.example/internal/profile"
	"purser.example/internal/run"
	"purser.example/internal/verdict"
	"purser.example/web/runs"
	"purser.example/web/session"
	"purser.example/web/ui"
	"purser.example/web/verdicts"
	"purser.example/web/words"
)

// Where validation runs live (R11).
const runsPath = listPath + "/validations"

func runPath(id run.ID) string { return runs.Face{Path: runsPath}.Address(id) }

// Runs is how validation runs look.
func (h *Handlers) Runs() runs.Face {
	back := runs.Link{Text: "Service account", Href: listPath}
	return runs.Face{
		Kind: h.Validations.Kind(), Path: runsPath, Section: "Monitoring",
		Words: runs.Words{
			One: "Validation run", Many: "Validation runs", Lead: "A run validates many profiles at once. It continues when you leave the page and after a restart.",
			Progress: "Validating with Microsoft 365…", Leave: "You can leave this page. The run continues, and the results stay at this address.",
			Cancel: "Cancel run", Again: "Validate again", Items: "Profiles in this run", Subject: "Profile name", Result: "Status", At: "Last validated",
			None:      "No profiles in this run have this result.",
			Empty:     ui.EmptyProps{Icon: "validate", Title: "No validation runs yet", Text: "Select profiles on the Service account page, then select Validate."},
			EmptyLink: ui.LinkProps{Label: back.Text, Href: back.Href, Icon: "key"},
		},
		Columns: []runs.Column{
			{Label: "Profiles", Text: func(r run.Run) string { return words.Number(r.Total) + " · " + r.Title }},
			{Label: "Valid", Number: true, Text: func(r run.Run) string { return words.Number(validOf(r)) }},
			{Label: "With warnings", Number: true, From: ui.FromMiddle, Text: func(r run.Run) string { return words.Number(r.Counts[run.Warned]) }},
			{Label: "Need attention", Number: true, Text: func(r run.Run) string { return words.Number(r.Counts[run.Rejected]) }},
			{Label: "Not checked", Number: true, From: ui.FromMiddle, Text: func(r run.Run) string {
				return words.Number(r.Total - validOf(r) - r.Counts[run.Rejected])
			}},
		},
		Outcomes: map[run.Outcome]string{run.Confirmed: "Valid", run.Warned: "Valid, with warnings", run.Rejected: "Need attention", run.Trying: "Validating"},
		Usual:    []run.Outcome{run.Confirmed, run.Rejected, run.NotReached, run.Skipped},
		Reasons: map[account.Reason]string{
			account.Parked:   "Microsoft refused the stored password earlier. Enter the correct one, or open the profile to validate it anyway.",
			run.Shared:       "Another profile uses the same account, and its validation in this run failed. Check that profile first.",
			run.Gone:         "Deleted in the meantime.",
			profile.Classic:  "Runs of that time didn't try classic MFA profiles.",
			profile.NoCenter: "Its SharePoint Online admin center URL is missing or not allowed. Open the profile, select Edit, and enter it.",
		},
		NotReached: "Not the account's fault. Its status hasn't changed.",
		Lead:       func(r run.Run) string { return r.Title + " · started by " + r.By() },
		Said:       runOutcome,
		Left:       leftOfRun,
		Again:      h.Validations.Again,
		Item:       func(echo.Context, run.Run) func(run.Item, *runs.Item) { return runItem },
		Below:      func(run.Run) []runs.Link { return []runs.Link{back, {Text: "All validation runs", Href: runsPath}} },
	}
}

// leftOfRun says how many profiles Validate again would take.
func leftOfRun(r run.Run) string {
	n := r.Counts[run.NotReached] + r.Counts[run.Interrupted] + r.Counts[run.Dropped]
	if n == 0 {
		return ""
	}
	return words.Number(n) + " not checked"
}

// runItem shows the status of a profile in place of the outcome of its item.
func runItem(i run.Item, view *runs.Item) {
	switch i.Outcome {
	case run.Confirmed, run.Rejected, run.NotReached:
		if i.Status != "" {
			view.Tone, view.Text, view.Code = verdicts.Tone(i.Status), i.Status.Title(), verdicts.Quotable(i.Code)
		}
	}
	if i.Outcome == run.Warned {
		view.Tone, view.Text, view.Reason = ui.Warn, verdict.Valid.Title(), shortOf(i)
	}
	if i.Reason == profile.Already {
		view.Reason = "Someone validated it after this run started: " + i.Status.Title() + "."
	}
	if i.Reason != run.Gone {
		view.Href = listPath + "/" + url.PathEscape(i.Subject)
	}
}

// runOutcome says what came of a run that is over.
func runOutcome(r run.Run) ui.MessageProps {
	text := words.Number(validOf(r)) + " of " + words.Counted(r.Total, "profile") + " " + words.Plural(r.Total, "is", "are") + " valid." + warned(r)
	if r.State == run.Cancelled {
		return ui.MessageProps{Tone: ui.OK, Title: "Canceled", Text: text + " Profiles that weren't tried keep their status."}
	}
	if validOf(r) == r.Total {
		return ui.MessageProps{Tone: ui.OK, Text: text}
	}
	return ui.InPart(validOf(r), text, "Open a profile to see what Microsoft said and what to do.")
}

// validOf counts the profiles that a run found valid, with warnings or without.
func validOf(r run.Run) int { return r.Counts[run.Confirmed] + r.Counts[run.Warned] }

// warned says how many of those are orange in the list (X29).
func warned(r run.Run) string {
	n := r.Counts[run.Warned]
	switch {
	case n == 0:
		return ""
	case n == validOf(r) && n == 1:
		return " It has a warning."
	case n == validOf(r):
		return " All of them have warnings."
	}
	return " " + words.Number(n) + " of them " + words.Plural(n, "has a warning.", "have warnings.")
}

// shortOf says in one line what is short about a valid account.
func shortOf(i run.Item) string {
	var texts []string
	if i.Verdict != nil {
		for _, w := range i.Verdict.Warnings {
			texts = append(texts, w.Short())
		}
	}
	return strings.Join(texts, " · ")
}

// activeRuns are the runs that go on, for the list of profiles.
func (h *Handlers) activeRuns(c echo.Context) ([]activeRun, error) {
	list, err := h.RunsOf.Active(c.Request().Context(), session.Caller(c), h.Validations.Kind())
	var active []activeRun
	for _, r := range list {
		if r.State != run.Preparing {
			active = append(active, activeRun{Href: runPath(r.ID), Text: "A validation run of " + words.Counted(r.Total, "profile") + " is in progress: " + words.Number(r.Done()) + " done."})
		}
	}
	return active, err
}
