package auth_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"purser.example/internal/audit"
	"purser.example/internal/demo"
	"purser.example/internal/demo/demotest"
	"purser.example/internal/demo/idp/idptest"
	"purser.example/internal/sqlite/sqlitetest"
)

// R1: a reader is sent to sign in, and back to the page first asked for.
func TestSignInLeadsBackToThePageFirstAskedFor(t *testing.T) {
	h := demotest.Open(t)
	b := h.Browser(t)
	const wanted = "/service-accounts?q=backup&sort=-name"
	res := b.Get(wanted)
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("status %d", res.StatusCode)
	}
	callback, err := idptest.SignIn(t.Context(), b.Client, h.URL()+res.Header.Get("Location"), "admin@purser.test", demo.Password)
	if err != nil {
		t.Fatal(err)
	}
	if got := b.Get(callback).Header.Get("Location"); got != wanted {
		t.Errorf("back at %q, want %q", got, wanted)
	}
	if res := b.Get(wanted); res.StatusCode != http.StatusOK || !strings.Contains(res.Text(), "Adele Vance") {
		t.Errorf("status %d:\n%s", res.StatusCode, res.Text())
	}
	if got := b.Get("/").Header.Get("Location"); got != "/overview" {
		t.Errorf("the start page leads to %q", got)
	}
}

func TestSignInNeverLeadsToAnotherSite(t *testing.T) {
	h := demotest.Open(t)
	for _, evil := range []string{
		"https://evil.example/", "//evil.example/", "/\\evil.example/", "\\\\evil.example", "/%09/evil.example", "/\t/evil.example", "javascript:alert(1)",
		"http:evil.example", "/auth/sign-out", "evil.example", "/%5cevil.example", "///evil.example",
	} {
		b := h.Browser(t)
		callback, err := idptest.SignIn(t.Context(), b.Client, h.URL()+"/auth/sign-in?return="+url.QueryEscape(evil), "admin@purser.test", demo.Password)
		if err != nil {
			t.Fatal(err)
		}
		to := b.Get(callback).Header.Get("Location")
		u, err := url.Parse(to)
		if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\t") || strings.HasPrefix(to, "/auth") {
			t.Errorf("%q leads to %q", evil, to)
		}
	}
}

// R1: whoever had several tabs open when the session ended can finish each of them.
func TestTwoTabsSignIn(t *testing.T) {
	h := demotest.Open(t)
	b := h.Browser(t)
	var callbacks []string
	for _, page := range []string{"/service-accounts?q=first", "/service-accounts?q=second"} {
		callback, err := idptest.SignIn(t.Context(), b.Client, h.URL()+"/auth/sign-in?return="+url.QueryEscape(page), "admin@purser.test", demo.Password)
		if err != nil {
			t.Fatal(err)
		}
		callbacks = append(callbacks, callback)
	}
	for i, want := range []string{"/service-accounts?q=first", "/service-accounts?q=second"} {
		if res := b.Get(callbacks[i]); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != want {
			t.Errorf("tab %d: status %d to %q", i+1, res.StatusCode, res.Header.Get("Location"))
		}
	}
}

// R1: forged, missing and replayed answers are refused with a way to start again.
func TestACallbackServesOnceAndOnlyItsBrowser(t *testing.T) {
	h := demotest.Open(t)
	b := h.Browser(t)
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
	stranger := h.Browser(t)
	for name, try := range map[string]func() *demotest.Response{
		"another browser":  func() *demotest.Response { return stranger.Get(callback) },
		"a forged state":   func() *demotest.Response { return b.Get(with(func(q url.Values) { q.Set("state", "forged") })) },
		"a missing state":  func() *demotest.Response { return b.Get(with(func(q url.Values) { q.Del("state") })) },
		"an empty address": func() *demotest.Response { return b.Get("/auth/callback") },
	} {
		res := try()
		if res.StatusCode != http.StatusBadRequest || res.Page(t).Find(`a[href="/auth/sign-in"]`).Text() != "Sign in" {
			t.Errorf("%s: status %d\n%s", name, res.StatusCode, res.Text())
		}
	}
	if res := b.Get(callback); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("the true callback after the forged ones: %d", res.StatusCode)
	}
	b.Post("/auth/sign-out", url.Values{})
	if res := b.Get(callback); res.StatusCode != http.StatusBadRequest {
		t.Errorf("a replayed callback: status %d", res.StatusCode)
	}
}

