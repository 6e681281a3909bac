package auth_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"purser.example/internal/audit"
	"purser.example/internal/demo"
	"purser.example/internal/demo/demotest"
	"purser.example/internal/demo/idp/idptest"
)

const deep = "/service-accounts?q=backup&sort=-name"

// backTo is the address of the way in that leads to a page.
func backTo(page string) string { return "/auth/sign-in?return=" + url.QueryEscape(page) }

// leadsOn wants a page to offer one way on.
func leadsOn(t *testing.T, res *demotest.Response, label, href string) {
	t.Helper()
	links := res.Page(t).Find("main a").FilterFunction(func(i int, _ *goquery.Selection) bool { return i > 0 }) // the first leads home
	if links.Length() != 1 || strings.TrimSpace(links.Text()) != label || links.AttrOr("href", "") != href {
		t.Errorf("%d ways on, %q to %q; want %q to %q", links.Length(), strings.TrimSpace(links.Text()), links.AttrOr("href", ""), label, href)
	}
}

// X3: an account that the provider refuses is told so and not that somebody cancelled; what the provider said is in the log.
func TestARefusedAccountIsTold(t *testing.T) {
	p := idptest.NewStub(t)
	h := demotest.OpenApart(t, p.URL)
	p.Answer(url.Values{"error": {"access_denied"}, "error_description": {"User is not assigned to the client application.\x1b[31m"}})
	res := h.Browser().Walk(backTo(deep))
	if res.StatusCode != http.StatusBadRequest || !strings.Contains(res.Text(), "refused this account") || strings.Contains(res.Text(), "canceled") || strings.Contains(res.Text(), "not assigned") {
		t.Errorf("status %d\n%s", res.StatusCode, res.Text())
	}
	if log := h.Log.String(); !strings.Contains(log, "User is not assigned to the client application.") || strings.Contains(log, "\x1b") || !strings.Contains(log, "fault=account") {
		t.Errorf("log:\n%s", log)
	}
	entries, err := h.App.DB.Activity(t.Context(), 1)
	if err != nil || len(entries) != 1 || entries[0].Action != audit.SignInRefused || !strings.Contains(entries[0].Details["reason"], "refused this account") {
		t.Errorf("activity = %+v, %v", entries, err)
	}
}

// X6: a wrongly spelt issuer is in the log soon after the start, and on the page, which does not send anybody to try again.
func TestAWronglySpeltIssuerIsToldBeforeAnybodySignsIn(t *testing.T) {
	for name, issuer := range map[string]func(p *idptest.Stub) string{
		"with a slash":           func(p *idptest.Stub) string { return p.URL + "/" },
		"the document's address": func(p *idptest.Stub) string { return p.URL + "/.well-known/openid-configuration" },
		"common": func(p *idptest.Stub) string {
			p.Document("issuer", p.URL+"/{tenantid}/v2.0")
			return p.URL
		},
		"a path that is not there": func(p *idptest.Stub) string { return p.URL + "/realms/none" },
	} {
		t.Run(name, func(t *testing.T) {
			p := idptest.NewStub(t)
			h := demotest.OpenApart(t, issuer(p))
			demotest.Until(t, "a warning in the log", func() bool {
				return strings.Contains(h.Log.String(), `level=WARN msg="no one can sign in: sign-in isn't set up correctly"`) && strings.Contains(h.Log.String(), "PURSER_OIDC_ISSUER")
			})
			res := h.Browser().Get(backTo(deep))
			if res.StatusCode != http.StatusBadGateway || !strings.Contains(res.Text(), "set up correctly") || strings.Contains(strings.ToLower(res.Text()), "try again") {
				t.Errorf("status %d\n%s", res.StatusCode, res.Text())
			}
			leadsOn(t, res, "Sign in", backTo(deep))
		})
	}
	t.Run("a provider that is down is not told as a mistake in the settings", func(t *testing.T) {
		h := demotest.OpenApart(t, "http://127.0.0.1:1")
		demotest.Until(t, "a warning in the log", func() bool { return strings.Contains(h.Log.String(), "no one can sign in yet") })
		res := h.Browser().Get(backTo(deep))
		if res.StatusCode != http.StatusBadGateway || strings.Contains(res.Text(), "set up correctly") {
			t.Errorf("status %d\n%s", res.StatusCode, res.Text())
		}
		leadsOn(t, res, "Try again", backTo(deep))
	})
}

