package profiles

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/internal/problem"
	"purser.example/internal/profile"
	"purser.example/internal/sheet"
	"purser.example/web/session"
)

// sendWithin is how long a browser may take to receive a part of an export.
const sendWithin = 30 * time.Second

// export sends all profiles of a view as a file that can be imported again, as they are read (R30). Once a part is on its way nothing can
// be told any more: the connection is broken off then, so that nobody takes a part for the whole.
func (h *Handlers) export(c echo.Context) error {
	ctx, query := c.Request().Context(), readListQuery(c)
	var table *sheet.Writer
	err := h.Profiles.Export(ctx, session.Caller(c), session.Origin(c), query.query(), h.selection(c, query), func(rows [][]string) error {
		if err := http.NewResponseController(c.Response()).SetWriteDeadline(time.Now().Add(sendWithin)); err != nil {
			return err
		}
		if table == nil {
			table = beginTable(c, h.fileName("service-accounts"), profile.ExportHead...)
		}
		for _, row := range rows {
			if err := table.Row(row...); err != nil {
				return err
			}
		}
		return table.Flush()
	})
	if err == nil && table == nil {
		return beginTable(c, h.fileName("service-accounts"), profile.ExportHead...).Flush()
	}
	if err != nil && table != nil {
		h.Log.WarnContext(ctx, "export of profiles broken off", "request_id", session.Origin(c).Request, "error", problem.Told(err))
		panic(http.ErrAbortHandler)
	}
	return err
}

// fileName is the name of a table that is sent today.
func (h *Handlers) fileName(of string) string {
	return of + "-" + h.Now().UTC().Format("2006-01-02") + ".csv"
}

// beginTable sends what stands before the rows.
func beginTable(c echo.Context, name string, head ...string) *sheet.Writer {
	header := c.Response().Header()
	header.Set(echo.HeaderContentType, "text/csv; charset=utf-8")
	header.Set(echo.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	c.Response().WriteHeader(http.StatusOK)
	return sheet.NewWriter(c.Response(), head...)
}
