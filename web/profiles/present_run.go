package profiles

import (
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"

	"purser.example/internal/profile"
	"purser.example/web/session"
	"purser.example/web/ui"
	"purser.example/web/verdicts"
	"purser.example/web/words"
)

// runView gathers what the page of a run shows.
func (h *Handlers) runView(c echo.Context) (runView, error) {
	ctx, caller, q := c.Request().Context(), session.Caller(c), runQuery(c)
	run, err := h.Runs.Find(ctx, caller, q.Run)
	if err != nil {
		return runView{}, err
	}
	items, more, err := h.Runs.Items(ctx, caller, q)
	if err != nil {
		return runView{}, err
	}
	path, now := runPath(run.ID), h.Now()
	view := runView{
		Selection: run.Selection, By: run.By(), Begun: words.Moment(run.Begun, now), Took: words.Took(run.Begun, run.Ended), List: listPath, Runs: runsPath,
		Over: run.State.Over(), Cancelling: run.State == profile.RunCancelling, Done: run.Done(), Total: run.Total,
		Tiles: runTiles(run, q.Outcome), Said: runOutcome(run),
		CancelAction: path + "/cancel", AgainAction: path + "/again",
		Unsettled: words.Number(run.Counts[profile.NotReached] + run.Counts[profile.Interrupted] + run.Counts[profile.Dropped]),
		Here:      runAddress(path, q.Outcome, q.After), Events: runAddress(path+"/events", q.Outcome, q.After),
	}
	for _, i := range items {
		view.Items = append(view.Items, h.itemView(i))
	}
	for t, until := range h.Runs.Resting(run) {
		view.Resting = append(view.Resting, restView{Tenant: h.tenantName(c, t), Until: words.Moment(until, now)})
	}
	if q.After > 0 {
		before, err := h.Runs.Previous(ctx, caller, q)
		if err != nil {
			return runView{}, err
		}
		view.Pager.PreviousHref = runAddress(path, q.Outcome, before)
	}
	if more {
		view.Pager.NextHref = runAddress(path, q.Outcome, items[len(items)-1].No)
	}
	view.Pager.Summary = words.Number(run.Total) + " in all"
	if q.Outcome != "" {
		view.Pager.Summary = words.Number(run.Counts[q.Outcome]) + " of " + words.Number(run.Total)
	}
	return view, nil
}

func runAddress(path string, outcome profile.Outcome, after int) string {
	values := url.Values{}
	if outcome != "" {
		values.Set("outcome", string(outcome))
	}
	if after > 0 {
		values.Set("after", strconv.Itoa(after))
	}
	if len(values) == 0 {
		return path
	}
	return path + "?" + values.Encode()
}

// runTiles count by outcome, and each is a way to see what it counts. Outcomes that nothing has are left out where they
// are rare, and what is under way, because it is gone in a moment.
func runTiles(run profile.Run, now profile.Outcome) []ui.TileProps {
	path := runPath(run.ID)
	tiles := []ui.TileProps{{Count: words.Number(run.Total), Label: "In all", Href: path, Current: now == ""}}
	for _, o := range profile.Outcomes {
		n := run.Counts[o]
		usual := o == profile.Confirmed || o == profile.Rejected || o == profile.NotReached || o == profile.Skipped
		if now != o && !usual && (n == 0 || o == profile.Trying) {
			continue
		}
		tile := ui.TileProps{Count: words.Number(n), Label: outcomeTitle(o), Href: runAddress(path, o, 0), Current: now == o}
		if n > 0 {
			tile.Tone = outcomeTone(o)
		}
		tiles = append(tiles, tile)
	}
	return tiles
}

func outcomeTitle(o profile.Outcome) string {
	switch o {
	case profile.Confirmed:
		return "Valid"
	case profile.Rejected:
		return "Need attention"
	case profile.NotReached:
		return "Not reached"
	case profile.Skipped:
		return "Skipped"
	case profile.Interrupted:
		return "Interrupted"
	case profile.Dropped:
		return "Not tried"
	case profile.Trying:
		return "Validating"
	default:
		return "Waiting"
	}
}

func outcomeTone(o profile.Outcome) ui.Tone {
	switch o {
	case profile.Confirmed:
		return ui.OK
	case profile.Rejected:
		return ui.Bad
	case profile.NotReached, profile.Interrupted:
		return ui.Warn
	default:
		return ui.Mute
	}
}

