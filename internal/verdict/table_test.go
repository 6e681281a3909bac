package verdict_test

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"purser.example/internal/verdict"
)

// The statuses that follow from a class, and the codes that are told apart within it (R17).
var (
	statusOfClass = map[string]verdict.Status{
		"mfa_required": verdict.MFARequired, "conditional_access": verdict.PolicyBlocked, "app_config": verdict.AppSetup,
		"tenant_not_found": verdict.TenantNotFound, "service_fault": verdict.Unreachable, "federation": verdict.Federated,
		"account_state": verdict.Unknown, "unknown": verdict.Unknown,
	}
	statusOfCode = map[string]verdict.Status{
		"50126": verdict.WrongPassword, "50064": verdict.WrongPassword,
		"50034": verdict.AccountNotFound, "51004": verdict.AccountNotFound, "50020": verdict.AccountNotFound, "500202": verdict.AccountNotFound,
		"500208": verdict.AccountNotFound, "16000": verdict.AccountNotFound, "90072": verdict.AccountNotFound,
		"16003": verdict.AccountNotFound, "50014": verdict.AccountNotFound, "50197": verdict.AccountNotFound, "90084": verdict.AccountNotFound, "90125": verdict.AccountNotFound,
		"50057": verdict.AccountBlocked, "50056": verdict.AccountBlocked, "50135": verdict.AccountBlocked, "50125": verdict.AccountBlocked, "80012": verdict.AccountBlocked, "50015": verdict.AccountBlocked, "54000": verdict.AccountBlocked,
		"50053": verdict.AccountLocked, "50055": verdict.PasswordExpired, "50144": verdict.PasswordExpired,
		"50054": verdict.WrongPassword, "50052": verdict.WrongPassword,
		"500341": verdict.AccountNotFound, "500200": verdict.AccountNotFound, "500207": verdict.AccountNotFound, "500346": verdict.AccountNotFound,
		"50137": verdict.AccountBlocked, "50142": verdict.AccountBlocked, "50209": verdict.AccountBlocked, "500571": verdict.AccountBlocked,
		"80001": verdict.Unreachable, "80002": verdict.Unreachable, "80014": verdict.Unreachable, "40010": verdict.Unreachable,
	}
)

// R17: every number of Microsoft's table has a row of its class, and the status that class and code lead to.
func TestEveryNumberOfMicrosoftsTableHasItsStatus(t *testing.T) {
	data, err := os.ReadFile("testdata/aadsts.tsv")
	if err != nil {
		t.Fatal(err)
	}
	walked := 0
	for line := range strings.Lines(string(data)) {
		number, class, found := strings.Cut(strings.TrimSpace(line), "\t")
		if !found {
			continue
		}
		number, last, isRange := strings.Cut(number, "-")
		checkNumber(t, number, class)
		if isRange {
			checkNumber(t, last, class)
		}
		walked++
	}
	if walked != 350 {
		t.Errorf("walked over %d rows", walked)
	}
}

func checkNumber(t *testing.T, number, class string) {
	t.Helper()
	code, err := strconv.Atoi(number)
	if err != nil {
		t.Fatal(err)
	}
	want, special := statusOfCode[number]
	if !special {
		want = statusOfClass[class]
	}
	v := verdict.Judge(verdict.Answer{HTTP: 400, Error: "invalid_grant", Codes: []int{code}})
	rule := number
	if family := number[:len(number)-2] + "xx"; slices.ContainsFunc(verdict.Rules(), func(r verdict.Rule) bool { return r.Key == family }) && !slices.ContainsFunc(verdict.Rules(), func(r verdict.Rule) bool { return r.Key == number }) {
		rule = family
	}
	if v.Status != want || v.Code != "AADSTS"+number || v.Rule != rule {
		t.Errorf("%s (%s): %s by %q as %q, want %s", number, class, v.Status, v.Rule, v.Code, want)
	}
	at := slices.IndexFunc(verdict.Rules(), func(r verdict.Rule) bool { return r.Key == rule })
	if at < 0 || string(verdict.Rules()[at].Class) != class {
		t.Errorf("%s is not in class %s", number, class)
	}
}

