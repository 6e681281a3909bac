package verdict

import (
	"slices"
	"strconv"

	"purser.example/internal/whose"
)

// Answer is a refusal of Microsoft's sign-in service, as far as it decides anything. Its text for people is left out on
// purpose: Microsoft asks nobody to read it by program.
type Answer struct {
	HTTP     int    // the status of the answer
	Error    string // "invalid_grant"
	Suberror string
	Codes    []int // error_codes
	// Claims is what the claims challenge names policies by, "capolids" or "polids"; empty where it names none.
	Claims string
	// JSON and Marked are what shows of who answered, see whose.Reply.
	JSON, Marked bool
}

// Codes of our own for what happens on the wire; each has its row in the table.
const (
	Timeout         = "TIMEOUT"
	Reset           = "RESET"
	NoConnection    = "NO-CONNECTION"
	Proxy           = "PROXY"
	DNS             = "DNS"
	TLS             = "TLS"
	BadAnswer       = "BAD-ANSWER"
	Cancelled       = "CANCELLED"
	RealmFederated  = "REALM-FEDERATED"
	RealmUnknown    = "REALM-UNKNOWN"
	RealmOtherCloud = "REALM-OTHER-CLOUD"
	CloudUnknown    = "CLOUD-UNKNOWN"

	// The next ones are of the legacy sign-in, which app passwords belong to (R34).
	Retired          = "LEGACY-RETIRED"         // SharePoint takes nobody in by it any more
	LegacyFault      = "LEGACY-FAULT"           // it said no, and nothing that the table knows
	NoAdminCenter    = "ADMIN-CENTER"           // there is no host that it could go to
	OtherAdminCenter = "ADMIN-CENTER-ELSEWHERE" // the host is another tenant's
)

// ByDefaults is the code of a sign-in that the tenant's security defaults refused.
const ByDefaults = "530035"

// busy is the error of a service that cannot answer for now.
const busy = "temporarily_unavailable"

// credentialRefused is said of the app's and, in older answers, of the person's credential: [70002, 50126] is a wrong
// password. It decides only where no other code does.
const credentialRefused = 70002

// Judge turns a refusal into a verdict by the built-in table.
func Judge(a Answer) Verdict { return builtin.Judge(a) }

// Fail makes the verdict of a row of the built-in table.
func Fail(key string) Verdict { return builtin.Fail(key) }

// Judge turns a refusal into a verdict with status, code, rule and proof. A throttled or failing service
// says nothing about the account, whatever else stands in its answer. Otherwise the most specific known code decides, the
// last one first, then the suberror, the claims, the error. What is in none of the tables stays Unknown, with its code.
func (t *Table) Judge(a Answer) Verdict {
	rule, code := t.decide(a)
	v := t.Fail(rule.Key)
	v.Code, v.Codes, v.Suberror = code, a.Codes, a.Suberror
	if _, wire := whose.OfWire(rule.Key); wire || httpKey.MatchString(rule.Key) {
		v.Fault = a.reply().Whose()
	}
	return v
}

// JudgeLegacy turns a refusal of the legacy sign-in into a verdict. The directory's number decides, by a row of its own for app passwords
// where there is one, because the same number may ask for something else then; the status of the sign-in, such as 0x80048821, decides only
// where there is no number (microsoft-2.md 2).
func (t *Table) JudgeLegacy(a Answer, status string) Verdict {
	if len(a.Codes) > 0 {
		v := t.Judge(a)
		if own, known := t.rule(appKey + v.Rule); known {
			v.Status, v.Rule, v.Proof, v.Fault = own.Status, own.Key, own.Proof, own.Whose()
		}
		return v
	}
	rule, known := t.rule(status)
	switch {
	case a.failing() && rule.Class != serviceFault:
		return t.Judge(Answer{HTTP: a.HTTP, Marked: a.Marked})
	case known:
		return t.Fail(status)
	}
	v := t.Fail(LegacyFault)
	if status != "" {
		v.Code = status
	}
	return v
}

