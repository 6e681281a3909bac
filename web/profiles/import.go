package profiles

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"

	"purser.example/internal/problem"
	"purser.example/internal/profile"
	forms "purser.example/web/form"
	"purser.example/web/respond"
	"purser.example/web/session"
)

// The names of the form's parts beside the file.
const (
	fieldFile    = profile.FieldFile
	fieldDo      = "do"      // which button
	fieldChecked = "checked" // the import whose file is held
	doImport     = "import"
	paramOutcome = "outcome" // which rows of the report
	paramAfter   = "after"
)

// importTitle is the heading of the page; its buttons are called Check and Import.
const importTitle = "Import profiles"

func importAddress(id profile.ImportID) string { return ImportPath + "/" + url.PathEscape(string(id)) }

// sessionKey is the session that a checked file is held for.
func sessionKey(c echo.Context) string {
	s, _ := session.From(c).Session()
	return string(s.Key)
}

// showImport is the page that takes profiles as a file (R30).
func (h *Handlers) showImport(c echo.Context) error {
	view, err := h.importView(c)
	if err != nil {
		return err
	}
	return importAnswer(c, http.StatusOK, view)
}

func (h *Handlers) importView(c echo.Context) (importView, error) {
	connected, err := h.Tenants.All(c.Request().Context(), session.Caller(c))
	view := importView{NoTenant: len(connected) == 0}
	if id, runs := h.Imports.Running(session.Caller(c)); runs {
		view.Running = importAddress(id)
	}
	return view, err
}

func importAnswer(c echo.Context, status int, view importView) error {
	return respond.Page(c, status, importPage(respond.Shell(c, section, importTitle), view))
}

// wordsOnly is how long a form without a file is at most, in bytes. It needs no room at the desk, so that whoever selects Import twice is not
// told to wait for themselves.
const wordsOnly = 4 << 10

// takeImport takes a file, or the word to import the one that was checked. A file is held in memory and never put on a disk. It arrives
// whole before it is worked on, so that whoever sends one slowly is in nobody's way (X37).
func (h *Handlers) takeImport(c echo.Context) error {
	if length := c.Request().ContentLength; length < 0 || length > wordsOnly {
		leave, err := h.Desk.Arrive(session.Caller(c).Issuer + " " + session.Caller(c).Subject)
		if err != nil {
			_, _ = io.Copy(io.Discard, c.Request().Body) // whoever still sends when the connection closes does not see the answer
			return h.refuseImport(c, err)
		}
		defer leave()
		c.Response().Before(leave) // whoever has the answer may send the next one at once
	}
	sent, err := forms.ReceiveFile(c.Request(), fieldFile, profile.MaxImport)
	defer clear(sent.File)
	if err != nil {
		return h.refuseImport(c, err)
	}
	id, err := h.begin(c, sent)
	if err != nil {
		return h.refuseImport(c, err)
	}
	return c.Redirect(http.StatusSeeOther, importAddress(id))
}

func (h *Handlers) begin(c echo.Context, sent forms.Upload) (profile.ImportID, error) {
	ctx, caller, checked := c.Request().Context(), session.Caller(c), profile.ImportID(sent.Words.Get(fieldChecked))
	do := sent.Words.Get(fieldDo)
	if sent.File == nil && do == doImport && h.Imports.Took(caller, checked) {
		return checked, nil
	}
	end, err := h.Desk.Begin()
	if err != nil {
		return "", err
	}
	defer end()
	switch {
	case sent.File == nil && do == doImport && checked != "":
		return checked, h.Imports.ImportChecked(ctx, caller, session.Origin(c), sessionKey(c), checked)
	case sent.File == nil:
		return "", problem.Field(fieldFile, "Choose a CSV or JSON file first.")
	case do == doImport:
		return h.Imports.Import(ctx, caller, session.Origin(c), sent.Name, sent.File)
	}
	return h.Imports.Check(ctx, caller, session.Origin(c), sessionKey(c), sent.Name, sent.File)
}

// refuseImport shows what is wrong with a file as a whole, or that Purser has no hand free for it.
func (h *Handlers) refuseImport(c echo.Context, cause error) error {
	view, err := h.importView(c)
	if err != nil {
		return errors.Join(cause, err)
	}
	switch problem.KindOf(cause) {
	case problem.Invalid:
		view.Error = problem.Message(cause)
		return importAnswer(c, http.StatusUnprocessableEntity, view)
	case problem.Unavailable:
		view.Problem = problem.Message(cause)
		c.Response().Header().Set("Retry-After", respond.RetryAfter)
		h.Log.WarnContext(c.Request().Context(), "file of profiles not taken", "request_id", session.Origin(c).Request, "error", problem.Told(cause))
		return importAnswer(c, http.StatusServiceUnavailable, view)
	}
	return cause
}

// showReport shows one import with a part of its rows, before, while it goes on and afterwards.
func (h *Handlers) showReport(c echo.Context) error {
	view, err := h.reportView(c)
	if err != nil {
		return err
	}
	return importAnswer(c, http.StatusOK, view)
}

// followReport sends the part of the page that changes, as it changes, until the import is over.
func (h *Handlers) followReport(c echo.Context) error {
	changes, stop := h.Imports.Watch(profile.ImportID(c.Param("id")))
	defer stop()
	return respond.Stream(c, changes, func() (respond.Part, error) {
		view, err := h.reportView(c)
		if err != nil {
			return respond.Part{}, err
		}
		return respond.Part{Body: importReport(*view.Report), Over: !view.Report.Running}, nil
	})
}

// rowQuery is which rows of a report a page shows.
func rowQuery(c echo.Context) profile.RowQuery {
	q := profile.RowQuery{Import: profile.ImportID(c.Param("id"))}
	for _, outcome := range profile.RowOutcomes {
		if string(outcome) == c.QueryParam(paramOutcome) {
			q.Outcome = outcome
		}
	}
	if after, err := strconv.Atoi(c.QueryParam(paramAfter)); err == nil && after > 0 {
		q.After = after
	}
	return q
}

// downloadReport sends the rows of a report as a table, those of the filter if there is one.
func (h *Handlers) downloadReport(c echo.Context) error {
	q := rowQuery(c)
	q.After, q.Limit = 0, profile.MaxImportRows
	rows, _, err := h.Imports.Rows(session.Caller(c), q)
	if err != nil {
		return err
	}
	table := beginTable(c, h.fileName("import-report"), "Row", "Result", "Profile name", "Username", "Notes")
	for _, row := range rows {
		if err := table.Row(row.Where, outcomeTitles[row.Outcome], row.Name, row.Username, row.Notes); err != nil {
			return err
		}
	}
	return table.Flush()
}

// validateImport begins a validation run of what an import brought (R30).
func (h *Handlers) validateImport(c echo.Context) error {
	id := profile.ImportID(c.Param("id"))
	return h.began(c, importAddress(id))(h.Imports.Validate(c.Request().Context(), session.Caller(c), session.Origin(c), id))
}

// importTemplate is an empty file with the columns.
func (h *Handlers) importTemplate(c echo.Context) error {
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="profiles.csv"`)
	return c.Blob(http.StatusOK, "text/csv; charset=utf-8", []byte(profile.Template))
}