// X7, X10: whoever has no role reads which claim gives it and what is the matter with it, and the log has what was in it.
func TestWhyThereIsNoRoleIsTold(t *testing.T) {
	for name, tc := range map[string]struct {
		claim  string
		claims map[string]any
		words  string
		logged []string
	}{
		"absent":        {"roles", nil, "include this claim.", []string{"claim=roles", "present=false", "finding=absent", "count=0"}},
		"empty":         {"roles", map[string]any{"roles": []string{}}, "it was empty", []string{"present=true", "finding=empty"}},
		"an object":     {"roles", map[string]any{"roles": map[string]any{"a": 1}}, "Purser can't read", []string{"present=true", "finding=unreadable", `{\"a\":1}`}},
		"others":        {"roles", map[string]any{"roles": []string{"Reader", "W\x1b[31mriter"}}, "names neither", []string{"finding=read", `values="Reader, W[31mriter"`, "count=2"}},
		"a path":        {"realm_access.roles", map[string]any{"realm_access": map[string]any{"roles": []string{"Reader"}}}, "names neither", []string{"claim=realm_access.roles", "values=Reader"}},
		"overage":       {"groups", map[string]any{"_claim_names": map[string]any{"groups": "src1"}, "_claim_sources": map[string]any{"src1": map[string]any{"endpoint": "https://graph.microsoft.com/"}}}, "too long", []string{"claim=groups", `finding="left out"`}},
		"hasgroups":     {"groups", map[string]any{"hasgroups": true}, "PURSER_OIDC_ROLE_CLAIM", []string{`finding="left out"`}},
		"many, bounded": {"roles", map[string]any{"roles": slices.Repeat([]string{strings.Repeat("x", 200)}, 1000)}, "names neither", []string{"count=1000"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := idptest.NewStub(t)
			for claim, value := range tc.claims {
				p.Claim(claim, value)
			}
			h := demotest.OpenApart(t, p.URL, "PURSER_OIDC_ROLE_CLAIM="+tc.claim)
			b := h.Browser()
			for _, res := range []*demotest.Response{b.Walk(backTo(deep)), b.Get("/service-accounts")} {
				text := strings.Join(strings.Fields(res.Page(t).Text()), " ")
				if !strings.Contains(text, "in the "+tc.claim+" claim when") || !strings.Contains(text, tc.words) || !strings.Contains(text, "Tenant Owner") {
					t.Errorf("status %d\n%s", res.StatusCode, text)
				}
			}
			line := ""
			for l := range strings.Lines(h.Log.String()) {
				if strings.Contains(l, "signed in without a role") {
					line += l
				}
			}
			for _, want := range append(tc.logged, "sign_in=adele@contoso.com") {
				if strings.Count(line, "\n") != 1 || !strings.Contains(line, want) || len(line) > 2500 {
					t.Errorf("the log lacks %s:\n%s", want, line)
				}
			}
		})
	}
}

// X11: whoever is signed in already goes on where a used callback, or Back to the provider, would lead.
func TestAUsedCallbackGoesOnWhereSomebodyIsSignedIn(t *testing.T) {
	h := demotest.Open(t)
	b := h.Browser(t)
	callback, err := idptest.SignIn(t.Context(), b.Client, h.URL()+backTo(deep), "admin@purser.test", demo.Password)
	if err != nil {
		t.Fatal(err)
	}
	b.Get(callback)
	used, _ := url.Parse(callback)
	for name, tc := range map[string]struct{ address, to string }{
		"used":                    {callback, deep},
		"used, and refused later": {"/auth/callback?error=access_denied&state=" + url.QueryEscape(used.Query().Get("state")), deep},
		"of another time":         {"/auth/callback?state=unknown&code=x", "/"},
		"empty":                   {"/auth/callback", "/"},
	} {
		if res := b.Get(tc.address); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != tc.to {
			t.Errorf("%s: status %d to %q", name, res.StatusCode, res.Header.Get("Location"))
		}
	}
	if res := b.Get(deep); res.StatusCode != http.StatusOK {
		t.Errorf("the session: status %d", res.StatusCode)
	}
	t.Run("a sign-in more that is refused leaves the session alone", func(t *testing.T) {
		to, _ := url.Parse(b.Get(backTo(deep)).Header.Get("Location"))
		res := b.Get("/auth/callback?" + url.Values{"state": {to.Query().Get("state")}, "error": {"access_denied"}}.Encode())
		if res.StatusCode != http.StatusBadRequest || !strings.Contains(res.Text(), "You are still signed in") || strings.Contains(res.Text(), "You are not signed in") {
			t.Errorf("status %d\n%s", res.StatusCode, res.Text())
		}
		leadsOn(t, res, "Continue", deep)
	})
}