// reply is the answer by what shows of it.
func (a Answer) reply() whose.Reply {
	return whose.Reply{HTTP: a.HTTP, JSON: a.JSON, Marked: a.Marked, Word: a.Error}
}

// Foreign reports whether nothing about a refusal shows that the sign-in service gave it: neither a code, nor a word that the
// service uses, nor the ids of its answers. Then its words are a stranger's, and say nothing about anybody (X2).
func (t *Table) Foreign(a Answer) bool {
	_, listed := t.rule("error " + a.Error)
	return len(a.Codes) == 0 && a.Suberror == "" && a.Claims == "" && !a.Marked && !listed && a.Error != "invalid_grant" && a.Error != "invalid_request"
}

// Fail makes the verdict of a row of the table, such as one of the codes above. A key without a row is Unknown.
func (t *Table) Fail(key string) Verdict {
	rule, known := t.rule(key)
	if !known {
		return Verdict{Status: Unknown, Fault: whose.Untold}
	}
	return Verdict{Status: rule.Status, Code: rule.Code(), Rule: rule.Key, Proof: rule.Proof, Fault: rule.Whose()}
}

// decide finds the row that counts, and the code to quote. The row is empty where nothing is known.
func (t *Table) decide(a Answer) (Rule, string) {
	known, code := t.known(a)
	switch {
	case code != "" && (!a.failing() || known.Class == serviceFault):
		return known, code
	case a.HTTP == 408, a.HTTP == 429, a.HTTP >= 500, a.Error == "" && len(a.Codes) == 0:
		return t.httpRule(a.HTTP), "HTTP " + strconv.Itoa(a.HTTP)
	}
	return t.worded(a), a.quote()
}

// worded is the row of the first word of the answer that says something, or else of one that leaves the status unknown.
func (t *Table) worded(a Answer) Rule {
	var general Rule
	for _, key := range []string{"suberror " + a.Suberror, "claims " + a.Claims, "error " + a.Error} {
		rule, ok := t.rule(key)
		switch {
		case !ok, a.failing() && rule.Class != serviceFault:
		case rule.Status != Unknown:
			return rule
		case general.Key == "":
			general = rule
		}
	}
	return general
}

// failing reports whether the service as such was in trouble, and not the request.
func (a Answer) failing() bool {
	return a.HTTP == 408 || a.HTTP == 429 || a.HTTP >= 500 || a.Error == busy
}

// known is the row of the most specific code, and that code: the last one of the list. A general one, or one that leaves the
// status unknown, decides only if nothing else is there. A family does not decide where another code has a row of its own.
func (t *Table) known(a Answer) (decides Rule, quoted string) {
	var weight int
	for _, code := range slices.Backward(a.Codes) {
		rule, ok := t.numbered(strconv.Itoa(code))
		if w := rule.weight(code); ok && w > weight {
			decides, quoted, weight = rule, quoteCode(code), w
		}
	}
	return decides, quoted
}

// weight tells how much the row says of the answer that the code came with.
func (r Rule) weight(code int) int {
	switch {
	case code == credentialRefused, r.Status == Unknown:
		return 1
	case r.family():
		return 2
	}
	return 3
}

// quote is what people look an unknown answer up by: its last code, else its error.
func (a Answer) quote() string {
	if len(a.Codes) == 0 {
		return a.Error
	}
	return quoteCode(a.Codes[len(a.Codes)-1])
}

func quoteCode(code int) string { return "AADSTS" + strconv.Itoa(code) }

// httpRule is the row of an HTTP status: its own, else that of its hundred, else that of an answer that nobody expects.
func (t *Table) httpRule(status int) Rule {
	for _, key := range []string{"HTTP " + strconv.Itoa(status), "HTTP " + strconv.Itoa(status/100) + "xx", BadAnswer} {
		if rule, ok := t.rule(key); ok {
			return rule
		}
	}
	return Rule{}
}
