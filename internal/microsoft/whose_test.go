package microsoft_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"purser.example/internal/microsoft"
	"purser.example/internal/secret"
	"purser.example/internal/verdict"
	"purser.example/internal/whose"
)

// bare answers without the ids that Microsoft gives to each of its answers, as whoever stands in between does.
func bare(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

// anyone are answers that any host may give, with whose fault each is, wherever it comes.
var anyone = []struct {
	name  string
	says  http.HandlerFunc
	fault whose.Fault
}{
	{"a web filter's page, 403", bare(403, "text/html", "<h1>No</h1>"), whose.Between},
	{"a web filter's JSON, 403", bare(403, "application/json", `{"message":"blocked"}`), whose.Between},
	{"a web filter's word, 403", bare(403, "application/json", `{"error":"blocked_by_policy"}`), whose.Between},
	{"a proxy's page, 404", bare(404, "text/html", "<h1>Not found</h1>"), whose.Between},
	{"a proxy that wants a sign-in", bare(407, "text/html", ""), whose.Between},
	{"a redirect", bare(302, "text/html", ""), whose.Between},
	{"a portal's page, 200", bare(200, "text/html", "<h1>Welcome</h1>"), whose.Between},
	{"503 of nobody known", bare(503, "text/html", ""), whose.Untold},
	{"502 of nobody known", bare(502, "text/html", ""), whose.Untold},
	{"429 of nobody known", bare(429, "application/json", `{}`), whose.Untold},
	{"503 with Microsoft's ids", saysAs(503, "text/html", ""), whose.Microsoft},
	{"500 with Microsoft's ids", saysAs(500, "application/json", `{}`), whose.Microsoft},
	{"broken JSON", bare(200, "application/json", `{"valu`), whose.Untold},
	{"a reset", resets, whose.Untold},
	{"a time-out", stalls, whose.Untold},
}

// ofGraph are answers in the form of Graph's errors.
var ofGraph = []struct {
	status int
	word   string
	fault  whose.Fault
	denied bool
}{
	{403, "Authorization_RequestDenied", whose.App, true},
	{403, "accessDenied", whose.App, true},
	{403, "UnknownError", whose.Untold, false},
	{404, "UnknownError", whose.Microsoft, false},
	{404, "Request_ResourceNotFound", whose.Microsoft, false},
	{400, "BadRequest", whose.Purser, false},
	{401, "InvalidAuthenticationToken", whose.Untold, false},
	{429, "TooManyRequests", whose.Microsoft, false},
	{503, "serviceNotAvailable", whose.Microsoft, false},
}

// patient is a client that does not wait for long.
func (s *standIn) patient() *microsoft.Client {
	return s.client(func(cfg *microsoft.Config) { cfg.CallTimeout, cfg.Patience = 800*time.Millisecond, time.Millisecond })
}

// X1, X2, X4, X5: whose fault an answer is does not depend on who asked. Every caller over every class.
func TestWhoseFaultEveryAnswerIs(t *testing.T) {
	for _, c := range anyone {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for caller, ask := range callers {
				f := ask(t, c.says)
				if f.Whose != c.fault || f.Denied || f.Gone || f.Code == "" {
					t.Errorf("%s: %+v, want %s", caller, f, c.fault)
				}
			}
		})
	}
	for _, c := range ofGraph {
		t.Run(fmt.Sprint(c.status, c.word), func(t *testing.T) {
			t.Parallel()
			for caller, ask := range callers {
				if strings.HasPrefix(caller, "sign-in:") {
					continue
				}
				f := ask(t, marked(c.status, `{"error":{"code":"`+c.word+`","message":"No"}}`))
				gone := c.word == "Request_ResourceNotFound" && strings.HasPrefix(caller, "one ")
				if f.Whose != c.fault || f.Denied != c.denied || f.Gone != gone {
					t.Errorf("%s: %+v, want %s, denied %v, gone %v", caller, f, c.fault, c.denied, gone)
				}
			}
		})
	}
	for _, rule := range verdict.Rules() {
		if !numbered(rule) {
			continue
		}
		for caller, ask := range callers {
			if !strings.HasPrefix(caller, "sign-in: the app") && (!strings.HasPrefix(caller, "sign-in:") || !slices.Contains([]string{"50126", "53003"}, rule.Key)) {
				continue
			}
			want := rule.Whose()
			if want == whose.Account && strings.HasPrefix(caller, "sign-in: the app") {
				want = whose.Untold // an app's token has no account in it
			}
			f := ask(t, refuses(400, "invalid_grant", "", number(rule)))
			if f.Whose != want || f.Code != "AADSTS"+numberOf(rule) {
				t.Errorf("%s at %s: %+v, want %s", rule.Key, caller, f, want)
			}
		}
	}
}

