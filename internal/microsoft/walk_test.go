package microsoft_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"purser.example/internal/m365sim"
	"purser.example/internal/microsoft"
	"purser.example/internal/verdict"
)

// unlisted is a code that no table has.
const unlisted = 999999

// refusalOf is the fixture's account that meets the answer of a row: its code, behind the general one that older answers
// carry, always as a refused request; or its word beside a code that nobody knows.
func refusalOf(rule verdict.Rule) (account string, given bool) {
	kind, word, _ := strings.Cut(rule.Key, " ")
	refusal := ""
	switch {
	case numbered(rule):
		code := numberOf(rule)
		codes := "70002," + code
		if code == "70002" {
			codes = code
		}
		refusal = fmt.Sprintf(`{"code":%s,"codes":[%s],"status":400}`, code, codes)
	case kind == "suberror":
		refusal = fmt.Sprintf(`{"code":%d,"suberror":%q}`, unlisted, word)
	case rule.Key == "claims capolids":
		refusal = fmt.Sprintf(`{"code":%d,"policy":"Block all"}`, unlisted)
	default:
		return "", false
	}
	return fmt.Sprintf(`{"userPrincipalName":%q,"displayName":"E","password":"Right-1!","signInError":%s}`, refusedName(rule), refusal), true
}

func refusedName(rule verdict.Rule) string {
	return "e-" + strings.ReplaceAll(strings.ReplaceAll(rule.Key, " ", "-"), "_", "-") + "@contoso.com"
}

func numbered(rule verdict.Rule) bool {
	_, err := strconv.Atoi(numberOf(rule))
	return err == nil
}

// numberOf is the row's number; for a family of numbers, one that has no row of its own.
func numberOf(rule verdict.Rule) string { return strings.ReplaceAll(rule.Key, "xx", "77") }

// walk is a client and a simulator on the way through the table.
type walk struct {
	*testing.T
	sim     *m365sim.Simulator
	address *url.URL
	client  *microsoft.Client
}

// R17, R62: every row of the table, through the real client and the real simulator over HTTP: status, code, rule and proof
// are the row's. A row that nobody walks fails the test.
func TestEveryRowThroughTheSimulator(t *testing.T) {
	sim, _ := newSimulator(t)
	w := walk{T: t, sim: sim, address: serve(t, sim)}
	w.client = microsoft.New(microsoft.Config{Simulator: w.address, Patience: time.Millisecond})
	for _, rule := range verdict.Rules() {
		sim.ResetRequests()
		sim.ResetFaults()
		v, code := w.step(rule)
		if v.Status != rule.Status || v.Code != code || v.Rule != rule.Key || v.Proof != rule.Proof {
			t.Errorf("%s (%s): %s, code %q by %q, proof %+v; %s", rule.Key, rule.Status, v.Status, v.Code, v.Rule, v.Proof, v.Detail)
		}
		if rule.Status == verdict.Unreachable && v.Status.AboutAccount() {
			t.Errorf("%s changes a stored status", rule.Key)
		}
		if numbered(rule) && (passwords(sim) != 1 || !slices.Contains(v.Codes, number(rule))) {
			t.Errorf("%s: %d attempts, codes %v", rule.Key, passwords(sim), v.Codes)
		}
	}
}

func number(rule verdict.Rule) int {
	n, _ := strconv.Atoi(numberOf(rule))
	return n
}

// step walks one row, and says which code its verdict has to quote.
func (w walk) step(rule verdict.Rule) (verdict.Verdict, string) {
	w.Helper()
	kind, word, _ := strings.Cut(rule.Key, " ")
	_, refused := refusalOf(rule)
	switch {
	case refused && numbered(rule):
		return w.validate(refusedName(rule)), "AADSTS" + numberOf(rule)
	case refused:
		return w.validate(refusedName(rule)), fmt.Sprint("AADSTS", unlisted)
	case rule.Key == "claims polids":
		w.fault(m365sim.Fault{Status: 400, Body: m365sim.Verbatim(fmt.Sprintf(`{"error":"invalid_grant","error_codes":[%d],"claims":"{\"access_token\":{\"polids\":{\"values\":[\"7f6f\"]}}}"}`, unlisted))})
		return w.validate("good@contoso.com"), fmt.Sprint("AADSTS", unlisted)
	case kind == "error":
		w.fault(m365sim.Fault{Status: 400, Body: m365sim.Verbatim(`{"error":"` + word + `"}`)})
		return w.validate("good@contoso.com"), word
	case kind == "HTTP":
		status, err := strconv.Atoi(strings.ReplaceAll(word, "xx", "11"))
		if err != nil {
			w.Fatal(err)
		}
		w.fault(m365sim.Fault{Status: status, Body: "<html><body>" + password + "</body></html>", Location: "https://elsewhere.example/"})
		return w.validate("good@contoso.com"), "HTTP " + strconv.Itoa(status)
	case rule.Legacy():
		return w.legacy(rule)
	}
	happens, known := onTheWire[rule.Key]
	if !known {
		w.Errorf("nobody walks %s", rule.Key)
		return verdict.Verdict{}, ""
	}
	return happens(w), rule.Key
}

