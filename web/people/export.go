package people

import (
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	core "purser.example/internal/people"
	"purser.example/internal/problem"
	"purser.example/internal/sheet"
	"purser.example/web/session"
)

// sendWithin is how long a browser may take to receive a part of an export.
const sendWithin = 30 * time.Second

// export sends everybody as a file, for an access review. Once a part is on its way nothing can be told any more: the connection is broken off
// then, so that nobody takes a part for the whole.
func (h *Handlers) export(c echo.Context) error {
	ctx := c.Request().Context()
	var table *sheet.Writer
	err := h.People.Export(ctx, session.Caller(c), session.Origin(c), func(part []core.Person) error {
		if err := http.NewResponseController(c.Response()).SetWriteDeadline(time.Now().Add(sendWithin)); err != nil {
			return err
		}
		if table == nil {
			table = beginExport(c, h.Now())
		}
		for _, p := range part {
			if err := table.Row(h.exported(p)...); err != nil {
				return err
			}
		}
		return table.Flush()
	})
	if err != nil && table != nil {
		h.Log.WarnContext(ctx, "export of people broken off", "request_id", session.Origin(c).Request, "error", problem.Told(err))
		panic(http.ErrAbortHandler)
	}
	return err
}

// beginExport sends what stands before the rows.
func beginExport(c echo.Context, now time.Time) *sheet.Writer {
	header := c.Response().Header()
	header.Set(echo.HeaderContentType, "text/csv; charset=utf-8")
	header.Set(echo.HeaderContentDisposition, `attachment; filename="people-`+now.UTC().Format("2006-01-02")+`.csv"`)
	c.Response().WriteHeader(http.StatusOK)
	return sheet.NewWriter(c.Response(), "Name", "Sign-in", "Kind", "Role", "Source", "Claim", "Given here", "Given by", "Given at", "Status", "Last sign-in", "Not signed in for 90 days", "Primary owner")
}

func (h *Handlers) exported(p core.Person) []string {
	return []string{
		p.Name, p.SignIn, string(p.Kind), p.Role().Title(), strings.Join(p.Sources(), ", "), p.Claim.Title(), p.Given.Title(), p.GivenBy, stamp(p.GivenAt), string(p.Status()),
		stamp(p.Seen), yes(p.Unseen(h.Now())), yes(p.Primary),
	}
}

func yes(is bool) string {
	if is {
		return "Yes"
	}
	return "No"
}

// stamp is a time as tables have it; empty for none.
func stamp(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}
