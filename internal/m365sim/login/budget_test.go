package login_test

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
