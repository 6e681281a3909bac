package profiles_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"purser.example/internal/demo/demotest"
	"purser.example/internal/m365sim"
	"purser.example/internal/profile"
	"purser.example/internal/sqlite/profiles"
	"purser.example/internal/sqlite/sqlitetest"
	"purser.example/internal/verdict"
)

// saved makes a profile through the pages and gives its address.
func saved(t *testing.T, b *demotest.Browser, changes url.Values) string {
	t.Helper()
	if res := b.Post("/service-accounts", typed(changes)); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("save: %d\n%s", res.StatusCode, res.Text())
	}
	name := typed(changes).Get("name")
	for _, link := range b.Get("/service-accounts").Page(t).Find("#selection td>a").EachIter() {
		if link.Text() == name {
			return link.AttrOr("href", "")
		}
	}
	t.Fatalf("%s is not in the list", name)
	return ""
}

func idOf(href string) profile.ID { return profile.ID(strings.TrimPrefix(href, "/service-accounts/")) }

// post sends a form beside what the test goes on with, and gives what came of it.
func post(b *demotest.Browser, address string, form url.Values) <-chan *demotest.Response {
	done := make(chan *demotest.Response, 1)
	go func() { done <- b.Post(address, form) }()
	return done
}

// held is a post whose sign-in has arrived at Microsoft 365, which answers when it is released.
func held(t *testing.T, h *demotest.House, b *demotest.Browser, address string, form url.Values) (release func(), done <-chan *demotest.Response) {
	t.Helper()
	h.Sim.ResetRequests()
	hold := h.Hold(t, 1, demotest.SignIns)
	done = post(b, address, form)
	hold.Arrived()
	return hold.Release, done
}