// X12: the way back is kept on every path.
func TestTheWayBackIsKeptOnEveryPath(t *testing.T) {
	h := demotest.Open(t)
	for name, tc := range map[string]struct {
		answer url.Values
		late   time.Duration
		twice  bool
	}{
		"cancelled":                 {answer: url.Values{"error": {"access_denied"}, "error_description": {"The user cancelled"}}},
		"refused":                   {answer: url.Values{"error": {"access_denied"}, "error_description": {"Not assigned"}}},
		"busy":                      {answer: url.Values{"error": {"temporarily_unavailable"}}},
		"set up wrongly":            {answer: url.Values{"error": {"invalid_scope"}}},
		"a code of nonsense":        {answer: url.Values{"code": {"nonsense"}}},
		"no code":                   {answer: url.Values{}},
		"late":                      {answer: url.Values{"code": {"x"}}, late: 11 * time.Minute},
		"very late":                 {answer: url.Values{"code": {"x"}}, late: 59 * time.Minute},
		"refused, and loaded again": {answer: url.Values{"error": {"access_denied"}}, twice: true},
	} {
		t.Run(name, func(t *testing.T) {
			b := h.Browser(t)
			to, err := url.Parse(b.Get(backTo(deep)).Header.Get("Location"))
			if err != nil {
				t.Fatal(err)
			}
			h.Clock.Advance(tc.late)
			tc.answer.Set("state", to.Query().Get("state"))
			res := b.Get("/auth/callback?" + tc.answer.Encode())
			if tc.twice {
				res = b.Get("/auth/callback?" + tc.answer.Encode())
			}
			if res.StatusCode != http.StatusBadRequest {
				t.Errorf("status %d\n%s", res.StatusCode, res.Text())
			}
			leadsOn(t, res, "Sign in", backTo(deep))
		})
	}
}

// X13: the provider's origins are known soon after a restart, and its sign-out needs none of them.
func TestSignOutAtAnotherOriginAfterARestart(t *testing.T) {
	p := idptest.NewStub(t)
	elsewhere := strings.Replace(p.URL, "127.0.0.1", "localhost", 1)
	p.Document("end_session_endpoint", elsewhere+"/end")
	p.Claim("roles", "TenantOwner")
	h := demotest.OpenApart(t, p.URL)
	b := h.Browser()
	if res := b.Walk(deep); res.StatusCode != http.StatusOK {
		t.Fatalf("status %d\n%s", res.StatusCode, res.Text())
	}
	h.Restart()
	demotest.Until(t, "the provider's origins in the policy", func() bool {
		return strings.Contains(b.Get(deep).Header.Get("Content-Security-Policy"), "form-action 'self' "+p.URL+" "+elsewhere)
	})
	res := b.Post("/auth/sign-out", url.Values{})
	link := res.Page(t).Find(`a[href^="` + elsewhere + `/end?"]`)
	if res.StatusCode != http.StatusOK || res.Header.Get("Refresh") != "0;url="+link.AttrOr("href", "") || link.Length() != 1 {
		t.Errorf("status %d, refresh %q\n%s", res.StatusCode, res.Header.Get("Refresh"), res.Text())
	}
	if res := b.Get(deep); res.StatusCode != http.StatusSeeOther {
		t.Errorf("still signed in: %d", res.StatusCode)
	}
}

// X15: another name of the same server leads to the base address before the sign-in, once.
func TestAnotherNameLeadsToTheBaseAddress(t *testing.T) {
	h := demotest.Open(t)
	ask := func(host, address string) *http.Response {
		req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		req.Host = host
		rec := httptest.NewRecorder()
		h.App.Handler.ServeHTTP(rec, req)
		return rec.Result()
	}
	base, _ := url.Parse(h.URL())
	for _, host := range []string{"purser", "purser.contoso.com", "localhost:" + base.Port(), "[::1]:" + base.Port(), "127.0.0.1", "evil.example"} {
		res := ask(host, backTo(deep))
		to, err := res.Location()
		if err != nil || res.StatusCode != http.StatusSeeOther || to.Host != base.Host || to.Path != "/auth/sign-in" || to.Query().Get("return") != deep {
			t.Fatalf("%s: status %d to %v", host, res.StatusCode, to)
		}
		if res.Header.Get("Set-Cookie") != "" {
			t.Errorf("%s: a cookie where it is of no use", host)
		}
		// A proxy that changes the host of every request must not lead in a circle.
		if res := ask(host, to.RequestURI()); !strings.HasPrefix(res.Header.Get("Location"), h.URL()+"/idp/") {
			t.Errorf("%s: on to %q", host, res.Header.Get("Location"))
		}
	}
	for _, host := range []string{base.Host, strings.ToUpper(base.Host)} {
		if res := ask(host, backTo(deep)); !strings.HasPrefix(res.Header.Get("Location"), h.URL()+"/idp/") {
			t.Errorf("%s: on to %q", host, res.Header.Get("Location"))
		}
	}
	t.Run("whoever is signed in there goes on", func(t *testing.T) {
		to := ask("purser", backTo(deep)).Header.Get("Location")
		if res := h.SignedIn(t, "admin@purser.test").Get(to); res.Header.Get("Location") != deep {
			t.Errorf("status %d to %q", res.StatusCode, res.Header.Get("Location"))
		}
	})
}

