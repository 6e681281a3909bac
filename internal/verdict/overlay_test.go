package verdict_test

import (
	"slices"
	"strings"
	"testing"

	"purser.example/internal/verdict"
	"purser.example/internal/whose"
)

const ownRows = "# Rows of Contoso.\n" +
	"50126\twrong_credentials\twrong-password\tpassword-\tretype\tAsk the service desk for the password.\tContoso, runbook 7\n" +
	"999999,999990-999991\tconditional_access\tpolicy-blocked\tuser+ policy-\t-\tThe gateway of Contoso refused.\tContoso, runbook 8\n" +
	"suberror contoso_action\tmfa_required\tmfa-required\t-\t-\tContoso asks for its card.\tContoso, runbook 9\n" +
	"TIMEOUT\tservice_fault\tunreachable\t-\tnetwork\tThe line of Contoso is slow.\tContoso, runbook 10\n"

// R17: an operator's rows replace and add to ours, in everything that a verdict says; ours stay as they are.
func TestOwnRowsAreLaidOverOurs(t *testing.T) {
	table, mistakes := verdict.Builtin().Overlay("\ufeff" + strings.ReplaceAll(ownRows, "\n", "\r\n"))
	if len(mistakes) != 0 {
		t.Fatal(mistakes)
	}
	for _, c := range []struct {
		answer verdict.Answer
		status verdict.Status
		cause  string
		anchor string
	}{
		{verdict.Answer{HTTP: 400, Codes: []int{50126}}, verdict.WrongPassword, "Ask the service desk for the password.", "AADSTS50126"},
		{verdict.Answer{HTTP: 400, Codes: []int{999990}}, verdict.PolicyBlocked, "The gateway of Contoso refused.", "AADSTS999990"},
		{verdict.Answer{HTTP: 400, Suberror: "contoso_action", Codes: []int{1}}, verdict.MFARequired, "Contoso asks for its card; its code AADSTS1 is not in Purser's table.", "suberror-contoso_action"},
		{verdict.Answer{HTTP: 400, Codes: []int{50057}}, verdict.AccountBlocked, "Sign-in is blocked for this account.", "AADSTS50057"},
	} {
		v := table.Judge(c.answer)
		e := v.Explain(verdict.Context{Table: table})
		if v.Status != c.status || e.Cause != c.cause || len(e.Steps) == 0 || !strings.HasSuffix(e.Links[len(e.Links)-1].Href, "#"+c.anchor) {
			t.Errorf("%+v: %s %q %v", c.answer, v.Status, e.Cause, e.Links)
		}
	}
	if v := table.Fail(verdict.Timeout); v.Status != verdict.Unreachable || v.Explain(verdict.Context{Table: table}).Cause != "The line of Contoso is slow." {
		t.Errorf("%+v", v)
	}
	own := slices.DeleteFunc(slices.Clone(table.Rules()), func(r verdict.Rule) bool { return !r.Own })
	if len(own) != 6 || len(table.Rules()) != len(verdict.Rules())+4 {
		t.Errorf("%d rows of their own among %d", len(own), len(table.Rules()))
	}
	if e := verdict.Fail("50126").Explain(verdict.Context{}); e.Cause != "The username or the password is wrong." || verdict.Judge(verdict.Answer{HTTP: 400, Codes: []int{999999}}).Status != verdict.Unknown {
		t.Errorf("the built-in table has changed: %q", e.Cause)
	}
}

