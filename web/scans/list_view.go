package scans

import (
	"purser.example/web/lists"
	"purser.example/web/ui"
	"purser.example/web/words"
)

// listView is what Auto discovery shows behind and without a pane.
type listView struct {
	NoTenant   bool // no tenant is connected, so that nothing can be scanned yet
	CreateHref string
	Filter     filterView
	Active     []activeView // scans that go on
	Heads      []ui.Column  // of columns
	Rows       []rowView
	Pager      ui.PagerProps
	Now        string // when its times were so
}

// bare is true for a list that nothing was ever put into.
func (v listView) bare() bool { return len(v.Rows) == 0 && !v.Filter.Active }

// mark marks the row of the scan profile that the message above the list speaks of.
func (v listView) mark(id string) {
	for i := range v.Rows {
		v.Rows[i].Told = id != "" && v.Rows[i].ID == id
	}
}

// filterView is the search and the filter as the address has them.
type filterView struct {
	Query   string
	Tenants []ui.Option // without "All tenants", which stands first anyway
	Active  bool        // something is searched or filtered
	Kept    []ui.Hidden // what the address keeps besides: the order
	Hidden  []ui.Hidden // all of it, for a command on selected rows
}

// columns are the heads of the list, to the letter, each with its value of sort.
var columns = []lists.Column{
	{Label: "Scan profile", Sort: "name", Width: ui.Named},
	{Label: "Tenant", Sort: "tenant", Width: ui.Short},
	{Label: "Object types", Width: ui.Texts, From: ui.FromMiddle},
	{Label: "Method", Sort: "method", Width: ui.Badges, From: ui.FromWide},
	{Label: "Schedule", Sort: "schedule", Width: ui.Badges, From: ui.FromMiddle},
	{Label: "Last scan", Sort: "last"},
	{Label: "Next scan", Sort: "next", Width: ui.Times},
}

// rowView is one scan profile in the list.
type rowView struct {
	ID       string
	Name     string
	Href     string // its details
	Tenant   string
	Types    []string
	Method   string
	Schedule string
	Last     *lastView // nil: none yet
	Next     words.Time
	Told     bool // the message above the list speaks of it
}

// lastView is the last scan in one line.
type lastView struct {
	Tone  ui.Tone
	State string
	Begun words.Time
	Found string // "1,204 objects"; empty while nothing is counted
	Href  string
}

// activeView is a scan that goes on, as the list tells of it.
type activeView struct {
	Href, Name string
	Found      string // "1,204 objects so far"; empty for none yet
}

// activeTitle counts the scans that go on.
func (v listView) activeTitle() string {
	return words.Counted(len(v.Active), "scan") + " " + words.Plural(len(v.Active), "is", "are") + " in progress"
}
