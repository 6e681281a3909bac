// Package bell is the bell in the header and the page behind it: what happened since one's last look (R92).
package bell

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/internal/access"
	"purser.example/internal/event"
	"purser.example/internal/problem"
	"purser.example/internal/shown"
	"purser.example/internal/tenant"
	"purser.example/web/form"
	"purser.example/web/layout"
	"purser.example/web/places"
	"purser.example/web/respond"
	"purser.example/web/session"
	"purser.example/web/ui"
	"purser.example/web/words"
)

// Path is where the bell leads.
const Path = "/notifications"

const (
	title    = "What happened"
	seenPath = Path + "/seen"

	fieldThrough = "through"
)

// Handlers answers the addresses of the bell.
type Handlers struct {
	Feed    event.Feed
	Tenants interface {
		Name(ctx context.Context, id tenant.ID) string
	}
	Now func() time.Time
	Log *slog.Logger
}

// Mount adds the routes.
func (h *Handlers) Mount(e *echo.Echo) {
	e.GET(Path, h.list)
	e.POST(seenPath, h.see)
}

// Ring lets the pages of a request ask how much happened. Pages that are no whole ones don't. What cannot be counted keeps nobody from
// working.
func (h *Handlers) Ring(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if !session.Caller(c).May(access.ManageServiceAccounts) {
			return next(c)
		}
		respond.WithBell(c, func() layout.Bell {
			ctx := c.Request().Context()
			n, err := h.Feed.Unseen(ctx, session.Caller(c))
			if err != nil && ctx.Err() == nil {
				h.Log.WarnContext(ctx, "what happened since the last look could not be counted", "request_id", session.Origin(c).Request, "error", problem.Told(err))
			}
			return layout.Bell{Href: Path, Count: n, Current: c.Request().URL.Path == Path}
		})
		return next(c)
	}
}

// view is what happened.
type view struct {
	Rows    []row
	New     int
	Through string // the newest event, which is seen when all is
	Next    string
	Now     string
}

type row struct {
	Title, Name, Href, Account, Tenant, Cause, Facts string
	At                                               words.Time
	Tone                                             ui.Tone
	New                                              bool
}

var columns = []ui.Column{
	{Label: "Event"}, {Label: "Time", Width: ui.Times}, {Label: "Object", Width: ui.Named}, {Label: "Username", Width: ui.User, From: ui.FromMiddle}, {Label: "Tenant", Width: ui.Texts, From: ui.FromWide}, {Label: "Cause", Width: ui.Named},
}

// tones are those of the kinds that are not to be worried about at once.
var tones = map[event.Kind]ui.Tone{event.Recovered: ui.OK, event.Ending: ui.Warn, event.Drifted: ui.Warn, event.RoleRequested: ui.Info, event.Retirement: ui.Warn}

func (h *Handlers) list(c echo.Context) error {
	ctx, now := c.Request().Context(), h.Now()
	page, seen, err := h.Feed.List(ctx, session.Caller(c), event.Query{After: c.QueryParam("after")})
	if err != nil {
		return err
	}
	v := view{Now: words.Moment(now, now).Now}
	var newest int64
	for _, e := range page.Rows {
		v.Rows = append(v.Rows, h.row(ctx, e, seen, now))
		newest = max(newest, e.No)
		if e.No > seen {
			v.New++
		}
	}
	v.Through = strconv.FormatInt(newest, 10)
	if page.Next != "" {
		v.Next = Path + "?" + url.Values{"after": {page.Next}}.Encode()
	}
	return respond.Page(c, http.StatusOK, listPage(respond.Shell(c, "", title), v))
}

func (h *Handlers) row(ctx context.Context, e event.Stored, seen int64, now time.Time) row {
	r := row{Title: e.Kind.Title(), Name: shown.Name(e.Object.Name), Account: shown.Name(e.Account), Cause: shown.Name(e.Cause), At: words.Moment(e.At, now), Tone: ui.Bad, New: e.No > seen, Href: places.Event(e.Kind, e.Object).Path}
	if tone, calm := tones[e.Kind]; calm {
		r.Tone = tone
	}
	if e.Tenant != "" {
		r.Tenant = h.Tenants.Name(ctx, e.Tenant)
	}
	for _, f := range e.Facts {
		if r.Facts != "" {
			r.Facts += "\n"
		}
		r.Facts += f.Name + ": " + shown.Name(f.Value)
	}
	return r
}

// see says that somebody has seen what the page showed. What happened meanwhile is still new.
func (h *Handlers) see(c echo.Context) error {
	values, err := form.Values(c)
	if err != nil {
		return err
	}
	through, err := strconv.ParseInt(values.Get(fieldThrough), 10, 64)
	if err != nil {
		return form.ErrDamaged
	}
	if err := h.Feed.See(c.Request().Context(), session.Caller(c), through); err != nil {
		return err
	}
	return respond.Leave(c, Path, "")
}
