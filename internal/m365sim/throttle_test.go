package m365sim

import (
	"net/http"
	"testing"
	"time"
)

// TestTokenBudget spends the budget, waits as long as it is told to, and is let in again.
func TestTokenBudget(t *testing.T) {
	w := newWorld(t, contoso)
	w.control("PATCH", "/_sim/tenants/"+tenantID, `{"throttle": {"tokenRequests": 3, "windowSeconds": 60}}`, 204)
	for range 2 {
		w.token()
	}
	w.clock.advance(10 * time.Second)
	if r := w.token("password", "x"); r.status != 400 {
		t.Errorf("the last one within the budget: %d", r.status)
	}
	r := w.token()
	if body := r.refusal(t); r.status != http.StatusTooManyRequests || body.Codes[0] != 90055 || body.Error != "temporarily_unavailable" || r.header.Get("Retry-After") != "50" {
		t.Errorf("%d %s %s", r.status, r.header.Get("Retry-After"), r.body)
	}
	if r := w.token("client_id", secretAppID, "client_secret", "s"); r.status != http.StatusOK {
		t.Errorf("another app has its own budget: %d %s", r.status, r.body)
	}
	w.clock.advance(49 * time.Second)
	if r := w.token(); r.status != http.StatusTooManyRequests {
		t.Errorf("too early: %d", r.status)
	}
	w.clock.advance(time.Minute)
	if r := w.token(); r.status != http.StatusOK {
		t.Errorf("%d %s", r.status, r.body)
	}
	w.control("PATCH", "/_sim/tenants/"+tenantID, `{"throttle": null}`, 204)
	for range 5 {
		if r := w.token(); r.status != http.StatusOK {
			t.Errorf("without a budget: %d", r.status)
		}
	}
}

// TestGraphBudget is refused as Graph refuses, with a time that is not a whole number of seconds.
func TestGraphBudget(t *testing.T) {
	w := newWorld(t, contoso)
	token, app := w.accessToken(), w.asApp(secretAppID, "s")
	w.control("PATCH", "/_sim/tenants/"+tenantID, `{"throttle": {"graphRequests": 2}}`, 204)
	for range 2 {
		if r := w.get(token, "/v1.0/me"); r.status != http.StatusOK {
			t.Fatalf("%d %s", r.status, r.body)
		}
		w.clock.advance(1234 * time.Millisecond)
	}
	r := w.get(token, "/v1.0/me")
	if r.status != http.StatusTooManyRequests || r.graphCode(t) != "TooManyRequests" || r.header.Get("Retry-After") != "8.766" {
		t.Errorf("%d %s %s", r.status, r.header.Get("Retry-After"), r.body)
	}
	if r := w.get(app, "/v1.0/groups"); r.status != http.StatusOK {
		t.Errorf("another app: %d", r.status)
	}
	w.clock.advance(10 * time.Second)
	if r := w.get(token, "/v1.0/me"); r.status != http.StatusOK {
		t.Errorf("%d %s", r.status, r.body)
	}
}

func TestThrottleMistakes(t *testing.T) {
	w := newWorld(t, contoso)
	for _, body := range []string{`{"throttle": {"tokenRequests": -1}}`, `{"throttle": {"graphRequests": 100001}}`, `{"throttle": {"requests": 1}}`} {
		if r := w.control("PATCH", "/_sim/tenants/"+tenantID, body, 400); r.body == "" {
			t.Error(body)
		}
	}
}
