package profiles

import (
	"purser.example/web/ui"
	"purser.example/web/words"
)

// runView is a validation run with one page of its profiles.
type runView struct {
	Selection    string
	By           string
	Begun        words.Time
	Took         string // empty while it goes on
	List         string // the list of profiles
	Runs         string // the list of runs
	Over         bool
	Cancelling   bool
	Done, Total  int
	Tiles        []ui.TileProps
	Said         *ui.MessageProps // what came of it; nil while it goes on
	Resting      []restView
	CancelAction string // POST addresses
	AgainAction  string
	Unsettled    string // how many "Validate again" would take; "0" for none
	Here         string // this page
	Events       string // where its changes come from
	Items        []itemView
	Pager        ui.PagerProps
}

// restView says that Microsoft is left in peace for a tenant.
type restView struct {
	Tenant string
	Until  words.Time
}

// itemView is one profile of a run.
type itemView struct {
	Name     string
	Href     string // its details; empty for one that is gone
	Username string
	Tone     ui.Tone
	Text     string
	Code     string // empty for none
	Reason   string // empty for none
	At       words.Time
}

// runsView lists validation runs, newest first.
type runsView struct {
	List  string
	Rows  []runRow
	Older string // empty for no more
}

// runRow is one run in the list.
type runRow struct {
	Href      string
	Selection string
	By        string
	Begun     words.Time
	Tone      ui.Tone
	State     string
	Total     string
	Valid     string
	Attention string
	Others    string
}
