package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"purser.example/internal/audit"
	"purser.example/internal/demo"
	"purser.example/internal/demo/idp/idptest"
	"purser.example/internal/sqlite/sqlitetest"
)

// R1: a reader is sent to sign in, and back to the page first asked for.
func TestSignInLeadsBackToThePageFirstAskedFor(t *testing.T) {
	h := open(t)
	b := h.browser(t)
	const wanted = "/service-accounts?q=backup&sort=-name"
	res := b.get(wanted)
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("status %d", res.StatusCode)
	}
	callback, err := idptest.SignIn(t.Context(), b.Client, h.URL()+res.Header.Get("Location"), "admin@purser.test", demo.Password)
	if err != nil {
		t.Fatal(err)
	}
	if got := b.get(callback).Header.Get("Location"); got != wanted {
		t.Errorf("back at %q, want %q", got, wanted)
	}
	if res := b.get(wanted); res.StatusCode != http.StatusOK || !strings.Contains(res.text(), "Adele Vance") {
		t.Errorf("status %d:\n%s", res.StatusCode, res.text())
	}
	if got := b.get("/").Header.Get("Location"); got != "/service-accounts" {
		t.Errorf("the start page leads to %q", got)
	}
}

func TestSignInNeverLeadsToAnotherSite(t *testing.T) {
	h := open(t)
	for _, evil := range []string{
		"https://evil.example/", "//evil.example/", "/\\evil.example/", "\\\\evil.example", "/%09/evil.example", "/\t/evil.example", "javascript:alert(1)",
		"http:evil.example", "/auth/sign-out", "evil.example", "/%5cevil.example", "///evil.example",
	} {
		b := h.browser(t)
		callback, err := idptest.SignIn(t.Context(), b.Client, h.URL()+"/auth/sign-in?return="+url.QueryEscape(evil), "admin@purser.test", demo.Password)
		if err != nil {
			t.Fatal(err)
		}
		to := b.get(callback).Header.Get("Location")
		u, err := url.Parse(to)
		if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\t") || strings.HasPrefix(to, "/auth") {
			t.Errorf("%q leads to %q", evil, to)
		}
	}
}

// R1: whoever had several tabs open when the session ended can finish each of them.
func TestTwoTabsSignIn(t *testing.T) {
	h := open(t)
	b := h.browser(t)
	var callbacks []string
	for _, page := range []string{"/service-accounts?q=first", "/service-accounts?q=second"} {
		callback, err := idptest.SignIn(t.Context(), b.Client, h.URL()+"/auth/sign-in?return="+url.QueryEscape(page), "admin@purser.test", demo.Password)
		if err != nil {
			t.Fatal(err)
		}
		callbacks = append(callbacks, callback)
	}
	for i, want := range []string{"/service-accounts?q=first", "/service-accounts?q=second"} {
		if res := b.get(callbacks[i]); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != want {
			t.Errorf("tab %d: status %d to %q", i+1, res.StatusCode, res.Header.Get("Location"))
		}
	}
}

// R1: forged, missing and replayed answers are refused with a way to start again.
func TestACallbackServesOnceAndOnlyItsBrowser(t *testing.T) {
	h := open(t)
	b := h.browser(t)
	callback, err := idptest.SignIn(t.Context(), b.Client, h.URL()+"/auth/sign-in", "admin@purser.test", demo.Password)
	if err != nil {
		t.Fatal(err)
	}
	forged, err := url.Parse(callback)
	if err != nil {
		t.Fatal(err)
	}
	with := func(change func(url.Values)) string {
		q := forged.Query()
		change(q)
		u := *forged
		u.RawQuery = q.Encode()
		return u.String()
	}
	stranger := h.browser(t)
	for name, try := range map[string]func() *response{
		"another browser":  func() *response { return stranger.get(callback) },
		"a forged state":   func() *response { return b.get(with(func(q url.Values) { q.Set("state", "forged") })) },
		"a missing state":  func() *response { return b.get(with(func(q url.Values) { q.Del("state") })) },
		"an empty address": func() *response { return b.get("/auth/callback") },
	} {
		res := try()
		if res.StatusCode != http.StatusBadRequest || res.page(t).Find(`a[href="/auth/sign-in"]`).Text() != "Sign in" {
			t.Errorf("%s: status %d\n%s", name, res.StatusCode, res.text())
		}
	}
	if res := b.get(callback); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("the true callback after the forged ones: %d", res.StatusCode)
	}
	if res := b.get(callback); res.StatusCode != http.StatusBadRequest {
		t.Errorf("a replayed callback: status %d", res.StatusCode)
	}
}

