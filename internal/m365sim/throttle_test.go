package m365sim_test

import (
	"net/http"
	"testing"
	"time"

	"purser.example/internal/m365sim/simtest"
)

// TestTokenBudget spends the budget, waits as long as it is told to, and is let in again.
func TestTokenBudget(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	w.Control("PATCH", "/_sim/tenants/"+simtest.TenantID, `{"throttle": {"tokenRequests": 3, "windowSeconds": 60}}`, 204)
	for range 2 {
		w.Token()
	}
	w.Clock.Advance(10 * time.Second)
	if r := w.Token("password", "x"); r.Status != 400 {
		t.Errorf("the last one within the budget: %d", r.Status)
	}
	r := w.Token()
	if body := r.Refusal(t); r.Status != http.StatusTooManyRequests || body.Codes[0] != 90055 || body.Error != "temporarily_unavailable" || r.Header.Get("Retry-After") != "50" {
		t.Errorf("%d %s %s", r.Status, r.Header.Get("Retry-After"), r.Body)
	}
	if r := w.Token("client_id", simtest.SecretAppID, "client_secret", "s"); r.Status != http.StatusOK {
		t.Errorf("another app has its own budget: %d %s", r.Status, r.Body)
	}
	w.Clock.Advance(49 * time.Second)
	if r := w.Token(); r.Status != http.StatusTooManyRequests {
		t.Errorf("too early: %d", r.Status)
	}
	w.Clock.Advance(time.Minute)
	if r := w.Token(); r.Status != http.StatusOK {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	w.Control("PATCH", "/_sim/tenants/"+simtest.TenantID, `{"throttle": null}`, 204)
	for range 5 {
		if r := w.Token(); r.Status != http.StatusOK {
			t.Errorf("without a budget: %d", r.Status)
		}
	}
}

// TestGraphBudget is refused as Graph refuses, with a time that is not a whole number of seconds.
func TestGraphBudget(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	token, app := w.AccessToken(), w.AsApp(simtest.SecretAppID, "s")
	w.Control("PATCH", "/_sim/tenants/"+simtest.TenantID, `{"throttle": {"graphRequests": 2}}`, 204)
	for range 2 {
		if r := w.Get(token, "/v1.0/me"); r.Status != http.StatusOK {
			t.Fatalf("%d %s", r.Status, r.Body)
		}
		w.Clock.Advance(1234 * time.Millisecond)
	}
	r := w.Get(token, "/v1.0/me")
	if r.Status != http.StatusTooManyRequests || r.GraphCode(t) != "TooManyRequests" || r.Header.Get("Retry-After") != "8.766" {
		t.Errorf("%d %s %s", r.Status, r.Header.Get("Retry-After"), r.Body)
	}
	if r := w.Get(app, "/v1.0/groups"); r.Status != http.StatusOK {
		t.Errorf("another app: %d", r.Status)
	}
	w.Clock.Advance(10 * time.Second)
	if r := w.Get(token, "/v1.0/me"); r.Status != http.StatusOK {
		t.Errorf("%d %s", r.Status, r.Body)
	}
}

func TestThrottleMistakes(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	for _, body := range []string{`{"throttle": {"tokenRequests": -1}}`, `{"throttle": {"graphRequests": 100001}}`, `{"throttle": {"requests": 1}}`} {
		if r := w.Control("PATCH", "/_sim/tenants/"+simtest.TenantID, body, 400); r.Body == "" {
			t.Error(body)
		}
	}
}
