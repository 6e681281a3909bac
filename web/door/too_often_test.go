package door_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"purser.example/internal/demo/demotest"
	"purser.example/web/door"
)

// R66: sign-ins that are begun too often from an address answer 429 with when to come again; elsewhere and later they go on.
func TestSignInsAreLimited(t *testing.T) {
	h := demotest.Open(t, "PURSER_TRUSTED_PROXIES=127.0.0.0/8")
	from := func(address string) *demotest.Response {
		return h.Browser(t).Send(http.MethodGet, "/auth/sign-in", nil, http.Header{"X-Forwarded-For": {address}})
	}
	for range door.SignInsEach {
		if res := from("192.0.2.7"); res.StatusCode != http.StatusSeeOther {
			t.Fatalf("status %d", res.StatusCode)
		}
	}
	if res := from("::ffff:192.0.2.7"); res.StatusCode != http.StatusTooManyRequests || res.Header.Get("Retry-After") != "1" || !strings.Contains(res.Text(), "Too many sign-ins") {
		t.Errorf("too often: %d, %q", res.StatusCode, res.Header.Get("Retry-After"))
	}
	if res := from("192.0.2.8"); res.StatusCode != http.StatusSeeOther {
		t.Errorf("from elsewhere: %d", res.StatusCode)
	}
	h.Clock.Advance(time.Second)
	if res := from("192.0.2.7"); res.StatusCode != http.StatusSeeOther {
		t.Errorf("a second later: %d", res.StatusCode)
	}
}

// R66: what a person asks Microsoft 365 for too often answers 429 with a sentence, for pages and for scripts; others go on, and so does what
// asks nobody.
func TestWhatAsksMicrosoftIsLimitedByPerson(t *testing.T) {
	h := demotest.Open(t)
	b, other := h.SignedIn(t, "admin@purser.test"), h.SignedIn(t, "owner@purser.test")
	for range door.AsksEach {
		if res := b.Post("/service-accounts", url.Values{}); res.StatusCode != http.StatusUnprocessableEntity {
			t.Fatalf("status %d", res.StatusCode)
		}
	}
	for _, res := range []*demotest.Response{b.Post("/service-accounts", url.Values{}), b.ByScript(http.MethodPost, "/service-accounts", url.Values{})} {
		if res.StatusCode != http.StatusTooManyRequests || res.Header.Get("Retry-After") != "2" || !strings.Contains(res.Text(), "what you typed is still in your browser") {
			t.Errorf("too often: %d, %q", res.StatusCode, res.Header.Get("Retry-After"))
		}
	}
	if res := other.Post("/service-accounts", url.Values{}); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("another person: %d", res.StatusCode)
	}
	if res := b.Get("/service-accounts"); res.StatusCode != http.StatusOK {
		t.Errorf("reading: %d", res.StatusCode)
	}
	h.Clock.Advance(2 * time.Second)
	if res := b.Post("/service-accounts", url.Values{}); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("later: %d", res.StatusCode)
	}
}
