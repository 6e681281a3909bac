package web_test

import (
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"purser.example/internal/m365sim"
	"purser.example/internal/profile"
	"purser.example/internal/sqlite/profiles"
	"purser.example/internal/sqlite/sqlitetest"
	"purser.example/internal/verdict"
)

// saved makes a profile through the pages and gives its address.
func saved(t *testing.T, b *browser, changes url.Values) string {
	t.Helper()
	if res := b.post("/service-accounts", typed(changes)); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("save: %d\n%s", res.StatusCode, res.text())
	}
	name := typed(changes).Get("name")
	for _, link := range b.get("/service-accounts").page(t).Find(".cell-main a").EachIter() {
		if link.Text() == name {
			return link.AttrOr("href", "")
		}
	}
	t.Fatalf("%s is not in the list", name)
	return ""
}

func idOf(href string) profile.ID { return profile.ID(strings.TrimPrefix(href, "/service-accounts/")) }

func (h *house) passwords() (sent int) {
	for _, r := range h.Sim.Requests() {
		if r.GrantType == "password" {
			sent++
		}
	}
	return sent
}

// held is a post that Microsoft 365 answers only after a while; it has arrived there when held returns.
func (h *house) held(t *testing.T, b *browser, address string, form url.Values) <-chan *response {
	t.Helper()
	h.Sim.ResetRequests()
	once := 1
	if err := h.Sim.SetFaults([]m365sim.Fault{{PathPrefix: "/" + contoso, Method: "POST", DelayMs: 1500, Times: &once}}); err != nil {
		t.Fatal(err)
	}
	done := make(chan *response, 1)
	go func() { done <- b.post(address, form) }()
	for range 2000 {
		if h.passwords() > 0 {
			return done
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("nothing arrived at Microsoft 365")
	return nil
}

// F3: while nothing can be written, every page that only reads is there, a Save keeps what was typed and says what is wrong,
// nothing is sent to Microsoft 365, and all goes on after mending, without a restart.
func TestWorkWhileNothingCanBeWritten(t *testing.T) {
	for name, breakDisk := range sqlitetest.Breakers {
		t.Run(name, func(t *testing.T) {
			h, b := openProfiles(t)
			href := saved(t, b, nil)
			h.clock.Advance(2 * time.Minute)
			h.Sim.ResetRequests()
			mend := breakDisk(t, h.App.DB)

			for _, path := range []string{"/service-accounts", "/service-accounts?q=backup&sort=-name", href, href + "/edit", "/service-accounts/new", "/service-accounts/delete?id=" + string(idOf(href)), "/help/validation-notes", "/auth/session", "/healthz"} {
				if res := b.get(path); res.StatusCode != http.StatusOK {
					t.Errorf("GET %s: %d", path, res.StatusCode)
				}
			}
			if res := b.get("/readyz"); res.StatusCode != http.StatusServiceUnavailable {
				t.Errorf("readyz: %d", res.StatusCode)
			}

			second := typed(url.Values{"name": {"Second"}, "username": {"svc-other@contoso.onmicrosoft.com"}})
			res := b.post("/service-accounts", second)
			page := res.page(t)
			if alert := page.Find(`[role="alert"]`).Text(); res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" || !strings.Contains(alert, "Nothing was changed") {
				t.Errorf("a save: %d %q", res.StatusCode, alert)
			}
			if page.Find("#name").AttrOr("value", "") != "Second" || page.Find(`input[name="services"][checked]`).Length() != 2 || strings.Contains(res.text(), marked) {
				t.Error("a save does not keep what was typed, or keeps too much")
			}
			// js/failed.js takes the sentence and the reference from the page into the pane, whose fields stay as they are.
			script := b.send(http.MethodPost, "/service-accounts", second, http.Header{"Sec-Fetch-Site": {"same-origin"}, "Hx-Request": {"true"}})
			if words := script.page(t).Find(".fault-text").Text(); script.StatusCode != http.StatusServiceUnavailable || !strings.Contains(words, "cannot use its database") || script.page(t).Find(".fault-reference .mono").Text() == "" {
				t.Errorf("a save by script: %d %q", script.StatusCode, words)
			}
			for what, res := range map[string]*response{
				"an edit":     b.post(href, typed(url.Values{"version": {"1"}, "password": {""}, "description": {"Weekly"}})),
				"a deletion":  b.post("/service-accounts/delete", url.Values{"id": {string(idOf(href))}, "version": {"1"}}),
				"a sign-out":  b.post("/auth/sign-out", url.Values{}),
				"a newcomer":  h.browser(t).get("/auth/sign-in"),
				"a selection": b.get("/service-accounts/edit"),
			} {
				want := http.StatusServiceUnavailable
				if what == "a selection" {
					want = http.StatusSeeOther
				}
				if res.StatusCode != want || want == http.StatusServiceUnavailable && (res.Header.Get("Retry-After") == "" || !strings.Contains(res.text(), "Nothing was changed")) {
					t.Errorf("%s: %d\n%s", what, res.StatusCode, res.text())
				}
			}
			if page := b.get("/service-accounts").page(t); !strings.Contains(page.Find(`[role="alert"]`).Text(), "Select one profile to edit") {
				t.Error("the message of a choice that led nowhere is lost")
			}
			if h.passwords() != 0 {
				t.Error("a password was sent though its use could not be written down")
			}

			mend()
			if res := b.post("/service-accounts", second); res.StatusCode != http.StatusSeeOther {
				t.Errorf("the same save after mending: %d", res.StatusCode)
			}
			if res := b.post(href, typed(url.Values{"version": {"1"}, "password": {""}, "description": {"Weekly"}})); res.StatusCode != http.StatusSeeOther {
				t.Errorf("the same edit after mending: %d\n%s", res.StatusCode, res.page(t).Find(`[role="alert"]`).Text())
			}
			time.Sleep(1100 * time.Millisecond) // an answer of readyz serves for a second
			if res := b.get("/readyz"); res.StatusCode != http.StatusOK {
				t.Errorf("readyz after mending: %d", res.StatusCode)
			}
			if res := b.post("/auth/sign-out", url.Values{}); res.StatusCode != http.StatusSeeOther {
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
			validation := h.held(t, b, href+"/validate", url.Values{})
			mend := breakDisk(t, h.App.DB)
			res := <-validation
			if alert := res.page(t).Find(`[role="alert"]`).Text(); res.StatusCode != http.StatusServiceUnavailable || !strings.Contains(alert, "could not store") || !strings.Contains(res.text(), "AADSTS50057") {
				t.Errorf("a validation: %d %q", res.StatusCode, alert)
			}
			mend()

			save := h.held(t, b, href, typed(url.Values{"version": {"1"}}))
			mend = breakDisk(t, h.App.DB)
			res = <-save
			if alert := res.page(t).Find(`[role="alert"]`).Text(); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(alert, "AADSTS50057") || !strings.Contains(alert, "could not be written to the activity log") {
				t.Errorf("a refused save: %d %q", res.StatusCode, alert)
			}
			mend()

			other := typed(url.Values{"version": {"1"}, "username": {"svc-other@contoso.onmicrosoft.com"}})
			save = h.held(t, b, href, other)
			mend = breakDisk(t, h.App.DB)
			res = <-save
			if alert := res.page(t).Find(`[role="alert"]`).Text(); res.StatusCode != http.StatusServiceUnavailable || !strings.Contains(alert, "confirmed the account") || !strings.Contains(alert, "nothing was saved") {
				t.Errorf("a confirmed save: %d %q", res.StatusCode, alert)
			}
			mend()
			if res := b.post(href, other); res.StatusCode != http.StatusSeeOther {
				t.Errorf("after mending: %d", res.StatusCode)
			}
		})
	}
}

// R62, F8: whatever Microsoft 365 or the network do, a Save says that it was not the account's fault, the former status
// stands, a password whose answer was lost is not sent again, and nothing is left running.
func TestMicrosoftsFaultsInThePages(t *testing.T) {
	h, b := openProfiles(t)
	href := saved(t, b, nil)
	before := runtime.NumGoroutine()
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
			res := b.post(href, typed(url.Values{"version": {"1"}, "description": {"Weekly"}}))
			page := res.page(t)
			alert := page.Find(`[role="alert"]`).Text()
			if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(alert, verdict.Unreachable.Title()) && !strings.Contains(alert, "not the account") {
				t.Errorf("status %d: %q", res.StatusCode, alert)
			}
			if page.Find("#description").Text() != "Weekly" {
				t.Error("what was typed is lost")
			}
			if n := h.passwords(); n == 0 || n > tc.most {
				t.Errorf("the password was sent %d times", n)
			}
			h.Sim.ResetFaults()
			now, err := profiles.New(h.App.DB).Profile(t.Context(), idOf(href))
			if err != nil || now.Status != verdict.Valid || now.Version != 1 || now.Description != "Nightly" {
				t.Errorf("stored %+v, %v", now, err)
			}
		})
	}
	if res := b.post(href, typed(url.Values{"version": {"1"}})); res.StatusCode != http.StatusSeeOther {
		t.Errorf("afterwards: %d", res.StatusCode)
	}
	settle(t, before)
}
