// Package scans is Auto discovery (R50–R56): the scan profiles, one scan while it goes on and afterwards, and the objects that were found.
//
// Scan profiles are a list with panes over it, as package lists describes. The registration of sites is a run, which package runs shows by
// the Face that is here. The views, a file for each page, are what the templates show: texts and addresses, formatted already.
package scans

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/profile"
	"purser.example/internal/run"
	"purser.example/internal/scan"
	"purser.example/internal/tenant"
	"purser.example/web/layout"
	"purser.example/web/lists"
	"purser.example/web/respond"
)

// Service is what the pages ask of auto discovery, which scan.Service answers. A test stands in its place to show what a tenant rarely
// does.
type Service interface {
	List(ctx context.Context, caller access.Caller, q scan.ListQuery) (scan.ListPage, error)
	Find(ctx context.Context, caller access.Caller, id scan.ProfileID) (scan.Profile, error)
	Choices(ctx context.Context, caller access.Caller, t tenant.ID) ([]profile.Profile, error)
	Create(ctx context.Context, caller access.Caller, origin audit.Origin, p scan.Profile) (scan.Profile, error)
	Edit(ctx context.Context, caller access.Caller, origin audit.Origin, p scan.Profile) (scan.Profile, error)
	BeforeDelete(ctx context.Context, caller access.Caller, ids []scan.ProfileID) ([]scan.Doomed, error)
	Delete(ctx context.Context, caller access.Caller, origin audit.Origin, seen []scan.Seen) error

	Run(ctx context.Context, caller access.Caller, origin audit.Origin, id scan.ProfileID) (scan.Scan, error)
	Stop(ctx context.Context, caller access.Caller, origin audit.Origin, id scan.ID) error
	Scan(ctx context.Context, caller access.Caller, id scan.ID) (scan.Scan, error)
	Scans(ctx context.Context, caller access.Caller, q scan.ScanQuery) (scans []scan.Scan, more bool, err error)
	Warnings(ctx context.Context, caller access.Caller, id scan.ID, after int) (list []scan.Warning, more bool, err error)
	Active(ctx context.Context, caller access.Caller, t tenant.ID) ([]scan.Scan, error)
	Watch(id scan.ID) (changes <-chan struct{}, stop func())

	Grants() run.Kind
	GrantsAgain(ctx context.Context, caller access.Caller, origin audit.Origin, id run.ID) (run.Run, error)

	Objects(ctx context.Context, caller access.Caller, q scan.ObjectQuery) (scan.ObjectPage, error)
	Counts(ctx context.Context, caller access.Caller, t tenant.ID) ([]scan.Count, error)
	Export(ctx context.Context, caller access.Caller, origin audit.Origin, q scan.ObjectQuery, write func([]scan.Object) error) error

	PlannerOf(ctx context.Context, caller access.Caller, id scan.ID) (scan.PlannerCheck, error)
	TermStore(ctx context.Context, caller access.Caller, t tenant.ID, username string) (scan.TermStoreEntry, error)
	ConfirmTermStore(ctx context.Context, caller access.Caller, origin audit.Origin, t tenant.ID, username string) error
}

// Handlers answers /scan-profiles, /scans and /objects.
type Handlers struct {
	Scans   Service
	Runs    *run.Service
	Tenants *tenant.Service
	Now     func() time.Time
	Log     *slog.Logger
}

// Mount adds the routes.
func (h *Handlers) Mount(e *echo.Echo) {
	e.GET(listPath, h.list)
	e.GET(newPath, h.showNew)
	e.POST(newPath, h.follow)
	e.POST(listPath, h.create)
	e.GET(editPath, h.chooseEdit)
	e.POST(beginPath, h.beginSelected)
	e.POST(stopPath, h.stopSelected)
	e.GET(deletePath, h.confirmRemove)
	e.POST(deletePath, h.remove)
	e.GET(listPath+"/:id", h.show)
	e.GET(listPath+"/:id/edit", h.showEdit)
	e.POST(listPath+"/:id", h.update)
	e.POST(listPath+"/:id/run", h.begin)
	e.POST(listPath+"/:id/stop", h.stopProfile)
	e.POST(listPath+"/:id/term-store", h.confirmTermStore)

	e.GET(scansPath+"/:id", h.showScan)
	e.GET(scansPath+"/:id/events", h.followScan)
	e.POST(scansPath+"/:id/stop", h.stop)

	e.GET(objectsPath, h.objects)
	e.GET(ExportPath, h.export)
}

const (
	section = "Management"
	title   = "Auto discovery"
)

// screen is the list as the place where panes stand.
func (h *Handlers) screen() lists.Screen {
	return lists.Screen{Section: section, Title: title, Page: func(c echo.Context, shell layout.Shell) (templ.Component, error) {
		view, err := h.listView(c)
		return listPage(scripted(shell), view), err
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
	return respond.Page(c, http.StatusOK, listPage(scripted(shell), view))
}

// scripted brings the script of the form, which may open over the list at any time.
func scripted(shell layout.Shell) layout.Shell {
	shell.Scripts = []string{"js/zone.js"}
	return shell
}
