package pools

import (
	"errors"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/internal/pool"
	"purser.example/internal/problem"
	"purser.example/internal/shown"
	"purser.example/web/session"
	"purser.example/web/ui"
	"purser.example/web/words"
)

// versionsView sets what is saved beside what is in force (R46).
func (h *Handlers) versionsView(c echo.Context, saved pool.Pool) (versionsView, error) {
	if saved.Number == 0 {
		return versionsView{Line: "Nothing is saved yet."}, nil
	}
	v, err := h.Pools.Versions(c.Request().Context(), session.Caller(c), saved.Key)
	if err != nil {
		return versionsView{}, err
	}
	p := v.Pool
	view := versionsView{Saved: words.Moment(p.By.At, h.Now()), By: p.By.By, Differ: !v.Same() && p.InForce.Number > 0}
	number := strconv.FormatInt(p.Number, 10)
	switch {
	case p.InForce.Number == 0:
		view.Line = "In force: nothing yet · Saved: version " + number + ", from the next scan"
	case v.Same():
		view.Line = "Saved and in force: version " + number
	default:
		view.Line = "In force: version " + strconv.FormatInt(p.InForce.Number, 10) + day(p.InForce.By.At) + " · Saved: version " + number + ", from the next scan"
	}
	view.Rows = versionRows(p)
	view.Lines = driftLines(v.Difference, "")
	return view, nil
}

func versionRows(p pool.Pool) []versionRow {
	row := func(field, saved, inForce string) versionRow {
		return versionRow{Field: field, Saved: words.Either(saved, "–"), InForce: words.Either(inForce, "–"), Differs: saved != inForce}
	}
	return []versionRow{
		row("Version", strconv.FormatInt(p.Number, 10), strconv.FormatInt(p.InForce.Number, 10)),
		row("Group Name", groupName(p.Group), groupName(p.InForce.Group)),
		row("Group Users", words.Counted(p.Members, "member"), words.Counted(p.InForce.Members, "member")),
		row("Custom SharePoint Online Admin Center URL", p.AdminURL, p.InForce.AdminURL),
		row("By", p.By.By, p.InForce.By.By),
	}
}

func groupName(g pool.Group) string {
	if g.Mail != "" {
		return shown.Name(g.Name + " (" + g.Mail + ")")
	}
	return shown.Name(g.Name)
}

// driftView says what changed from the saved members to those that the group has now.
func (h *Handlers) driftView(c echo.Context, saved pool.Pool, f *poolForm) driftView {
	view := driftView{Class: string(saved.Class)}
	switch {
	case saved.Group.ID == "" || f.clear || f.reading != saved.Reading && f.drift == "":
		return h.changedBy(c, saved, f, view)
	case f.drift == "":
		view.Ask = address(driftPath, "tenant", string(saved.Tenant), "tab", string(saved.Class))
		return view
	}
	view.ID = string(f.drift)
	r, err := h.Pools.Reading(c.Request().Context(), session.Caller(c), f.drift)
	switch {
	case err != nil:
		view.Problem = problem.Message(err)
	case r.State == pool.ReadingRuns:
		view.Running = address(readingsPath+"/"+string(r.ID)+"/events", "as", "drift")
	case r.State == pool.ReadingFailed:
		view.Problem = words.Either(r.Failure, "Reading the group did not finish.")
	default:
		h.compare(c, saved.Reading, r.ID, &view)
		// Nobody is dropped because Microsoft listed nobody: that may have other reasons (X9).
		view.Remark = r.Remark()
		view.Adopt = view.Compared && !view.None && r.Counts.Members > 0
	}
	return view
}

