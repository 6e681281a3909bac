package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"purser.example/internal/demo"
	"purser.example/internal/demo/demotest"
	"purser.example/internal/demo/idp/idptest"
)

// No raw error reaches a page, whatever is asked.
func TestNoAnswerShowsWhatIsInside(t *testing.T) {
	h := demotest.Open(t)
	b := h.SignedIn(t, "admin@purser.test")
	nobody := h.Browser(t)
	paths := []string{
		"/", "/nowhere", "/service-accounts", "/service-accounts?sort=%00&after=%ff", "/service-accounts/../../etc/passwd", "/service-accounts/%00",
		"/auth/callback?state=x&code=y", "/auth/callback?error=%3Cscript%3E", "/auth/sign-in?return=%00", "/auth/session", "/auth/signed-out?x='--",
		"/static/", "/static/../go.mod", "/static/x/css/app.css", "/readyz", "/healthz", "/favicon.ico", "/activity", "/%zz", "/auth/nothing",
	}
	for _, path := range paths {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodHead, http.MethodPut, http.MethodDelete, http.MethodOptions, "BREW"} {
			for _, who := range []*demotest.Browser{b, nobody} {
				res := who.Raw(method, path)
				if res.StatusCode >= 500 {
					t.Errorf("%s %s: status %d", method, path, res.StatusCode)
				}
				for _, inside := range []string{"sql:", "SQL logic", ".go:", "goroutine", "panic", "runtime error", "echo:", "dial tcp", "unexpected EOF"} {
					if strings.Contains(res.Text(), inside) {
						t.Errorf("%s %s shows %q:\n%s", method, path, inside, res.Text())
					}
				}
			}
		}
	}
}

// R60: whatever opens a door is in no log.
func TestTheLogHoldsNoKeysToTheHouse(t *testing.T) {
	h := demotest.Open(t)
	b := h.Browser(t)
	callback, err := idptest.SignIn(t.Context(), b.Client, h.URL()+"/auth/sign-in?return=/service-accounts%3Fq%3Dprivate-search", "admin@purser.test", demo.Password)
	if err != nil {
		t.Fatal(err)
	}
	b.Get(callback)
	b.Get("/service-accounts?q=private-search")
	b.Get(callback)
	u, _ := url.Parse(callback)
	secrets := []string{demo.Password, u.Query().Get("code"), u.Query().Get("state"), "private-search", "eyJ"}
	base, _ := url.Parse(h.URL())
	for _, cookie := range b.Jar.Cookies(base) {
		secrets = append(secrets, cookie.Value)
	}
	b.Post("/auth/sign-out", url.Values{})
	for _, s := range secrets {
		if s == "" || strings.Contains(h.Log.String(), s) {
			t.Errorf("the log holds %q", s)
		}
	}
	if !strings.Contains(h.Log.String(), "path=/auth/callback") || !strings.Contains(h.Log.String(), "request_id=") {
		t.Errorf("the log says too little:\n%s", h.Log)
	}
}

func TestUnknownAddressesAnswer404WithAReference(t *testing.T) {
	h := demotest.Open(t)
	res := h.SignedIn(t, "admin@purser.test").Get("/nowhere")
	if res.StatusCode != http.StatusNotFound || !strings.Contains(res.Text(), res.Header.Get("X-Request-Id")) || !strings.Contains(res.Text(), "This page does not exist") {
		t.Errorf("status %d\n%s", res.StatusCode, res.Text())
	}
}

// A health check that hangs up says nothing about the house.
func TestReadinessDoesNotDependOnWhoAsks(t *testing.T) {
	h := demotest.Open(t)
	gone, hangUp := context.WithCancel(t.Context())
	req := httptest.NewRequestWithContext(gone, http.MethodGet, "/readyz", nil)
	hangUp()
	h.App.Handler.ServeHTTP(httptest.NewRecorder(), req)
	b := h.Browser(t)
	for _, path := range []string{"/readyz", "/healthz"} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			if res := b.Raw(method, path); res.StatusCode != http.StatusOK {
				t.Errorf("%s %s: status %d", method, path, res.StatusCode)
			}
		}
	}
}
