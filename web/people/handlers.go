// Package people is who may enter (R5–R9): the list of everybody who has signed in or was given a role, and what is done with them.
//
// It is a list with panes and dialogs over it, as package lists describes. Each command on selected rows asks in a dialog that names them;
// what may be done is for the service to say, and what it refuses is told above the list.
package people

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	core "purser.example/internal/people"
	"purser.example/internal/tenant"
	"purser.example/web/layout"
	"purser.example/web/lists"
	"purser.example/web/respond"
	"purser.example/web/session"
)

// Service is what the pages ask of people, which people.Service answers.
type Service interface {
	List(ctx context.Context, caller access.Caller, q core.Query) (core.Page, error)
	Find(ctx context.Context, caller access.Caller, id core.ID) (core.Person, error)
	Self(ctx context.Context, caller access.Caller) (core.Person, error)
	ChangeRole(ctx context.Context, caller access.Caller, origin audit.Origin, ids []core.ID, role access.Role) error
	Deactivate(ctx context.Context, caller access.Caller, origin audit.Origin, ids []core.ID) error
	Activate(ctx context.Context, caller access.Caller, origin audit.Origin, ids []core.ID) error
	Remove(ctx context.Context, caller access.Caller, origin audit.Origin, ids []core.ID) error
	SetOwner(ctx context.Context, caller access.Caller, origin audit.Origin, id core.ID) error
	Primary(ctx context.Context, caller access.Caller) (core.Person, error)

	Home() tenant.ID
	Ways(ctx context.Context, caller access.Caller, t tenant.ID) ([]core.Way, error)
	Suggest(ctx context.Context, caller access.Caller, origin audit.Origin, l core.Look, text string) ([]core.Candidate, error)
	Search(ctx context.Context, caller access.Caller, origin audit.Origin, l core.Look, text string) ([]core.Candidate, error)
	Add(ctx context.Context, caller access.Caller, origin audit.Origin, l core.Look, refs []core.Ref, role access.Role) ([]core.Person, error)

	Waiting(ctx context.Context, caller access.Caller) ([]core.Waiting, error)
	Accept(ctx context.Context, caller access.Caller, origin audit.Origin, id core.ID) error
	Decline(ctx context.Context, caller access.Caller, origin audit.Origin, id core.ID) error

	Export(ctx context.Context, caller access.Caller, origin audit.Origin, write func([]core.Person) error) error
	Notice(ctx context.Context, caller access.Caller) (core.Notice, bool, error)
	Dismiss(ctx context.Context, caller access.Caller, through time.Time) error
}

// Asking are the routes that may wait for Microsoft 365.
var Asking = []string{"POST " + listPath, "POST " + newPath, "GET " + suggestPath}

// Handlers answers /people.
type Handlers struct {
	People  Service
	Tenants *tenant.Service
	Now     func() time.Time
	Log     *slog.Logger
}

// Mount adds the routes.
func (h *Handlers) Mount(e *echo.Echo) {
	e.GET(listPath, h.list)
	e.POST(listPath, h.add)
	e.GET(newPath, h.showNew)
	e.POST(newPath, h.search)
	e.GET(suggestPath, h.suggest)
	e.GET(ExportPath, h.export)
	e.GET(mePath, h.me)
	e.POST(acceptPath, h.answer("Accepted. The role counts from their next request on.", h.People.Accept))
	e.POST(declinePath, h.answer("Declined.", h.People.Decline))
	e.POST(dismissPath, h.dismiss)
	for _, command := range h.commands() {
		e.GET(command.path, h.ask(command))
		e.POST(command.path, h.do(command))
	}
	e.GET(listPath+"/:id", h.show)
}

const (
	section = "Administration"
	title   = "People"
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
	return respond.Page(c, http.StatusOK, listPage(respond.Shell(c, section, title), view))
}

// show is one person or group, with why they have which role.
func (h *Handlers) show(c echo.Context) error {
	p, err := h.People.Find(c.Request().Context(), session.Caller(c), core.ID(c.Param("id")))
	if err != nil {
		return err
	}
	return h.details(c, p)
}

// me is show for who asks. Whoever came by a break-glass link is in no list, and is told what they are.
func (h *Handlers) me(c echo.Context) error {
	caller := session.Caller(c)
	p, err := h.People.Self(c.Request().Context(), caller)
	if err != nil {
		p = core.Person{Kind: core.OnePerson, Name: caller.Name, SignIn: caller.SignIn, Claim: caller.Role(), Issuer: caller.Issuer}
	}
	return h.details(c, p)
}

func (h *Handlers) details(c echo.Context, p core.Person) error {
	view := h.detailsView(c, p)
	return h.screen().Over(c, http.StatusOK, view.Name, detailsPane(view))
}