// R17, X2: an operator's row of an HTTP status counts where no code says more, the exact one before that of its hundred; whose fault it was
// is told by what answered, and never by the row.
func TestOwnRowsOfHTTP(t *testing.T) {
	const service = "\tservice_fault\tunreachable\t-\t"
	table, mistakes := verdict.Builtin().Overlay("HTTP 403" + service + "network\tThe web filter refused.\tUs\n" +
		"HTTP 4xx" + service + "network\tThe gateway refused.\tUs\n" + "HTTP 5xx" + service + "retry\tThe gateway failed.\tUs\n" + "BAD-ANSWER" + service + "network\tThe portal answered.\tUs\n")
	if len(mistakes) != 0 {
		t.Fatal(mistakes)
	}
	for _, c := range []struct {
		answer verdict.Answer
		status verdict.Status
		cause  string
		fault  whose.Fault
	}{
		{verdict.Answer{HTTP: 403}, verdict.Unreachable, "The web filter refused.", whose.Between},
		{verdict.Answer{HTTP: 404}, verdict.Unreachable, "The gateway refused.", whose.Between},
		{verdict.Answer{HTTP: 407}, verdict.Unreachable, "A proxy between Purser and Microsoft 365 asks for a sign-in of its own.", whose.Between},
		{verdict.Answer{HTTP: 500}, verdict.Unreachable, "The gateway failed.", whose.Untold},
		{verdict.Answer{HTTP: 500, Marked: true}, verdict.Unreachable, "The gateway failed.", whose.Microsoft},
		{verdict.Answer{HTTP: 500, JSON: true, Codes: []int{50126}}, verdict.Unreachable, "The gateway failed.", whose.Untold},
		{verdict.Answer{HTTP: 503}, verdict.Unreachable, "", whose.Untold}, // a row of its own, and of the release's
		{verdict.Answer{HTTP: 204}, verdict.Unreachable, "The portal answered.", whose.Between},
		{verdict.Answer{HTTP: 403, JSON: true, Codes: []int{50126}}, verdict.WrongPassword, "The username or the password is wrong.", whose.Account},
		{verdict.Answer{HTTP: 429, JSON: true, Codes: []int{90055}}, verdict.Unreachable, "", whose.Microsoft},
	} {
		v := table.Judge(c.answer)
		if e := v.Explain(verdict.Context{Table: table}); v.Status != c.status || c.cause != "" && e.Cause != c.cause || v.Fault != c.fault {
			t.Errorf("%+v: %s, %s, %q", c.answer, v.Status, v.Fault, e.Cause)
		}
	}
	for _, key := range []string{"HTTP 2xx", "HTTP 1xx", "HTTP 600", "HTTP 400-404", "HTTP 403,404", "http 403", "HTTP  403", "HTTP 4XX"} {
		if _, mistakes := verdict.Builtin().Overlay(key + service + "-\tNo.\tUs"); len(mistakes) != 1 || !strings.Contains(mistakes[0], "the key") {
			t.Errorf("%s: %q", key, mistakes)
		}
	}
}

// A verdict outlives the file that it was judged by: without the row it reads as one of its status.
func TestAVerdictOutlivesItsRow(t *testing.T) {
	table, _ := verdict.Builtin().Overlay(ownRows)
	e := table.Judge(verdict.Answer{HTTP: 400, Codes: []int{999999}}).Explain(verdict.Context{})
	if e.Title != policySentence || !strings.HasSuffix(e.Cause, "; its code AADSTS999999 is not in Purser's table.") || len(e.Steps) == 0 {
		t.Errorf("%+v", e)
	}
}

