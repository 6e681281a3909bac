package door_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"purser.example/internal/audit"
	"purser.example/internal/demo/demotest"
)

// R66: pages and what is posted are refused to who comes from elsewhere, before sign-in; health is asked from anywhere.
func TestPagesAreOpenToTrustedNetworksOnly(t *testing.T) {
	h := demotest.Open(t, "PURSER_TRUSTED_NETWORKS=10.0.0.0/8, 2001:db8:1::/48, ::ffff:192.0.2.0/120", "PURSER_TRUSTED_PROXIES=127.0.0.0/8")
	b := h.Browser(t)
	from := func(method, path, forwarded string) *demotest.Response {
		header := http.Header{"Sec-Fetch-Site": {"same-origin"}}
		if forwarded != "" {
			header.Set("X-Forwarded-For", forwarded)
		}
		return b.Send(method, path, nil, header)
	}
	for forwarded, inside := range map[string]bool{
		"10.1.2.3":              true,
		"::ffff:10.1.2.3":       true, // IPv4 that is written as IPv6
		"192.0.2.77":            true,
		"2001:db8:1:2::3":       true,
		"203.0.113.9":           false,
		"192.0.3.1":             false,
		"2001:db8:2::1":         false,
		"10.1.2.3, 203.0.113.9": false, // what the proxy did not add itself is not believed
		"203.0.113.9, 10.1.2.3": true,
		"":                      false, // the proxy itself
		"nonsense":              false,
	} {
		res := from(http.MethodGet, "/service-accounts", forwarded)
		if inside && (res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(res.Header.Get("Location"), "/auth/sign-in")) {
			t.Errorf("from %q: %d, want the way to sign-in", forwarded, res.StatusCode)
		}
		if !inside && (res.StatusCode != http.StatusForbidden || !strings.Contains(res.Text(), "Purser is open to certain networks only")) {
			t.Errorf("from %q: %d", forwarded, res.StatusCode)
		}
	}
	for _, path := range []string{"/auth/sign-in", "/auth/callback", "/auth/break-glass", "/static/x", "/auth/front-channel-logout?sid=x", "/nowhere"} {
		if res := from(http.MethodGet, path, "203.0.113.9"); res.StatusCode != http.StatusForbidden || res.Header.Get("Content-Security-Policy") == "" {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
	if res := from(http.MethodPost, "/service-accounts", "203.0.113.9"); res.StatusCode != http.StatusForbidden {
		t.Errorf("a post: %d", res.StatusCode)
	}
	for _, path := range []string{"/healthz", "/readyz"} {
		if res := from(http.MethodGet, path, "203.0.113.9"); res.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
}

// R66: a forged header does not lead in where no proxy is believed.
func TestAForgedAddressLeadsNowhere(t *testing.T) {
	h := demotest.Open(t, "PURSER_TRUSTED_NETWORKS=10.0.0.0/8")
	b := h.Browser(t)
	for _, name := range []string{"X-Forwarded-For", "X-Real-Ip", "Forwarded", "True-Client-Ip"} {
		if res := b.Send(http.MethodGet, "/auth/sign-in", nil, http.Header{name: {"10.1.2.3"}}); res.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %d", name, res.StatusCode)
		}
	}
}

// R66, X46: ten thousand addresses outside write a few entries a minute, which tell their number.
func TestManyOutsideWriteFewEntries(t *testing.T) {
	h := demotest.Open(t, "PURSER_TRUSTED_NETWORKS=10.0.0.0/8", "PURSER_TRUSTED_PROXIES=192.0.2.0/24")
	const many = 10_000
	for i := range many {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/"+url.PathEscape(fmt.Sprint("page ", i)), nil)
		r.Header.Set("X-Forwarded-For", fmt.Sprintf("2001:db8:%x::1", i))
		w := httptest.NewRecorder()
		if h.App.Handler.ServeHTTP(w, r); w.Code != http.StatusForbidden { // httptest's requests come from 192.0.2.1
			t.Fatalf("%d: %d", i, w.Code)
		}
	}
	h.Clock.Advance(time.Minute)
	w := httptest.NewRecorder()
	h.App.Handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/last", nil))
	entries, err := h.App.DB.Activity(t.Context(), 100)
	if err != nil {
		t.Fatal(err)
	}
	outside := slices.DeleteFunc(entries, func(l audit.Link) bool { return l.Action != audit.Outside })
	if len(outside) != 10 || outside[0].Target.Name != "/last" || outside[0].Origin.Address != "192.0.2.1" || outside[1].Details["count"] != fmt.Sprint(many-8) {
		t.Errorf("%d entries: %+v", len(outside), outside[:min(2, len(outside))])
	}
}
