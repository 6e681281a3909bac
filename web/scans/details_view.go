package scans

import (
	"purser.example/web/layout"
	"purser.example/web/ui"
	"purser.example/web/words"
)

// detailsView is everything known about one scan profile.
type detailsView struct {
	Said        *layout.Flash // what the last request did, from the shell: what stands behind a pane is inert
	Name        string
	Description string
	Close       string // the list as it was
	EditHref    string
	RunAction   string // POST addresses
	StopAction  string
	DeleteHref  string
	Tenant      string
	TenantHref  string
	ObjectsHref string
	Types       []typeFact
	Method      string
	Account     string // of a service account profile; empty for none
	AccountHref string
	AccountGone bool // the profile cannot be chosen any more
	Schedule    string
	Next        words.Time
	Last        *scanRow // nil: none yet
	Active      *activeView
	TermStore   *termStoreView
	PoolHref    string // empty: nothing is registered
	Created     signedView
	Modified    signedView
	History     []scanRow
	OlderHref   string // empty for no more
	NewestHref  string // empty on the first page
}

// typeFact is an object type of the scan profile, with what cannot be read of it by its method.
type typeFact struct{ Title, Limit string }

// signedView says when something was done and by whom.
type signedView struct {
	At words.Time
	By string
}

// scanRow is one scan in a history.
type scanRow struct {
	Href   string
	Begun  words.Time
	Tone   ui.Tone
	State  string
	Reason string // the title of its code; empty for none
	Grant  link   // where a permission that is missing can be granted; empty for none
	Found  string
	New    string
	Gone   string
	Failed string
	Took   string // "3 minutes"; for a scan that goes on, so far
	Share  int    // of the longest of the list, in percent
	By     string
}

// termStoreView is whether the account is term store administrator, or whose job that is (R51).
type termStoreView struct {
	Open   bool
	Text   string
	At     signedView // zero where nobody has done it
	Code   string
	Href   string // what the code means
	Action string // a POST address, where somebody can tick it off
}
