package profiles

import (
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"

	"purser.example/internal/profile"
	"purser.example/web/session"
	"purser.example/web/ui"
	"purser.example/web/words"
)

// importView is the page that takes profiles as a file.
type importView struct {
	NoTenant bool
	Error    string      // what is wrong with the file as a whole
	Problem  string      // why no file is taken now
	Running  string      // address of the person's import that is under way; empty: there is none
	Report   *reportView // of the file that came last; nil: none did
}

// reportView is one import with a part of its rows.
type reportView struct {
	ID         string
	Lead       string // which file, and whose
	Begun      words.Time
	Checked    bool // nothing is stored yet
	Held       bool // the checked file need not be chosen again
	File       string
	Running    bool
	Done       int
	Total      int
	Said       *ui.MessageProps // what came of it, or would; nil while it goes on
	Advice     string           // what to do now; empty for nothing
	Untested   string           // how many profiles nobody has validated; empty for none
	Here       string           // this page
	Events     string           // where its changes come from
	Download   string           // the rows as a table; empty: they are not known
	Validate   string           // POST address
	Tiles      []ui.TileProps
	Rows       []importRowView
	Pager      ui.PagerProps
	NoneOfThem bool // no row has the outcome that is asked for
}

// importRowView is one row of the file.
type importRowView struct {
	Where, Name, Username, Href string
	Tone                        ui.Tone
	Text                        string
	Notes                       string
}

// outcomeTitles and outcomeTones are the outcomes of rows as people see them.
var (
	outcomeTitles = map[profile.RowOutcome]string{
		profile.RowNew: "New", profile.RowChanged: "Changed", profile.RowUnchanged: "Unchanged", profile.RowRefused: "Refused", profile.RowWaiting: "Waiting",
	}
	outcomeTones = map[profile.RowOutcome]ui.Tone{
		profile.RowNew: ui.OK, profile.RowChanged: ui.Info, profile.RowUnchanged: ui.Mute, profile.RowRefused: ui.Bad, profile.RowWaiting: ui.Mute,
	}
)

func (h *Handlers) reportView(c echo.Context) (importView, error) {
	view, err := h.importView(c)
	if err != nil {
		return view, err
	}
	q := rowQuery(c)
	i, err := h.Imports.Find(c.Request().Context(), session.Caller(c), sessionKey(c), q.Import)
	if err != nil {
		return view, err
	}
	path := importAddress(i.ID)
	report := reportView{
		ID: string(i.ID), Lead: leadOf(i), Begun: words.Moment(i.Begun, h.Now()), Checked: i.State == profile.Checked, Held: i.Held, File: words.Either(i.File, "The file"),
		Running: !i.State.Over(), Done: i.Done, Total: i.Total, Here: partOf(path, q.Outcome, q.After), Events: partOf(path+"/events", q.Outcome, q.After), Validate: path + "/validate",
	}
	if i.State.Over() {
		said := saidOf(i)
		report.Said, report.Advice = &said, adviceOf(i)
	}
	if i.Untested > 0 {
		report.Untested = words.Counted(i.Untested, "imported profile") + " " + words.Plural(i.Untested, "is", "are") + " not validated."
	}
	view.Report = &report
	if !i.Reported {
		return view, nil
	}
	report.Download, report.Tiles = partOf(path+"/report", q.Outcome, 0), rowTiles(i, q.Outcome)
	return view, h.fillRows(c, i, q, &report)
}

// fillRows fills in one page of rows.
func (h *Handlers) fillRows(c echo.Context, i profile.Import, q profile.RowQuery, report *reportView) error {
	rows, more, err := h.Imports.Rows(session.Caller(c), q)
	if err != nil {
		return err
	}
	for _, row := range rows {
		shown := importRowView{Where: words.Capital(row.Where), Name: row.Name, Username: row.Username, Tone: outcomeTones[row.Outcome], Text: outcomeTitles[row.Outcome], Notes: row.Notes}
		if row.Profile != "" {
			shown.Href = listPath + "/" + url.PathEscape(string(row.Profile))
		}
		report.Rows = append(report.Rows, shown)
	}
	path, all := importAddress(i.ID), i.Total
	if q.Outcome != "" {
		all = i.Counts[q.Outcome]
	}
	report.NoneOfThem = len(rows) == 0
	report.Pager.Summary = words.Number(q.After+1) + "–" + words.Number(q.After+len(rows)) + " of " + words.Number(all)
	if q.After > 0 {
		report.Pager.PreviousHref = partOf(path, q.Outcome, max(q.After-profile.RowsShown, 0))
	}
	if more {
		report.Pager.NextHref = partOf(path, q.Outcome, q.After+len(rows))
	}
	return nil
}

