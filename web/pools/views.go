package pools

import (
	"purser.example/internal/pool"
	"purser.example/web/retirements"
	"purser.example/web/ui"
	"purser.example/web/verdicts"
	"purser.example/web/words"
)

// The views are what the templates show: texts and addresses, formatted already. None of them ever holds a secret.

// pageView is the whole page for one tenant.
type pageView struct {
	Tenants  []ui.Option
	Tenant   string // its id; empty: no tenant is connected
	Tab      string
	Services []serviceView
	Panels   []panelView
	Needs    []pool.Requirement
	Todo     []termStoreView // for a person to do
	Outcome  outcomeView
}

// serviceView is a service that uses pools.
type serviceView struct {
	Name     string
	Inferred bool
}

// hiddenView is a value that the form carries along.
type hiddenView struct{ Name, Value string }

// panelView is one pool.
type panelView struct {
	Class, Title string
	Current      bool
	Href         string // its address
	Retired      string // a remark on what the class is for; empty for none
	Holdings     []pool.Holding
	Hidden       []hiddenView
	Group        string // as typed
	Suggest      string // where suggestions come from
	Errors       map[string]string
	Refused      string        // why a command of this pool was refused
	Connect      string        // where the tenant gets an app profile; empty: it has one
	Choices      []groupChoice // of an ambiguous name
	Clearing     string        // what the next Save removes; empty for nothing
	Loses        *losesView    // what Clear would remove; nil for nothing
	Found        *foundView    // nil while no group was found
	Drift        driftView
	Users        *usersView
	Chain        chainView
	Counted      string // how many objects the last scan found; empty: none was counted
	CountedAt    words.Time
	Enough       enoughView
	Objects      string
	AdminURL     string
	URLNeeded    bool   // a member has Enable MFA on
	URLDoubt     string // what is doubtful about the address; empty for nothing
	Versions     versionsView
	Check        *checkNote
	Passwords    bool // members of the class need passwords
	Fresh        bool // it was just saved: nothing that was typed before belongs to it
}

// name is a field's name in the form, which is its id too.
func (p panelView) name(field string) string { return field + "-" + p.Class }

// groupChoice is one of several groups with the same name.
type groupChoice struct{ ID, Name, About string }

// foundView is the group and how far the reading of its members is.
type foundView struct {
	Class   string
	Kind    string
	About   []string // its address, that it is dynamic, that it is a team
	Rule    string   // of a dynamic group
	Events  string   // where progress comes from; empty when the reading is over
	Read    string   // "300 members so far"
	Failure string
	Remark  string // what is remarkable about the list, such as that it is empty
	Said    bool   // it is the outcome of what was just done
	Members string // "It has 6 members."
	Count   string // "5 of 6 members can be used"
	Tone    ui.Tone
	LeftOut string // "2 objects cannot be members"; empty for none
	Others  []string
	More    string // how many others are not named
}

// enoughView says whether the pool has members enough (R45).
type enoughView struct {
	Class, Renew string // Renew is where this part comes from
	Text         string
	Rule         string // written out
	Label        string // what the chart shows, for a voice
	Parts        []partView
	Mark         *markView // nil while nobody knows how many members are needed
	Tone         ui.Tone
	Badge        string // empty while it is not known
}

// partView is a part of the bar, in percent of its length.
type partView struct {
	Kind      string // "ready", "attention", "none"
	At, Width float64
}

// markView is where on the bar the members that are needed end.
type markView struct {
	At    float64
	Label string
}

// losesView is what a pool loses when it is cleared.
type losesView struct {
	Lead string
	What []string
	Then string // what stays as it is
}

