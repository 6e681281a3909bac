package pools

import (
	"bytes"
	"cmp"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"purser.example/internal/pool"
	"purser.example/internal/problem"
	"purser.example/internal/shown"
	forms "purser.example/web/form"
	"purser.example/web/respond"
	"purser.example/web/session"
	"purser.example/web/ui"
	"purser.example/web/words"
)

// importShown is how many rows of a report are on the page: those that are left out first.
const importShown = 500

// showImport is the page that takes the passwords of many members as a file (R47).
func (h *Handlers) showImport(c echo.Context) error {
	view, _, err := h.importView(c)
	if err != nil {
		return err
	}
	return importAnswer(c, http.StatusOK, view)
}

// importTarget is which members an import is about.
type importTarget struct {
	pool    pool.Pool
	reading pool.Reading
}

func (h *Handlers) importView(c echo.Context) (importView, importTarget, error) {
	key := keyOf(c)
	p, err := h.Pools.Pool(c.Request().Context(), session.Caller(c), key)
	if err != nil {
		return importView{}, importTarget{}, err
	}
	id := pool.ReadingID(c.QueryParam("reading"))
	if id == "" {
		id = p.Reading
	}
	r, err := h.Pools.Reading(c.Request().Context(), session.Caller(c), id)
	if err != nil {
		return importView{}, importTarget{}, err
	}
	if r.Key != key || !key.Class.NeedsPasswords() {
		return importView{}, importTarget{}, problem.New(problem.NotFound, "This list of members belongs to another pool. Open the pool again.")
	}
	own := address("", "tenant", string(key.Tenant), "tab", string(key.Class), "reading", string(id))
	return importView{
		Lead:   key.Class.Title() + " · " + shown.Name(r.Group.Name) + " · " + words.Counted(r.Counts.Members, "member"),
		Action: address(ImportPath, "tenant", string(key.Tenant), "tab", string(key.Class), "reading", string(id), "seen", cmp.Or(c.QueryParam("seen"), strconv.FormatInt(p.Number, 10))),
		Pool:   Path + own, Template: templatePath,
	}, importTarget{p, r}, nil
}

func importAnswer(c echo.Context, status int, view importView) error {
	shell := respond.Shell(c, title, "Import passwords")
	shell.Classic = true
	return respond.Page(c, status, importPage(shell, view))
}

// readImport reads the file: Check tells what Import would do, and Import does it. The file is held in memory and never put on a
// disk. It arrives whole before it is worked on, so that whoever sends one slowly is in nobody's way (X37).
func (h *Handlers) readImport(c echo.Context) error {
	view, target, err := h.importView(c)
	if err != nil {
		return err
	}
	leave, err := h.Desk.Arrive(session.Caller(c).Issuer + " " + session.Caller(c).Subject)
	if err != nil {
		_, _ = io.Copy(io.Discard, c.Request().Body) // whoever still sends when the connection closes does not see the answer
		return err
	}
	defer leave()
	c.Response().Before(leave) // whoever has the answer may send the next one at once
	sent, err := receive(c.Request())
	defer clear(sent.file)
	if err != nil {
		return refuseFile(c, view, err)
	}
	result, err := h.readPasswords(c, target.reading.ID, sent.file)
	defer result.Clear()
	if err != nil {
		return refuseFile(c, view, err)
	}
	view.report(result)
	if sent.command != "import" {
		return importAnswer(c, http.StatusOK, view)
	}
	return h.saveImport(c, view, target, result)
}

func (h *Handlers) readPasswords(c echo.Context, id pool.ReadingID, file []byte) (pool.Import, error) {
	end, err := h.Desk.Begin()
	if err != nil {
		return pool.Import{}, err
	}
	defer end()
	return h.Pools.ReadPasswords(c.Request().Context(), session.Caller(c), id, bytes.NewReader(file))
}

// refuseFile shows what is wrong with a file as a whole.
func refuseFile(c echo.Context, view importView, err error) error {
	if problem.KindOf(err) != problem.Invalid {
		return err
	}
	view.Error = problem.Message(err)
	return importAnswer(c, http.StatusUnprocessableEntity, view)
}