func TestACallbackWithAnErrorSaysSo(t *testing.T) {
	h := demotest.Open(t)
	b := h.Browser(t)
	to, err := url.Parse(b.Get("/auth/sign-in").Header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	answer := url.Values{"state": {to.Query().Get("state")}, "error": {"access_denied"}, "error_description": {"<script>alert(1)</script>"}}
	res := b.Get("/auth/callback?" + answer.Encode())
	if res.StatusCode != http.StatusBadRequest || !strings.Contains(res.Text(), "refused this account") || strings.Contains(res.Text(), "<script>alert") {
		t.Errorf("status %d\n%s", res.StatusCode, res.Text())
	}
	entries, err := h.App.DB.Activity(t.Context(), 1)
	if err != nil || len(entries) != 1 || entries[0].Action != audit.SignInRefused {
		t.Errorf("activity = %+v, %v", entries, err)
	}
}

// R4: sign-out ends the session on the server, and at the identity provider.
func TestASignedOutCookieOpensNothing(t *testing.T) {
	h := demotest.Open(t)
	b := h.SignedIn(t, "owner@purser.test")
	base, _ := url.Parse(h.URL())
	stolen := slices.Clone(b.Jar.Cookies(base))

	res := b.Post("/auth/sign-out", url.Values{})
	if to := res.Header.Get("Location"); res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(to, h.URL()+"/idp/") {
		t.Fatalf("status %d to %q", res.StatusCode, to)
	}
	res = b.Get(res.Header.Get("Location"))
	if to := res.Header.Get("Location"); !strings.HasPrefix(to, h.URL()+"/auth/signed-out") {
		t.Errorf("the provider sends back to %q:\n%s", to, res.Text())
	}
	if still := h.SignedIn(t, "admin@purser.test").Get("/auth/signed-out"); still.StatusCode != http.StatusSeeOther {
		t.Errorf("somebody signed in is told that they are not: status %d", still.StatusCode)
	}
	if page := b.Get("/auth/signed-out"); page.StatusCode != http.StatusOK || !strings.Contains(page.Text(), "You are signed out") {
		t.Errorf("status %d", page.StatusCode)
	}
	thief := h.Browser(t)
	thief.Jar.SetCookies(base, stolen)
	if res := thief.Get("/service-accounts"); res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(res.Header.Get("Location"), "/auth/sign-in") {
		t.Errorf("the stolen cookie: status %d", res.StatusCode)
	}
	if res := thief.Post("/auth/sign-out", url.Values{}); res.StatusCode != http.StatusSeeOther {
		t.Errorf("signing out twice: status %d", res.StatusCode)
	}
}

// R4: a new id at sign-in, so that a cookie set before cannot be used after.
func TestSignInRenewsTheSession(t *testing.T) {
	h := demotest.Open(t)
	b := h.Browser(t)
	base, _ := url.Parse(h.URL())
	callback, err := idptest.SignIn(t.Context(), b.Client, h.URL()+"/auth/sign-in", "admin@purser.test", demo.Password)
	if err != nil {
		t.Fatal(err)
	}
	before := slices.Clone(b.Jar.Cookies(base))
	set := b.Get(callback).Header["Set-Cookie"]
	if len(set) != 1 || !strings.Contains(set[0], "HttpOnly") || !strings.Contains(set[0], "SameSite=Lax") || !strings.Contains(set[0], "Path=/") {
		t.Errorf("cookie: %q", set)
	}
	fixed := h.Browser(t)
	fixed.Jar.SetCookies(base, before)
	if res := fixed.Get("/service-accounts"); res.StatusCode != http.StatusSeeOther {
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
			h := demotest.Open(t)
			b := h.SignedIn(t, "admin@purser.test")
			status := 0
			for _, pause := range tc.steps {
				h.Clock.Advance(pause)
				status = b.Get("/service-accounts").StatusCode
			}
			if (status == http.StatusOK) != tc.still {
				t.Errorf("status %d after all, want still signed in = %v", status, tc.still)
			}
		})
	}
}

