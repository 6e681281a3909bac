package scans

import (
	"slices"

	"github.com/labstack/echo/v4"

	"purser.example/internal/account"
	"purser.example/internal/run"
	"purser.example/internal/scan"
	"purser.example/web/runs"
	"purser.example/web/ui"
	"purser.example/web/words"
)

// Grants is how the registration of sites looks: each is an item of a run that belongs to a scan (R51, R54).
func (h *Handlers) Grants() runs.Face {
	return runs.Face{
		Kind: h.Scans.Grants(), Path: grantsPath, Section: title,
		Words: runs.Words{
			One: "Registration of sites", Many: "Registrations of sites", Lead: "A scan makes the group of the saved account pool an administrator of each site. Administrators who are already there stay.",
			Progress: "Making the group an administrator of each site…", Leave: "You can leave this page. The registration continues, and the results stay at this address.",
			Cancel: "Stop", Again: "Again", Items: "Sites of this registration", Subject: "Site", Second: "Address", Result: "Registration", At: "Tried",
			None:      "No sites in this registration have this result.",
			Empty:     ui.EmptyProps{Icon: "discovery", Title: "No registrations yet", Text: "A scan by a service account registers sites after it has found them."},
			EmptyLink: ui.LinkProps{Label: title, Href: listPath, Icon: "discovery"},
		},
		Columns: []runs.Column{
			{Label: "Scan profile", Text: func(r run.Run) string { return r.Title }},
			{Label: "Sites", Number: true, Text: func(r run.Run) string { return words.Number(r.Total) }},
			{Label: "Registered", Number: true, Text: func(r run.Run) string { return words.Number(r.Counts[run.Confirmed]) }},
			{Label: "Not registered", Number: true, Text: func(r run.Run) string { return words.Number(r.Total - r.Counts[run.Confirmed]) }},
		},
		Outcomes:   map[run.Outcome]string{run.Confirmed: "Registered", run.Warned: "Registered, with warnings", run.Rejected: "Not registered", run.Skipped: "Left as it is", run.Trying: "Registering"},
		Usual:      []run.Outcome{run.Confirmed, run.Rejected, run.Skipped},
		Reasons:    map[account.Reason]string{run.Gone: "The site is no longer in Microsoft 365."},
		NotReached: "Microsoft 365 couldn't be reached. The next scan tries again.",
		Scope:      func(c echo.Context) string { return c.QueryParam("scan") },
		Lead:       func(r run.Run) string { return r.Title + " · started by " + r.By() },
		Said:       grantsOutcome,
		Left:       leftOfGrants,
		Again:      h.Scans.GrantsAgain,
		Item:       func(echo.Context, run.Run) func(run.Item, *runs.Item) { return grantItem },
		Below: func(r run.Run) []runs.Link {
			return []runs.Link{{Text: "Scan", Href: scanAddress(scan.ID(r.Scope))}, {Text: "All registrations of this scan", Href: with(grantsPath, "scan", r.Scope)}}
		},
		ListBelow: func(c echo.Context) []runs.Link {
			if of := c.QueryParam("scan"); of != "" {
				return []runs.Link{{Text: "Scan", Href: scanAddress(scan.ID(of))}}
			}
			return []runs.Link{{Text: title, Href: listPath}}
		},
	}
}

// grantItem tells why a site was not registered, with the way to what the code means.
func grantItem(i run.Item, view *runs.Item) {
	code := scan.Code(i.Reason)
	if !slices.ContainsFunc(scan.Explanations(), func(e scan.Explanation) bool { return e.Code == code }) {
		return
	}
	e := scan.Explain(code)
	view.Reason, view.Explained = e.Title+". "+e.Remedy, runs.Link{Text: string(code), Href: codeAddress(code)}
	if i.Code != "" {
		view.Reason = e.Title + " (" + i.Code + "). " + e.Remedy
	}
}

// grantsOutcome says what came of a registration that is over.
func grantsOutcome(r run.Run) ui.MessageProps {
	done := r.Counts[run.Confirmed] + r.Counts[run.Warned]
	text := words.Number(done) + " of " + words.Counted(r.Total, "site") + " " + words.Plural(r.Total, "is", "are") + " registered."
	switch {
	case r.State == run.Cancelled:
		return ui.MessageProps{Tone: ui.OK, Title: "Stopped", Text: text + " The next scan goes on with the others."}
	case done == r.Total:
		return ui.MessageProps{Tone: ui.OK, Text: text}
	default:
		return ui.InPart(done, text, "The other sites are named below with the reason. The next scan tries them again, or select Again.")
	}
}

// leftOfGrants says how many sites Again would take.
func leftOfGrants(r run.Run) string {
	n := r.Counts[run.Rejected] + r.Counts[run.NotReached] + r.Counts[run.Interrupted] + r.Counts[run.Dropped]
	if n == 0 {
		return ""
	}
	return words.Number(n) + " not registered"
}
