package health

import (
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
	"purser.example/internal/watch"
	"purser.example/web/form"
	"purser.example/web/respond"
	"purser.example/web/session"
	"purser.example/web/words"
)

// subject is what is checked, whichever noun keeps it: a profile, or a member of a pool.
type subject struct {
	kind         string // "profile"
	name         string
	username     string
	tenant       tenant.ID
	place        account.Place
	target       audit.Target
	path, query  string // its address; those of the forms have a word between the two
	back, backTo string // where it is kept, and what that is called
}

func (s subject) account() account.Key { return account.KeyOf(s.tenant, s.username) }

// subjectView is what all subjects show alike.
func (h *Handlers) subjectView(c echo.Context, s subject, t typed) (watch.Health, placeView, error) {
	now := h.Now()
	of, err := h.Watch.Health(c.Request().Context(), session.Caller(c), s.place, s.tenant)
	if err != nil {
		return of, placeView{}, err
	}
	view := placeView{Name: s.name, Kind: s.kind, Back: s.back, BackTo: s.backTo, Strip: strip(of, now), Freeze: freezeView{Action: s.path, Query: s.query, typed: t}}
	if of.Freeze != nil {
		view.Freeze.Frozen = "Frozen " + freeze(*of.Freeze)
	}
	if view.Known, err = h.known(c, s.account()); err != nil {
		return of, placeView{}, err
	}
	if view.Quiet, err = h.quiet(c, s, t); err != nil {
		return of, placeView{}, err
	}
	for _, check := range slices.Backward(of.Checks) {
		view.Checks = append(view.Checks, checkView{At: words.Moment(check.At, now), Tone: tone(check), Text: told(check)})
	}
	return of, view, nil
}

func (h *Handlers) placePage(c echo.Context, status int, view placeView) error {
	return respond.Page(c, status, placePage(respond.Shell(c, "Monitoring", "Health checks of "+view.Name), view))
}

// freeze turns the checks of a subject off. show is its view, for a form that has to be typed again.
func (h *Handlers) freeze(c echo.Context, find func(echo.Context) (subject, error), show func(echo.Context, typed) (placeView, error)) error {
	values, err := form.Values(c)
	if err != nil {
		return err
	}
	s, err := find(c)
	if err != nil {
		return err
	}
	t, until := readFreeze(values)
	err = h.Watch.Freeze(c.Request().Context(), session.Caller(c), session.Origin(c), watch.Scope(s.place), s.target, until, t.Because)
	if problem.KindOf(err) == problem.Invalid {
		t.Errors = wrong(err)
		view, err := show(c, t)
		if err != nil {
			return err
		}
		return h.placePage(c, http.StatusUnprocessableEntity, view)
	}
	if err != nil {
		return err
	}
	return respond.Leave(c, s.path+s.query, "Health checks of this "+s.kind+" are frozen.")
}

// resume turns the checks of a subject on again.
func (h *Handlers) resume(c echo.Context, find func(echo.Context) (subject, error)) error {
	if _, err := form.Values(c); err != nil {
		return err
	}
	s, err := find(c)
	if err != nil {
		return err
	}
	if err := h.Watch.Resume(c.Request().Context(), session.Caller(c), session.Origin(c), watch.Scope(s.place), s.target); err != nil {
		return err
	}
	return respond.Leave(c, s.path+s.query, "Health checks of this "+s.kind+" go on with the next night.")
}

// edit is something that somebody did, as Purser keeps it.
type edit struct {
	at   time.Time
	text string
}

// past is what is known of how a subject broke.
type past struct {
	account   account.Key
	good, bad time.Time // the last good check, and the first bad one; zero: it is not bad
	last, now verdict.Verdict
	edits     []edit // oldest first
}
