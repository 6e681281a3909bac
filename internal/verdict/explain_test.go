package verdict_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"purser.example/internal/verdict"
	"purser.example/internal/whose"
)

const policySentence = "Your organization has set access policies that block the validation"

// R18: both policy statuses begin with the guide's sentence, to the letter, and lead to the notes; nothing else does.
func TestPolicyTroubleBeginsWithTheGuidesSentence(t *testing.T) {
	for _, rule := range verdict.Rules() {
		e := verdict.Fail(rule.Key).Explain(verdict.Context{})
		policy := rule.Status == verdict.MFARequired || rule.Status == verdict.PolicyBlocked
		if (e.Title == policySentence) != policy {
			t.Errorf("%s (%s): title %q", rule.Key, rule.Status, e.Title)
		}
		notes := verdict.Link{Text: "Helpful notes for passing the validation test", Href: "/help/validation-notes"}
		if rule.Legacy() { // R34: what an app password met is told first, on its own page
			first := verdict.Link{Text: "Validation test with an app password", Href: "/help/app-passwords"}
			if e.Links[0] != first || policy && e.Links[1] != notes {
				t.Errorf("%s: links %v", rule.Key, e.Links)
			}
			continue
		}
		if policy && (len(e.Links) == 0 || e.Links[0] != notes) {
			t.Errorf("%s: links %v", rule.Key, e.Links)
		}
	}
}

// R17: the verdict of the design study, word by word.
func TestABlockedSaveReadsFromTopToBottom(t *testing.T) {
	v := verdict.Judge(verdict.Answer{HTTP: 400, Error: "invalid_grant", Suberror: "message_only", Codes: []int{53003}})
	v.Answered = time.Date(2026, 11, 23, 14, 2, 11, 0, time.UTC)
	v.CorrelationID, v.TraceID = "5a0c7a6e-7a4b-4c9d-9d8a-0a0f5f9a3c11", "0e1fae0c-9d6a-4a52-b6a3-6f1b0a9d1200"
	v.Policies = []string{"7f6f0d1c"}
	v.Blame.Policies = []verdict.Policy{{Kind: verdict.ConditionalAccess, ID: "7f6f0d1c", Name: "Block all but managed devices"}}
	e := v.Explain(verdict.Context{Username: "svc-gov@contoso.com", Saving: true})

	if e.Cause != "The conditional access policy “Block all but managed devices” blocks this sign-in." {
		t.Errorf("cause %q", e.Cause)
	}
	if e.Note != "The password is right. Nothing was saved." {
		t.Errorf("note %q", e.Note)
	}
	findings := []verdict.Finding{{verdict.Proved, "User exists"}, {verdict.Proved, "Password right"}, {verdict.Refuted, "Blocked by policy"}, {verdict.NotRead, "Roles not read"}}
	if !slices.Equal(e.Findings, findings) {
		t.Errorf("findings %v", e.Findings)
	}
	if !strings.Contains(e.Steps[1].Text, "Exclude svc-gov@contoso.com from that policy") || !strings.Contains(e.Steps[0].Command, "'5a0c7a6e-7a4b-4c9d-9d8a-0a0f5f9a3c11'") {
		t.Errorf("steps %+v", e.Steps)
	}
	details := []verdict.Detail{
		{"Code", "AADSTS53003"},
		{"Suberror", "message_only"},
		{"Time", "2026-11-23 14:02:11Z"},
		{"Correlation ID", "5a0c7a6e-7a4b-4c9d-9d8a-0a0f5f9a3c11"},
		{"Trace ID", "0e1fae0c-9d6a-4a52-b6a3-6f1b0a9d1200"},
		{"Policy", "Block all but managed devices 7f6f0d1c"},
	}
	if !slices.Equal(e.Details, details) {
		t.Errorf("details %v", e.Details)
	}
	for _, want := range []string{policySentence, "Code: AADSTS53003", "Correlation ID: 5a0c"} {
		if !strings.Contains(e.Copy(), want) {
			t.Errorf("the copied text lacks %q: %q", want, e.Copy())
		}
	}
}

// R62: what Microsoft or the network did is never the account's fault.
func TestAnOutageDoesNotBlameTheAccount(t *testing.T) {
	v := verdict.Judge(verdict.Answer{HTTP: 503})
	saving, later := v.Explain(verdict.Context{Saving: true}), v.Explain(verdict.Context{})
	if saving.Note != "It was not the account's fault. Nothing was saved." {
		t.Errorf("note of a Save: %q", saving.Note)
	}
	if later.Note != "It was not the account's fault. The account keeps its earlier status." {
		t.Errorf("note: %q", later.Note)
	}
	if len(saving.Findings) != 0 {
		t.Errorf("findings about the account: %v", saving.Findings)
	}
}

// R17: an unknown code is shown with its number and Microsoft's page about it, and not guessed at.
func TestAnUnknownCodeIsShownAndNotGuessed(t *testing.T) {
	v := verdict.Judge(verdict.Answer{HTTP: 400, Error: "invalid_grant", Codes: []int{999999}})
	e := v.Explain(verdict.Context{Saving: true})
	if e.Cause != "Microsoft 365 answered with AADSTS999999, which is not in Purser's table." || len(e.Findings) != 0 {
		t.Errorf("%q %v", e.Cause, e.Findings)
	}
	if e.Steps[0].Href != "https://login.microsoftonline.com/error?code=999999" {
		t.Errorf("first step %+v", e.Steps[0])
	}
	t.Run("a suberror that helps is told apart from the code", func(t *testing.T) {
		v := verdict.Judge(verdict.Answer{HTTP: 400, Codes: []int{999999}, Suberror: "consent_required"})
		e := v.Explain(verdict.Context{})
		if !strings.HasSuffix(e.Cause, "; its code AADSTS999999 is not in Purser's table.") || e.Steps[len(e.Steps)-1].Href == "" {
			t.Errorf("%q %+v", e.Cause, e.Steps)
		}
	})
}

