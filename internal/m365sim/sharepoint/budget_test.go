package sharepoint_test

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"purser.example/internal/m365sim/simtest"
)

// TestBudgetOfSharePoint tells from four fifths on how much is left, refuses whoever asks for more, and counts what it refuses.
func TestBudgetOfSharePoint(t *testing.T) {
	w := simtest.NewWorld(t, withSites)
	p := asPerson(t, w, adminHost, "svc@contoso.com")
	w.Control("PATCH", "/_sim/tenants/contoso.com", `{"throttle": {"sharePointRequests": 5, "windowSeconds": 60}}`, 204)
	ask := func() simtest.Reply { return p.do(http.MethodPost, "/_api/contextinfo", "") }
	for n := range 5 {
		r, remaining := ask(), ""
		if n >= 3 {
			remaining = strconv.Itoa(4 - n)
		}
		if r.Status != 200 || r.Header.Get("RateLimit-Remaining") != remaining || n >= 3 && (r.Header.Get("RateLimit-Limit") != "5" || r.Header.Get("RateLimit-Reset") != strconv.Itoa(60-10*n)) {
			t.Errorf("%d: %d %v", n, r.Status, r.Header)
		}
		w.Clock.Advance(10 * time.Second)
	}
	if r := ask(); r.Status != 429 || r.Header.Get("Retry-After") != "20" || r.Header.Get("RateLimit-Remaining") != "0" {
		t.Errorf("%d %v", r.Status, r.Header)
	}
	w.Clock.Advance(9 * time.Second)
	if r := ask(); r.Status != 429 || r.Header.Get("Retry-After") != "21" {
		t.Errorf("a request while throttled counts: %d %v", r.Status, r.Header)
	}
	w.Clock.Advance(time.Minute)
	if r := ask(); r.Status != 200 || r.Header.Get("RateLimit-Limit") != "" {
		t.Errorf("after it has waited: %d %v", r.Status, r.Header)
	}
}

// TestBudgetOfUser is one user's, at all hosts of SharePoint and through Graph's sites; others and the directory have their own.
func TestBudgetOfUser(t *testing.T) {
	w := simtest.NewWorld(t, withSites)
	admin, site := asPerson(t, w, adminHost, "svc@contoso.com"), asPerson(t, w, spoHost, "svc@contoso.com")
	other, graph := asPerson(t, w, adminHost, "plain@contoso.com"), w.AccessToken()
	w.Control("PATCH", "/_sim/tenants/contoso.com", `{"throttle": {"sharePointUserRequests": 2, "sharePointStatus": 503, "retryAfter": "date"}}`, 204)
	admin.do(http.MethodPost, "/_api/contextinfo", "")
	site.do(http.MethodPost, "/_api/contextinfo", "")
	if r := admin.do(http.MethodPost, "/_api/contextinfo", ""); r.Status != 503 || r.Header.Get("Retry-After") != "Mon, 23 Nov 2026 14:02:21 GMT" {
		t.Errorf("%d %v", r.Status, r.Header)
	}
	if r := w.Get(graph, "/v1.0/sites/root"); r.Status != 503 || r.GraphCode(t) != "serviceNotAvailable" || r.Header.Get("RateLimit-Remaining") != "0" {
		t.Errorf("%d %v %s", r.Status, r.Header, r.Body)
	}
	if r := other.do(http.MethodPost, "/_api/contextinfo", ""); r.Status != 200 {
		t.Errorf("another user: %d %s", r.Status, r.Body)
	}
	if r := w.Get(graph, "/v1.0/me"); r.Status != 200 {
		t.Errorf("the directory: %d %s", r.Status, r.Body)
	}
}

// TestThrottleOfNonsense is refused with what is wrong with it.
func TestThrottleOfNonsense(t *testing.T) {
	w := simtest.NewWorld(t, withSites)
	for _, f := range []string{`{"sharePointStatus": 500}`, `{"retryAfter": "soon"}`, `{"sharePointRequests": -1}`, `{"sharePointUserRequests": 100001}`} {
		w.Control("PATCH", "/_sim/tenants/contoso.com", `{"throttle": `+f+`}`, 400)
	}
}
