package auth

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/internal/breakglass"
	"purser.example/internal/problem"
	"purser.example/internal/secret"
	"purser.example/web/form"
	"purser.example/web/layout"
	"purser.example/web/respond"
	"purser.example/web/session"
)

const (
	fieldCode    = "code"
	fieldThrough = "through"
	fieldReturn  = "return"
)

// showLink is where a break-glass link leads (R83). It uses nothing up, so that whoever looks at links before people do, such as a mail
// filter, does no harm, and it does not know the code, which stands behind the # of the address.
func (h *Handlers) showLink(c echo.Context) error {
	return respond.Page(c, http.StatusOK, linkPage(""))
}

// useLink signs in whoever has the code of a link that serves.
func (h *Handlers) useLink(c echo.Context) error {
	ctx, visit := c.Request().Context(), session.From(c)
	values, err := form.Values(c)
	if err != nil {
		return err
	}
	caller, err := h.Links.Use(ctx, secret.FromString(values.Get(fieldCode)), session.Origin(c))
	switch {
	case errors.Is(err, breakglass.ErrTooOften):
		c.Response().Header().Set("Retry-After", "60")
		return respond.Page(c, http.StatusTooManyRequests, linkPage(problem.Message(err)))
	case errors.Is(err, breakglass.ErrRefused):
		return respond.Page(c, http.StatusBadRequest, linkPage(problem.Message(err)))
	case err != nil:
		return err
	}
	before, _ := visit.Session()
	before.State.Came, before.State.Flash = came(c), nil
	before.State.Came.Proved = h.Sessions.Now()
	id, err := h.Sessions.SignIn(ctx, before, caller, secret.Value{}, session.Origin(c))
	if err != nil {
		return err
	}
	if err := visit.Hold(c, id); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/")
}

// Notices lets every page of a Tenant Owner say that break-glass links were used, until they put the notice away. A notice that cannot be
// read keeps nobody from working.
func Notices(links *breakglass.Service, log *slog.Logger) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			r := c.Request()
			n, err := links.Notice(r.Context(), session.Caller(c))
			if err != nil {
				log.WarnContext(r.Context(), "the notice of break-glass links could not be read", "request_id", session.Origin(c).Request, "error", problem.Told(err))
			}
			if n.Count > 0 {
				c.SetRequest(r.WithContext(layout.WithNotice(r.Context(), noticeOf(n, r))))
			}
			return next(c)
		}
	}
}

func noticeOf(n breakglass.Notice, r *http.Request) layout.Notice {
	at := n.Newest.Used.UTC()
	text := fmt.Sprintf("On %s at %s UTC, someone signed in as a Tenant Owner with a break-glass link, from the address %s. The link was created on the server by %s.",
		at.Format("January 2, 2006"), at.Format("15:04"), n.Newest.From, n.Newest.By)
	if n.Count > 1 {
		text += fmt.Sprintf(" This is the most recent of %d such sign-ins since you last dismissed this notice.", n.Count)
	}
	returnTo := "/"
	if r.Method == http.MethodGet {
		returnTo = r.URL.RequestURI()
	}
	return layout.Notice{
		Title: "Someone signed in without the identity provider", Text: text + " What they did is in the activity log.",
		Action: dismissPath, Fields: map[string]string{fieldThrough: strconv.FormatInt(n.Newest.Used.UnixMilli(), 10), fieldReturn: returnTo},
	}
}

// dismiss puts the notice away, and leads back.
func (h *Handlers) dismiss(c echo.Context) error {
	values, err := form.Values(c)
	if err != nil {
		return err
	}
	through, err := strconv.ParseInt(values.Get(fieldThrough), 10, 64)
	if err != nil {
		return form.ErrDamaged
	}
	if err := h.Links.Dismiss(c.Request().Context(), session.Caller(c), session.Origin(c), time.UnixMilli(through)); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, localPath(values.Get(fieldReturn)))
}
