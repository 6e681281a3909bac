package runs

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/internal/problem"
	"purser.example/internal/run"
	"purser.example/internal/tenant"
	"purser.example/web/respond"
	"purser.example/web/session"
)

// Handlers answers the addresses of all kinds.
type Handlers struct {
	Runs    *run.Service
	Tenants *tenant.Service
	Now     func() time.Time
}

// screen is one kind's.
type screen struct {
	*Handlers
	face Face
}

// Mount adds the routes of the kinds.
func (h *Handlers) Mount(e *echo.Echo, faces ...Face) {
	for _, face := range faces {
		s := screen{h, face}
		e.GET(face.Path, s.list)
		e.GET(face.Path+"/:id", s.show)
		e.GET(face.Path+"/:id/events", s.follow)
		e.POST(face.Path+"/:id/cancel", s.cancel)
		e.POST(face.Path+"/:id/again", s.again)
	}
}

// Address is where a run of the kind is.
func (f Face) Address(id run.ID) string { return f.Path + "/" + url.PathEscape(string(id)) }

// list shows the runs of the past, newest first.
func (s screen) list(c echo.Context) error {
	q := run.Query{Kind: s.face.Kind.Name(), Before: run.ID(c.QueryParam("before"))}
	if s.face.Scope != nil {
		q.Scope = s.face.Scope(c)
	}
	found, more, err := s.Runs.List(c.Request().Context(), session.Caller(c), q)
	if err != nil {
		return err
	}
	view := listView{Face: s.face}
	for _, r := range found {
		view.Rows = append(view.Rows, s.row(r))
	}
	if more {
		values := c.QueryParams()
		values.Set("before", string(found[len(found)-1].ID))
		view.Older = s.face.Path + "?" + values.Encode()
	}
	if s.face.ListBelow != nil {
		view.Below = s.face.ListBelow(c)
	}
	shell := respond.Shell(c, s.face.Section, s.face.Words.Many)
	shell.Classic = s.face.Classic
	return respond.Page(c, http.StatusOK, listPage(shell, view))
}

// show shows one run with one page of its items, while it goes on and afterwards.
func (s screen) show(c echo.Context) error {
	view, r, err := s.view(c)
	if err != nil {
		return err
	}
	shell := respond.Shell(c, s.face.Section, s.face.Words.One)
	shell.Classic = s.face.Classic
	if s.face.Pane != nil {
		shell.Pane = s.face.Pane(c, r, view.Here)
	}
	return respond.Page(c, http.StatusOK, runPage(shell, view))
}

// follow sends the part of the run's page that changes, as it changes, until the run is over.
func (s screen) follow(c echo.Context) error {
	changes, stop := s.Runs.Watch(run.ID(c.Param("id")))
	defer stop()
	return respond.Stream(c, changes, func() (respond.Part, error) {
		view, _, err := s.view(c)
		return respond.Part{Body: runBody(view), Over: view.Over}, err
	})
}

func (s screen) cancel(c echo.Context) error {
	id := run.ID(c.Param("id"))
	err := s.Runs.Cancel(c.Request().Context(), session.Caller(c), session.Origin(c), s.face.Kind, id)
	if problem.KindOf(err) == problem.Conflict {
		return respond.Back(c, s.face.Address(id), problem.Message(err))
	}
	if err != nil {
		return err
	}
	return respond.Leave(c, s.face.Address(id), "")
}

// again goes on with what a run could not tell about.
func (s screen) again(c echo.Context) error {
	id := run.ID(c.Param("id"))
	r, err := s.face.Again(c.Request().Context(), session.Caller(c), session.Origin(c), id)
	if kind := problem.KindOf(err); err != nil && (kind == problem.Invalid || kind == problem.Conflict) {
		return respond.Back(c, s.face.Address(id), problem.Message(err))
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, s.face.Address(r.ID))
}

// queryOf is which part of a run a page shows.
func queryOf(c echo.Context) run.ItemQuery {
	q := run.ItemQuery{Run: run.ID(c.Param("id"))}
	if after, err := strconv.Atoi(c.QueryParam("after")); err == nil && after > 0 {
		q.After = after
	}
	for _, outcome := range run.Outcomes {
		if string(outcome) == c.QueryParam("outcome") {
			q.Outcome = outcome
		}
	}
	return q
}

// partOf is the address of a part of a run.
func partOf(path string, outcome run.Outcome, after int) string {
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
