// Package security is who is signed in, for Tenant Owners and for each person themselves, the way to end sessions (R66), and the security
// settings in force.
//
// Sessions are a list with dialogs over it, as package lists describes. What the settings are, the package is told as texts: it knows no
// configuration.
package security

import (
	"context"
	"net/http"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	core "purser.example/internal/session"
	"purser.example/web/layout"
	"purser.example/web/lists"
	"purser.example/web/respond"
	"purser.example/web/session"
)

// Where the pages are. The commands of the lists carry the id=… of the selected sessions.
const (
	Path          = "/settings/security"
	endPath       = Path + "/end"
	endPersonPath = Path + "/end-person"
	endOthersPath = Path + "/end-others"

	OwnPath          = "/settings/sessions"
	ownEndPath       = OwnPath + "/end"
	endElsewherePath = OwnPath + "/end-others"

	signedOutPath = "/auth/signed-out"
)

// Sessions is what the pages ask of the sessions, which session.Service answers.
type Sessions interface {
	List(ctx context.Context, by core.Session, p core.Page) (core.Listing, error)
	Own(ctx context.Context, by core.Session) ([]core.SignedIn, error)
	Chosen(ctx context.Context, by core.Session, keys []core.Key) ([]core.SignedIn, error)
	End(ctx context.Context, by core.Session, origin audit.Origin, keys []core.Key) (int, error)
	EndPerson(ctx context.Context, by core.Session, origin audit.Origin, one core.Key) (int, error)
	EndOthers(ctx context.Context, by core.Session, origin audit.Origin) (int, error)
	EndElsewhere(ctx context.Context, by core.Session, origin audit.Origin) (int, error)
}

// Group is a group of settings as people read them.
type Group struct {
	ID, Title string
	Settings  []Setting
}

// Setting is a setting in force: what it is about, its value in words, what that means, and the names of the settings to change. None of it
// is ever a secret.
type Setting struct {
	Name, Value, Note string
	Names             []string
}

// Handlers answers /settings/security and /settings/sessions.
type Handlers struct {
	Sessions Sessions
	InForce  func(context.Context) []Group
	Now      func() time.Time
}

// Mount adds the routes.
func (h *Handlers) Mount(e *echo.Echo) {
	e.GET(Path, h.list)
	e.GET(endPath, h.confirmEnd)
	e.POST(endPath, h.end)
	e.GET(endPersonPath, h.confirmEndPerson)
	e.POST(endPersonPath, h.endPerson)
	e.GET(endOthersPath, h.confirmEndOthers)
	e.POST(endOthersPath, h.endOthers)

	e.GET(OwnPath, h.own)
	e.GET(ownEndPath, h.confirmEndOwn)
	e.POST(ownEndPath, h.endOwn)
	e.GET(endElsewherePath, h.confirmEndElsewhere)
	e.POST(endElsewherePath, h.endElsewhere)
}

const (
	section  = "Administration"
	title    = "Security"
	ownTitle = "Your sessions"
)

// screen is the list of all sessions as the place where dialogs stand.
func (h *Handlers) screen() lists.Screen {
	return lists.Screen{Section: section, Title: title, Page: func(c echo.Context, shell layout.Shell) (templ.Component, error) {
		view, err := h.listView(c)
		return listPage(shell, view), err
	}}
}

// ownScreen is the list of one's own sessions as such a place.
func (h *Handlers) ownScreen() lists.Screen {
	return lists.Screen{Title: ownTitle, Page: func(c echo.Context, shell layout.Shell) (templ.Component, error) {
		view, err := h.ownView(c)
		return ownPage(shell, view), err
	}}
}

func (h *Handlers) list(c echo.Context) error {
	view, err := h.listView(c)
	if err != nil {
		return err
	}
	return respond.Page(c, http.StatusOK, listPage(respond.Shell(c, section, title), view))
}

func (h *Handlers) own(c echo.Context) error {
	view, err := h.ownView(c)
	if err != nil {
		return err
	}
	return respond.Page(c, http.StatusOK, ownPage(respond.Shell(c, "", ownTitle), view))
}

// mayEnd is asked before a dialog is shown that ends what others have.
func mayEnd(c echo.Context) error { return access.Require(session.Caller(c), access.ChangeSecurity) }

// asking is the session that a request belongs to.
func asking(c echo.Context) core.Session {
	s, _ := session.From(c).Session()
	return s
}
