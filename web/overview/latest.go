package overview

import (
	"purser.example/internal/profile"
	"purser.example/internal/run"
	"purser.example/internal/scan"
	"purser.example/web/tones"
	"purser.example/web/ui"
	"purser.example/web/words"
)

// latestView are the last few of something.
type latestView struct {
	Rows []latest
	All  string // where the others are
	None string // what to say where there are none
}

// latest is one of them.
type latest struct {
	Tone  ui.Tone
	State string
	Name  string
	Href  string
	Text  string
	At    words.Time
}

// latestScans are the last scans of the tenant.
func (h *Handlers) latestScans(a asked) (latestView, error) {
	view := latestView{All: a.link(scanProfiles), None: "No scan yet. Auto discovery finds the objects of a tenant."}
	scans, _, err := h.Scans.Scans(a.ctx, a.caller, scan.ScanQuery{Tenant: a.tenant, Limit: few})
	for _, s := range scans {
		found := 0
		for _, section := range s.Sections {
			found += section.Found
		}
		view.Rows = append(view.Rows, latest{
			Tone: tones.Scan(s.State), State: s.State.Title(), Name: s.Name, Href: scansPath + "/" + string(s.ID), Text: a.called(s.Tenant) + " · " + words.Counted(found, "object"),
			At: words.Moment(s.Begun, h.Now()),
		})
	}
	return view, err
}

// latestRuns are the last validation runs. One may be of many tenants, so that they are the same for each.
func (h *Handlers) latestRuns(a asked) (latestView, error) {
	view := latestView{All: runsPath, None: "No validation run yet. Select profiles on the Service account page, then select Validate."}
	runs, _, err := h.Runs.List(a.ctx, a.caller, run.Query{Kind: profile.ValidationRun, Limit: few})
	for _, r := range runs {
		row := latest{Name: r.Title, Href: runsPath + "/" + string(r.ID), At: words.Moment(r.Begun, h.Now())}
		row.Tone, row.State = runState(r)
		row.Text = words.Counted(r.Total, "profile") + " · " + words.Number(r.Counts[run.Rejected]) + " " + words.Plural(r.Counts[run.Rejected], "needs", "need") + " attention"
		view.Rows = append(view.Rows, row)
	}
	return view, err
}

func runState(r run.Run) (ui.Tone, string) {
	switch {
	case !r.State.Over():
		return ui.Info, "Running"
	case r.State == run.Cancelled:
		return ui.Mute, "Canceled"
	case r.Counts[run.Rejected] > 0:
		return ui.Bad, "Finished"
	case r.Counts[run.Warned]+r.Counts[run.NotReached]+r.Counts[run.Interrupted] > 0:
		return ui.Warn, "Finished"
	}
	return ui.OK, "Finished"
}
