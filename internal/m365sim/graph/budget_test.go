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

// TestGraphBudgetNearItsEnd tells how much of the directory's budget is spent from four fifths on, and whose it was when it is refused.
func TestGraphBudgetNearItsEnd(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	token := w.AccessToken()
	w.Control("PATCH", "/_sim/tenants/"+simtest.TenantID, `{"throttle": {"graphRequests": 5}}`, 204)
	for _, want := range []string{"", "", "", "0.80", "1.00", "1.00"} {
		if r := w.Get(token, "/v1.0/me"); r.Header.Get("x-ms-throttle-limit-percentage") != want || (r.Status == http.StatusTooManyRequests) != (r.Header.Get("x-ms-throttle-scope") != "") {
			t.Errorf("%d %v, not %q", r.Status, r.Header, want)
		}
	}
}

// TestSitesHaveSharePointsBudget, which the parts of a batch spend one by one.
func TestSitesHaveSharePointsBudget(t *testing.T) {
	w := simtest.NewWorld(t, withObjects)
	app := asPurser(w)
	w.Control("PATCH", "/_sim/tenants/"+simtest.TenantID, `{"throttle": {"sharePointRequests": 2, "graphRequests": 100}}`, 204)
	r := w.Do(http.MethodPost, simtest.GraphHost, "/v1.0/$batch", `{"requests": [{"id": "1", "method": "GET", "url": "/sites/root"},
	  {"id": "2", "method": "GET", "url": "/users/svc@contoso.com/drive"}, {"id": "3", "method": "GET", "url": "/sites/root"}, {"id": "4", "method": "GET", "url": "/users/svc@contoso.com"}]}`,
		"Authorization", "Bearer "+app, "Content-Type", "application/json")
	var body struct {
		Responses []struct {
			ID      string
			Status  int
			Headers map[string]string
		}
	}
	r.Decode(t, &body)
	for _, part := range body.Responses {
		want := map[string]int{"1": 200, "2": 200, "3": 429, "4": 200}[part.ID]
		if part.Status != want || want == 429 && part.Headers["Retry-After"] != "10.000" {
			t.Errorf("%+v", part)
		}
	}
	if r := w.Get(app, "/v1.0/sites/getAllSites"); r.Status != http.StatusTooManyRequests || r.GraphCode(t) != "activityLimitReached" {
		t.Errorf("%d %s", r.Status, r.Body)
	}
}
