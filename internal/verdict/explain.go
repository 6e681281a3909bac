package verdict

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"purser.example/internal/shown"
	"purser.example/internal/whose"
)

// Context is what an explanation may name besides the verdict itself. All of it may be left empty.
type Context struct {
	Username    string
	Tenant      string    // as people call it: "Contoso"
	App         string    // application (client) id of the app profile
	ConsentHref string    // where an administrator of the tenant gives consent to the app
	Needs       []Need    // of the chosen services
	Saving      bool      // a Save waits for this verdict
	Now         time.Time // for what ends soon
	Table       *Table    // the table that the installation works by; nil: the built-in one
}

// Explanation is a verdict in words (R17, R18). It reads from top to bottom: what happened, what is proven, what to do, what
// to quote.
type Explanation struct {
	Title    string
	Cause    string // one sentence
	Note     string // what it means for the password, the account and the Save; may be empty
	Findings []Finding
	Steps    []Step
	Warnings []string
	Links    []Link
	Details  []Detail
}

// Finding is one thing that the validation was to find out, and whether it did.
type Finding struct {
	Result Proven
	Text   string
}

// Link leads to a page of help.
type Link struct{ Text, Href string }

// Detail is one thing to quote to whoever helps.
type Detail struct{ Name, Value string }

// Pages of help.
const (
	notesHref   = "/help/validation-notes"
	codesHref   = "/help/validation-codes"
	browserHref = "/help/works-in-browser"
	appHref     = "/help/app-passwords"
)

// Explain puts the verdict into words. Both policy statuses begin with the guide's sentence (R18), word for word.
func (v Verdict) Explain(c Context) Explanation {
	row := v.Status.row()
	rule, _ := c.Table.rule(v.Rule)
	advised := or(rule.advice, row.advice)
	e := Explanation{
		Title: or(headlines[v.Rule], row.headline), Cause: v.cause(c, or(rule.Cause, row.cause)), Note: v.note(c.Saving), Findings: v.findings(c.Needs),
		Steps: v.steps(advised, c), Links: v.links(c.Table), Details: v.details(),
	}
	if (v.unlisted(c.Table) || rule.family()) && advised != "look-up" {
		e.Steps = append(e.Steps, v.steps("look-up", c)[0])
	}
	e.Steps = append(e.Steps, v.Blame.steps(c.Table)...)
	for _, warning := range v.Review(c.Needs, c.Now) {
		e.Warnings = append(e.Warnings, warning.Text())
	}
	return e
}

// headlines are those of rows that the headline of their status would say the wrong thing for.
var headlines = map[string]string{
	NoAdminCenter:    "The SharePoint admin center URL needs attention",
	OtherAdminCenter: "The SharePoint admin center URL needs attention",
}

// unlisted reports whether Microsoft's code has no row, of its own or of a family.
func (v Verdict) unlisted(t *Table) bool {
	number, ok := strings.CutPrefix(v.Code, "AADSTS")
	_, listed := t.numbered(number)
	return ok && !listed
}

// Cause says in one sentence what the row that decided means, by a table.
func (v Verdict) Cause(t *Table) string {
	rule, _ := t.rule(v.Rule)
	return v.cause(Context{Table: t}, or(rule.Cause, v.Status.row().cause))
}

// accuses is whom the texts for a bare HTTP status name. Who really answered may be somebody else (X4).
var accuses = map[string]whose.Fault{
	"HTTP 408": whose.Microsoft, "HTTP 429": whose.Microsoft, "HTTP 502": whose.Microsoft, "HTTP 503": whose.Microsoft, "HTTP 504": whose.Microsoft,
	"HTTP 5xx": whose.Microsoft, "HTTP 4xx": whose.Between,
}

// wrongly reports whether the text of the table, where it is the built-in one, names another than the one to be looked at.
func (v Verdict) wrongly(text string) bool {
	accused, does := accuses[v.Rule]
	return does && v.Fault != "" && v.Fault != accused && text == builtin.byKey[v.Rule].Cause
}