// legacy walks a row of the legacy protocol, which app passwords belong to (R34).
func (w walk) legacy(rule verdict.Rule) (verdict.Verdict, string) {
	w.Helper()
	of := withAppPassword("good@contoso.com", "Right-1!")
	number, byNumber := strings.CutPrefix(rule.Key, "app ")
	switch {
	case byNumber:
		w.says(faultWith("0x80048821", "AADSTS"+number+": "+password))
	case strings.HasPrefix(rule.Key, "0x"):
		w.says(faultWith(strings.ToLower(rule.Key), ""))
	case rule.Key == verdict.LegacyFault:
		const unknown = "0x80048999" // to any table
		w.says(faultWith(unknown, ""))
		return w.client.Validate(w.Context(), of), unknown
	case rule.Key == verdict.NoAdminCenter:
		of.AdminCenter = "contoso-admin.sharepoint.com.evil.example"
	case rule.Key == verdict.OtherAdminCenter:
		of.AdminCenter = "other-admin.sharepoint.com"
	case rule.Key != verdict.Retired: // which is how the simulator is, unless a fixture says otherwise
		w.Errorf("nobody walks %s", rule.Key)
	}
	return w.client.Validate(w.Context(), of), rule.Code()
}

// says lets the legacy sign-in answer with a body.
func (w walk) says(body string) {
	w.Helper()
	if err := w.sim.SetFaults([]m365sim.Fault{{PathPrefix: "/rst2.srf", Status: 200, ContentType: soapType, Body: m365sim.Verbatim(body)}}); err != nil {
		w.Fatal(err)
	}
}

func (w walk) validate(username string) verdict.Verdict {
	return w.client.Validate(w.Context(), accountOf(username, "Right-1!"))
}

// fault lets something stand in the way of the token request.
func (w walk) fault(f m365sim.Fault) {
	w.Helper()
	f.PathPrefix = "/" + tenantID
	if err := w.sim.SetFaults([]m365sim.Fault{f}); err != nil {
		w.Fatal(err)
	}
}

// onTheWire makes happen what has no code of Microsoft's.
var onTheWire = map[string]func(walk) verdict.Verdict{
	verdict.Timeout: func(w walk) verdict.Verdict {
		w.fault(m365sim.Fault{DelayMs: 60_000})
		w.client = microsoft.New(microsoft.Config{Simulator: w.address, CallTimeout: time.Second})
		return w.validate("good@contoso.com")
	},
	verdict.Reset: func(w walk) verdict.Verdict {
		w.fault(m365sim.Fault{Reset: true})
		return w.validate("good@contoso.com")
	},
	verdict.BadAnswer: func(w walk) verdict.Verdict {
		w.fault(m365sim.Fault{Status: 200, Body: "<html><body>Welcome</body></html>"})
		return w.validate("good@contoso.com")
	},
	verdict.Cancelled: func(w walk) verdict.Verdict {
		w.fault(m365sim.Fault{DelayMs: 60_000})
		ctx, cancel := context.WithCancel(w.Context())
		time.AfterFunc(100*time.Millisecond, cancel)
		return w.client.Validate(ctx, accountOf("good@contoso.com", "Right-1!"))
	},
	verdict.NoConnection: func(w walk) verdict.Verdict {
		nobody, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			w.Fatal(err)
		}
		w.client = microsoft.New(microsoft.Config{Simulator: &url.URL{Scheme: "http", Host: nobody.Addr().String()}})
		_ = nobody.Close()
		return w.validate("good@contoso.com")
	},
	verdict.Proxy: func(w walk) verdict.Verdict {
		w.client = proxied(w.T, refusingProxy(w.T, http.StatusProxyAuthRequired))
		return w.validate("good@contoso.com")
	},
	verdict.DNS: func(w walk) verdict.Verdict {
		deaf := net.Dialer{Resolver: &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
			return nil, errors.New("no name service")
		}}}
		w.client = microsoft.New(microsoft.Config{Transport: &http.Transport{DialContext: deaf.DialContext}})
		return w.validate("good@contoso.com")
	},
	verdict.TLS: func(w walk) verdict.Verdict {
		w.client = microsoft.New(microsoft.Config{Simulator: &url.URL{Scheme: "https", Host: w.address.Host}})
		return w.validate("good@contoso.com")
	},
	verdict.RealmFederated:  func(w walk) verdict.Verdict { return w.validate("fed@fed.contoso.com") },
	verdict.RealmUnknown:    func(w walk) verdict.Verdict { return w.validate("nobody@nowhere.example") },
	verdict.RealmOtherCloud: func(w walk) verdict.Verdict { return w.validate("good@china.partner.onmschina.cn") },
	verdict.CloudUnknown: func(w walk) verdict.Verdict {
		account := accountOf("good@contoso.com", "Right-1!")
		account.Tenant.Cloud = "germany"
		return w.client.Validate(w.Context(), account)
	},
}