// marked answers with one of the ids that Graph gives to each of its answers, and no more of them.
func marked(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header()["request-id"] = []string{traceID}
		bare(status, "application/json", body)(w, r)
	}
}

// X2: an error in the form of Graph's is believed where it has an id that Graph gives to each answer, in a header or, where a proxy drops
// those, in the body. A stranger's says nothing of permissions, of groups, of tokens or of the query.
func TestAStrangerInTheFormOfGraphIsNotBelieved(t *testing.T) {
	with := func(word, inner string) string {
		return `{"error":{"code":"` + word + `","message":"No"` + inner + `}}`
	}
	const ids = `,"innerError":{"date":"2026-11-23T14:02:11","request-id":"` + traceID + `","client-request-id":"` + traceID + `"}`
	for _, c := range ofGraph {
		t.Run(fmt.Sprint(c.status, c.word), func(t *testing.T) {
			t.Parallel()
			stranger := whose.Between
			if c.status == 429 || c.status == 503 {
				stranger = whose.Untold
			}
			for caller, ask := range callers {
				if strings.HasPrefix(caller, "sign-in:") {
					continue
				}
				for name, says := range map[string]http.HandlerFunc{
					"without an id":         bare(c.status, "application/json", with(c.word, "")),
					"with a date alone":     bare(c.status, "application/json", with(c.word, `,"innerError":{"date":"2026-11-23T14:02:11"}`)),
					"with another's id":     under("Request-Id", "|7b1f.2_", c.status, with(c.word, "")),
					"with a trace of a CDN": under("X-Request-Id", traceID, c.status, with(c.word, "")),
				} {
					if f := ask(t, says); f.Whose != stranger || f.Denied || f.Gone {
						t.Errorf("%s, %s: %+v", caller, name, f)
					}
				}
				gone := c.word == "Request_ResourceNotFound" && strings.HasPrefix(caller, "one ")
				for name, says := range map[string]http.HandlerFunc{
					"the body":         bare(c.status, "application/json", with(c.word, ids)),
					"another spelling": bare(c.status, "application/json", with(c.word, strings.Replace(ids, "innerError", "innererror", 1))),
					"a diagnosis":      under("X-Ms-Ags-Diagnostic", `{"ServerInfo":{}}`, c.status, with(c.word, "")),
				} {
					if f := ask(t, says); f.Whose != c.fault || f.Denied != c.denied || f.Gone != gone {
						t.Errorf("%s, by %s: %+v", caller, name, f)
					}
				}
			}
		})
	}
}

// under answers with one header more.
func under(header, value string, status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set(header, value)
		bare(status, "application/json", body)(w, r)
	}
}

// X4: one code of each class, at each caller that hears codes, with who is to be looked at written out.
func TestTheClassOfACodeTellsWhoseFaultItIs(t *testing.T) {
	for _, c := range []struct {
		number      int
		fault       whose.Fault
		ofTheAppOwn whose.Fault // where the app itself was refused, in whose token there is no account
	}{
		{50126, whose.Account, whose.Untold},
		{50057, whose.Account, whose.Untold},
		{50076, whose.Tenant, whose.Tenant},
		{53003, whose.Tenant, whose.Tenant},
		{90002, whose.Tenant, whose.Tenant},
		{700016, whose.App, whose.App},
		{7000215, whose.App, whose.App},
		{90033, whose.Microsoft, whose.Microsoft},
		{90055, whose.Microsoft, whose.Microsoft},
		{50196, whose.Microsoft, whose.Microsoft},
		{123456789, whose.Untold, whose.Untold},
	} {
		says := refuses(400, "invalid_grant", "", c.number)
		if f := callers["sign-in: the account's token"](t, says); f.Whose != c.fault {
			t.Errorf("%d at the account's token: %s", c.number, f.Whose)
		}
		if f := callers["sign-in: the app's token"](t, says); f.Whose != c.ofTheAppOwn {
			t.Errorf("%d at the app's token: %s", c.number, f.Whose)
		}
		s := newStandIn(t)
		s.says["/"+tenantID] = says
		if d, v := s.patient().ReadAsAccount(context.Background(), svc()); d != nil || v.Fault != c.fault {
			t.Errorf("%d where an account reads: %s", c.number, v.Fault)
		}
	}
}