// usersView is one page of the members.
type usersView struct {
	ID, Class string
	Form      string       // id of the form that filters
	Action    string       // of it
	Hidden    []hiddenView // for the form that filters
	Kept      []hiddenView // for the pools' form
	Find      string
	Shows     []ui.Option
	Passwords bool
	Planner   bool // the class is the one that Planner data concerns
	Looked    bool // a scan has looked at a member in sight
	Retype    bool
	Several   bool   // the members have several pages
	Import    string // address of the import; empty for none
	Rows      []memberView
	Pager     ui.PagerProps
	Empty     string // why there are no rows
	Renew     string // where this part comes from while the reading goes on; empty afterwards

	Retired *retirements.View // where members have app passwords: what Microsoft has turned off under them
}

// memberView is one member.
type memberView struct {
	User, Name, Username string
	Row                  string // value of fieldRow
	Tone                 ui.Tone
	State                string
	Sub                  []string
	Code                 string
	Nested               bool
	Licenses             []string
	LicensesNote         string
	ProfileName          string
	ProfileHref          string
	HealthHref           string // the member's health checks; empty where nothing is stored that they could try
	MFA                  bool
	Stored               string // "Stored", "App password stored"; empty: none
	StoredAt             words.Time
	Waiting              bool // a new one waits for its check
	Fold                 string
	Verdict              *verdicts.View
	Error                string
	Forget               bool // ticked
	Elsewhere            []placeView
	Planner              *plannerView // nil: no scan has looked
}

// plannerView is of how many scanned groups a member is owner and member at once.
type plannerView struct {
	Tone  ui.Tone
	State string     // "12 of 45"
	Text  string     // in a sentence; empty where no scan could tell
	At    words.Time // behind it
	Todo  string     // what to do; empty for nothing
	Why   string     // why the last scan could not tell; empty: it could
	Code  string
	Href  string // what the code means
}

// placeView is another place of a member's account, and whether a new password goes there too.
type placeView struct {
	Value, Name string
	Checked     bool
}

// driftView is what changed in the group since the pool was saved.
type driftView struct {
	ID       string
	Class    string
	Ask      string // where a script asks for the comparison; empty: it does not
	Offer    bool   // it would sign in with an account, so that somebody has to ask for it
	Running  string // where progress comes from; empty: nothing runs
	Problem  string
	Remark   string // why the present members cannot be taken over
	None     bool
	Lines    []driftLine
	Adopt    bool // the present members can be taken over with the next Save
	Adopted  bool // they were
	Compared bool
}

// driftLine is one kind of change with those whom it concerns.
type driftLine struct {
	Tone  ui.Tone
	Text  string // "2 joined the group"
	Names []string
	More  string
}

// versionsView is what is saved beside what is in force (R46).
type versionsView struct {
	Line   string // in one line
	Saved  words.Time
	By     string
	Differ bool
	Rows   []versionRow
	Lines  []driftLine
}

// versionRow is one fact in both versions.
type versionRow struct {
	Field, Saved, InForce string
	Differs               bool
}

// checkNote tells of the pool's last check of passwords.
type checkNote struct {
	Text, Href string
	Begun      words.Time // behind the text of one that is over
	Runs       bool
}

// outcomeView is what became of the last Save.
type outcomeView struct {
	Problem   string
	Mistakes  []mistake
	Saved     []string // titles of the pools that were saved all the same
	Conflicts []conflictView
	Failed    []failure
	Reference string // of the request, where something failed
}

// failure is a pool that could not be stored though nothing is wrong with it.
type failure struct {
	Title, Text string
	cause       error
}

// mistake is a field that was refused, with the id of the control to correct.
type mistake struct{ Label, Control, Text string }

// conflictView shows what two people made of one pool.
type conflictView struct {
	Title     string
	By        string
	At        words.Time
	Overwrite hiddenView // what "Overwrite with mine" sends
	Reload    string
	Rows      []versionRow // Saved is theirs, InForce is yours
}

// importView is the page that takes a file of passwords.
type importView struct {
	Lead     string
	Action   string
	Template string
	Pool     string
	Error    string // of the file
	Said     *ui.MessageProps
	Rows     []importRow
	More     string
}

// importRow is one row of the file.
type importRow struct {
	Line, Username, Text string
	Tone                 ui.Tone
	Reason               string
}
