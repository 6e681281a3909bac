// Package activity is the activity log as Tenant Owners read it (R3, R63): the list with its filters, the picture of a day, and one entry.
package activity

import (
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"purser.example/internal/access"
	"purser.example/internal/activity"
	"purser.example/internal/problem"
	"purser.example/internal/tenant"
	"purser.example/web/layout"
	"purser.example/web/lists"
	"purser.example/web/respond"
	"purser.example/web/session"
)

const (
	section = "Administration"
	title   = "Activity log"
)

// Handlers answers /activity.
type Handlers struct {
	Activity *activity.Service
	Tenants  *tenant.Service
	Now      func() time.Time
	Log      *slog.Logger
}

// Mount adds the routes.
func (h *Handlers) Mount(e *echo.Echo) {
	e.GET(listPath, h.list)
	e.GET(listPath+"/:seq", h.show)
	e.GET(CSVPath, h.exportCSV)
	e.GET(LinesPath, h.exportLines)
	e.POST(verifyPath, h.verify)
	e.GET(verificationsPath+"/:id", h.showVerification)
	e.GET(verificationsPath+"/:id/events", h.followVerification)
}

// screen is the list as the place where an entry's pane stands.
func (h *Handlers) screen() lists.Screen {
	return lists.Screen{Section: section, Title: title, Page: func(c echo.Context, shell layout.Shell) (templ.Component, error) {
		view, err := h.listView(c)
		if problem.KindOf(err) == problem.Invalid {
			err = nil // the pane is what was asked for
		}
		return listPage(shell, view), err
	}}
}

// list answers 422 where a filter cannot be read, and shows what it was.
func (h *Handlers) list(c echo.Context) error {
	view, err := h.listView(c)
	status := http.StatusOK
	if problem.KindOf(err) == problem.Invalid {
		status, err = http.StatusUnprocessableEntity, nil
	}
	if err != nil {
		return err
	}
	return respond.Page(c, status, listPage(respond.Shell(c, section, title), view))
}

// show opens one entry.
func (h *Handlers) show(c echo.Context) error {
	if err := access.Require(session.Caller(c), access.ReadActivity); err != nil {
		return err
	}
	seq, err := strconv.ParseInt(c.Param("seq"), 10, 64)
	if err != nil || seq < 1 {
		return problem.New(problem.NotFound, "The activity log has no such entry.")
	}
	e, err := h.Activity.Entry(c.Request().Context(), session.Caller(c), seq)
	if err != nil {
		return err
	}
	view := h.detailsView(c, e)
	return h.screen().Over(c, http.StatusOK, view.Title, detailsPane(view))
}