func TestACallbackWithAnErrorSaysSo(t *testing.T) {
	h := open(t)
	b := h.browser(t)
	to, err := url.Parse(b.get("/auth/sign-in").Header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	answer := url.Values{"state": {to.Query().Get("state")}, "error": {"access_denied"}, "error_description": {"<script>alert(1)</script>"}}
	res := b.get("/auth/callback?" + answer.Encode())
	if res.StatusCode != http.StatusBadRequest || !strings.Contains(res.text(), "cancelled") || strings.Contains(res.text(), "<script>alert") {
		t.Errorf("status %d\n%s", res.StatusCode, res.text())
	}
	entries, err := h.App.DB.Activity(t.Context(), 1)
	if err != nil || len(entries) != 1 || entries[0].Action != audit.SignInRefused {
		t.Errorf("activity = %+v, %v", entries, err)
	}
}

// R4: sign-out ends the session on the server, and at the identity provider.
func TestASignedOutCookieOpensNothing(t *testing.T) {
	h := open(t)
	b := h.signedIn(t, "owner@purser.test")
	base, _ := url.Parse(h.URL())
	stolen := slices.Clone(b.Jar.Cookies(base))

	res := b.post("/auth/sign-out", url.Values{})
	if to := res.Header.Get("Location"); res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(to, h.URL()+"/idp/") {
		t.Fatalf("status %d to %q", res.StatusCode, to)
	}
	res = b.get(res.Header.Get("Location"))
	if to := res.Header.Get("Location"); !strings.HasPrefix(to, h.URL()+"/auth/signed-out") {
		t.Errorf("the provider sends back to %q:\n%s", to, res.text())
	}
	if still := h.signedIn(t, "admin@purser.test").get("/auth/signed-out"); still.StatusCode != http.StatusSeeOther {
		t.Errorf("somebody signed in is told that they are not: status %d", still.StatusCode)
	}
	if page := b.get("/auth/signed-out"); page.StatusCode != http.StatusOK || !strings.Contains(page.text(), "You are signed out") {
		t.Errorf("status %d", page.StatusCode)
	}
	thief := h.browser(t)
	thief.Jar.SetCookies(base, stolen)
	if res := thief.get("/service-accounts"); res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(res.Header.Get("Location"), "/auth/sign-in") {
		t.Errorf("the stolen cookie: status %d", res.StatusCode)
	}
	if res := thief.post("/auth/sign-out", url.Values{}); res.StatusCode != http.StatusSeeOther {
		t.Errorf("signing out twice: status %d", res.StatusCode)
	}
}

// R4: a new id at sign-in, so that a cookie set before cannot be used after.
func TestSignInRenewsTheSession(t *testing.T) {
	h := open(t)
	b := h.browser(t)
	base, _ := url.Parse(h.URL())
	callback, err := idptest.SignIn(t.Context(), b.Client, h.URL()+"/auth/sign-in", "admin@purser.test", demo.Password)
	if err != nil {
		t.Fatal(err)
	}
	before := slices.Clone(b.Jar.Cookies(base))
	set := b.get(callback).Header["Set-Cookie"]
	if len(set) != 1 || !strings.Contains(set[0], "HttpOnly") || !strings.Contains(set[0], "SameSite=Lax") || !strings.Contains(set[0], "Path=/") {
		t.Errorf("cookie: %q", set)
	}
	fixed := h.browser(t)
	fixed.Jar.SetCookies(base, before)
	if res := fixed.get("/service-accounts"); res.StatusCode != http.StatusSeeOther {
		t.Errorf("the id from before sign-in opens the page: %d", res.StatusCode)
	}
}

// R4: a session ends without activity, and at the latest.
func TestSessionsEnd(t *testing.T) {
	for name, tc := range map[string]struct {
		steps []time.Duration // pauses between page views
		still bool
	}{
		"a view every 14 minutes keeps it":                {[]time.Duration{14 * time.Minute, 14 * time.Minute, 14 * time.Minute}, true},
		"a view that was not written down counts as well": {[]time.Duration{50 * time.Second, 14*time.Minute + 30*time.Second}, true},
		"15 minutes without activity end it":              {[]time.Duration{50 * time.Second, 15 * time.Minute}, false},
		"12 hours end it however busy":                    {slices.Repeat([]time.Duration{10 * time.Minute}, 72), false},
	} {
		t.Run(name, func(t *testing.T) {
			h := open(t)
			b := h.signedIn(t, "admin@purser.test")
			status := 0
			for _, pause := range tc.steps {
				h.clock.Advance(pause)
				status = b.get("/service-accounts").StatusCode
			}
			if (status == http.StatusOK) != tc.still {
				t.Errorf("status %d after all, want still signed in = %v", status, tc.still)
			}
		})
	}
}

func TestThePageMayAskHowLongItLastsWithoutExtendingIt(t *testing.T) {
	h := open(t)
	b := h.signedIn(t, "admin@purser.test")
	h.clock.Advance(10 * time.Minute)
	if got := strings.TrimSpace(b.get("/auth/session").text()); got != `{"idle":300,"max":42600,"signIn":"admin@purser.test"}` {
		t.Errorf("left = %s", got)
	}
	if got := strings.TrimSpace(b.post("/auth/extend", url.Values{}).text()); got != `{"idle":900,"max":42600,"signIn":"admin@purser.test"}` {
		t.Errorf("extended = %s", got)
	}
	h.clock.Advance(15 * time.Minute)
	if res := b.get("/auth/session"); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("ended: status %d", res.StatusCode)
	}
	if res := b.post("/auth/extend", url.Values{}); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("extending what has ended: status %d", res.StatusCode)
	}
}

