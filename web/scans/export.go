package scans

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/internal/problem"
	"purser.example/internal/scan"
	"purser.example/internal/sheet"
	"purser.example/web/session"
)

// sendWithin is how long a browser may take to receive a part of an export.
const sendWithin = 30 * time.Second

// export sends all objects of a view as a file, as they are read (R53). Once a part is on its way nothing can be told any more: the
// connection is broken off then, so that nobody takes a part for the whole.
func (h *Handlers) export(c echo.Context) error {
	ctx, q := c.Request().Context(), readObjectsQuery(c.QueryParams()).query()
	q.After, q.Before = "", ""
	var table *sheet.Writer
	err := h.Scans.Export(ctx, session.Caller(c), session.Origin(c), q, func(part []scan.Object) error {
		if err := http.NewResponseController(c.Response()).SetWriteDeadline(time.Now().Add(sendWithin)); err != nil {
			return err
		}
		if table == nil {
			table = beginExport(c, h.Now())
		}
		for _, o := range part {
			if err := table.Row(h.exported(c, o)...); err != nil {
				return err
			}
		}
		return table.Flush()
	})
	if err == nil && table == nil {
		return beginExport(c, h.Now()).Flush()
	}
	if err != nil && table != nil {
		h.Log.WarnContext(ctx, "export of objects broken off", "request_id", session.Origin(c).Request, "error", problem.Told(err))
		panic(http.ErrAbortHandler)
	}
	return err
}

// beginExport sends what stands before the rows.
func beginExport(c echo.Context, now time.Time) *sheet.Writer {
	header := c.Response().Header()
	header.Set(echo.HeaderContentType, "text/csv; charset=utf-8")
	header.Set(echo.HeaderContentDisposition, `attachment; filename="objects-`+now.UTC().Format("2006-01-02")+`.csv"`)
	c.Response().WriteHeader(http.StatusOK)
	return sheet.NewWriter(c.Response(), "Name", "Type", "Tenant", "Tenant ID", "Address", "First seen", "Last seen", "State", "Gone since", "Registration")
}

func (h *Handlers) exported(c echo.Context, o scan.Object) []string {
	return []string{
		o.Name, o.Type.Title(), h.Tenants.Name(c.Request().Context(), o.Tenant), string(o.Tenant), o.Address, stamp(o.First), stamp(o.Last), stateWords(o), stamp(o.Gone), grantWords(o),
	}
}

// stamp is a time as tables have it; empty for none.
func stamp(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}