// callers ask each in their own way, and tell what became of it.
var callers = map[string]func(*testing.T, http.HandlerFunc) microsoft.Failure{
	"sign-in: the realm": func(t *testing.T, says http.HandlerFunc) microsoft.Failure {
		return verdictOf(t, "/common/", says)
	},
	"sign-in: the account's token": func(t *testing.T, says http.HandlerFunc) microsoft.Failure {
		return verdictOf(t, "/"+tenantID, says)
	},
	"sign-in: the app's token": func(t *testing.T, says http.HandlerFunc) microsoft.Failure {
		s := newStandIn(t)
		s.says["/"+tenantID] = says
		_, err := s.patient().ReadAsApp(context.Background(), microsoft.TenantRef{ID: tenantID}, microsoft.App{ID: "app", Secret: secret.FromString(clientSecret)})
		return failureOf(t, err)
	},
	"the account's own data": func(t *testing.T, says http.HandlerFunc) microsoft.Failure {
		return warningOf(t, "/v1.0/me?", verdict.AccountNotRead, says)
	},
	"the account's roles": func(t *testing.T, says http.HandlerFunc) microsoft.Failure {
		return warningOf(t, rolesCast, verdict.RolesNotRead, says)
	},
	"one group by its id": func(t *testing.T, says http.HandlerFunc) microsoft.Failure {
		return asked(t, says, func(d *microsoft.Directory) error {
			_, err := d.Group(context.Background(), "g1")
			return err
		})
	},
	"groups by name": func(t *testing.T, says http.HandlerFunc) microsoft.Failure {
		return asked(t, says, func(d *microsoft.Directory) error {
			_, err := d.GroupsNamed(context.Background(), "Pool")
			return err
		})
	},
	"suggestions of groups": func(t *testing.T, says http.HandlerFunc) microsoft.Failure {
		return asked(t, says, func(d *microsoft.Directory) error {
			_, err := d.GroupsLike(context.Background(), "Pool")
			return err
		})
	},
	"a scan's groups": func(t *testing.T, says http.HandlerFunc) microsoft.Failure {
		return surveyed(t, "/v1.0/groups", says, func(ctx context.Context, s *microsoft.Survey) error {
			return s.Read(ctx, microsoft.KindGroups, "", func(microsoft.Things) error { return nil })
		})
	},
	"a scan's root site": func(t *testing.T, says http.HandlerFunc) microsoft.Failure {
		return surveyed(t, "/v1.0/sites/root", says, sitesOf)
	},
	"a scan's form digest": func(t *testing.T, says http.HandlerFunc) microsoft.Failure {
		return surveyed(t, "/_api/contextinfo", says, sitesOf)
	},
	"a scan's sites": func(t *testing.T, says http.HandlerFunc) microsoft.Failure {
		return surveyed(t, "/_vti_bin/", says, sitesOf)
	},
	"a site's administrators": func(t *testing.T, says http.HandlerFunc) microsoft.Failure {
		return surveyed(t, "/_api/SPO.Tenant/GetSiteAdministrators", says, func(ctx context.Context, s *microsoft.Survey) error {
			_, err := s.SiteAdministrators(ctx, tenantID, "https://contoso.sharepoint.com/sites/a")
			return err
		})
	},
	"a site's administrators, one added": func(t *testing.T, says http.HandlerFunc) microsoft.Failure {
		return surveyed(t, "/_vti_bin/", says, func(ctx context.Context, s *microsoft.Survey) error {
			return s.AddSiteAdministrator(ctx, tenantID, "https://contoso.sharepoint.com/sites/a", svcClaim)
		})
	},
	"sign-in: an account's renewal": func(t *testing.T, says http.HandlerFunc) microsoft.Failure {
		return surveyed(t, "", says, sitesOf)
	},
	"one group's members": func(t *testing.T, says http.HandlerFunc) microsoft.Failure {
		ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
		defer cancel()
		return asked(t, says, func(d *microsoft.Directory) error {
			return d.Members(ctx, "g1", false, func([]microsoft.Object) error { return nil })
		})
	},
}