// partOf is the address of a part of a report.
func partOf(path string, outcome profile.RowOutcome, after int) string {
	values := url.Values{}
	if outcome != "" {
		values.Set(paramOutcome, string(outcome))
	}
	if after > 0 {
		values.Set(paramAfter, strconv.Itoa(after))
	}
	if len(values) == 0 {
		return path
	}
	return path + "?" + values.Encode()
}

// rowTiles count the rows by outcome, and each is a way to see what it counts.
func rowTiles(i profile.Import, now profile.RowOutcome) []ui.TileProps {
	path := importAddress(i.ID)
	tiles := []ui.TileProps{{Count: words.Number(i.Total), Label: "All rows", Href: path, Current: now == ""}}
	for _, outcome := range profile.RowOutcomes {
		n := i.Counts[outcome]
		if outcome == profile.RowWaiting && n == 0 && now != outcome {
			continue
		}
		tile := ui.TileProps{Count: words.Number(n), Label: outcomeTitles[outcome], Href: partOf(path, outcome, 0), Current: now == outcome}
		if n > 0 {
			tile.Tone = outcomeTones[outcome]
		}
		tiles = append(tiles, tile)
	}
	return tiles
}

func leadOf(i profile.Import) string {
	lead := words.Counted(i.Total, "row")
	if i.File != "" {
		lead = i.File + " · " + lead
	}
	if i.State == profile.Checked {
		return lead + " · checked by " + i.By
	}
	return lead + " · imported by " + i.By
}

// saidOf says what came of an import, or what would.
func saidOf(i profile.Import) ui.MessageProps {
	refused := i.Counts[profile.RowRefused]
	good := i.Done - refused
	switch {
	case i.State == profile.Checked:
		return foreseen(i)
	case i.State == profile.Imported && refused > 0:
		return ui.InPart(good, countsOf(i), "The refused rows were left out.")
	case i.State == profile.Imported:
		return ui.MessageProps{Tone: ui.OK, Title: "Imported", Text: countsOf(i)}
	}
	return ui.MessageProps{Tone: ui.Bad, Title: "The import stopped after " + words.Number(i.Done) + " of " + words.Counted(i.Total, "row"), Text: countsOf(i)}
}

// foreseen says what would come of a file. What is stored as the file says it is nothing to import.
func foreseen(i profile.Import) ui.MessageProps {
	refused, same := i.Counts[profile.RowRefused], i.Counts[profile.RowUnchanged]
	stored := i.Done - refused - same
	some := words.Number(stored) + " of " + words.Counted(i.Total, "row") + " can be imported"
	switch {
	case stored == 0 && same == 0:
		return ui.MessageProps{Tone: ui.Bad, Title: "No row can be imported", Text: "Correct the file, then select Check again."}
	case stored == 0 && refused > 0:
		return ui.InPart(same, "Nothing to import", "The rows that aren't refused are stored already. Correct the others, then select Check again.")
	case stored == 0:
		return ui.MessageProps{Tone: ui.OK, Title: "Nothing to import", Text: "Every row is stored already."}
	case refused > 0:
		return ui.InPart(stored, some, "Nothing is stored yet. Import leaves out the rows that are refused.")
	case same > 0:
		return ui.MessageProps{Tone: ui.OK, Title: some, Text: "Nothing is stored yet. The others are stored already."}
	}
	return ui.MessageProps{Tone: ui.OK, Title: words.Counted(stored, "row") + " can be imported", Text: "Nothing is stored yet. Select Import to store the profiles."}
}

// countsOf says how many profiles were made and changed.
func countsOf(i profile.Import) string {
	text := words.Counted(i.Counts[profile.RowNew], "profile") + " created, " + words.Number(i.Counts[profile.RowChanged]) + " changed, " + words.Number(i.Counts[profile.RowUnchanged]) + " unchanged"
	if refused := i.Counts[profile.RowRefused]; refused > 0 {
		text += ", " + words.Counted(refused, "row") + " refused"
	}
	return text + "."
}

// adviceOf says what to do about an import that did not come to its end.
func adviceOf(i profile.Import) string {
	why := i.Failure
	switch i.State {
	case profile.Cut:
		why = "Purser ended during the import."
	case profile.Stopped:
	default:
		return ""
	}
	if why != "" {
		why += " "
	}
	return why + "Every profile that was imported is stored whole. It is safe to import the same file again: what is stored already stays unchanged."
}
