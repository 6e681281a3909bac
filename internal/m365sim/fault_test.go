package m365sim

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

// faults puts a list in force by the control call.
func (w *world) faults(list string) {
	w.t.Helper()
	if r := w.do(http.MethodPost, "", "/_sim/faults", list); r.status != http.StatusNoContent {
		w.t.Fatalf("%d %s", r.status, r.body)
	}
}

func TestFaults(t *testing.T) {
	t.Run("a status comes with its headers and body to the letter, so often as it says", func(t *testing.T) {
		w := newWorld(t, contoso)
		w.faults(`[{"host": "login.microsoftonline.com", "pathPrefix": "/` + tenantID + `/", "method": "post", "status": 429, "retryAfter": 2.128, "body": {"error": "x"}, "times": 2}]`)
		for i := range 3 {
			r := w.token()
			if i == 2 {
				if r.status != 200 {
					t.Errorf("the third is %d", r.status)
				}
				continue
			}
			if r.status != 429 || r.header.Get("Retry-After") != "2.128" || r.body != `{"error": "x"}` || r.header.Get("Content-Type") != jsonType {
				t.Errorf("%d %v %q", r.status, r.header, r.body)
			}
		}
	})
	t.Run("a date, a page, a redirect, a type of one's own", func(t *testing.T) {
		w := newWorld(t, contoso)
		w.faults(`[{"pathPrefix": "/a", "status": 503, "retryAfter": "Mon, 23 Nov 2026 14:02:21 GMT", "body": "<h1>Busy</h1>"},
			{"pathPrefix": "/b", "status": 302, "location": "https://evil.example/"}, {"pathPrefix": "/C", "status": 200, "contentType": "text/plain", "body": "{}"}]`)
		if r := w.do("GET", loginHostCom, "/a", ""); r.status != 503 || r.header.Get("Retry-After") != "Mon, 23 Nov 2026 14:02:21 GMT" || !strings.HasPrefix(r.header.Get("Content-Type"), "text/html") {
			t.Errorf("%d %v", r.status, r.header)
		}
		if r := w.do("GET", loginHostCom, "/b", ""); r.status != 302 || r.header.Get("Location") != "https://evil.example/" || r.header.Get("Content-Type") != "" {
			t.Errorf("%d %v", r.status, r.header)
		}
		if r := w.do("GET", loginHostCom, "/c", ""); r.status != 200 || r.header.Get("Content-Type") != "text/plain" || r.body != "{}" {
			t.Errorf("%d %v %q", r.status, r.header, r.body)
		}
	})
	t.Run("a reset breaks the connection, and the sign-in has not happened", func(t *testing.T) {
		w := newWorld(t, contoso)
		w.faults(`[{"host": "login.microsoftonline.com", "reset": true, "times": 1}]`)
		if r := w.token("password", "wrong"); !errors.Is(r.err, syscall.ECONNRESET) {
			t.Errorf("%v", r.err)
		}
		if len(w.sim.lockouts.by) != 0 {
			t.Error("it counted")
		}
		if list := w.sim.Requests(); len(list) != 1 || list[0].Status != 0 || list[0].Username != "svc@contoso.com" {
			t.Errorf("%+v", list)
		}
		if r := w.token(); r.status != 200 {
			t.Errorf("afterwards: %d %v", r.status, r.err)
		}
	})
	t.Run("a truncated answer promises more than it gives", func(t *testing.T) {
		w := newWorld(t, contoso)
		w.faults(`[{"truncate": true, "status": 200, "body": "0123456789", "times": 1}, {"truncate": true, "times": 1}]`)
		if r := w.token(); !errors.Is(r.err, io.ErrUnexpectedEOF) || r.body != "01234" || r.header.Get("Content-Length") != "10" {
			t.Errorf("%v %q %v", r.err, r.body, r.header)
		}
		if r := w.token(); !errors.Is(r.err, io.ErrUnexpectedEOF) || r.status != 200 || !strings.HasPrefix(r.body, `{"token_type"`) {
			t.Errorf("the real answer: %v %d %q", r.err, r.status, r.body)
		}
	})
	t.Run("a delay alone delays the real answer", func(t *testing.T) {
		w := newWorld(t, contoso)
		w.faults(`[{"delayMs": 120, "times": 1}]`)
		began := time.Now()
		if r := w.token(); r.status != 200 || time.Since(began) < 120*time.Millisecond {
			t.Errorf("%d after %s", r.status, time.Since(began))
		}
	})
	t.Run("the first that matches applies", func(t *testing.T) {
		w := newWorld(t, contoso)
		w.faults(`[{"method": "PUT", "status": 500}, {"host": "graph.microsoft.com", "status": 501}, {"status": 502}, {"status": 503}]`)
		if r := w.do("GET", loginHostCom, "/", ""); r.status != 502 {
			t.Errorf("%d", r.status)
		}
		if r := w.do("GET", "Graph.Microsoft.com:443", "/v1.0/me", ""); r.status != 501 {
			t.Errorf("%d", r.status)
		}
		w.do(http.MethodDelete, "", "/_sim/faults", "")
		if r := w.token(); r.status != 200 {
			t.Errorf("after they were taken away: %d", r.status)
		}
	})
	t.Run("what cannot be is refused, and changes nothing", func(t *testing.T) {
		w := newWorld(t, contoso)
		w.faults(`[{"status": 418}]`)
		for text, want := range map[string]string{
			`[{"status": 99}]`: "faults[0].status", `[{}, {"delayMs": -1}]`: "faults[1].delayMs", `[{"times": -1}]`: "faults[0].times", `[{"retryAfter": "1\r\nX: y"}]`: "line break",
			`[{"stat": 1}]`: `unknown key \"[0].stat\"`, `{}`: "must be", `x`: "not valid JSON",
		} {
			if r := w.do(http.MethodPost, "", "/_sim/faults", text); r.status != 400 || !strings.Contains(r.body, want) {
				t.Errorf("%s: %d %s", text, r.status, r.body)
			}
		}
		if r := w.token(); r.status != 418 {
			t.Errorf("%d", r.status)
		}
	})
}

// TestLatency is the tenant's own delay, on each kind of address.
func TestLatency(t *testing.T) {
	w := newWorld(t, contoso)
	token := w.accessToken()
	if err := w.sim.PatchTenant(tenantID, []byte(`{"latencyMs": 80}`)); err != nil {
		t.Fatal(err)
	}
	for name, ask := range map[string]func() reply{
		"token": func() reply { return w.token() },
		"graph": func() reply { return w.get(token, "/v1.0/me") },
		"realm": func() reply {
			return w.do("GET", loginHostCom, "/common/UserRealm/svc@contoso.com?api-version=1.0", "")
		},
	} {
		began := time.Now()
		if r := ask(); r.status != 200 || time.Since(began) < 80*time.Millisecond {
			t.Errorf("%s: %d after %s", name, r.status, time.Since(began))
		}
	}
	if err := w.sim.PatchTenant(tenantID, []byte(`{"latencyMs": 60000}`)); err != nil {
		t.Fatal(err)
	}
	if r := w.tokenAt("login.microsoftonline.us", "fabrikam.us", "username", "svc@fabrikam.us", "scope", "https://graph.microsoft.us/.default"); r.status != 200 {
		t.Errorf("another tenant: %d %v", r.status, r.err)
	}
}
