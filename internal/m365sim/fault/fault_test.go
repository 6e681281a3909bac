package fault_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"purser.example/internal/m365sim/simtest"
)

func TestFaults(t *testing.T) {
	t.Run("a status comes with its headers and body to the letter, so often as it says", func(t *testing.T) {
		w := simtest.NewWorld(t, simtest.Contoso)
		w.Faults(`[{"host": "login.microsoftonline.com", "pathPrefix": "/` + simtest.TenantID + `/", "method": "post", "status": 429, "retryAfter": 2.128, "body": {"error": "x"}, "times": 2}]`)
		for i := range 3 {
			r := w.Token()
			if i == 2 {
				if r.Status != 200 {
					t.Errorf("the third is %d", r.Status)
				}
				continue
			}
			if r.Status != 429 || r.Header.Get("Retry-After") != "2.128" || r.Body != `{"error": "x"}` || r.Header.Get("Content-Type") != "application/json; charset=utf-8" {
				t.Errorf("%d %v %q", r.Status, r.Header, r.Body)
			}
		}
	})
	t.Run("a date, a page, a redirect, a type of one's own", func(t *testing.T) {
		w := simtest.NewWorld(t, simtest.Contoso)
		w.Faults(`[{"pathPrefix": "/a", "status": 503, "retryAfter": "Mon, 23 Nov 2026 14:02:21 GMT", "body": "<h1>Busy</h1>"},
			{"pathPrefix": "/b", "status": 302, "location": "https://evil.example/"}, {"pathPrefix": "/C", "status": 200, "contentType": "text/plain", "body": "{}"}]`)
		if r := w.Do("GET", simtest.LoginHost, "/a", ""); r.Status != 503 || r.Header.Get("Retry-After") != "Mon, 23 Nov 2026 14:02:21 GMT" || !strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") {
			t.Errorf("%d %v", r.Status, r.Header)
		}
		if r := w.Do("GET", simtest.LoginHost, "/b", ""); r.Status != 302 || r.Header.Get("Location") != "https://evil.example/" || r.Header.Get("Content-Type") != "" {
			t.Errorf("%d %v", r.Status, r.Header)
		}
		if r := w.Do("GET", simtest.LoginHost, "/c", ""); r.Status != 200 || r.Header.Get("Content-Type") != "text/plain" || r.Body != "{}" {
			t.Errorf("%d %v %q", r.Status, r.Header, r.Body)
		}
	})
	t.Run("a reset breaks the connection, and the sign-in has not happened", func(t *testing.T) {
		w := simtest.NewWorld(t, simtest.Contoso)
		w.Faults(`[{"host": "login.microsoftonline.com", "reset": true, "times": 10}]`)
		for i := range 10 { // as many different wrong passwords as lock a user
			if r := w.Token("password", fmt.Sprint("wrong", i)); !errors.Is(r.Err, syscall.ECONNRESET) {
				t.Errorf("%v", r.Err)
			}
		}
		if list := w.Sim.Requests(); len(list) != 10 || list[0].Status != 0 || list[0].Username != "svc@contoso.com" {
			t.Errorf("%+v", list)
		}
		if r := w.Token(); r.Status != 200 {
			t.Errorf("afterwards: %d %v", r.Status, r.Err)
		}
	})
	t.Run("a truncated answer promises more than it gives", func(t *testing.T) {
		w := simtest.NewWorld(t, simtest.Contoso)
		w.Faults(`[{"truncate": true, "status": 200, "body": "0123456789", "times": 1}, {"truncate": true, "times": 1}]`)
		if r := w.Token(); !errors.Is(r.Err, io.ErrUnexpectedEOF) || r.Body != "01234" || r.Header.Get("Content-Length") != "10" {
			t.Errorf("%v %q %v", r.Err, r.Body, r.Header)
		}
		if r := w.Token(); !errors.Is(r.Err, io.ErrUnexpectedEOF) || r.Status != 200 || !strings.HasPrefix(r.Body, `{"token_type"`) {
			t.Errorf("the real answer: %v %d %q", r.Err, r.Status, r.Body)
		}
	})
	t.Run("a delay alone delays the real answer", func(t *testing.T) {
		w := simtest.NewWorld(t, simtest.Contoso)
		w.Faults(`[{"delayMs": 120, "times": 1}]`)
		began := time.Now()
		if r := w.Token(); r.Status != 200 || time.Since(began) < 120*time.Millisecond {
			t.Errorf("%d after %s", r.Status, time.Since(began))
		}
	})
	t.Run("the first that matches applies", func(t *testing.T) {
		w := simtest.NewWorld(t, simtest.Contoso)
		w.Faults(`[{"method": "PUT", "status": 500}, {"host": "graph.microsoft.com", "status": 501}, {"status": 502}, {"status": 503}]`)
		if r := w.Do("GET", simtest.LoginHost, "/", ""); r.Status != 502 {
			t.Errorf("%d", r.Status)
		}
		if r := w.Do("GET", "Graph.Microsoft.com:443", "/v1.0/me", ""); r.Status != 501 {
			t.Errorf("%d", r.Status)
		}
		w.Do(http.MethodDelete, "", "/_sim/faults", "")
		if r := w.Token(); r.Status != 200 {
			t.Errorf("after they were taken away: %d", r.Status)
		}
	})
	t.Run("what cannot be is refused, and changes nothing", func(t *testing.T) {
		w := simtest.NewWorld(t, simtest.Contoso)
		w.Faults(`[{"status": 418}]`)
		for text, want := range map[string]string{
			`[{"status": 99}]`: "faults[0].status", `[{}, {"delayMs": -1}]`: "faults[1].delayMs", `[{"times": -1}]`: "faults[0].times", `[{"retryAfter": "1\r\nX: y"}]`: "line break",
			`[{"stat": 1}]`: `unknown key \"[0].stat\"`, `{}`: "must be", `x`: "not valid JSON",
		} {
			if r := w.Do(http.MethodPost, "", "/_sim/faults", text); r.Status != 400 || !strings.Contains(r.Body, want) {
				t.Errorf("%s: %d %s", text, r.Status, r.Body)
			}
		}
		if r := w.Token(); r.Status != 418 {
			t.Errorf("%d", r.Status)
		}
	})
}