// X46: what anybody can do in a loop grows the activity log by a few entries a minute, which count it all and still verify.
func TestALoopDoesNotFillTheActivityLog(t *testing.T) {
	h := demotest.Open(t)
	b, reader := h.Browser(t), h.SignedIn(t, "user@purser.test")
	const times = 40
	for i := range times {
		to, err := url.Parse(b.Get("/auth/sign-in").Header.Get("Location"))
		if err != nil {
			t.Fatal(err)
		}
		b.Get("/auth/callback?" + url.Values{"state": {to.Query().Get("state")}, "error": {"access_denied"}, "error_description": {fmt.Sprint(i)}}.Encode())
		reader.Get(fmt.Sprintf("/service-accounts/%d", i))
	}
	h.Clock.Advance(time.Minute)
	reader.Get("/service-accounts")
	b.Get(b.Get("/auth/sign-in").Header.Get("Location")) // the next refusal of this address closes the minute of before
	to, _ := url.Parse(b.Get("/auth/sign-in").Header.Get("Location"))
	b.Get("/auth/callback?" + url.Values{"state": {to.Query().Get("state")}, "error": {"access_denied"}}.Encode())

	entries, err := h.App.DB.Activity(t.Context(), 1000)
	if err != nil {
		t.Fatal(err)
	}
	for action, who := range map[audit.Action]string{audit.SignInRefused: "", audit.Denied: "user@purser.test"} {
		written, counted := 0, 0
		for _, e := range entries {
			if e.Action != action {
				continue
			}
			n, err := strconv.Atoi(e.Details["count"])
			if err != nil {
				n = 1
			}
			written, counted = written+1, counted+n
			if e.Actor.SignIn != who || e.Origin.Address != "127.0.0.1" {
				t.Errorf("%s by %q from %s", action, e.Actor.SignIn, e.Origin.Address)
			}
		}
		if written != 10 || counted != times+1 {
			t.Errorf("%s: %d entries count %d", action, written, counted)
		}
	}
	if err := h.App.DB.VerifyActivity(t.Context()); err != nil {
		t.Error(err)
	}
}

// X4: at sign-in too the class of Microsoft's code decides, and the operator's own rows are asked.
func TestMicrosoftsCodeDecidesAtSignInX4(t *testing.T) {
	rows := filepath.Join(t.TempDir(), "codes.tsv")
	if err := os.WriteFile(rows, []byte("999999\tservice_fault\tunreachable\t-\t-\tThe gateway of Contoso is being mended.\tContoso\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := idptest.NewStub(t)
	h := demotest.OpenApart(t, p.URL, "PURSER_VERDICT_CODES="+rows)
	b := h.Browser()
	for code, want := range map[string]string{
		"AADSTS53003": "fault=tenant", "AADSTS90033": "fault=microsoft", "AADSTS999999": "fault=microsoft", "AADSTS50057": "fault=account",
	} {
		p.Answer(url.Values{"error": {"interaction_required"}, "error_description": {code + ": told by this test"}})
		before := len(h.Log.String())
		if res := b.Walk(backTo(deep)); res.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: status %d", code, res.StatusCode)
		}
		if log := h.Log.String()[before:]; !strings.Contains(log, want) {
			t.Errorf("%s: want %s\n%s", code, want, log)
		}
	}
}

// X38: what is logged of a provider that cannot be reached goes the way of all errors, and still says whom we asked and what happened.
func TestTheLogSaysWhyTheProviderCouldNotBeAskedX38(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	h := demotest.OpenApart(t, gone.URL)
	if res := h.Browser().Walk("/auth/sign-in"); res.StatusCode != http.StatusBadGateway {
		t.Errorf("status %d", res.StatusCode)
	}
	log := h.Log.String()
	_, line, _ := strings.Cut(log, "identity provider failed")
	if !strings.Contains(line, gone.URL) || !strings.Contains(line, "refused") || !strings.Contains(line, "fault=network") || strings.Contains(log, "what was sent could not be read") {
		t.Errorf("log:\n%s", log)
	}
}

// X47: a provider that asks to be left alone is named on the page, with how long it takes.
func TestThePageSaysHowLongTheProviderAsksToWaitX47(t *testing.T) {
	busy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "90")
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	defer busy.Close()
	res := demotest.OpenApart(t, busy.URL).Browser().Walk("/auth/sign-in")
	if res.StatusCode != http.StatusBadGateway || !strings.Contains(res.Text(), "It asked Purser to wait ") {
		t.Errorf("status %d\n%s", res.StatusCode, res.Text())
	}
	if seconds, err := strconv.Atoi(res.Header.Get("Retry-After")); err != nil || seconds < 1 || seconds > 90 {
		t.Errorf("Retry-After: %q", res.Header.Get("Retry-After"))
	}
}
