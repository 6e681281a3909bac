package door_test

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"purser.example/internal/audit"
	"purser.example/internal/demo/demotest"
)

func TestOnlyOurOwnPagesActInAPersonsName(t *testing.T) {
	h := demotest.Open(t)
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
			b := h.SignedIn(t, "admin@purser.test")
			if res := b.Send(http.MethodPost, "/auth/extend", url.Values{}, tc.header); res.StatusCode != tc.want {
				t.Errorf("status %d, want %d\n%s", res.StatusCode, tc.want, res.Text())
			}
			if res := b.Get("/service-accounts"); res.StatusCode != http.StatusOK {
				t.Errorf("the session is gone: status %d", res.StatusCode)
			}
		})
	}
}

func TestOversizedBodiesAreRefused(t *testing.T) {
	h := demotest.Open(t)
	b := h.SignedIn(t, "admin@purser.test")
	form := url.Values{"x": {strings.Repeat("x", 2<<20)}}
	if res := chunked(b, "/service-accounts", form); res.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("without a length: status %d", res.StatusCode)
	}
	if res := b.Post("/service-accounts", form); res.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(res.Text(), "Nothing was changed") {
		t.Errorf("status %d\n%s", res.StatusCode, res.Text())
	}
}

func TestEveryAnswerCarriesThePolicy(t *testing.T) {
	h := demotest.Open(t)
	b := h.SignedIn(t, "admin@purser.test")
	for _, path := range []string{"/service-accounts", "/nowhere", "/auth/signed-out", "/auth/callback", "/auth/session"} {
		header := b.Get(path).Header
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

// chunked posts a form without saying how long it is.
func chunked(b *demotest.Browser, path string, form url.Values) *demotest.Response {
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Sec-Fetch-Site": {"same-origin"}}
	return b.Carry(http.MethodPost, path, io.MultiReader(strings.NewReader(form.Encode())), header)
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
			h := demotest.Open(t, tc.settings...)
			b := h.SignedIn(t, "user@purser.test")
			b.Send(http.MethodGet, "/nowhere", nil, http.Header{"X-Forwarded-For": {"203.0.113.9"}, "X-Real-Ip": {"198.51.100.1"}})
			entries, err := h.App.DB.Activity(t.Context(), 1)
			if err != nil || entries[0].Origin.Address != tc.want {
				t.Errorf("address %q, want %q (%v)", entries[0].Origin.Address, tc.want, err)
			}
		})
	}
}

// R2: without a role there is one page; everything else answers 403, for reads too, and is written down.
func TestWithoutARoleThereIsOnePage(t *testing.T) {
	h := demotest.Open(t)
	b := h.SignedIn(t, "user@purser.test")
	res := b.Get("/")
	for _, words := range []string{"Tenant Owner", "Service Administrator", "user@purser.test", "Sign out"} {
		if !strings.Contains(res.Text(), words) {
			t.Errorf("the page lacks %q", words)
		}
	}
	if res.StatusCode != http.StatusOK {
		t.Errorf("status %d", res.StatusCode)
	}
	for _, path := range []string{"/service-accounts", "/service-accounts/new", "/activity", "/nowhere"} {
		if res := b.Get(path); res.StatusCode != http.StatusForbidden {
			t.Errorf("GET %s: status %d", path, res.StatusCode)
		}
		if res := b.Post(path, url.Values{}); res.StatusCode != http.StatusForbidden {
			t.Errorf("POST %s: status %d", path, res.StatusCode)
		}
	}
	entries, err := h.App.DB.Activity(t.Context(), 100)
	if err != nil {
		t.Fatal(err)
	}
	denied := slices.DeleteFunc(slices.Clone(entries), func(l audit.Link) bool { return l.Action != audit.Denied })
	if len(denied) != 8 || denied[0].Actor.SignIn != "user@purser.test" || denied[7].Target.Name != "/service-accounts" || denied[0].Origin.Request == "" {
		t.Errorf("denials = %+v", denied)
	}
	if get, post := b.Get("/auth/session"), b.Post("/auth/extend", url.Values{}); get.StatusCode != http.StatusForbidden || post.StatusCode != http.StatusForbidden {
		t.Errorf("session: %d, extend: %d", get.StatusCode, post.StatusCode)
	}
	if res := b.Post("/auth/sign-out", url.Values{}); res.StatusCode != http.StatusSeeOther {
		t.Errorf("sign-out: status %d", res.StatusCode)
	}
	if res := b.Get("/healthz"); res.StatusCode != http.StatusOK || res.Text() != "ok" {
		t.Errorf("healthz: %d %q", res.StatusCode, res.Text())
	}
}