func sitesOf(ctx context.Context, s *microsoft.Survey) error {
	return s.Read(ctx, microsoft.KindSites, "", func(microsoft.Things) error { return nil })
}

// surveyed asks as an account that scans, of which one question is answered in another way: by its path, or the renewal of its token.
func surveyed(t *testing.T, path string, answer http.HandlerFunc, ask func(context.Context, *microsoft.Survey) error) microsoft.Failure {
	t.Helper()
	s := newStandIn(t)
	s.scans()
	survey, v := s.patient().SurveyAsAccount(context.Background(), svc(), "")
	if survey == nil {
		t.Fatal(v)
	}
	defer survey.Close()
	s.mu.Lock()
	if path != "" {
		s.says[path] = answer
	} else {
		s.says["/"+tenantID] = answer
	}
	s.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return failureOf(t, ask(ctx, survey))
}

func failureOf(t *testing.T, err error) microsoft.Failure {
	t.Helper()
	f, ok := microsoft.FailureOf(err)
	if !ok {
		t.Errorf("no failure: %v", err)
	}
	return f
}

func verdictOf(t *testing.T, path string, says http.HandlerFunc) microsoft.Failure {
	t.Helper()
	s := newStandIn(t)
	s.says[path] = says
	v := s.patient().Validate(t.Context(), svc())
	if !v.Fault.Blamed() && v.Status.AboutAccount() && v.Status != verdict.Unknown {
		t.Errorf("%s of a fault of %s", v.Status, v.Fault)
	}
	return microsoft.Failure{Code: v.Code, Whose: v.Fault}
}

func warningOf(t *testing.T, path string, kind verdict.WarningKind, says http.HandlerFunc) microsoft.Failure {
	t.Helper()
	s := newStandIn(t)
	s.says[path] = says
	for _, w := range s.patient().Validate(t.Context(), svc()).Warnings {
		if w.Kind == kind {
			return microsoft.Failure{Code: w.Code, Whose: w.Fault, Denied: w.Permission != ""}
		}
	}
	t.Errorf("nothing warns of it")
	return microsoft.Failure{}
}

func asked(t *testing.T, says http.HandlerFunc, ask func(*microsoft.Directory) error) microsoft.Failure {
	t.Helper()
	s := newStandIn(t)
	s.says["/v1.0/groups"] = says
	d, err := s.patient().ReadAsApp(context.Background(), microsoft.TenantRef{ID: tenantID}, microsoft.App{ID: "app", Secret: secret.FromString(clientSecret)})
	if err != nil {
		t.Fatal(err)
	}
	return failureOf(t, ask(d))
}

// X5, R62: a fault that is nobody's costs the name of the policy, and blames neither the app nor its permissions, whichever question
// it meets.
func TestTheNameOfThePolicyCouldNotBeAsked(t *testing.T) {
	for _, c := range anyone {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, path := range []string{"the app's token", "/v1.0/identity/", "/v1.0/auditLogs/", "/v1.0/policies/"} {
				s := newStandIn(t)
				claims := ""
				if path == "/v1.0/identity/" {
					claims = `,"claims":"{\"access_token\":{\"capolids\":{\"values\":[\"7f6f\"]}}}"`
				}
				ours := says(200, `{"token_type":"Bearer","expires_in":3600,"access_token":"x"}`)
				if path == "the app's token" {
					ours = c.says
				}
				refused := says(400, `{"error":"invalid_grant","error_codes":[50076]`+claims+`}`)
				s.says["/"+tenantID] = func(w http.ResponseWriter, r *http.Request) {
					if r.PostForm.Get("grant_type") == "password" {
						refused(w, r)
						return
					}
					ours(w, r)
				}
				s.says["/v1.0/auditLogs/"] = says(200, `{"value":[{"appliedConditionalAccessPolicies":[]}]}`)
				s.says["/v1.0/policies/"] = says(200, `{"isEnabled":false}`)
				if path != "the app's token" {
					s.says[path] = c.says
				}
				v := s.patient().Validate(t.Context(), svc())
				steps := fmt.Sprint(v.Explain(verdict.Context{}).Steps)
				if v.Status != verdict.MFARequired || v.Blame.NoToken != "" || len(v.Blame.Lacks) != 0 || v.Blame.NotAsked == "" || v.Blame.NotAskedFault != c.fault {
					t.Errorf("%s: %s %+v", path, v.Status, v.Blame)
				}
				if !strings.Contains(steps, "couldn't find out which policy it was") || strings.Contains(steps, "client secret") {
					t.Errorf("%s: %s", path, steps)
				}
			}
		})
	}
}