func (v Verdict) cause(c Context, text string) string {
	blamed := v.Blame.sentence()
	switch {
	case v.wrongly(text):
		return "The answer was " + v.Code + ": " + v.Fault.Words().What + "."
	case v.Proof.Policy == Refuted && blamed != "":
		return blamed
	case v.Status == Unknown && v.Rule == "" && v.Code != "":
		return "Microsoft 365 answered with " + v.Code + ", which is not in Purser's table."
	case v.unlisted(c.Table):
		return strings.TrimSuffix(text, ".") + "; its code " + v.Code + " is not in Purser's table."
	default:
		return text
	}
}

// note says what follows: for the password, for the account, for what was to be saved.
func (v Verdict) note(saving bool) string {
	var sentences []string
	if v.Proof.Password == Proved && !v.Valid() {
		sentences = append(sentences, v.rightPassword())
	}
	sentences = append(sentences, v.legacyNote()...)
	if v.Unlike {
		sentences = append(sentences, v.unlikeNote())
	}
	if v.CloudChecked {
		sentences = append(sentences, "The domain is federated; the password went to Microsoft's sign-in host, because a Tenant Owner confirmed that Microsoft's cloud checks the passwords of this domain.")
	}
	switch {
	case v.Status == Unreachable:
		sentences = append(sentences, "It was not the account's fault.")
	case !v.Status.AboutAccount() && v.Proof.Password != Proved:
		sentences = append(sentences, "This says nothing about the account.")
	}
	switch {
	case saving && !v.Valid():
		sentences = append(sentences, "Nothing was saved.")
	case !v.Status.AboutAccount():
		sentences = append(sentences, "The account keeps its earlier status.")
	}
	return strings.Join(sentences, " ")
}

// rightPassword says that it was not the password's fault. Of which kind it is nobody can tell after a legacy sign-in.
func (v Verdict) rightPassword() string {
	if v.AppPassword {
		return "Microsoft accepted the password."
	}
	return "The password is right."
}

// unlikeNote says how an app password looks, and what follows where one that does not look so was accepted.
func (v Verdict) unlikeNote() string {
	const looks = "App passwords have 16 lowercase letters, and this password doesn't look like one."
	if v.Proof.Password != Proved {
		return looks
	}
	return looks + " Legacy sign-in also accepts the own password of an account without multi-factor authentication, and doesn't tell which one it was."
}

// legacyNote tells who has turned the legacy protocol off: the tenant, Microsoft, or both. It says nothing where the setting was not read,
// and nothing of an account that still comes in by it but that the tenant is about to lock out.
func (v Verdict) legacyNote() []string {
	switch {
	case v.Status == LegacyRetired && v.Legacy == Refuted:
		return []string{"The tenant's own setting blocks it too: Apps that don't use modern authentication is set to Block access."}
	case v.Status == LegacyRetired && v.Legacy == Proved:
		return []string{"The tenant's own setting still allows it, so Microsoft itself has turned it off."}
	case v.Valid() && v.Legacy == Refuted:
		return []string{"The tenant's setting blocks the legacy sign-in by now, which can take up to 24 hours to work. Such sign-ins will be refused then."}
	}
	return nil
}

// findings lists what was to be found out. After an answer that proves nothing the list is empty.
func (v Verdict) findings(needs []Need) []Finding {
	p := v.Proof
	if p == (Proof{}) {
		return nil
	}
	right := "Password right"
	if v.AppPassword {
		right = "Password accepted" // be it an app password or the account's own
	}
	list := []Finding{
		finding(p.User, "User not checked", "User exists", "User not found"),
		finding(p.Password, "Password not checked", right, "Password refused"),
		finding(p.Policy, "Policies not checked", "Policies passed", "Blocked by policy"),
	}
	if v.AppPassword {
		return append(list, finding(v.Legacy, "Tenant's setting not read", "Tenant allows legacy sign-in", "Tenant blocks legacy sign-in"))
	}
	if roles := p.Roles; roles == Proved && len(v.RolesMissing(needs)) > 0 {
		list = append(list, Finding{Refuted, "Roles missing"})
	} else {
		list = append(list, finding(roles, "Roles not read", "Roles read", ""))
	}
	if p.Licence != NotRead {
		list = append(list, finding(p.Licence, "", v.licensed(), "No license"))
	}
	return list
}