func (h *Handlers) itemView(i profile.Item) itemView {
	view := itemView{
		Name: i.Name, Href: listPath + "/" + url.PathEscape(string(i.Profile)), Username: i.Username, At: words.Moment(i.At, h.Now()),
		Tone: outcomeTone(i.Outcome), Text: outcomeTitle(i.Outcome), Reason: reasonText(i),
	}
	switch i.Outcome {
	case profile.Confirmed, profile.Rejected, profile.NotReached:
		if i.Status != "" {
			view.Tone, view.Text, view.Code = verdicts.Tone(i.Status), i.Status.Title(), verdicts.Quotable(i.Code)
		}
	}
	if i.Reason == profile.Gone {
		view.Href = ""
	}
	return view
}

// reasonText says why there is no verdict, and what to do where something can be done.
func reasonText(i profile.Item) string {
	switch i.Reason {
	case profile.Parked:
		return "Microsoft refused the stored password before. Enter the right one, or open the profile to validate it anyway."
	case profile.Locked:
		return "Microsoft locked the account a short while ago; another attempt would prolong that."
	case profile.Shared:
		return "Another profile has the same account, and its attempt in this run was not confirmed. Look at that one first."
	case profile.Busy:
		return "Somebody else was validating this account."
	case profile.Gone:
		return "Deleted meanwhile."
	case profile.Classic:
		return "Classic MFA profiles are validated in the classic UI."
	case profile.Already:
		return "Somebody validated it after this run began: " + i.Status.Title() + "."
	case profile.Outage:
		return "Microsoft 365 did not answer for this tenant for too long. The password was not sent."
	case profile.AppSetup:
		return "Microsoft 365 refuses the tenant's app registration. The password was not sent."
	case profile.Often:
		return "Signed in with often enough in the last hour; Purser leaves it in peace for now."
	case profile.Budget:
		return "Purser has signed in to this tenant often enough in the last hour; the next run goes on."
	case profile.Damaged:
		return "Something went wrong on our side; the log says what."
	}
	switch {
	case i.Outcome == profile.Interrupted:
		return "Purser ended during the attempt, or could not store its result. It may have counted at Microsoft, so it was not repeated."
	case i.Outcome == profile.Waiting && i.Tries > 0:
		return "Put off for a moment: the account was busy, or Microsoft asked to come back later."
	case i.Outcome == profile.NotReached:
		return "Not the account's fault; its status stays."
	}
	return ""
}

// runOutcome says what came of a run that is over; nil while it goes on.
func runOutcome(run profile.Run) *ui.MessageProps {
	if !run.State.Over() {
		return nil
	}
	valid, of := words.Number(run.Counts[profile.Confirmed]), words.Counted(run.Total, "profile")
	text := valid + " of " + of + " " + words.Plural(run.Total, "is", "are") + " valid."
	if run.State == profile.RunCancelled {
		return &ui.MessageProps{Tone: ui.OK, Title: "Cancelled", Text: text + " What had not been tried keeps its status."}
	}
	if run.Counts[profile.Confirmed] == run.Total {
		return &ui.MessageProps{Tone: ui.OK, Text: text}
	}
	return &ui.MessageProps{Tone: ui.Bad, Title: text, Text: "Open a profile to see what Microsoft said and what to do."}
}

func (h *Handlers) runRow(run profile.Run) runRow {
	row := runRow{
		Href: runPath(run.ID), Selection: run.Selection, By: run.By(), Begun: words.Moment(run.Begun, h.Now()),
		Tone: ui.Info, State: "Running", Total: words.Number(run.Total), Valid: words.Number(run.Counts[profile.Confirmed]), Attention: words.Number(run.Counts[profile.Rejected]),
		Others: words.Number(run.Total - run.Counts[profile.Confirmed] - run.Counts[profile.Rejected]),
	}
	switch run.State {
	case profile.RunFinished:
		row.Tone, row.State = ui.OK, "Finished"
	case profile.RunCancelled:
		row.Tone, row.State = ui.Mute, "Cancelled"
	case profile.RunCancelling:
		row.State = "Cancelling"
	case profile.RunWaiting, profile.RunPreparing:
		row.State = "Waiting"
	}
	return row
}

// activeRuns are the runs that go on, for the list of profiles.
func (h *Handlers) activeRuns(c echo.Context) ([]activeRun, error) {
	runs, err := h.Runs.Active(c.Request().Context(), session.Caller(c))
	var active []activeRun
	for _, run := range runs {
		if run.State != profile.RunPreparing {
			active = append(active, activeRun{Href: runPath(run.ID), Text: "A validation run of " + words.Counted(run.Total, "profile") + " goes on: " + words.Number(run.Done()) + " done."})
		}
	}
	return active, err
}
