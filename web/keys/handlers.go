// Package keys shows how the key of the installation stands, and changes it (R64).
package keys

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/internal/access"
	"purser.example/internal/keychange"
	"purser.example/internal/problem"
	"purser.example/web/respond"
	"purser.example/web/session"
	"purser.example/web/ui"
	"purser.example/web/words"
)

// Path is where the key is.
const Path = "/settings/keys"

const (
	title      = "Encryption key"
	changePath = Path + "/change"
	eventsPath = Path + "/events"
)

// Handlers answers the addresses of the key.
type Handlers struct {
	Keys *keychange.Service
	Now  func() time.Time
}

// Mount adds the routes.
func (h *Handlers) Mount(e *echo.Echo) {
	e.GET(Path, h.show)
	e.GET(eventsPath, h.follow)
	e.GET(changePath, h.confirm)
	e.POST(changePath, h.change)
}

func (h *Handlers) show(c echo.Context) error {
	view, err := h.view(c)
	if err != nil {
		return err
	}
	return respond.Page(c, http.StatusOK, keysPage(respond.Shell(c, "Administration", title), view))
}

// follow sends the part of the page that changes, until the key is changed.
func (h *Handlers) follow(c echo.Context) error {
	changes, stop := h.Keys.Watch()
	defer stop()
	return respond.Stream(c, changes, func() (respond.Part, error) {
		view, err := h.view(c)
		return respond.Part{Body: keysBody(view), Over: !view.Changing}, err
	})
}

// confirm asks before the key is changed.
func (h *Handlers) confirm(c echo.Context) error {
	view, err := h.view(c)
	if err != nil {
		return err
	}
	if !view.MayChange {
		return respond.Back(c, Path, "There is no new key to change to.")
	}
	if !session.Recent(c) {
		return respond.SignInAgain(c, changePath)
	}
	shell := respond.Shell(c, "Administration", title)
	shell.Pane, shell.PaneTitle = changeDialog(view), "Change the key"
	return respond.Page(c, http.StatusOK, keysPage(shell, view))
}

// change begins to change the key. It asks for a recent sign-in: a stolen session shall not change it (R66).
func (h *Handlers) change(c echo.Context) error {
	if err := access.Require(session.Caller(c), access.ChangeSecurity); err != nil {
		return err
	}
	if !session.Recent(c) {
		return respond.SignInAgain(c, changePath)
	}
	err := h.Keys.Begin(c.Request().Context(), session.Caller(c), session.Origin(c))
	if problem.KindOf(err) == problem.Conflict {
		return respond.Back(c, Path, problem.Message(err))
	}
	if err != nil {
		return err
	}
	return respond.Leave(c, Path, "")
}

// keysView is how the key stands.
type keysView struct {
	InUse     string
	Next      string // empty for none
	MayChange bool
	Stale     string // the key of the settings, where it opens the database no more
	Both      bool   // the settings have the one in use as well
	Changing  bool
	Done      int
	Total     int
	Former    string
	By        string
	Begun     words.Time
	Last      *lastView // the change before; nil for none

	Place, NextPlace string       // where the keys are, where that is a key service
	Trouble          *troubleView // with the key service; nil for none
}

// troubleView is what is wrong with the key service.
type troubleView struct{ Title, Text string }

func troubleOf(t keychange.Trouble, now time.Time) *troubleView {
	since := words.Moment(t.Since, now).Full
	if t.Refused {
		return &troubleView{
			Title: "The key service refuses",
			Text:  "Since " + since + ", it doesn't open the keyring for Purser. Everything that is open goes on, but until this is corrected, Purser can't be restarted and new backups can't be verified. Purser's log says what is wrong.",
		}
	}
	return &troubleView{
		Title: "The key service doesn't answer",
		Text:  "Since " + since + ", it couldn't be reached. Everything that is open goes on, but until it answers, Purser can't be restarted and new backups can't be verified.",
	}
}

// lastView is a change that is over.
type lastView struct {
	Former, Next string
	By           string
	Ended        words.Time
	Done         int
	Unreadable   int
}

func (h *Handlers) view(c echo.Context) (keysView, error) {
	o, err := h.Keys.Overview(c.Request().Context(), session.Caller(c))
	if err != nil {
		return keysView{}, err
	}
	view := keysView{InUse: o.InUse, Next: o.Next, MayChange: o.Next != ""}
	if view.Place, view.NextPlace = o.Place, o.NextPlace; o.Trouble != nil {
		view.Trouble = troubleOf(*o.Trouble, h.Now())
	}
	if o.Stale {
		view.Stale, view.Both = o.Settings, o.Both
	}
	switch last := o.Last; {
	case last == nil:
	case !last.Over():
		view.Changing, view.MayChange, view.Next, view.Former = true, false, last.Next, last.Former
		view.Done, view.Total, view.By, view.Begun = min(last.Done, last.Total), last.Total, by(*last), words.Moment(last.Begun, h.Now())
	default:
		view.Last = &lastView{Former: last.Former, Next: last.Next, By: by(*last), Ended: words.Moment(last.Ended, h.Now()), Done: last.Done, Unreadable: last.Unreadable}
	}
	return view, nil
}

// by is who began a change.
func by(c keychange.Change) string {
	switch {
	case c.Actor.Subject == "":
		return "a command on the server"
	case c.Actor.Name != "":
		return c.Actor.Name
	}
	return c.Actor.SignIn
}

func (v keysView) progress() ui.ProgressProps {
	return ui.ProgressProps{
		Label: "Sealing everything with the new key…", Value: v.Done, Max: v.Total, ID: "key-progress",
		Text: words.Number(v.Done) + " of " + words.Number(v.Total),
	}
}
