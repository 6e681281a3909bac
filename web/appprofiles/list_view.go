package appprofiles

import (
	"purser.example/web/lists"
	"purser.example/web/ui"
	"purser.example/web/words"
)

// listView is what App management shows behind and without a pane.
type listView struct {
	CreateHref string
	Filter     filterView
	Heads      []ui.Column // of columns
	Rows       []rowView
	Pager      ui.PagerProps
	Now        string // when its times were so
}

// bare is true for a list that nothing was ever put into.
func (v listView) bare() bool { return len(v.Rows) == 0 && !v.Filter.Active }

// mark marks the row of the app profile that the message above the list speaks of.
func (v listView) mark(id string) {
	for i := range v.Rows {
		v.Rows[i].Told = id != "" && v.Rows[i].ID == id
	}
}

// filterView is the search and the filters as the address has them.
type filterView struct {
	Query    string
	Tenants  []ui.Option // without "All tenants", which stands first anyway
	Statuses []ui.Option
	Active   bool        // something is searched or filtered
	Kept     []ui.Hidden // what the address keeps besides: the order
	Hidden   []ui.Hidden // all of it, for a command on selected rows
}

// columns are the heads of the list, to the letter, each with its value of sort.
var columns = []lists.Column{
	{Label: "Name", Sort: "name", Width: ui.Named},
	{Label: "Tenant", Sort: "tenant", Width: ui.Texts},
	{Label: "Cloud", Sort: "cloud", Width: ui.Times, From: ui.FromWide},
	{Label: "Application (client) ID", Sort: "application", Width: ui.Times, From: ui.FromMiddle},
	{Label: "Credential", Width: ui.Texts, From: ui.FromMiddle},
	{Label: "Credential expires", Sort: "expires", Width: ui.Times},
	{Label: "Status", Sort: "status"},
	{Label: "Last checked", Sort: "checked", Width: ui.Times, From: ui.FromWide},
}

// rowView is one app profile in the list.
type rowView struct {
	ID          string
	Name        string
	Href        string // its details
	Preferred   bool   // Purser takes this one of several of its tenant
	Tenant      string
	Domain      string
	Cloud       string
	Application string
	Credential  string // "Client secret", "2 credentials"
	Expires     dueView
	Status      statusView
	Checked     words.Time
	Told        bool // the message above the list speaks of it
}

// statusView is a status with its reason in one line.
type statusView struct {
	Tone   ui.Tone
	Text   string
	Reason string // the code, or what is missing; empty for none
}

// dueView is when a credential ends.
type dueView struct {
	At   words.Time
	Text string // where there is no time: "Not known", "Never"
	Tone ui.Tone
}