func TestAPostAfterTheSessionEndedLosesNothing(t *testing.T) {
	h := open(t)
	b := h.signedIn(t, "admin@purser.test")
	h.clock.Advance(time.Hour)
	res := b.post("/service-accounts", url.Values{"name": {"Backup"}})
	if res.StatusCode != http.StatusUnauthorized || !strings.Contains(res.text(), "reload") || res.page(t).Find(`a[href="/auth/sign-in"]`).Length() != 1 {
		t.Errorf("status %d\n%s", res.StatusCode, res.text())
	}
}

// R2: without a role there is one page; everything else answers 403, for reads too, and is written down.
func TestWithoutARoleThereIsOnePage(t *testing.T) {
	h := open(t)
	b := h.signedIn(t, "user@purser.test")
	res := b.get("/")
	for _, words := range []string{"Tenant Owner", "Service Administrator", "user@purser.test", "Sign out"} {
		if !strings.Contains(res.text(), words) {
			t.Errorf("the page lacks %q", words)
		}
	}
	if res.StatusCode != http.StatusOK {
		t.Errorf("status %d", res.StatusCode)
	}
	for _, path := range []string{"/service-accounts", "/service-accounts/new", "/activity", "/nowhere"} {
		if res := b.get(path); res.StatusCode != http.StatusForbidden {
			t.Errorf("GET %s: status %d", path, res.StatusCode)
		}
		if res := b.post(path, url.Values{}); res.StatusCode != http.StatusForbidden {
			t.Errorf("POST %s: status %d", path, res.StatusCode)
		}
	}
	entries, err := h.App.DB.Activity(t.Context(), 100)
	if err != nil {
		t.Fatal(err)
	}
	denied := slices.DeleteFunc(slices.Clone(entries), func(l audit.Link) bool { return l.Action != audit.Denied })
	if len(denied) != 8 || denied[0].Actor.SignIn != "user@purser.test" || denied[7].Target.Name != "/service-accounts" || denied[0].Origin.Request == "" {
		t.Errorf("denials = %+v", denied)
	}
	if get, post := b.get("/auth/session"), b.post("/auth/extend", url.Values{}); get.StatusCode != http.StatusForbidden || post.StatusCode != http.StatusForbidden {
		t.Errorf("session: %d, extend: %d", get.StatusCode, post.StatusCode)
	}
	if res := b.post("/auth/sign-out", url.Values{}); res.StatusCode != http.StatusSeeOther {
		t.Errorf("sign-out: status %d", res.StatusCode)
	}
	if res := b.get("/healthz"); res.StatusCode != http.StatusOK || res.text() != "ok" {
		t.Errorf("healthz: %d %q", res.StatusCode, res.text())
	}
}