func TestThePageMayAskHowLongItLastsWithoutExtendingIt(t *testing.T) {
	h := demotest.Open(t)
	b := h.SignedIn(t, "admin@purser.test")
	h.Clock.Advance(10 * time.Minute)
	if got := strings.TrimSpace(b.Get("/auth/session").Text()); got != `{"idle":300,"max":42600,"signIn":"admin@purser.test"}` {
		t.Errorf("left = %s", got)
	}
	if got := strings.TrimSpace(b.Post("/auth/extend", url.Values{}).Text()); got != `{"idle":900,"max":42600,"signIn":"admin@purser.test"}` {
		t.Errorf("extended = %s", got)
	}
	h.Clock.Advance(15 * time.Minute)
	if res := b.Get("/auth/session"); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("ended: status %d", res.StatusCode)
	}
	if res := b.Post("/auth/extend", url.Values{}); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("extending what has ended: status %d", res.StatusCode)
	}
}

func TestAPostAfterTheSessionEndedLosesNothing(t *testing.T) {
	h := demotest.Open(t)
	b := h.SignedIn(t, "admin@purser.test")
	h.Clock.Advance(time.Hour)
	res := b.Post("/service-accounts", url.Values{"name": {"Backup"}})
	if res.StatusCode != http.StatusUnauthorized || !strings.Contains(res.Text(), "reload") || res.Page(t).Find(`a[href="/auth/sign-in"]`).Length() != 1 {
		t.Errorf("status %d\n%s", res.StatusCode, res.Text())
	}
}

// R61: sign-in and sign-out are in the log, and the log verifies.
func TestComingAndGoingIsWrittenDown(t *testing.T) {
	h := demotest.Open(t)
	b := h.SignedIn(t, "owner@purser.test")
	b.Post("/auth/sign-out", url.Values{})
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
			h := demotest.Open(t)
			b := h.SignedIn(t, "admin@purser.test")
			h.Clock.Advance(2 * time.Minute) // so that reading wants to note an activity
			late := h.Browser(t)
			callback, err := idptest.SignIn(t.Context(), late.Client, h.URL()+"/auth/sign-in", "admin@purser.test", demo.Password)
			if err != nil {
				t.Fatal(err)
			}
			mend := breakDisk(t, h.App.DB)
			if res := b.Get("/service-accounts"); res.StatusCode != http.StatusOK {
				t.Errorf("reading: status %d", res.StatusCode)
			}
			newcomer := h.Browser(t)
			for what, res := range map[string]*demotest.Response{"sign-in": newcomer.Get("/auth/sign-in"), "callback": late.Get(callback)} {
				if res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" || !strings.Contains(res.Text(), "Nothing was changed") {
					t.Errorf("%s: status %d\n%s", what, res.StatusCode, res.Text())
				}
			}
			if res := b.Get("/readyz"); res.StatusCode != http.StatusServiceUnavailable {
				t.Errorf("readyz: %d", res.StatusCode)
			}
			if res := b.Get("/healthz"); res.StatusCode != http.StatusOK {
				t.Errorf("healthz: %d", res.StatusCode)
			}
			mend()
			if res := late.Get(callback); res.StatusCode != http.StatusSeeOther {
				t.Errorf("the same callback after the disk was mended: %d", res.StatusCode)
			}
			if err := h.App.DB.VerifyActivity(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}
