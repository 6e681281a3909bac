// Package appprofiles is App management (R70–R75): the app registrations by which Purser gets at tenants, whether Microsoft 365 accepts
// them, what they may do, and how that is granted.
//
// It is a list with panes over it, as package lists describes. The views, a file for each page, are what the templates show: texts and
// addresses, formatted already. None of them ever holds a secret.
package appprofiles

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"purser.example/internal/appprofile"
	"purser.example/internal/tenant"
	"purser.example/web/layout"
	"purser.example/web/lists"
	"purser.example/web/respond"
	"purser.example/web/verdicts"
)

// Handlers answers /app-profiles.
type Handlers struct {
	Apps    *appprofile.Service
	Tenants *tenant.Service
	Now     func() time.Time
	Log     *slog.Logger

	Verdicts *verdicts.Words
}

// Asking are the routes that may wait for Microsoft 365.
var Asking = []string{
	"POST " + listPath, "POST " + checkPath, "POST " + listPath + "/:id", "POST " + listPath + "/:id/check", "POST " + listPath + "/:id/credentials",
}

// Mount adds the routes.
func (h *Handlers) Mount(e *echo.Echo) {
	e.GET(listPath, h.list)
	e.GET(listPath+"/new", h.showNew)
	e.POST(listPath, h.create)
	e.GET(editPath, h.chooseEdit)
	e.POST(checkPath, h.checkSelected)
	e.GET(deletePath, h.confirmRemove)
	e.POST(deletePath, h.remove)
	e.GET(listPath+"/:id", h.show)
	e.GET(listPath+"/:id/edit", h.showEdit)
	e.POST(listPath+"/:id", h.update)
	e.POST(listPath+"/:id/check", h.check)
	e.POST(listPath+"/:id/prefer", h.prefer)
	e.GET(listPath+"/:id/credentials/new", h.showAdd)
	e.POST(listPath+"/:id/credentials", h.add)
	e.GET(listPath+"/:id/credentials/:credential/remove", h.confirmDrop)
	e.POST(listPath+"/:id/credentials/:credential/remove", h.drop)
	e.GET(listPath+"/:id/certificates/:file", h.certificate)
}

const (
	section = "Management"
	title   = "App management"
)

// screen is the list as the place where panes stand.
func (h *Handlers) screen() lists.Screen {
	return lists.Screen{Section: section, Title: title, Page: func(c echo.Context, shell layout.Shell) (templ.Component, error) {
		view, err := h.listView(c)
		return listPage(shell, view), err
	}}
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
