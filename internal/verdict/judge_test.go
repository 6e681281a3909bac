package verdict_test

import (
	"testing"

	"purser.example/internal/verdict"
)

// R17, R62: which part of an answer decides.
func TestJudge(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer verdict.Answer
		status verdict.Status
		code   string
		rule   string
	}{
		{"an old answer with the general code first", verdict.Answer{HTTP: 400, Error: "invalid_grant", Codes: []int{70002, 50126}}, verdict.WrongPassword, "AADSTS50126", "50126"},
		{"the general code last", verdict.Answer{HTTP: 400, Codes: []int{50126, 70002}}, verdict.WrongPassword, "AADSTS50126", "50126"},
		{"the general code alone", verdict.Answer{HTTP: 401, Error: "invalid_client", Codes: []int{70002}}, verdict.AppSetup, "AADSTS70002", "70002"},
		{"the last known code of several", verdict.Answer{HTTP: 400, Codes: []int{50126, 53003}}, verdict.PolicyBlocked, "AADSTS53003", "53003"},
		{"a known code before an unknown one", verdict.Answer{HTTP: 400, Codes: []int{50055, 999999}}, verdict.PasswordExpired, "AADSTS50055", "50055"},
		{"a code overrules the suberror", verdict.Answer{HTTP: 400, Codes: []int{50126}, Suberror: "basic_action"}, verdict.WrongPassword, "AADSTS50126", "50126"},
		{"an unknown code alone", verdict.Answer{HTTP: 400, Error: "invalid_grant", Codes: []int{999999}}, verdict.Unknown, "AADSTS999999", ""},
		{"an unknown code with a suberror that says it", verdict.Answer{HTTP: 400, Error: "invalid_grant", Codes: []int{999999}, Suberror: "user_password_expired"}, verdict.PasswordExpired, "AADSTS999999", "suberror user_password_expired"},
		{"an unknown code with an error that says it", verdict.Answer{HTTP: 401, Error: "invalid_client", Codes: []int{999999}}, verdict.AppSetup, "AADSTS999999", "error invalid_client"},
		{"a code that says nothing after one that does", verdict.Answer{HTTP: 400, Codes: []int{50126, 50058}}, verdict.WrongPassword, "AADSTS50126", "50126"},
		{"a code that says nothing alone", verdict.Answer{HTTP: 400, Codes: []int{50058}}, verdict.Unknown, "AADSTS50058", "50058"},
		{"an unknown code whose claims name policies", verdict.Answer{HTTP: 400, Error: "invalid_grant", Codes: []int{999999}, Claims: "capolids"}, verdict.PolicyBlocked, "AADSTS999999", "claims capolids"},
		{"a suberror comes before claims", verdict.Answer{HTTP: 400, Codes: []int{999999}, Suberror: "basic_action", Claims: "polids"}, verdict.MFARequired, "AADSTS999999", "suberror basic_action"},
		{"a suberror that says nothing leaves it to the error", verdict.Answer{HTTP: 401, Error: "invalid_client", Codes: []int{999999}, Suberror: "bad_token"}, verdict.AppSetup, "AADSTS999999", "error invalid_client"},
		{"a suberror that says nothing alone", verdict.Answer{HTTP: 400, Error: "invalid_grant", Codes: []int{999999}, Suberror: "bad_token"}, verdict.Unknown, "AADSTS999999", "suberror bad_token"},
		{"throttled by a code, with the status of a refusal", verdict.Answer{HTTP: 400, Error: "invalid_request", Codes: []int{50196}}, verdict.Unreachable, "AADSTS50196", "50196"},
		{"claims of a failing service", verdict.Answer{HTTP: 400, Error: "temporarily_unavailable", Codes: []int{999999}, Claims: "capolids"}, verdict.Unreachable, "AADSTS999999", "error temporarily_unavailable"},
		{"an error that stands for too many things", verdict.Answer{HTTP: 400, Error: "invalid_request"}, verdict.Unknown, "invalid_request", ""},
		{"an error without a code", verdict.Answer{HTTP: 400, Error: "interaction_required"}, verdict.MFARequired, "interaction_required", "error interaction_required"},
		{"an error that says nothing", verdict.Answer{HTTP: 400, Error: "invalid_grant"}, verdict.Unknown, "invalid_grant", ""},
		{"throttled", verdict.Answer{HTTP: 429}, verdict.Unreachable, "HTTP 429", "HTTP 429"},
		{"throttled, whatever the body says", verdict.Answer{HTTP: 429, Error: "invalid_grant", Codes: []int{50126}}, verdict.Unreachable, "HTTP 429", "HTTP 429"},
		{"waited too long, whatever the body says", verdict.Answer{HTTP: 408, Error: "invalid_grant", Codes: []int{50126}}, verdict.Unreachable, "HTTP 408", "HTTP 408"},
		{"unavailable with its code", verdict.Answer{HTTP: 503, Error: "temporarily_unavailable", Codes: []int{90033}}, verdict.Unreachable, "AADSTS90033", "90033"},
		{"unavailable with a code about the account", verdict.Answer{HTTP: 503, Codes: []int{50057}}, verdict.Unreachable, "HTTP 503", "HTTP 503"},
		{"unavailable by word", verdict.Answer{HTTP: 400, Error: "temporarily_unavailable"}, verdict.Unreachable, "temporarily_unavailable", "error temporarily_unavailable"},
		{"unavailable by word, with a code about the account", verdict.Answer{HTTP: 400, Error: "temporarily_unavailable", Codes: []int{50126}}, verdict.Unreachable, "AADSTS50126", "error temporarily_unavailable"},
		{"a status with no row of its own", verdict.Answer{HTTP: 599}, verdict.Unreachable, "HTTP 599", "HTTP 5xx"},
		{"a redirect", verdict.Answer{HTTP: 302}, verdict.Unreachable, "HTTP 302", "HTTP 3xx"},
		{"a page of a proxy", verdict.Answer{HTTP: 407}, verdict.Unreachable, "HTTP 407", "HTTP 407"},
		{"a refusal without a body", verdict.Answer{HTTP: 403}, verdict.Unreachable, "HTTP 403", "HTTP 4xx"},
		{"a success without a token", verdict.Answer{HTTP: 204}, verdict.Unreachable, "HTTP 204", "BAD-ANSWER"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := verdict.Judge(c.answer)
			if v.Status != c.status || v.Code != c.code || v.Rule != c.rule {
				t.Errorf("%s, code %q by %q; want %s, %q by %q", v.Status, v.Code, v.Rule, c.status, c.code, c.rule)
			}
		})
	}
}

func TestFailKnowsItsCodes(t *testing.T) {
	for _, code := range []string{
		verdict.Timeout, verdict.Reset, verdict.NoConnection, verdict.Proxy, verdict.DNS, verdict.TLS, verdict.BadAnswer, verdict.Cancelled,
		verdict.RealmFederated, verdict.RealmUnknown, verdict.RealmOtherCloud, verdict.CloudUnknown,
	} {
		if v := verdict.Fail(code); v.Code != code || v.Status == verdict.Unknown {
			t.Errorf("%s: %+v", code, v)
		}
	}
	if v := verdict.Fail("nothing of ours"); v.Status != verdict.Unknown {
		t.Errorf("a code without a row: %+v", v)
	}
}

func FuzzJudge(f *testing.F) {
	f.Add(400, "invalid_grant", "", 70002, 50126)
	f.Add(503, "", "", 0, -1)
	f.Fuzz(func(t *testing.T, status int, word, suberror string, first, second int) {
		v := verdict.Judge(verdict.Answer{HTTP: status, Error: word, Suberror: suberror, Codes: []int{first, second}})
		if !v.Status.Known() || v.Status == verdict.Valid || v.Explain(verdict.Context{}).Title == "" {
			t.Errorf("%+v", v)
		}
	})
}