// F3: while nothing can be written, every page that only reads is there, a Save keeps what was typed and says what is wrong,
// nothing is sent to Microsoft 365, and all goes on after mending, without a restart.
func TestWorkWhileNothingCanBeWritten(t *testing.T) {
	for name, breakDisk := range sqlitetest.Breakers {
		t.Run(name, func(t *testing.T) {
			h, b := openProfiles(t)
			href := saved(t, b, nil)
			h.Clock.Advance(2 * time.Minute)
			h.Sim.ResetRequests()
			mend := breakDisk(t, h.App.DB)

			for _, path := range []string{"/service-accounts", "/service-accounts?q=backup&sort=-name", href, href + "/edit", "/service-accounts/new", "/service-accounts/delete?id=" + string(idOf(href)), "/help/validation-notes", "/auth/session", "/healthz"} {
				if res := b.Get(path); res.StatusCode != http.StatusOK {
					t.Errorf("GET %s: %d", path, res.StatusCode)
				}
			}
			if res := b.Get("/readyz"); res.StatusCode != http.StatusServiceUnavailable {
				t.Errorf("readyz: %d", res.StatusCode)
			}

			second := typed(url.Values{"name": {"Second"}, "username": {"svc-other@contoso.onmicrosoft.com"}})
			res := b.Post("/service-accounts", second)
			page := res.Page(t)
			if alert := page.Find(`[role="alert"]`).Text(); res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" || !strings.Contains(alert, "Nothing was changed") {
				t.Errorf("a save: %d %q", res.StatusCode, alert)
			}
			if page.Find("#name").AttrOr("value", "") != "Second" || page.Find(`input[name="services"][checked]`).Length() != 2 || strings.Contains(res.Text(), marked) {
				t.Error("a save does not keep what was typed, or keeps too much")
			}
			// js/failed.js takes the sentence and the reference from the page into the pane, whose fields stay as they are.
			script := b.ByScript(http.MethodPost, "/service-accounts", second)
			if words := script.Page(t).Find(".fault-text").Text(); script.StatusCode != http.StatusServiceUnavailable || !strings.Contains(words, "can't use its database") || script.Page(t).Find(".fault-reference .mono").Text() == "" {
				t.Errorf("a save by script: %d %q", script.StatusCode, words)
			}
			for what, res := range map[string]*demotest.Response{
				"an edit":     b.Post(href, typed(url.Values{"version": {"1"}, "password": {""}, "description": {"Weekly"}})),
				"a deletion":  b.Post("/service-accounts/delete", url.Values{"id": {string(idOf(href))}, "version": {"1"}}),
				"a sign-out":  b.Post("/auth/sign-out", url.Values{}),
				"a newcomer":  h.Browser(t).Get("/auth/sign-in"),
				"a selection": b.Get("/service-accounts/edit"),
			} {
				want := http.StatusServiceUnavailable
				if what == "a selection" {
					want = http.StatusSeeOther
				}
				if res.StatusCode != want || want == http.StatusServiceUnavailable && (res.Header.Get("Retry-After") == "" || !strings.Contains(res.Text(), "Nothing was changed")) {
					t.Errorf("%s: %d\n%s", what, res.StatusCode, res.Text())
				}
			}
			if page := b.Get("/service-accounts").Page(t); !strings.Contains(page.Find(`[role="alert"]`).Text(), "Select one profile to edit") {
				t.Error("the message of a choice that led nowhere is lost")
			}
			if h.Passwords() != 0 {
				t.Error("a password was sent though its use could not be written down")
			}

			mend()
			if res := b.Post("/service-accounts", second); res.StatusCode != http.StatusSeeOther {
				t.Errorf("the same save after mending: %d", res.StatusCode)
			}
			if res := b.Post(href, typed(url.Values{"version": {"1"}, "password": {""}, "description": {"Weekly"}})); res.StatusCode != http.StatusSeeOther {
				t.Errorf("the same edit after mending: %d\n%s", res.StatusCode, res.Page(t).Find(`[role="alert"]`).Text())
			}
			demotest.Until(t, "readyz after mending", func() bool { return b.Get("/readyz").StatusCode == http.StatusOK })
			if res := b.Post("/auth/sign-out", url.Values{}); res.StatusCode != http.StatusSeeOther {
				t.Errorf("sign-out after mending: %d", res.StatusCode)
			}
			if err := h.App.DB.VerifyActivity(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// What Microsoft 365 answered while the disk failed is shown, and that it is not stored.
func TestAnAnswerThatCannotBeStoredIsShown(t *testing.T) {
	for name, breakDisk := range sqlitetest.Breakers {
		t.Run(name, func(t *testing.T) {
			h, b := openProfiles(t)
			href := saved(t, b, nil)
			if err := h.Sim.PatchUser("svc-backup@contoso.onmicrosoft.com", []byte(`{"accountEnabled": false}`)); err != nil {
				t.Fatal(err)
			}
			release, validation := held(t, h, b, href+"/validate", url.Values{})
			mend := breakDisk(t, h.App.DB)
			release()
			res := <-validation
			if alert := res.Page(t).Find(`[role="alert"]`).Text(); res.StatusCode != http.StatusServiceUnavailable || !strings.Contains(alert, "couldn't store") || !strings.Contains(res.Text(), "AADSTS50057") {
				t.Errorf("a validation: %d %q", res.StatusCode, alert)
			}
			mend()

			release, save := held(t, h, b, href, typed(url.Values{"version": {"1"}}))
			mend = breakDisk(t, h.App.DB)
			release()
			res = <-save
			if alert := res.Page(t).Find(`[role="alert"]`).Text(); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(alert, "AADSTS50057") || !strings.Contains(alert, "couldn't be written to the activity log") {
				t.Errorf("a refused save: %d %q", res.StatusCode, alert)
			}
			mend()

			other := typed(url.Values{"version": {"1"}, "username": {"svc-other@contoso.onmicrosoft.com"}})
			release, save = held(t, h, b, href, other)
			mend = breakDisk(t, h.App.DB)
			release()
			res = <-save
			if alert := res.Page(t).Find(`[role="alert"]`).Text(); res.StatusCode != http.StatusServiceUnavailable || !strings.Contains(alert, "confirmed the account") || !strings.Contains(alert, "nothing was saved") {
				t.Errorf("a confirmed save: %d %q", res.StatusCode, alert)
			}
			mend()
			if res := b.Post(href, other); res.StatusCode != http.StatusSeeOther {
				t.Errorf("after mending: %d", res.StatusCode)
			}
		})
	}
}

// R62, F8: whatever Microsoft 365 or the network do, a Save says that it was not the account's fault, the former status
// stands, a password whose answer was lost is not sent again, and nothing is left running.
func TestMicrosoftsFaultsInThePages(t *testing.T) {
	h := demotest.OpenImpatient(t, profilesFixture, 3*time.Second)
	b := h.SignedIn(t, "admin@purser.test")
	href := saved(t, b, nil)
	before := demotest.Goroutines()
	for _, tc := range []struct {
		name  string
		fault m365sim.Fault
		most  int // passwords sent
	}{
		{"429 with seconds", m365sim.Fault{Status: 429, RetryAfter: "60"}, 1},
		{"429 with few seconds", m365sim.Fault{Status: 429, RetryAfter: "1"}, 3},
		{"429 with a date", m365sim.Fault{Status: 429, RetryAfter: m365sim.Verbatim(time.Now().Add(time.Minute).UTC().Format(http.TimeFormat))}, 1},
		{"503 in HTML", m365sim.Fault{Status: 503, Body: "<html>busy</html>", ContentType: "text/html"}, 3},
		{"a reset", m365sim.Fault{Reset: true}, 1},
		{"half an answer", m365sim.Fault{Truncate: true}, 1},
		{"half a JSON", m365sim.Fault{Status: 200, Body: `{"access_token": "eyJ`}, 1},
		{"another content type", m365sim.Fault{Status: 200, Body: "hello", ContentType: "text/plain"}, 1},
		{"a stall", m365sim.Fault{DelayMs: 12_000}, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.fault.PathPrefix, tc.fault.Method = "/"+contoso, "POST"
			h.Sim.ResetRequests()
			if err := h.Sim.SetFaults([]m365sim.Fault{tc.fault}); err != nil {
				t.Fatal(err)
			}
			res := b.Post(href, typed(url.Values{"version": {"1"}, "description": {"Weekly"}}))
			page := res.Page(t)
			alert := page.Find(`[role="alert"]`).Text()
			if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(alert, verdict.Unreachable.Title()) && !strings.Contains(alert, "not the account") {
				t.Errorf("status %d: %q", res.StatusCode, alert)
			}
			if page.Find("#description").Text() != "Weekly" {
				t.Error("what was typed is lost")
			}
			if n := h.Passwords(); n == 0 || n > tc.most {
				t.Errorf("the password was sent %d times", n)
			}
			h.Sim.ResetFaults()
			now, err := profiles.New(h.App.DB).Profile(t.Context(), idOf(href))
			if err != nil || now.Status != verdict.Valid || now.Version != 1 || now.Description != "Nightly" {
				t.Errorf("stored %+v, %v", now, err)
			}
		})
	}
	if res := b.Post(href, typed(url.Values{"version": {"1"}})); res.StatusCode != http.StatusSeeOther {
		t.Errorf("afterwards: %d", res.StatusCode)
	}
	demotest.Settle(t, before)
}