// licensed names the products that matter, where the account has any.
func (v Verdict) licensed() string {
	if len(v.Products) == 0 {
		return "Licensed"
	}
	return "Licensed: " + strings.Join(v.Products, ", ")
}

func finding(result Proven, notRead, proved, refuted string) Finding {
	return Finding{result, [...]string{NotRead: notRead, Proved: proved, Refuted: refuted}[result]}
}

// links leads whatever an app password met to the page about those, a refused password to the page about that, policy trouble to the notes,
// and every known code to its place on the page of codes, or on that of app passwords.
func (v Verdict) links(t *Table) []Link {
	var list []Link
	rule, known := t.rule(v.Rule)
	help := codesHref
	if v.AppPassword || rule.Legacy() {
		list = append(list, Link{"Validation test with an app password", appHref})
	} else if v.Status == WrongPassword {
		list = append(list, Link{"Why is a password that works in the browser refused here?", browserHref})
	}
	if slices.Contains([]Status{MFARequired, PolicyBlocked, AppSetup, Federated, LegacyRetired}, v.Status) {
		list = append(list, Link{"Helpful notes for passing the validation test", notesHref})
	}
	if rule.Legacy() {
		help = appHref
	}
	if known {
		list = append(list, Link{"More about " + rule.Code(), help + "#" + rule.Anchor()})
	}
	return list
}

// details lists what Microsoft's support and the tenant's sign-in log are searched by.
func (v Verdict) details() []Detail {
	at := v.At
	if !v.Answered.IsZero() {
		at = v.Answered
	}
	list := []Detail{{"Code", v.Code}, {"All codes", v.allCodes()}, {"Suberror", v.Suberror}}
	if !at.IsZero() {
		list = append(list, Detail{"Time", at.UTC().Format("2006-01-02 15:04:05Z")})
	}
	list = append(list, Detail{"Correlation ID", v.CorrelationID}, Detail{"Trace ID", v.TraceID})
	list = append(list, Detail{"Fault", v.faultInWords()})
	for _, p := range v.Blame.Policies {
		list = append(list, Detail{"Policy", strings.TrimSpace(shown.Name(p.Name) + " " + p.ID)})
	}
	for _, id := range v.Policies {
		if v.Blame.name(id) == "" {
			list = append(list, Detail{"Policy", id})
		}
	}
	return slices.DeleteFunc(list, func(d Detail) bool { return d.Value == "" })
}

// faultInWords says whose fault it was that Microsoft 365 could not be asked; empty where something else is the matter.
func (v Verdict) faultInWords() string {
	if v.Status != Unreachable || v.Fault.Blamed() || v.Fault == whose.Nobody {
		return ""
	}
	return v.Fault.Words().What
}

// allCodes is shown only where Microsoft gave more than the one in Code.
func (v Verdict) allCodes() string {
	if len(v.Codes) < 2 {
		return ""
	}
	var words []string
	for _, code := range v.Codes {
		words = append(words, strconv.Itoa(code))
	}
	return strings.Join(words, ", ")
}

// Copy is the text behind "Copy details": what a person pastes into a ticket.
func (e Explanation) Copy() string {
	lines := []string{e.Title, e.Cause}
	for _, d := range e.Details {
		lines = append(lines, d.Name+": "+d.Value)
	}
	return strings.Join(lines, "\n") + "\n"
}
