// Package profiles is the Service account page and its panes (R10–R20).
//
// Every pane and dialog has an address of its own. A browser gets the whole page, the list standing inert behind; htmx,
// which has the list already, gets the pane alone. What the list showed (search, filters, sort) travels in the address, so
// that closing a pane leads back to it.
//
// The views, a file for each page, are what the templates show: texts and addresses, formatted already. None of them ever holds a
// secret.
package profiles

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"purser.example/internal/account"
	"purser.example/internal/catalogue"
	"purser.example/internal/profile"
	"purser.example/internal/run"
	"purser.example/internal/tenant"
	"purser.example/web/layout"
	"purser.example/web/respond"
	"purser.example/web/verdicts"
)

// Handlers answers /service-accounts.
type Handlers struct {
	Profiles    *profile.Service
	Validations *profile.Validations
	RunsOf      *run.Service
	Accounts    *account.Service
	Tenants     *tenant.Service
	Now         func() time.Time
	Log         *slog.Logger

	Verdicts *verdicts.Words
}

// Asking are the routes that may wait for Microsoft 365.
var Asking = []string{"POST " + listPath, "POST " + validatePath, "POST " + listPath + "/:id", "POST " + listPath + "/:id/validate"}

// Mount adds the routes.
func (h *Handlers) Mount(e *echo.Echo) {
	e.GET(listPath, h.list)
	e.GET(listPath+"/new", h.showNew)
	e.GET(elsewherePath, h.showElsewhere)
	e.POST(listPath, h.create)
	e.GET(editPath, h.chooseEdit)
	e.GET(deletePath, h.confirmRemove)
	e.POST(deletePath, h.remove)
	e.GET(validatePath, h.confirmValidate)
	e.POST(validatePath, h.validateSelected)
	e.GET(listPath+"/:id", h.show)
	e.GET(listPath+"/:id/edit", h.showEdit)
	e.GET(listPath+"/:id/verdict", h.showVerdict)
	e.POST(listPath+"/:id", h.update)
	e.POST(listPath+"/:id/validate", h.validate)
}

// Specimen is the page as it is with nothing stored, for a shell from memory: the limit that `make bench` measures against.
func Specimen(shell layout.Shell) templ.Component {
	counts := profile.Counts{}
	query := listQuery{}
	return listPage(shell, listView{Services: catalogue.Services(false), NoTenant: true, Tiles: tiles(counts, query), Heads: heads("name", func(string) string { return listPath })})
}

func (h *Handlers) list(c echo.Context) error {
	view, err := h.listView(c)
	if err != nil {
		return err
	}
	shell := respond.Shell(c, section, title)
	if shell.Flash != nil {
		view.mark(shell.Flash.About)
	}
	return respond.Page(c, http.StatusOK, listPage(shell, view))
}

const (
	section = "Management"
	title   = "Service account"
)

// over answers with a pane or dialog over the list: alone for htmx, in a whole page for everybody else.
func (h *Handlers) over(c echo.Context, status int, name string, pane templ.Component) error {
	c.Response().Header().Set("Vary", "HX-Request")
	if respond.ByScript(c) {
		return respond.Page(c, status, fragment(name, pane))
	}
	return h.whole(c, status, respond.Shell(c, section, title), name, pane)
}

// whole answers with the list and a pane or dialog over it.
func (h *Handlers) whole(c echo.Context, status int, shell layout.Shell, name string, pane templ.Component) error {
	view, err := h.listView(c)
	if err != nil {
		return err
	}
	shell.Pane, shell.PaneTitle = pane, name
	return respond.Page(c, status, listPage(shell, view))
}