// A line that is offered for copying holds what the person typed as one quoted word, or is not offered.
func TestCommandsQuoteWhatPeopleTyped(t *testing.T) {
	command := func(username string) string {
		return verdict.Fail("50057").Explain(verdict.Context{Username: username}).Steps[0].Command
	}
	if got := command("o'brien@contoso.com"); got != "Update-MgUser -UserId 'o''brien@contoso.com' -AccountEnabled:$true" {
		t.Errorf("%q", got)
	}
	for _, username := range []string{"", "a@contoso.com’; Remove-Item x", "$(calc)@contoso.com", "a\n@contoso.com", "a b@contoso.com", `"@contoso.com`, "ü@contoso.com"} {
		if got := command(username); got != "" {
			t.Errorf("%q is offered as %q", username, got)
		}
	}
	if got := verdict.Fail("50057").Explain(verdict.Context{Username: "{tenant}", Tenant: "Contoso"}).Steps[0].Text; !strings.Contains(got, "{tenant}") {
		t.Errorf("a name was read as a place: %q", got)
	}
}

// R62: how long to wait is said the way people say it, rounded up.
func TestTheWaitIsSaidInWords(t *testing.T) {
	for wait, want := range map[time.Duration]string{
		0: "Wait a few minutes,", 900 * time.Millisecond: "Wait a second,", 2128 * time.Millisecond: "Wait 3 seconds,",
		30 * time.Second: "Wait 30 seconds,", 121 * time.Second: "Wait 3 minutes,",
	} {
		v := verdict.Judge(verdict.Answer{HTTP: 429})
		v.RetryAfter = wait
		if got := v.Explain(verdict.Context{}).Steps[0].Text; !strings.HasPrefix(got, want) {
			t.Errorf("%v: %q", wait, got)
		}
	}
}

// R17: a valid account has nothing to do, and says what is short.
func TestAValidAccountTellsItsWarnings(t *testing.T) {
	v := verdict.Verdict{
		Status: verdict.Valid, RolesRead: true, CorrelationID: "5a0c",
		Proof: verdict.Proof{User: verdict.Proved, Password: verdict.Proved, Policy: verdict.Proved, Roles: verdict.Proved, Licence: verdict.Refuted},
	}
	e := v.Explain(verdict.Context{Needs: []verdict.Need{{Service: "Cense", Roles: [][]string{{"SharePoint Administrator"}}}}})
	if len(e.Steps) != 0 || e.Note != "" || !slices.Equal(e.Warnings, []string{"SharePoint Administrator missing for Cense."}) {
		t.Errorf("%+v", e)
	}
	if last := e.Findings[len(e.Findings)-2:]; last[0] != (verdict.Finding{Result: verdict.Refuted, Text: "Roles missing"}) || last[1].Text != "No license" {
		t.Errorf("findings %v", e.Findings)
	}
}

// R18: where the app itself was refused, nobody is told to look for permissions.
func TestARefusedAppSaysSo(t *testing.T) {
	v := verdict.Judge(verdict.Answer{HTTP: 400, Error: "invalid_grant", Codes: []int{53003}})
	v.Blame = verdict.Blame{NoToken: "AADSTS7000222"}
	steps := v.Explain(verdict.Context{}).Steps
	if last := steps[len(steps)-1].Text; !strings.Contains(last, "AADSTS7000222") || strings.Contains(last, "permission") {
		t.Errorf("last step %q", last)
	}
}

// X4: a bare status says neither that Microsoft answered nor that somebody else did; the words follow who is to be looked at.
func TestAStatusAccusesNobodyByItself(t *testing.T) {
	for _, c := range []struct {
		rule  string
		fault whose.Fault
		says  string
	}{
		{"HTTP 503", whose.Microsoft, "Microsoft 365 is unavailable at the moment."},
		{"HTTP 503", whose.Untold, "could be with Microsoft, the network"},
		{"HTTP 429", whose.Untold, "could be with Microsoft, the network"},
		{"HTTP 502", whose.Between, "a proxy or a web filter"},
		{"HTTP 4xx", whose.Between, "such as a proxy."},
		{"HTTP 4xx", whose.Microsoft, "a problem of its own"},
		{"HTTP 4xx", whose.Purser, "Purser didn't wait for the response"},
	} {
		v := verdict.Verdict{Status: verdict.Unreachable, Rule: c.rule, Code: "HTTP 4xx", Fault: c.fault}
		if cause := v.Explain(verdict.Context{}).Cause; !strings.Contains(cause, c.says) || c.fault != whose.Microsoft && strings.Contains(cause, "unavailable") {
			t.Errorf("%s, %s: %q", c.rule, c.fault, cause)
		}
	}
	own, mistakes := verdict.Builtin().Overlay("HTTP 503\tservice_fault\tunreachable\t-\tretry\tAsk Tailspin's network desk.\tTailspin\n")
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	v := verdict.Verdict{Status: verdict.Unreachable, Rule: "HTTP 503", Code: "HTTP 503", Fault: whose.Untold}
	if cause := v.Explain(verdict.Context{Table: own}).Cause; cause != "Ask Tailspin's network desk." {
		t.Errorf("an operator's words: %q", cause)
	}
}