// X24: a number of a family that Microsoft keeps adding to is told by its family until it has a row of its own, with the number
// to quote and to look up.
func TestANumberIsToldByItsFamily(t *testing.T) {
	refused := func(codes ...int) verdict.Verdict {
		return verdict.Judge(verdict.Answer{HTTP: 400, Error: "invalid_grant", Codes: codes})
	}
	v := refused(530077)
	e := v.Explain(verdict.Context{Username: "svc@contoso.com"})
	if v.Status != verdict.PolicyBlocked || v.Code != "AADSTS530077" || v.Rule != "5300xx" || v.Proof.Password != verdict.NotRead || strings.Contains(e.Cause, "not in Purser's table") {
		t.Errorf("%+v: %q", v, e.Cause)
	}
	if !slices.ContainsFunc(e.Steps, func(s verdict.Step) bool { return strings.HasSuffix(s.Href, "code=530077") }) {
		t.Errorf("nothing leads to what Microsoft writes about it: %+v", e.Steps)
	}
	for _, codes := range [][]int{{50057, 530077}, {530077, 50057}} {
		if v := refused(codes...); v.Code != "AADSTS50057" || v.Status != verdict.AccountBlocked {
			t.Errorf("%v: %+v", codes, v)
		}
	}
	if v := refused(530035); v.Rule != "530035" {
		t.Errorf("a number with a row of its own: %+v", v)
	}
	for _, outside := range []int{53007, 5300123, 530, 530100, 53} {
		if v := refused(outside); v.Status != verdict.Unknown {
			t.Errorf("%d: %+v", outside, v)
		}
	}
	own, mistakes := verdict.Builtin().Overlay("530077\taccount_state\taccount-blocked\t-\t-\tNo.\tUs\n5312xx\tmfa_required\tmfa-required\t-\t-\tNo.\tUs")
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	for code, status := range map[int]verdict.Status{530077: verdict.AccountBlocked, 530078: verdict.PolicyBlocked, 531201: verdict.MFARequired} {
		if v := own.Judge(verdict.Answer{HTTP: 400, Codes: []int{code}}); v.Status != status {
			t.Errorf("%d by an operator's rows: %+v", code, v)
		}
	}
}

// R17: whoever reads a verdict gets a cause of one sentence, something to do, and a source; nothing has a hole.
func TestEveryRowReadsWhole(t *testing.T) {
	anchors := map[string]bool{}
	full := verdict.Context{Username: "svc@contoso.com", Tenant: "Contoso", App: "a0000000-0000-4000-8000-000000000001", ConsentHref: "https://login.example/adminconsent"}
	for _, rule := range verdict.Rules() {
		v := verdict.Fail(rule.Key)
		v.Fault = "" // what the row itself says, see TestAStatusAccusesNobodyByItself
		v.CorrelationID = "5a0c7a6e-7a4b-4c9d-9d8a-0a0f5f9a3c11"
		if !rule.Status.Known() || rule.Source == "" || anchors[rule.Anchor()] || strings.ContainsAny(rule.Anchor(), " #") {
			t.Errorf("%s: incomplete or double: %+v", rule.Key, rule)
		}
		anchors[rule.Anchor()] = true
		for _, c := range []verdict.Context{{}, full} {
			checkWords(t, rule, v.Explain(c))
		}
	}
}

func checkWords(t *testing.T, rule verdict.Rule, e verdict.Explanation) {
	t.Helper()
	if e.Cause != rule.Cause || !strings.HasSuffix(e.Cause, ".") || strings.Count(e.Cause, ". ") > 0 {
		t.Errorf("%s: cause is not one sentence: %q", rule.Key, e.Cause)
	}
	if e.Title == "" || len(e.Steps) == 0 {
		t.Errorf("%s: no title or nothing to do", rule.Key)
	}
	for _, step := range e.Steps {
		if strings.Contains(step.Text+step.Command+step.Href, "{") || step.Text == "" || (step.Link == "") != (step.Href == "") {
			t.Errorf("%s: a step with a hole: %+v", rule.Key, step)
		}
	}
	page := "/help/validation-codes#"
	if rule.Legacy() {
		page = "/help/app-passwords#" // R34
	}
	if len(e.Links) == 0 || e.Links[len(e.Links)-1].Href != page+rule.Anchor() {
		t.Errorf("%s: does not lead to its own place: %v", rule.Key, e.Links)
	}
}

// R17: whether the password was right is said only after answers that come after the password check.
func TestThePasswordIsCalledRightOnlyAfterItsCheck(t *testing.T) {
	after := []verdict.Status{verdict.MFARequired, verdict.PolicyBlocked, verdict.PasswordExpired, verdict.AppSetup, verdict.LegacyRetired} // the last refuses a token that was given for the password (R34)
	for _, rule := range verdict.Rules() {
		if rule.Proof.Password == verdict.Proved && !slices.Contains(after, rule.Status) {
			t.Errorf("%s (%s) calls the password right", rule.Key, rule.Status)
		}
		if rule.Proof.Password == verdict.Refuted && rule.Status != verdict.WrongPassword {
			t.Errorf("%s (%s) calls the password wrong", rule.Key, rule.Status)
		}
		if rule.Status == verdict.AppSetup && rule.Proof.Password == verdict.Proved && rule.Key != "50105" && rule.Key != "65001" {
			t.Errorf("%s comes before the password check", rule.Key)
		}
		if rule.Status == verdict.Unreachable && rule.Proof != (verdict.Proof{}) {
			t.Errorf("%s is about nobody, and yet proves something", rule.Key)
		}
	}
}