// Every mistake in an operator's file is listed with its line; R62: no row turns a fault of the network into one of the account.
func TestMistakesInOwnRowsAreListed(t *testing.T) {
	row := func(fields ...string) string { return strings.Join(fields, "\t") }
	for name, c := range map[string]struct{ row, want string }{
		"columns":                        {row("50126", "wrong_credentials", "wrong-password"), "line 1: has 3 columns instead of 7, separated by tabs."},
		"no class":                       {row("1", "password", "wrong-password", "-", "-", "No.", "Us"), `line 1: the class "password" is none; choose one of account_state, app_config,`},
		"no status":                      {row("1", "mfa_required", "mfa", "-", "-", "No.", "Us"), `line 1: the status "mfa" is none.`},
		"a status of another class":      {row("1", "mfa_required", "wrong-password", "-", "-", "No.", "Us"), "line 1: the class mfa_required does not lead to the status wrong-password."},
		"a fault that is about it":       {row("90033", "service_fault", "legacy-retired", "-", "-", "No.", "Us"), "only the legacy protocol's own rows"},
		"a valid account":                {row("50126", "wrong_credentials", "valid", "-", "-", "No.", "Us"), "does not lead to the status valid."},
		"no advice":                      {row("1", "mfa_required", "mfa-required", "-", "pray", "No.", "Us"), `line 1: the advice "pray" is none.`},
		"no proof":                       {row("1", "mfa_required", "mfa-required", "user+ user+", "-", "No.", "Us"), "line 1: the proof"},
		"half a proof":                   {row("1", "mfa_required", "mfa-required", "user", "-", "No.", "Us"), "line 1: the proof"},
		"a proof that is none":           {row("1", "service_fault", "unreachable", "user+", "-", "No.", "Us"), "proves nothing"},
		"a password refuted":             {row("1", "mfa_required", "mfa-required", "password-", "-", "No.", "Us"), "only the status wrong-password"},
		"no cause":                       {row("1", "mfa_required", "mfa-required", "-", "-", "", "Us"), "line 1: the cause must be"},
		"a control character":            {row("1", "mfa_required", "mfa-required", "-", "-", "A\x1bB", "Us"), "line 1: the cause must be"},
		"no source":                      {row("1", "mfa_required", "mfa-required", "-", "-", "No.", " "), "line 1: the source must be"},
		"no key":                         {row("AADSTS1", "mfa_required", "mfa-required", "-", "-", "No.", "Us"), `line 1: the key "AADSTS1" is none;`},
		"a range that never ends":        {row("50000-500000", "mfa_required", "mfa-required", "-", "-", "No.", "Us"), "line 1: the key"},
		"a range upside down":            {row("5-4", "mfa_required", "mfa-required", "-", "-", "No.", "Us"), "line 1: the key"},
		"a doubled code":                 {row("1", "mfa_required", "mfa-required", "-", "-", "No.", "Us") + "\n\n" + row("3,1", "mfa_required", "mfa-required", "-", "-", "No.", "Us"), "line 3: 1 stands in line 1 already."},
		"a word that nobody says":        {row("TIME-OUT", "service_fault", "unreachable", "-", "-", "No.", "Us"), "line 1: TIME-OUT is no word of Purser's."},
		"claims that nobody reads":       {row("claims others", "conditional_access", "policy-blocked", "-", "-", "No.", "Us"), "line 1: claims others is no word of Purser's."},
		"a time-out blames the account":  {row("RESET", "wrong_credentials", "wrong-password", "-", "-", "No.", "Us"), "line 1: RESET is a word of Purser's, which keeps its class service_fault,"},
		"an outage blames the account":   {row("HTTP 503", "wrong_credentials", "wrong-password", "-", "-", "No.", "Us"), "line 1: HTTP 503 says nothing about an account;"},
		"an overload blames the account": {row("error temporarily_unavailable", "account_state", "account-blocked", "-", "-", "No.", "Us"), "line 1: error temporarily_unavailable says nothing about an account;"},
	} {
		table, mistakes := verdict.Builtin().Overlay(c.row)
		if table != nil || len(mistakes) != 1 || !strings.Contains(mistakes[0], c.want) {
			t.Errorf("%s: %q", name, mistakes)
		}
	}
	_, mistakes := verdict.Builtin().Overlay("x\ny\n" + row("1", "a", "b", "c", "d", "", ""))
	if len(mistakes) != 7 || !strings.HasPrefix(mistakes[1], "line 2: ") || !strings.HasPrefix(mistakes[6], "line 3: ") {
		t.Errorf("%d mistakes: %q", len(mistakes), mistakes)
	}
}

// Whatever the file holds, it is a table that judges, or a list of mistakes.
func FuzzOverlay(f *testing.F) {
	f.Add(ownRows)
	f.Add("50126-50130,1\tmfa_required\tmfa-required\tuser+ policy-\t-\tNo.\tUs")
	f.Add("HTTP 5xx\tservice_fault\tunreachable\t-\t-\tNo.\tUs\n0x80048821\t\t\t\t\t\t")
	f.Fuzz(func(t *testing.T, tsv string) {
		table, mistakes := verdict.Builtin().Overlay(tsv)
		if (table == nil) != (len(mistakes) > 0) {
			t.Fatalf("a table: %v, mistakes %q", table != nil, mistakes)
		}
		for _, mistake := range mistakes {
			if !strings.HasPrefix(mistake, "line ") {
				t.Errorf("%q", mistake)
			}
		}
		for _, rule := range table.Rules() {
			if !rule.Own {
				continue
			}
			v := table.Fail(rule.Key)
			if !v.Status.Known() || v.Valid() || v.Explain(verdict.Context{Table: table}).Cause == "" || strings.ContainsAny(rule.Anchor(), " #") {
				t.Errorf("%+v", rule)
			}
		}
		for _, code := range []int{429, 500, 503} {
			if v := table.Judge(verdict.Answer{HTTP: code, Codes: []int{50126}}); v.Status != verdict.Unreachable {
				t.Errorf("HTTP %d is %s", code, v.Status)
			}
		}
	})
}