func (h *Handlers) saveImport(c echo.Context, view importView, target importTarget, result pool.Import) error {
	if result.Good() == 0 {
		view.Said = &ui.MessageProps{Tone: ui.Bad, Title: "Nothing was imported", Text: "No row of the file can be imported. Correct the file, then try again."}
		return importAnswer(c, http.StatusUnprocessableEntity, view)
	}
	seen, err := strconv.ParseInt(c.QueryParam("seen"), 10, 64)
	if err != nil {
		return forms.ErrDamaged
	}
	change := pool.Change{Key: target.pool.Key, Seen: seen, AdminURL: target.pool.AdminURL, Objects: target.pool.Objects, Members: result.Changes()}
	if target.reading.ID != target.pool.Reading {
		change.Reading = target.reading.ID
	}
	saved, err := h.Pools.Save(c.Request().Context(), session.Caller(c), session.Origin(c), change)
	if err != nil {
		return h.refuseImport(c, view, err)
	}
	changed := ""
	if saved.GroupChanged && target.pool.Reading != "" {
		changed = string(target.pool.Class)
	}
	left := len(result.Rows) - result.Good()
	message := words.Counted(result.Good(), "row") + " imported."
	if left > 0 {
		message = words.Number(result.Good()) + " of " + words.Counted(len(result.Rows), "row") + " imported. The others were left out."
	}
	if saved.Check != "" {
		return respond.Leave(c, address(checkPath(saved.Check), "changed", changed), "")
	}
	return respond.Leave(c, address(Path, "tenant", string(target.pool.Tenant), "tab", string(target.pool.Class), "changed", changed), message)
}

func (h *Handlers) refuseImport(c echo.Context, view importView, err error) error {
	status := refusal(err)
	if status == 0 {
		return err
	}
	text := problem.Message(err)
	for _, f := range problem.Fields(err) {
		if f.Field == pool.FieldAdminURL {
			text = f.Message + " Enter it on the pool's page and select Save, then import again."
		}
	}
	if conflictOf(err) != nil {
		text += " Open this page again, then select Import."
	}
	view.Said = &ui.MessageProps{Tone: ui.Bad, Title: "Nothing was imported", Text: text}
	return importAnswer(c, status, view)
}

// report shows the rows, those that are left out first, and no password.
func (v *importView) report(result pool.Import) {
	good, left := result.Good(), len(result.Rows)-result.Good()
	switch {
	case left == 0:
		v.Said = &ui.MessageProps{Tone: ui.OK, Title: words.Counted(good, "row") + " can be imported", Text: "Nothing is stored yet. Select Import to store the passwords."}
	case good == 0:
		v.Said = &ui.MessageProps{Tone: ui.Bad, Title: "No row can be imported", Text: "Correct the file, then select Check again."}
	default:
		v.Said = new(ui.InPart(good, words.Number(good)+" of "+words.Counted(len(result.Rows), "row")+" can be imported", "Nothing is stored yet. Import leaves out the rows with a mistake."))
	}
	for _, wantMistake := range []bool{true, false} {
		for _, row := range result.Rows {
			if (row.Mistake != "") == wantMistake && len(v.Rows) < importShown {
				v.Rows = append(v.Rows, importRowOf(row))
			}
		}
	}
	if more := len(result.Rows) - len(v.Rows); more > 0 {
		v.More = "and " + words.Number(more) + " more rows that can be imported"
		if left > importShown {
			v.More = "and " + words.Number(more) + " more rows"
		}
	}
}

func importRowOf(row pool.ImportRow) importRow {
	view := importRow{Line: words.Number(row.Line), Username: row.Username, Tone: ui.OK, Text: "Will be checked"}
	var notes []string
	if row.App {
		notes = append(notes, "App password: turns Enable MFA on.")
	}
	if row.Replaces {
		notes = append(notes, "Replaces the stored password.")
	}
	view.Reason = strings.Join(notes, " ")
	if row.Mistake != "" {
		view.Tone, view.Text, view.Reason = ui.Bad, "Left out", row.Mistake
	}
	return view
}

// template is an empty file with the columns.
func (h *Handlers) template(c echo.Context) error {
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="pool-passwords.csv"`)
	return c.Blob(http.StatusOK, "text/csv; charset=utf-8", []byte(pool.Template))
}