// X5: what an earlier release stored of a lost answer is told as one.
func TestAStoredLostAnswerBlamesNobody(t *testing.T) {
	for _, code := range []string{"RESET", "TIMEOUT", "HTTP 503", "AADSTS90033", "DNS"} {
		v := verdict.Fail("50076")
		v.Blame.NoToken = code
		if steps := fmt.Sprint(v.Explain(verdict.Context{}).Steps); !strings.Contains(steps, "couldn't find out which policy it was ("+code+")") || strings.Contains(steps, "client secret") {
			t.Errorf("%s: %s", code, steps)
		}
	}
	v := verdict.Fail("50076")
	v.Blame.NoToken = "AADSTS7000222"
	if steps := fmt.Sprint(v.Explain(verdict.Context{}).Steps); !strings.Contains(steps, "refused the app itself (AADSTS7000222). Check the client secret") {
		t.Errorf("%s", steps)
	}
}

// X33: suggestions find words inside a name; without an index to search in, those that begin with the text. X47: a list that is null
// is none.
func TestSuggestionsFindWordsInside(t *testing.T) {
	s := newStandIn(t)
	const found = `{"value":[{"id":"g1","displayName":"AOS Pool","mailEnabled":false,"securityEnabled":true}]}`
	s.says["/v1.0/groups"] = says(200, found)
	d := s.directory(t)
	s.requests = nil
	list, err := d.GroupsLike(t.Context(), `po"ol\`)
	if err != nil || len(list) != 1 || list[0].Name != "AOS Pool" || len(s.requests) != 1 {
		t.Fatalf("%v %v after %d", list, err, len(s.requests))
	}
	first := s.requests[0]
	if first.header.Get("ConsistencyLevel") != "eventual" || !strings.Contains(first.path, "%24search=%22displayName%3Apo%20ol%22%20OR%20%22mail%3Apo%20ol%22") || !strings.Contains(first.path, "%24count=true") {
		t.Errorf("%s %v", first.path, first.header)
	}
	s.says["/v1.0/groups"] = func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.RawQuery, "search") {
			says(400, `{"error":{"code":"Request_UnsupportedQuery"}}`)(w, r)
			return
		}
		says(200, found)(w, r)
	}
	if list, err := d.GroupsLike(t.Context(), "pool"); err != nil || len(list) != 1 {
		t.Errorf("without an index: %v %v", list, err)
	}
	s.says["/v1.0/groups"] = says(200, `{"value":null}`)
	for _, ask := range []func(context.Context, string) ([]microsoft.Group, error){d.GroupsLike, d.GroupsNamed} {
		if list, err := ask(t.Context(), "pool"); microsoft.CodeOf(err) != verdict.BadAnswer {
			t.Errorf("null is %v %v", list, err)
		}
	}
	s.says["/v1.0/groups"] = says(200, `{"value":[{"id":"g1","displayName":null,"mailEnabled":null,"securityEnabled":null}]}`)
	if _, err := d.GroupsNamed(t.Context(), "pool"); err == nil || !failureOf(t, err).Denied {
		t.Errorf("a group of which only the id may be read: %v", err)
	}
}

// X17: a name finds the group that it came from, whatever stands in it.
func TestNamesOfGroupsAreKeptToTheLetter(t *testing.T) {
	for _, name := range []string{"AOS\u00a0Pool", "👩\u200d💻 Admins", strings.Repeat("Pool ", 24) + "é.", " Pool ", "Pool\u200b", "R\u202eLO"} {
		s := newStandIn(t)
		s.says["/v1.0/groups"] = says(200, fmt.Sprintf(`{"value":[{"id":"g1","displayName":%q,"mailEnabled":false,"securityEnabled":true}]}`, name))
		list, err := s.directory(t).GroupsNamed(t.Context(), "x")
		if err != nil || list[0].Name != name {
			t.Errorf("%q came as %v %v", name, list, err)
		}
	}
}
