package graph_test

import (
	"net/http"
	"testing"
	"time"

	"purser.example/internal/m365sim/simtest"
)

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