// changedBy tells what a reading of the same group that is not saved yet would change.
func (h *Handlers) changedBy(c echo.Context, saved pool.Pool, f *poolForm, view driftView) driftView {
	if saved.Reading == "" || f.reading == "" || f.clear {
		return view
	}
	r, err := h.Pools.Reading(c.Request().Context(), session.Caller(c), f.reading)
	if err != nil || r.State != pool.ReadingDone || r.Group.ID != saved.Group.ID {
		return view
	}
	h.compare(c, saved.Reading, f.reading, &view)
	view.Adopted = view.Compared && !view.None && r.Counts.Members > 0
	return view
}

func (h *Handlers) compare(c echo.Context, old, now pool.ReadingID, view *driftView) {
	d, err := h.Pools.Compare(c.Request().Context(), session.Caller(c), old, now)
	if err != nil {
		view.Problem = problem.Message(err)
		return
	}
	view.Compared, view.None, view.Lines = true, d.None(), driftLines(d, " since the last save")
}

func driftLines(d pool.Difference, since string) []driftLine {
	var lines []driftLine
	for _, kind := range []struct {
		tone    ui.Tone
		n       int
		text    string
		members []pool.Member
	}{
		{ui.Info, d.JoinedN, "joined the group", d.Joined},
		{ui.Warn, d.LeftN, "left the group", d.Left},
		{ui.Warn, d.DisabledN, "can no longer sign in", d.Disabled},
		{ui.Info, d.EnabledN, "can sign in again", d.Enabled},
	} {
		if kind.n == 0 {
			continue
		}
		line := driftLine{Tone: kind.tone, Text: words.Number(kind.n) + " " + kind.text + since}
		for _, m := range kind.members {
			line.Names = append(line.Names, shown.Name(words.Either(m.Username, m.Name)))
		}
		if more := kind.n - len(kind.members); more > 0 {
			line.More = "and " + words.Number(more) + " more"
		}
		lines = append(lines, line)
	}
	return lines
}

// conflictView shows what somebody else saved meanwhile beside what this person typed.
func (h *Handlers) conflictView(c echo.Context, f *poolForm, conflict *pool.Conflict) conflictView {
	theirs, class := conflict.Current, string(f.key.Class)
	view := conflictView{
		Title: f.key.Class.Title(), By: theirs.By.By, At: words.Moment(theirs.By.At, h.Now()), Reload: pageAddress(f.key),
		Overwrite: hiddenView{fieldOverwrite + "-" + class, strconv.FormatInt(theirs.Number, 10)},
	}
	members, group := "None", f.group
	if f.clear {
		group = "Removed"
	} else if r, err := h.Pools.Reading(c.Request().Context(), session.Caller(c), f.reading); err == nil {
		members, group = words.Counted(r.Counts.Members, "member"), groupName(r.Group)
	}
	touched := 0
	for _, row := range f.rows {
		if row.touched() {
			touched++
		}
	}
	objects := ""
	if theirs.Objects > 0 {
		objects = strconv.Itoa(theirs.Objects)
	}
	for _, row := range []versionRow{
		{Field: "Group Name", InForce: group, Saved: groupName(theirs.Group)},
		{Field: "Group Users", InForce: members, Saved: words.Counted(theirs.Members, "member")},
		{Field: "Custom SharePoint Online Admin Center URL", InForce: f.url, Saved: theirs.AdminURL},
		{Field: "Number of objects", InForce: f.objects, Saved: objects},
	} {
		row.Differs = row.InForce != row.Saved
		row.Saved, row.InForce = words.Either(row.Saved, "–"), words.Either(row.InForce, "–")
		view.Rows = append(view.Rows, row)
	}
	if touched > 0 {
		view.Rows = append(view.Rows, versionRow{Field: "Passwords and Enable MFA", InForce: words.Counted(touched, "row") + " changed", Saved: "Not shown"})
	}
	return view
}

// conflictOf gives the conflict in an error; nil for none.
func conflictOf(err error) *pool.Conflict {
	conflict, _ := errors.AsType[*pool.Conflict](err)
	return conflict
}

// day is the date of a version in the line that names it.
func day(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return " of " + at.UTC().Format("January 2, 2006")
}
