// Package profiles is the Service account page and its panes (R10–R20), and the classic pages of classic MFA profiles (R31–R34).
//
// The views, a file for each page, are what the templates show: texts and addresses, formatted already. None of them ever holds a
// secret.
package profiles

import (
	"context"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/appprofile"
	"purser.example/internal/catalogue"
	"purser.example/internal/profile"
	"purser.example/internal/run"
	"purser.example/internal/sheet"
	"purser.example/internal/tenant"
	"purser.example/web/layout"
	"purser.example/web/lists"
	"purser.example/web/respond"
	"purser.example/web/ui"
	"purser.example/web/verdicts"
)

// Health tells how the health checks of a profile went, and where more of them stands (R90). Who checks comes after this room, so that it
// is told here.
type Health func(ctx context.Context, caller access.Caller, p profile.Profile) (strip ui.StripProps, href string, err error)

// Handlers answers /service-accounts.
type Handlers struct {
	Profiles    *profile.Service
	Validations *profile.Validations
	Imports     *profile.Imports
	Desk        *sheet.Desk // where files arrive
	RunsOf      *run.Service
	Accounts    *account.Service
	Tenants     *tenant.Service
	Apps        *appprofile.Service
	Health      Health
	Now         func() time.Time
	Log         *slog.Logger

	Verdicts *verdicts.Words

	permitted atomic.Bool // the permissions of an app profile have been found granted, see first
}

// Asking are the routes that may wait for Microsoft 365.
var Asking = []string{
	"POST " + listPath, "POST " + validatePath, "POST " + listPath + "/:id", "POST " + listPath + "/:id/validate",
	"POST " + classicProfilesPath + "/:id/edit", "POST " + classicProfilesPath + "/:id/validate",
}

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
	e.GET(ExportPath, h.export)
	e.GET(ImportPath, h.showImport)
	e.POST(ImportPath, h.takeImport)
	e.GET(importTemplatePath, h.importTemplate)
	e.GET(ImportPath+"/:id", h.showReport)
	e.GET(ImportPath+"/:id/events", h.followReport)
	e.GET(ImportPath+"/:id/report", h.downloadReport)
	e.POST(ImportPath+"/:id/validate", h.validateImport)
	e.GET(listPath+"/:id", h.show)
	e.GET(listPath+"/:id/edit", h.showEdit)
	e.GET(listPath+"/:id/verdict", h.showVerdict)
	e.POST(listPath+"/:id", h.update)
	e.POST(listPath+"/:id/validate", h.validate)
	e.GET(classicProfilesPath+"/:id", h.showClassic)
	e.GET(classicProfilesPath+"/:id/edit", h.editClassic)
	e.POST(classicProfilesPath+"/:id/edit", h.saveClassic)
	e.POST(classicProfilesPath+"/:id/validate", h.validateClassic)
}

// Specimen is the page as it is with nothing stored, for a shell from memory: the limit that `make bench` measures against.
func Specimen(shell layout.Shell) templ.Component {
	counts := profile.Counts{}
	query := listQueryOf(nil)
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

// screen is the list as the place where panes stand.
func (h *Handlers) screen() lists.Screen {
	return lists.Screen{Section: section, Title: title, Page: func(c echo.Context, shell layout.Shell) (templ.Component, error) {
		view, err := h.listView(c)
		return listPage(shell, view), err
	}}
}
