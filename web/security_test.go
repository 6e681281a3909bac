package web_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"purser.example/internal/demo"
	"purser.example/internal/demo/idp/idptest"
)

func TestOnlyOurOwnPagesActInAPersonsName(t *testing.T) {
	h := open(t)
	for name, tc := range map[string]struct {
		header http.Header
		want   int
	}{
		"our own page":                {http.Header{"Sec-Fetch-Site": {"same-origin"}, "Origin": {h.URL()}}, http.StatusOK},
		"an older browser, our page":  {http.Header{"Origin": {h.URL()}}, http.StatusOK},
		"another site":                {http.Header{"Sec-Fetch-Site": {"cross-site"}, "Origin": {"https://evil.example"}}, http.StatusForbidden},
		"another port of this host":   {http.Header{"Sec-Fetch-Site": {"same-site"}, "Origin": {"http://127.0.0.1:1"}}, http.StatusForbidden},
		"an older browser, elsewhere": {http.Header{"Origin": {"https://evil.example"}}, http.StatusForbidden},
		"nobody knows where from":     {http.Header{}, http.StatusForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			b := h.signedIn(t, "admin@purser.test")
			if res := b.send(http.MethodPost, "/auth/extend", url.Values{}, tc.header); res.StatusCode != tc.want {
				t.Errorf("status %d, want %d\n%s", res.StatusCode, tc.want, res.text())
			}
			if res := b.get("/service-accounts"); res.StatusCode != http.StatusOK {
				t.Errorf("the session is gone: status %d", res.StatusCode)
			}
		})
	}
}

func TestOversizedBodiesAreRefused(t *testing.T) {
	h := open(t)
	b := h.signedIn(t, "admin@purser.test")
	form := url.Values{"x": {strings.Repeat("x", 2<<20)}}
	if res := b.chunked("/service-accounts", form); res.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("without a length: status %d", res.StatusCode)
	}
	if res := b.post("/service-accounts", form); res.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(res.text(), "Nothing was changed") {
		t.Errorf("status %d\n%s", res.StatusCode, res.text())
	}
}

func TestEveryAnswerCarriesThePolicy(t *testing.T) {
	h := open(t)
	b := h.signedIn(t, "admin@purser.test")
	for _, path := range []string{"/service-accounts", "/nowhere", "/auth/signed-out", "/auth/callback", "/auth/session"} {
		header := b.get(path).Header
		csp := header.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "script-src 'self';", "style-src 'self';", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"} {
			if !strings.Contains(csp, part) {
				t.Errorf("%s: the policy lacks %q: %s", path, part, csp)
			}
		}
		if strings.Contains(csp, "unsafe") {
			t.Errorf("%s: %s", path, csp)
		}
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin"} {
			if got := header.Get(name); got != want {
				t.Errorf("%s: %s = %q, want %q", path, name, got, want)
			}
		}
	}
}

// No raw error reaches a page, whatever is asked.
func TestNoAnswerShowsWhatIsInside(t *testing.T) {
	h := open(t)
	b := h.signedIn(t, "admin@purser.test")
	nobody := h.browser(t)
	paths := []string{
		"/", "/nowhere", "/service-accounts", "/service-accounts?sort=%00&after=%ff", "/service-accounts/../../etc/passwd", "/service-accounts/%00",
		"/auth/callback?state=x&code=y", "/auth/callback?error=%3Cscript%3E", "/auth/sign-in?return=%00", "/auth/session", "/auth/signed-out?x='--",
		"/static/", "/static/../go.mod", "/static/x/css/app.css", "/readyz", "/healthz", "/favicon.ico", "/activity", "/%zz", "/auth/nothing",
	}
	for _, path := range paths {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodHead, http.MethodPut, http.MethodDelete, http.MethodOptions, "BREW"} {
			for _, who := range []*browser{b, nobody} {
				res := who.raw(method, path)
				if res.StatusCode >= 500 {
					t.Errorf("%s %s: status %d", method, path, res.StatusCode)
				}
				for _, inside := range []string{"sql:", "SQL logic", ".go:", "goroutine", "panic", "runtime error", "echo:", "dial tcp", "unexpected EOF"} {
					if strings.Contains(res.text(), inside) {
						t.Errorf("%s %s shows %q:\n%s", method, path, inside, res.text())
					}
				}
			}
		}
	}
}

