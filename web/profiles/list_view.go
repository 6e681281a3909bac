package profiles

import (
	"purser.example/internal/catalogue"
	"purser.example/web/lists"
	"purser.example/web/retirements"
	"purser.example/web/tenants"
	"purser.example/web/ui"
	"purser.example/web/words"
)

// listView is what the Service account page shows behind and without a pane.
type listView struct {
	Services    []catalogue.Service // those that support service accounts (R12)
	ClassicHref string              // Manage Account Pool; empty while that page does not exist
	Retired     *retirements.View   // of the sign-in that classic MFA profiles need, where there are any; else nil
	CreateHref  string              // empty: nobody can create now, and no button says otherwise
	ExportHref  string              // the profiles of the view as a file
	NoTenant    bool                // no tenant is connected, so that nothing can be created yet
	First       tenants.Progress    // how far the first steps have come
	Tiles       []ui.TileProps      // counts by status, in their order
	Active      []activeRun         // validation runs that go on
	Filter      filterView
	Heads       []ui.Column // from heads
	Rows        []rowView
	Now         string        // when the times of the rows were so, as words.Time has it
	Pager       ui.PagerProps // its Attrs are set here
}

// mark marks the row of the profile that the message above the list speaks of.
func (v listView) mark(id string) {
	for i := range v.Rows {
		v.Rows[i].Told = id != "" && v.Rows[i].ID == id
	}
}

// activeRun is a run that goes on, as the list of profiles tells of it.
type activeRun struct {
	Href string
	Text string
}

// filterView is the search and the filters as the address has them.
type filterView struct {
	Query    string
	Tenants  []ui.Option // without "All tenants", which stands first anyway
	Services []ui.Option
	Statuses []ui.Option
	Types    []ui.Option // of profiles; none where all are common ones, which nobody has to tell apart
	Hidden   []ui.Hidden // what the address keeps besides: the sort, the selection of a tile
	Active   bool        // something is searched or filtered, so that an empty list means "nothing matches"
}

// address is the search, the filters and the order as a form carries them along, so that a command on selected rows leads
// back to the same list.
func (v filterView) address() []ui.Hidden {
	var values []ui.Hidden
	if v.Query != "" {
		values = append(values, ui.Hidden{Name: "q", Value: v.Query})
	}
	for _, filter := range []struct {
		name    string
		options []ui.Option
	}{{"tenant", v.Tenants}, {"service", v.Services}, {"status", v.Statuses}, {"type", v.Types}} {
		for _, option := range filter.options {
			if option.Selected {
				values = append(values, ui.Hidden{Name: filter.name, Value: option.Value})
			}
		}
	}
	return append(values, v.Hidden...)
}

// columns are the heads of R10, to the letter, each with its value of sort.
var columns = []lists.Column{
	{Label: "Profile name", Sort: "name", Width: ui.Named},
	{Label: "Tenant", Sort: "tenant", Width: ui.Short, From: ui.FromMiddle},
	{Label: "Services", Width: ui.Texts, From: ui.FromWide},
	{Label: "Username", Sort: "username", Width: ui.User},
	{Label: "Status", Sort: "status"},
	{Label: "Password expires", Sort: "expires", Width: ui.Times},
	{Label: "Last validated", Sort: "validated", Width: ui.Times, From: ui.FromMiddle},
	{Label: "Last modified", Sort: "modified", Width: ui.Times, From: ui.FromWide},
}

// heads makes the column heads for a list that is sorted by current.
func heads(current string, href func(sort string) string) []ui.Column {
	return lists.Heads(columns, current, href)
}

// rowView is one profile in the list.
type rowView struct {
	ID          string
	Name        string
	Href        string // its details
	Description string
	Classic     bool // a classic MFA profile
	Tenant      string
	Domain      string
	Services    []string // names; the first one stands in the row, the rest is a number
	Username    string
	Status      statusView
	Expires     expiryView
	Validated   words.Time // zero: never
	Modified    words.Time
	Selected    bool
	Told        bool // the message above the list speaks of it
}

// statusView is a status with its reason in one line.
type statusView struct {
	Tone   ui.Tone
	Text   string // "Policy blocked"
	Reason string // "Conditional access · AADSTS53003", "SharePoint Administrator missing"; empty for none
	// Tried is an attempt since that could not tell, such as "Not reached", and when that was.
	Tried   string
	TriedAt words.Time
}

// expiryView is when a password expires. Without a time, Text stands alone: "Never", "–".
type expiryView struct {
	Time words.Time
	Text string
	Tone ui.Tone // Warn or Bad when it is near; unset otherwise
}
