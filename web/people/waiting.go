package people

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	core "purser.example/internal/people"
	"purser.example/internal/problem"
	forms "purser.example/web/form"
	"purser.example/web/layout"
	"purser.example/web/respond"
	"purser.example/web/session"
	"purser.example/web/words"
)

// waitingView is somebody who waits for an answer.
type waitingView struct {
	ID, Name, SignIn string
	Text             string
	Accept           bool   // they came with the address of somebody who was given a role
	Give             string // where another gets a role
	Accepts, Refuses string // POST addresses
}

// waitingViews are those whom the caller may answer.
func (h *Handlers) waitingViews(c echo.Context, query listQuery) ([]waitingView, error) {
	caller := session.Caller(c)
	if !caller.May(access.ManageOwners) {
		return nil, nil
	}
	waiting, err := h.People.Waiting(c.Request().Context(), caller)
	var list []waitingView
	for _, w := range waiting {
		view := waitingView{
			ID: string(w.ID), Name: w.Called(), SignIn: w.SignIn, Text: "asks for a role.", Give: query.With(rolePath, "id", string(w.ID)),
			Accepts: query.With(acceptPath), Refuses: query.With(declinePath),
		}
		if w.For != nil {
			view.Accept = true
			view.Text = "signed in with the address of " + w.For.Called() + ", whom " + words.Either(w.For.GivenBy, "someone") + " added as " + w.For.Given.Title() + ". Accept only if you know that this is the same person."
		}
		list = append(list, view)
	}
	return list, err
}

// answer carries out Accept or Decline.
func (h *Handlers) answer(done string, act func(ctx context.Context, caller access.Caller, origin audit.Origin, id core.ID) error) echo.HandlerFunc {
	return func(c echo.Context) error {
		values, err := forms.Values(c)
		if err != nil {
			return err
		}
		back, id := readListQuery(c).Address(), core.ID(values.Get("id"))
		if id == "" {
			return respond.Back(c, back, "Select a request to answer.")
		}
		err = act(c.Request().Context(), session.Caller(c), session.Origin(c), id)
		switch problem.KindOf(err) {
		case problem.Conflict, problem.NotFound:
			return respond.Back(c, back, problem.Message(err))
		default:
			if err != nil {
				return err
			}
		}
		return respond.Leave(c, back, done)
	}
}

// Teller gives what somebody is to know of a hand-over, and puts it away.
type Teller interface {
	Notice(ctx context.Context, caller access.Caller) (core.Notice, bool, error)
}

// Notices lets every page of the former and the new primary owner say that the ownership was handed over, until they put it away. A notice
// that cannot be read keeps nobody from working.
func Notices(teller Teller, log *slog.Logger) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			r, caller := c.Request(), session.Caller(c)
			if !caller.SignedIn() {
				return next(c)
			}
			n, there, err := teller.Notice(r.Context(), caller)
			if err != nil {
				log.WarnContext(r.Context(), "the notice of a hand-over could not be read", "request_id", session.Origin(c).Request, "error", problem.Told(err))
			}
			if there {
				c.SetRequest(r.WithContext(layout.WithNotice(r.Context(), noticeOf(n, r))))
			}
			return next(c)
		}
	}
}

const (
	fieldThrough = "through"
	fieldReturn  = "return"
)

func noticeOf(n core.Notice, r *http.Request) layout.Notice {
	text := n.To + " is the primary owner now."
	if n.From != "" {
		text = n.From + " was the primary owner before. " + text
	}
	returnTo := "/"
	if r.Method == http.MethodGet {
		returnTo = r.URL.RequestURI()
	}
	return layout.Notice{
		Title: "The ownership was handed over", Text: n.By + " did this on " + n.At.UTC().Format("January 2, 2006, 15:04") + " UTC. " + text,
		Action: dismissPath, Fields: map[string]string{fieldThrough: strconv.FormatInt(n.At.UnixMilli(), 10), fieldReturn: returnTo},
	}
}

// dismiss puts the notice away, and leads back to a page of this site.
func (h *Handlers) dismiss(c echo.Context) error {
	values, err := forms.Values(c)
	if err != nil {
		return err
	}
	through, err := strconv.ParseInt(values.Get(fieldThrough), 10, 64)
	if err != nil {
		return forms.ErrDamaged
	}
	if err := h.People.Dismiss(c.Request().Context(), session.Caller(c), time.UnixMilli(through)); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, inside(values.Get(fieldReturn)))
}

// inside keeps an address only if it is a page of Purser's.
func inside(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.IsAbs() || u.Host != "" || len(u.Path) == 0 || u.Path[0] != '/' || strings.HasPrefix(u.Path, "//") || strings.Contains(address, "\\") {
		return "/"
	}
	return u.RequestURI()
}