// R60: whatever opens a door is in no log.
func TestTheLogHoldsNoKeysToTheHouse(t *testing.T) {
	h := open(t)
	b := h.browser(t)
	callback, err := idptest.SignIn(t.Context(), b.Client, h.URL()+"/auth/sign-in?return=/service-accounts%3Fq%3Dprivate-search", "admin@purser.test", demo.Password)
	if err != nil {
		t.Fatal(err)
	}
	b.get(callback)
	b.get("/service-accounts?q=private-search")
	b.get(callback)
	u, _ := url.Parse(callback)
	secrets := []string{demo.Password, u.Query().Get("code"), u.Query().Get("state"), "private-search", "eyJ"}
	base, _ := url.Parse(h.URL())
	for _, cookie := range b.Jar.Cookies(base) {
		secrets = append(secrets, cookie.Value)
	}
	b.post("/auth/sign-out", url.Values{})
	for _, s := range secrets {
		if s == "" || strings.Contains(h.log.String(), s) {
			t.Errorf("the log holds %q", s)
		}
	}
	if !strings.Contains(h.log.String(), "path=/auth/callback") || !strings.Contains(h.log.String(), "request_id=") {
		t.Errorf("the log says too little:\n%s", h.log)
	}
}

func TestUnknownAddressesAnswer404WithAReference(t *testing.T) {
	h := open(t)
	res := h.signedIn(t, "admin@purser.test").get("/nowhere")
	if res.StatusCode != http.StatusNotFound || !strings.Contains(res.text(), res.Header.Get("X-Request-Id")) || !strings.Contains(res.text(), "This page does not exist") {
		t.Errorf("status %d\n%s", res.StatusCode, res.text())
	}
}

// A forwarded address is believed from a configured proxy only.
func TestForwardedAddressesAreNotBelievedFromAnybody(t *testing.T) {
	for name, tc := range map[string]struct {
		settings []string
		want     string
	}{
		"by default":           {nil, "127.0.0.1"},
		"from a trusted proxy": {[]string{"PURSER_TRUSTED_PROXIES=127.0.0.0/8"}, "203.0.113.9"},
		"from another proxy":   {[]string{"PURSER_TRUSTED_PROXIES=10.0.0.0/8"}, "127.0.0.1"},
	} {
		t.Run(name, func(t *testing.T) {
			h := open(t, tc.settings...)
			b := h.signedIn(t, "user@purser.test")
			b.send(http.MethodGet, "/nowhere", nil, http.Header{"X-Forwarded-For": {"203.0.113.9"}, "X-Real-Ip": {"198.51.100.1"}})
			entries, err := h.App.DB.Activity(t.Context(), 1)
			if err != nil || entries[0].Origin.Address != tc.want {
				t.Errorf("address %q, want %q (%v)", entries[0].Origin.Address, tc.want, err)
			}
		})
	}
}

// chunked posts a form without saying how long it is.
func (b *browser) chunked(path string, form url.Values) *response {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.base+path, io.MultiReader(strings.NewReader(form.Encode())))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	res, err := b.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return &response{res, body}
}

// A health check that hangs up says nothing about the house.
func TestReadinessDoesNotDependOnWhoAsks(t *testing.T) {
	h := open(t)
	gone, hangUp := context.WithCancel(t.Context())
	req := httptest.NewRequestWithContext(gone, http.MethodGet, "/readyz", nil)
	hangUp()
	h.App.Handler.ServeHTTP(httptest.NewRecorder(), req)
	b := h.browser(t)
	for _, path := range []string{"/readyz", "/healthz"} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			if res := b.raw(method, path); res.StatusCode != http.StatusOK {
				t.Errorf("%s %s: status %d", method, path, res.StatusCode)
			}
		}
	}
}

// raw sends an address that may be no proper one.
func (b *browser) raw(method, path string) *response {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.base+"/", nil)
	if err != nil {
		b.t.Fatal(err)
	}
	req.URL.Opaque = path
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	res, err := b.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return &response{res, body}
}
