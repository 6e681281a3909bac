package activity

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/internal/access"
	"purser.example/internal/activity"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/sheet"
	"purser.example/internal/shown"
	"purser.example/web/respond"
	"purser.example/web/session"
)

// sendWithin is how long a browser may take to receive a part of an export.
const sendWithin = 30 * time.Second

// export sends a file as it is read. It asks for a recent sign-in before anything is written: a stolen session shall not take the log away. Once a part is on its way nothing can be told any more: the connection is broken off then, so that nobody
// takes a part for the whole.
func (h *Handlers) export(c echo.Context, write func(begun *bool) error) error {
	if err := access.Require(session.Caller(c), access.ReadActivity); err != nil {
		return err
	}
	if !session.Recent(c) {
		return respond.SignInAgain(c, listPath)
	}
	begun := false
	err := write(&begun)
	if err != nil && begun {
		h.Log.WarnContext(c.Request().Context(), "export of the activity log broken off", "request_id", session.Origin(c).Request, "error", problem.Told(err))
		panic(http.ErrAbortHandler)
	}
	return err
}

// part gives the browser its time for the next part.
func part(c echo.Context) error {
	return http.NewResponseController(c.Response()).SetWriteDeadline(time.Now().Add(sendWithin))
}

func (h *Handlers) beginFile(c echo.Context, kind, ending string) {
	header := c.Response().Header()
	header.Set(echo.HeaderContentType, kind)
	header.Set(echo.HeaderContentDisposition, `attachment; filename="activity-log-`+h.Now().UTC().Format("2006-01-02")+ending+`"`)
	c.Response().WriteHeader(http.StatusOK)
}

// exportCSV sends the entries of a view, for a spreadsheet.
func (h *Handlers) exportCSV(c echo.Context) error {
	q, err := readListQuery(c.QueryParams()).query()
	if err != nil {
		return err
	}
	ctx, caller, origin := c.Request().Context(), session.Caller(c), session.Origin(c)
	return h.export(c, func(begun *bool) error {
		var table *sheet.Writer
		begin := func() {
			*begun = true
			h.beginFile(c, "text/csv; charset=utf-8", ".csv")
			table = sheet.NewWriter(c.Response(), "Number", "Time", "Who", "Sign-in", "Action", "Sentence", "Object", "Object kind", "Object ID", "Result", "Tenant ID", "Address", "Request", "Details", "Chain", "Authentication code")
		}
		err := h.Activity.Export(ctx, caller, origin, q, func(entries []activity.Entry) error {
			if err := part(c); err != nil {
				return err
			}
			if table == nil {
				begin()
			}
			for _, e := range entries {
				if err := table.Row(row(e)...); err != nil {
					return err
				}
			}
			return table.Flush()
		})
		if err == nil && table == nil {
			begin()
			return table.Flush()
		}
		return err
	})
}

// row is an entry as a spreadsheet has it.
func row(e activity.Entry) []string {
	details, err := json.Marshal(e.Details)
	if err != nil || len(e.Details) == 0 {
		details = nil
	}
	return []string{
		strconv.FormatInt(e.Seq, 10), e.At.Format("2006-01-02T15:04:05.000Z"), activity.Who(e.Actor), shown.Name(e.Actor.SignIn), string(e.Action), activity.Tell(e.Link), shown.Name(e.Target.Name),
		e.Target.Kind, e.Target.ID, e.Result.Title(), e.Tenant, e.Origin.Address, e.Origin.Request, string(details), strconv.FormatInt(int64(e.Chain), 10), hexOf(e.MAC),
	}
}

// exportLines sends the whole log with what proves it.
func (h *Handlers) exportLines(c echo.Context) error {
	ctx := c.Request().Context()
	return h.export(c, func(begun *bool) error {
		var lines bytes.Buffer
		send := func() error {
			if err := part(c); err != nil {
				return err
			}
			_, err := c.Response().Write(lines.Bytes())
			lines.Reset()
			return err
		}
		return h.Activity.Lines(ctx, session.Caller(c), session.Origin(c), func(header audit.Header) error {
			if err := json.NewEncoder(&lines).Encode(header); err != nil {
				return err
			}
			*begun = true
			h.beginFile(c, "application/x-ndjson", ".jsonl")
			return send()
		}, func(entries []audit.Link) error {
			for _, l := range entries {
				lines.Write(audit.AppendLine(lines.AvailableBuffer(), l))
			}
			return endOf(ctx, send())
		})
	})
}

// endOf is what went wrong, or that nobody waits any more.
func endOf(ctx context.Context, err error) error {
	if err == nil {
		return ctx.Err()
	}
	return err
}
