package microsoft_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"purser.example/internal/microsoft"
	"purser.example/internal/verdict"
)

// R62: whatever goes wrong on the wire is unreachable, is not repeated, and does not touch the account.
func TestFaultsAreNobodysFault(t *testing.T) {
	elsewhere := newStandIn(t)
	for _, c := range []struct {
		name string
		says http.HandlerFunc
		code string
	}{
		{"a page in HTML with 500", saysAs(500, "text/html", "<h1>"+password+"</h1>"), "HTTP 500"},
		{"a gateway that waited too long", saysAs(504, "text/html", ""), "HTTP 504"},
		{"an unavailable service that says so in JSON", refuses(500, "temporarily_unavailable", "", 90033), "AADSTS90033"},
		{"a time-out", stalls, verdict.Timeout},
		{"a time-out in the middle of the answer", stallsHalfway, verdict.Timeout},
		{"a reset before the answer", resets, verdict.Reset},
		{"an end in the middle of the answer", truncates, verdict.Reset},
		{"truncated JSON", says(200, `{"token_type":"Bearer","access_tok`), verdict.BadAnswer},
		{"a success in HTML", saysAs(200, "text/html", "<h1>Welcome</h1>"), verdict.BadAnswer},
		{"a success without content type", saysAs(200, "", `{"token_type":"Bearer","access_token":"x"}`), verdict.BadAnswer},
		{"a success without a token", says(200, `{"token_type":"Bearer"}`), verdict.BadAnswer},
		{"a token that is no text", says(200, `{"token_type":"Bearer","access_token":{"a":1}}`), verdict.BadAnswer},
		{"a token that would break the header", says(200, `{"token_type":"Bearer","access_token":"a\r\nHost: b"}`), verdict.BadAnswer},
		{"a token of another type", says(200, `{"token_type":"mac","access_token":"x"}`), verdict.BadAnswer},
		{"two megabytes", says(200, `{"token_type":"Bearer","access_token":"`+strings.Repeat("a", 2<<20)+`"}`), verdict.BadAnswer},
		{"two megabytes without a length", endless, verdict.BadAnswer},
		{"garbage", garbage, verdict.Reset},
		{"a redirect to another host", redirects(elsewhere.URL), "HTTP 302"},
		{"a redirect that keeps the method", redirectsAs(elsewhere.URL, 307), "HTTP 307"},
		{"a proxy that wants a sign-in", saysAs(407, "text/html", "<h1>Sign in</h1>"), "HTTP 407"},
		{"a firewall's page", saysAs(403, "text/html", "<h1>No</h1>"), "HTTP 403"},
		{"nothing at all", saysAs(204, "", ""), "HTTP 204"},
	} {
		for _, step := range []string{"/common/", "/" + tenantID} {
			t.Run(c.name+" at "+step[:4], func(t *testing.T) {
				s := newStandIn(t)
				s.says[step] = c.says
				v := s.client(impatient(c.code == verdict.Timeout)).Validate(t.Context(), svc())
				atToken := step != "/common/"
				if v.Status != verdict.Unreachable || v.Status.AboutAccount() || v.Code != c.code || v.Attempted != atToken || v.Detail == "" {
					t.Errorf("%+v", v)
				}
				want := 0
				if atToken {
					want = 1
				}
				if s.attempts() != want || len(elsewhere.seen()) != 0 {
					t.Errorf("%d attempts, %d requests elsewhere", s.attempts(), len(elsewhere.seen()))
				}
				if v.Proof != (verdict.Proof{}) || v.CorrelationID == "" {
					t.Errorf("%+v", v)
				}
				s.keepsSecrets(t, v)
			})
		}
	}
}

// impatient shortens the wait for one answer where a test is about that; elsewhere a busy machine must not decide.
func impatient(now bool) func(*microsoft.Config) {
	return func(cfg *microsoft.Config) {
		if now {
			cfg.CallTimeout = time.Second
		}
	}
}

func stalls(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func stallsHalfway(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprint(w, `{"token_type":`)
	_ = http.NewResponseController(w).Flush() // whether it arrives or not, the rest does not
	<-r.Context().Done()
}

func resets(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	_ = conn.(*net.TCPConn).SetLinger(0) // so that closing sends a reset
	_ = conn.Close()
}

func truncates(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Length", "1000")
	says(200, `{"token_type":"Bearer"`)(w, r)
}

func endless(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprint(w, `{"token_type":"Bearer","access_token":"x","account_type":"Managed"}`)
	for range 2 << 10 {
		fmt.Fprint(w, strings.Repeat(" ", 1<<10))
	}
}

func garbage(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "\x00\x01"+password+"\r\n\r\n")
}

func redirects(to string) http.HandlerFunc { return redirectsAs(to, http.StatusFound) }

func redirectsAs(to string, status int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, status) }
}

// R62: without a connection the password stays here.
func TestWithoutAConnectionNothingLeaves(t *testing.T) {
	s := newStandIn(t)
	client := s.client()
	s.Close()
	if v := client.Validate(t.Context(), svc()); v.Code != verdict.NoConnection || v.Attempted {
		t.Errorf("%+v", v)
	}
	for name, address := range map[string]string{"a stranger": "http://192.0.2.1:9", "a name": "http://sim.contoso.com"} {
		other, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		started := time.Now()
		v := microsoft.New(microsoft.Config{Simulator: other}).Validate(t.Context(), svc())
		if v.Code != verdict.NoConnection || v.Attempted || time.Since(started) > 3*time.Second {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

// A certificate that nobody vouches for ends it before anything is sent.
func TestAnUntrustedCertificateIsRefused(t *testing.T) {
	s := newStandIn(t)
	secure := newStandIn(t)
	secure.Server.Close()
	secure.Server = newTLSServer(t, secure)
	s.URL = secure.URL
	if v := s.client().Validate(t.Context(), svc()); v.Code != verdict.TLS || v.Attempted || len(secure.seen()) != 0 {
		t.Errorf("%+v", v)
	}
}

// Whoever stops waiting gets a verdict too, and learns that the attempt may have counted.
func TestAValidationCanBeStopped(t *testing.T) {
	s := newStandIn(t)
	ctx, cancel := context.WithCancel(t.Context())
	s.says["/"+tenantID] = func(w http.ResponseWriter, r *http.Request) {
		cancel()
		stalls(w, r)
	}
	if v := s.client().Validate(ctx, svc()); v.Status != verdict.Unreachable || v.Code != verdict.Cancelled || !v.Attempted {
		t.Errorf("%+v", v)
	}
}
