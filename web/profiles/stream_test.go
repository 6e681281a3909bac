package profiles_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"purser.example/internal/demo/demotest"
)

// R11: the page follows a run as it goes, and the stream ends with it.
func TestARunIsFollowed(t *testing.T) {
	h, b, ids := openRuns(t)
	hold := h.Hold(t, demotest.Everything, demotest.SignIns)
	to := b.Post("/service-accounts/validate", url.Values{"id": ids}).Header.Get("Location")
	page := b.Get(to).Page(t)
	connect := page.Find("#run").AttrOr("hx-sse:connect", "")
	if connect != to+"/events" || page.Find(`[role="progressbar"]`).Length() != 1 || page.Find(`[role="alert"], [role="status"]`).Length() != 0 {
		t.Fatalf("followed at %q", connect)
	}
	if text := b.Get("/service-accounts").Page(t).Find(".message").Text(); !strings.Contains(text, "A validation run of 2 profiles is in progress") {
		t.Errorf("the list says %q", text)
	}
	stream := b.Follow(connect)
	first := stream.Next()
	hold.Release()
	events := stream.Rest()
	if len(events) < 2 || events[len(events)-1] != "event: over" {
		t.Fatalf("%d events, the last %q", len(events), events[len(events)-1])
	}
	if last := events[len(events)-2]; !strings.Contains(first, "progressbar") || strings.Contains(last, "progressbar") || !strings.Contains(last, "1 of 2 profiles are valid") {
		t.Errorf("first: %s\nlast: %s", first, last)
	}
}

// A run is followed over Purser's own TLS, which is HTTP/2, however long nothing happens.
func TestARunIsFollowedByHTTP2(t *testing.T) {
	h, b, ids := openRuns(t)
	hold := h.Hold(t, demotest.Everything, demotest.SignIns)
	to := b.Post("/service-accounts/validate", url.Values{"id": ids}).Header.Get("Location")
	stream := h.Secure(t, b).Follow(to + "/events")
	stream.Idles()
	hold.Release()
	if events := stream.Rest(); len(events) < 2 || events[len(events)-1] != "event: over" || !strings.Contains(events[len(events)-2], "1 of 2 profiles are valid") {
		t.Errorf("the stream ends with %q", events)
	}
}

// R4, R11: a stream keeps no session alive, and ends with it.
func TestAStreamEndsWithTheSession(t *testing.T) {
	h, b, ids := openRuns(t)
	h.Hold(t, demotest.Everything, demotest.SignIns)
	to := b.Post("/service-accounts/validate", url.Values{"id": ids}).Header.Get("Location")
	h.Clock.Advance(14 * time.Minute)
	stream := b.Follow(to + "/events")
	if stream.Next() == "" {
		t.Error("nothing was sent before the session ended")
	}
	h.Clock.Advance(2 * time.Minute)
	for _, event := range stream.Rest() {
		if event == "event: over" {
			t.Error("the run is said to be over")
		}
	}
	if res := b.Get(to + "/events"); res.StatusCode != http.StatusSeeOther {
		t.Errorf("after the session ended: %d", res.StatusCode)
	}
}
