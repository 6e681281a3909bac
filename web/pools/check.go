package pools

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"purser.example/internal/pool"
	"purser.example/internal/problem"
	"purser.example/internal/profile"
	"purser.example/web/respond"
	"purser.example/web/session"
	"purser.example/web/ui"
	"purser.example/web/words"
)

// showCheck shows one check of passwords with one page of its items, while it goes on and afterwards (R43).
func (h *Handlers) showCheck(c echo.Context) error {
	view, err := h.checkView(c)
	if err != nil {
		return err
	}
	shell := respond.Shell(c, title, "Check of passwords")
	shell.Classic = true
	if view.Changed != "" {
		shell.Pane = rerunDialog(view.Changed, view.Here)
	}
	return respond.Page(c, http.StatusOK, checkPage(shell, view))
}

func (h *Handlers) followCheck(c echo.Context) error {
	changes, stop := h.Pools.WatchCheck(pool.CheckID(c.Param("id")))
	defer stop()
	return respond.Stream(c, changes, func() (respond.Part, error) {
		view, err := h.checkView(c)
		return respond.Part{Body: checkBody(view), Over: view.Over}, err
	})
}

func (h *Handlers) cancelCheck(c echo.Context) error {
	id := pool.CheckID(c.Param("id"))
	err := h.Pools.CancelCheck(c.Request().Context(), session.Caller(c), session.Origin(c), id)
	if problem.KindOf(err) == problem.Conflict {
		return respond.Back(c, checkPath(id), problem.Message(err))
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, checkPath(id))
}

// checkAgain begins a check of what an earlier one could not tell about.
func (h *Handlers) checkAgain(c echo.Context) error {
	id := pool.CheckID(c.Param("id"))
	check, err := h.Pools.Again(c.Request().Context(), session.Caller(c), session.Origin(c), id)
	if kind := problem.KindOf(err); err != nil && (kind == problem.Invalid || kind == problem.Conflict) {
		return respond.Back(c, checkPath(id), problem.Message(err))
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, checkPath(check.ID))
}

func (h *Handlers) listChecks(c echo.Context) error {
	key := keyOf(c)
	checks, err := h.Pools.Checks(c.Request().Context(), session.Caller(c), key, 100)
	if err != nil {
		return err
	}
	view := checksView{Pool: pageAddress(key)}
	for _, check := range checks {
		view.Rows = append(view.Rows, h.checkRow(check))
	}
	shell := respond.Shell(c, title, "Checks of passwords")
	shell.Classic = true
	return respond.Page(c, http.StatusOK, checksPage(shell, view))
}

func (h *Handlers) checkRow(check pool.Check) checkRow {
	row := checkRow{
		Href: checkPath(check.ID), Group: check.Group, By: check.Actor.Name, Begun: words.Moment(check.Begun, h.Now()), Tone: ui.Info, State: "Running",
		Total: words.Number(check.Total), Stored: words.Number(check.Counts[profile.Confirmed]), Refused: words.Number(check.Counts[profile.Rejected]),
	}
	switch check.State {
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

func (h *Handlers) checkView(c echo.Context) (checkView, error) {
	ctx, caller, q := c.Request().Context(), session.Caller(c), checkQuery(c)
	check, err := h.Pools.Check(ctx, caller, q.Check)
	if err != nil {
		return checkView{}, err
	}
	items, more, err := h.Pools.CheckItems(ctx, caller, q)
	if err != nil {
		return checkView{}, err
	}
	path := checkPath(check.ID)
	view := checkView{
		Lead: check.Key.Class.Title() + " · " + check.Group + " · begun by " + check.Actor.Name, Begun: words.Moment(check.Begun, h.Now()), Took: words.Took(check.Begun, check.Ended),
		Over: check.State.Over(), Cancelling: check.State == profile.RunCancelling, Kept: check.Kept, Done: check.Done(), Total: check.Total,
		Tiles: checkTiles(check, q.Outcome), Said: checkOutcome(check), Here: itemsAddress(path, q.Outcome, q.After), Events: itemsAddress(path+"/events", q.Outcome, q.After),
		CancelAction: path + "/cancel", AgainAction: path + "/again",
		Pool: pageAddress(check.Key), Checks: address(checksPath, "tenant", string(check.Key.Tenant), "tab", string(check.Key.Class)),
	}
	if changed := pool.Class(c.QueryParam("changed")); changed.Known() {
		view.Changed = changed.Title()
	}
	tell := h.Verdicts.Begin()
	for _, i := range items {
		view.Items = append(view.Items, h.checkItemView(c, tell, check, i))
	}
	view.Pager = checkPager(check, q, items, more)
	return view, nil
}

// checkQuery is which part of a check a page shows.
func checkQuery(c echo.Context) pool.CheckQuery {
	q := pool.CheckQuery{Check: pool.CheckID(c.Param("id"))}
	if after, err := strconv.Atoi(c.QueryParam("after")); err == nil && after > 0 {
		q.After = after
	}
	for _, outcome := range profile.Outcomes {
		if string(outcome) == c.QueryParam("outcome") {
			q.Outcome = outcome
		}
	}
	return q
}

func itemsAddress(path string, outcome profile.Outcome, after int) string {
	if after == 0 {
		return address(path, "outcome", string(outcome))
	}
	return address(path, "outcome", string(outcome), "after", strconv.Itoa(after))
}

func checkPager(check pool.Check, q pool.CheckQuery, items []pool.CheckItem, more bool) ui.PagerProps {
	path := checkPath(check.ID)
	props := ui.PagerProps{Summary: words.Number(check.Total) + " in all"}
	if q.Outcome != "" {
		props.Summary = words.Number(check.Counts[q.Outcome]) + " of " + words.Number(check.Total)
	}
	if q.After > 0 {
		props.PreviousHref = itemsAddress(path, q.Outcome, 0)
	}
	if more {
		props.NextHref = itemsAddress(path, q.Outcome, items[len(items)-1].No)
	}
	return props
}