// R61: sign-in and sign-out are in the log, and the log verifies.
func TestComingAndGoingIsWrittenDown(t *testing.T) {
	h := open(t)
	b := h.signedIn(t, "owner@purser.test")
	b.post("/auth/sign-out", url.Values{})
	entries, err := h.App.DB.Activity(t.Context(), 2)
	if err != nil || len(entries) != 2 {
		t.Fatalf("%v, %v", entries, err)
	}
	if out, in := entries[0], entries[1]; out.Action != audit.SignOut || in.Action != audit.SignIn || in.Details["role"] != "Tenant Owner" ||
		in.Target.ID != out.Target.ID || in.Origin.Address != "127.0.0.1" || in.Actor.Issuer != h.URL()+"/idp" || in.Actor.Subject != "demo-owner" {
		t.Errorf("entries = %+v", entries)
	}
	if err := h.App.DB.VerifyActivity(t.Context()); err != nil {
		t.Error(err)
	}
}

// A full or read-only disk: a clear page, reading goes on, nobody is half signed in.
func TestADiskThatTakesNothingIsSaidClearly(t *testing.T) {
	for name, breakDisk := range sqlitetest.Breakers {
		t.Run(name, func(t *testing.T) {
			h := open(t)
			b := h.signedIn(t, "admin@purser.test")
			h.clock.Advance(2 * time.Minute) // so that reading wants to note an activity
			late := h.browser(t)
			callback, err := idptest.SignIn(t.Context(), late.Client, h.URL()+"/auth/sign-in", "admin@purser.test", demo.Password)
			if err != nil {
				t.Fatal(err)
			}
			mend := breakDisk(t, h.App.DB)
			if res := b.get("/service-accounts"); res.StatusCode != http.StatusOK {
				t.Errorf("reading: status %d", res.StatusCode)
			}
			newcomer := h.browser(t)
			for what, res := range map[string]*response{"sign-in": newcomer.get("/auth/sign-in"), "callback": late.get(callback)} {
				if res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" || !strings.Contains(res.text(), "Nothing was changed") {
					t.Errorf("%s: status %d\n%s", what, res.StatusCode, res.text())
				}
			}
			if res := b.get("/readyz"); res.StatusCode != http.StatusServiceUnavailable {
				t.Errorf("readyz: %d", res.StatusCode)
			}
			if res := b.get("/healthz"); res.StatusCode != http.StatusOK {
				t.Errorf("healthz: %d", res.StatusCode)
			}
			mend()
			if res := late.get(callback); res.StatusCode != http.StatusSeeOther {
				t.Errorf("the same callback after the disk was mended: %d", res.StatusCode)
			}
			if err := h.App.DB.VerifyActivity(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}
