package scans

import (
	"purser.example/web/ui"
	"purser.example/web/words"
)

// scanView is one scan, while it goes on and afterwards.
type scanView struct {
	Name       string
	TenantHref string
	Tenant     string
	Begun      words.Time
	Took       string // empty while it goes on
	Over       bool
	Stopping   bool
	Outcome    *ui.VerdictProps // what came of it; nil while it goes on
	Progress   string           // what goes on
	Reading    string           // what is being read; empty for nothing
	Rests      words.Time       // until when Microsoft asked Purser to wait; zero: it did not
	Soon       bool             // that is less than a minute from now
	Done, All  int              // types
	StopAction string           // POST addresses
	RunAction  string
	Here       string // this page
	Events     string // where its changes come from
	By         string // the account or app by which it reads
	Method     string
	Attended   string // who or what began it
	Sections   []sectionView
	Total      sectionView
	Grants     *grantsView // nil: nothing is registered
	Planner    string      // of how many groups the members of the pool are owner and member; empty: the scan has not looked
	Members    string      // where they are
	Warnings   []warningView
	Pager      ui.PagerProps
	Links      []link
}

// sectionView is what a scan has of one type.
type sectionView struct {
	Title  string
	Tone   ui.Tone
	State  string
	Reason string // why it could not be read; empty for none
	Code   string
	Href   string // what the code means
	Remedy string
	Detail string
	Grant  link // where a permission that is missing can be granted; empty for none
	Found  string
	New    string
	Gone   string
	Failed string
	Took   string
	Busy   bool
}

// grantsView is how far the registration of sites is.
type grantsView struct {
	Href        string
	Done, Total int
	Over        bool
	Tone        ui.Tone
	Text        string
}

// warningView is something about one object that the scan could not settle.
type warningView struct {
	Name, Type, Address, Title, Remedy, Code, Href, Detail string
}

type link struct{ Text, Href string }
