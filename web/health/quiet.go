package health

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/internal/event"
	"purser.example/internal/notify"
	"purser.example/internal/problem"
	"purser.example/internal/shown"
	"purser.example/web/form"
	"purser.example/web/respond"
	"purser.example/web/session"
)

// The fields of the form by which people say that they know of a break. They have other names than those of a freeze, beside which they stand.
const (
	fieldQuietUntil = "snooze-until"
	fieldQuietWhy   = "why"
)

// quietView is who knows of a break, and the way to say so (R92).
type quietView struct {
	Said   string // "Acknowledged by …"; empty: nobody said anything
	Action string
	Query  string
	typed
}

// object is a subject as events name it.
func (s subject) object() event.Object {
	return event.Object{Kind: s.place.Kind, ID: s.place.ID, Name: s.target.Name}
}

func (h *Handlers) quiet(c echo.Context, s subject, t typed) (quietView, error) {
	o := s.object()
	marks, err := h.Notices.Marks(c.Request().Context(), session.Caller(c), []event.Object{o})
	view := quietView{Action: s.path, Query: s.query, typed: t}
	if m, there := marks[event.Object{Kind: o.Kind, ID: o.ID}]; there {
		view.Said = said(m)
	}
	return view, err
}

// said is what somebody said, in a sentence.
func said(m notify.Mark) string {
	text := "Acknowledged by " + m.By + ": no one is reminded until it works again."
	if !m.Acknowledged {
		text = "Snoozed by " + m.By + ": no one is told anything about this account until " + m.Until.Format("January 2, 2006") + "."
	}
	if m.Because != "" {
		text += " Why: " + m.Because
	}
	return text
}

// mark is what somebody says of a break.
type mark func(c echo.Context, o event.Object, until time.Time, because string) error

func (h *Handlers) acknowledged(c echo.Context, o event.Object, _ time.Time, because string) error {
	return h.Notices.Acknowledge(c.Request().Context(), session.Caller(c), session.Origin(c), o, because)
}

func (h *Handlers) snoozed(c echo.Context, o event.Object, until time.Time, because string) error {
	return h.Notices.Snooze(c.Request().Context(), session.Caller(c), session.Origin(c), o, until, because)
}

// say stores what somebody says of a break of a subject. show is its view, for a form that has to be typed again.
func (h *Handlers) say(find func(echo.Context) (subject, error), show func(echo.Context, typed) (placeView, error), what mark, done string) echo.HandlerFunc {
	return func(c echo.Context) error {
		values, err := form.Values(c)
		if err != nil {
			return err
		}
		s, err := find(c)
		if err != nil {
			return err
		}
		t := typed{QuietUntil: shown.Trim(values.Get(fieldQuietUntil)), Why: values.Get(fieldQuietWhy)}
		until, _ := time.Parse(time.DateOnly, t.QuietUntil) // no day is one that has passed: the service says what to enter
		err = what(c, s.object(), until, t.Why)
		if problem.KindOf(err) == problem.Invalid {
			found := wrong(err)
			t.Errors = map[string]string{fieldQuietUntil: found[notify.FieldUntil], fieldQuietWhy: found[notify.FieldBecause]}
			view, err := show(c, t)
			if err != nil {
				return err
			}
			return h.placePage(c, http.StatusUnprocessableEntity, view)
		}
		if err != nil {
			return err
		}
		return respond.Leave(c, s.path+s.query, done)
	}
}

// withdraw takes back what somebody said.
func (h *Handlers) withdraw(find func(echo.Context) (subject, error)) echo.HandlerFunc {
	return func(c echo.Context) error {
		if _, err := form.Values(c); err != nil {
			return err
		}
		s, err := find(c)
		if err != nil {
			return err
		}
		if err := h.Notices.Withdraw(c.Request().Context(), session.Caller(c), session.Origin(c), s.object()); err != nil {
			return err
		}
		return respond.Leave(c, s.path+s.query, "People are notified about this account again.")
	}
}

// mountQuiet adds the routes by which people say that they know of a break of what an address is about.
func (h *Handlers) mountQuiet(e *echo.Echo, path string, find func(echo.Context) (subject, error), show func(echo.Context, typed) (placeView, error)) {
	e.POST(path+"/acknowledge", h.say(find, show, h.acknowledged, "Acknowledged. No one is reminded until the account works again."))
	e.POST(path+"/snooze", h.say(find, show, h.snoozed, "Snoozed."))
	e.POST(path+"/withdraw", h.withdraw(find))
}