// R17: an operator's own rows decide what the client makes of Microsoft's answers.
func TestOwnRowsReachTheClient(t *testing.T) {
	codes, mistakes := verdict.Builtin().Overlay(
		"999999\tconditional_access\tpolicy-blocked\tpolicy-\t-\tThe gateway of Contoso refused.\tContoso\n" +
			"REALM-FEDERATED\tfederation\tfederated\t-\t-\tContoso signs in at its own door.\tContoso\n")
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	sim, _ := newSimulator(t)
	client := microsoft.New(microsoft.Config{Simulator: serve(t, sim), Codes: codes})
	v := client.Validate(t.Context(), accountOf("odd@contoso.com", "Right-1!"))
	if v.Status != verdict.PolicyBlocked || v.Code != "AADSTS999999" || v.Rule != "999999" || v.Proof.Policy != verdict.Refuted {
		t.Errorf("%+v", v)
	}
	v = client.Validate(t.Context(), accountOf("fed@fed.contoso.com", "Right-1!"))
	if e := v.Explain(verdict.Context{Table: codes}); v.Status != verdict.Federated || e.Cause != "Contoso signs in at its own door." {
		t.Errorf("%+v: %q", v, e.Cause)
	}
}

// R17, R62: the four kinds of answers that are easily taken for something else.
func TestAnswersReadLikeWhatTheyAre(t *testing.T) {
	sim, _ := newSimulator(t)
	address := serve(t, sim)
	for name, c := range map[string]struct {
		fault  m365sim.Fault
		user   string
		status verdict.Status
		code   string
		cause  string
	}{
		"an unknown code":             {m365sim.Fault{PathPrefix: "/_"}, "odd@contoso.com", verdict.Unknown, "AADSTS999999", "Microsoft 365 answered with AADSTS999999, which is not in Purser's table."},
		"a 503 in HTML":               {m365sim.Fault{Status: 503, Body: "<html>busy</html>"}, "good@contoso.com", verdict.Unreachable, "HTTP 503", "The answer was HTTP 503: the problem could be with Microsoft, the network, or something in between."},
		"a 500 in JSON":               {m365sim.Fault{Status: 500, Body: `{"error":"server_error","error_codes":[50126]}`}, "good@contoso.com", verdict.Unreachable, "HTTP 500", "Microsoft 365 reported a problem of its own."},
		"throttling inside a refusal": {m365sim.Fault{Status: 400, Body: `{"error":"invalid_request","error_codes":[90055]}`}, "good@contoso.com", verdict.Unreachable, "AADSTS90055", "Microsoft is throttling the whole tenant because of too many requests."},
		"a dead network":              {m365sim.Fault{Reset: true}, "good@contoso.com", verdict.Unreachable, verdict.Reset, "The connection to Microsoft 365 was lost before the answer was complete."},
	} {
		if err := sim.SetFaults([]m365sim.Fault{c.fault}); err != nil {
			t.Fatal(err)
		}
		client := microsoft.New(microsoft.Config{Simulator: address, Patience: time.Millisecond})
		v := client.Validate(t.Context(), accountOf(c.user, "Right-1!"))
		e := v.Explain(verdict.Context{Username: c.user})
		if v.Status != c.status || v.Code != c.code || e.Cause != c.cause {
			t.Errorf("%s: %s %q %q", name, v.Status, v.Code, e.Cause)
		}
		if c.status == verdict.Unreachable && (v.Status.AboutAccount() || !strings.Contains(e.Note, "not the account's fault")) {
			t.Errorf("%s blames the account: %q", name, e.Note)
		}
	}
}
