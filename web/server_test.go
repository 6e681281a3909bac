package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"purser.example/internal/account"
	"purser.example/internal/config"
	"purser.example/internal/demo"
	"purser.example/internal/demo/demotest"
	"purser.example/internal/demo/idp/idptest"
	"purser.example/internal/profile"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/profiles"
	"purser.example/internal/verdict"
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
	if res.StatusCode != http.StatusNotFound || !strings.Contains(res.Text(), res.Header.Get("X-Request-Id")) || !strings.Contains(res.Text(), "This page doesn&#39;t exist") {
		t.Errorf("status %d\n%s", res.StatusCode, res.Text())
	}
	if page := res.Page(t); page.Find("nav#navigation a[href='/service-accounts']").Length() != 1 || page.Find("header a[href='/help']").Length() != 1 || page.Find("h1").Length() != 1 {
		t.Error("whoever has lost the way is left without the navigation")
	}
	if stranger := h.Browser(t).Get("/nowhere"); strings.Contains(stranger.Text(), "/service-accounts\"") {
		t.Error("somebody outside sees the navigation")
	}
}

// What the pages of a first visit weigh on the wire, in how many requests.
func TestAFirstVisitIsLight(t *testing.T) {
	cfg, err := config.LoadDemo(nil)
	if err != nil {
		t.Fatal(err)
	}
	h := demotest.OpenAs(t, demo.Options{Config: cfg})
	plantWorst(t, h.App.DB)
	b := h.SignedIn(t, "admin@purser.test")
	if all := b.Get("/service-accounts"); len(all.Text()) > 45<<10 || all.Page(t).Find("#selection tbody tr").Length() != profile.PageSize {
		t.Errorf("a list of the worst ordinary rows has %d bytes of HTML, want 45 KB", len(all.Text()))
	} else {
		t.Logf("a list of the worst ordinary rows has %d bytes of HTML", len(all.Text()))
	}
	weigh := func(address string) int {
		res := b.Send(http.MethodGet, address, nil, http.Header{"Accept-Encoding": {"gzip, deflate, br, zstd"}})
		if res.StatusCode != http.StatusOK || len(res.Text()) > 1400 && res.Header.Get("Content-Encoding") != "br" {
			t.Errorf("%s: status %d, packed by %q", address, res.StatusCode, res.Header.Get("Content-Encoding"))
		}
		return len(res.Text())
	}
	for path, limit := range map[string]int{"/service-accounts": 60 << 10, "/classic/account-pool": 60 << 10, "/help/validation-codes": 70 << 10} { // the last is a book
		requests := map[string]bool{path: true}
		b.Get(path).Page(t).Find("link[href], script[src], img[src]").Each(func(_ int, s *goquery.Selection) {
			requests[s.AttrOr("src", s.AttrOr("href", ""))] = true
		})
		sum := 0
		for address := range requests {
			sum += weigh(address)
		}
		t.Logf("%s: %d requests, %d bytes, of which %d are the page", path, len(requests), sum, weigh(path))
		if len(requests) > 8 || sum > limit {
			t.Errorf("%s: %d requests and %d bytes", path, len(requests), sum)
		}
	}
}

// plantWorst stores a page of profiles that stand first and of which each has everything that an ordinary one has: a description, more
// services than one, a status with its reason, three dates.
func plantWorst(t *testing.T, db *sqlite.DB) {
	t.Helper()
	now := time.Now().UTC()
	statuses := []verdict.Status{verdict.WrongPassword, verdict.PasswordExpired, verdict.PolicyBlocked, verdict.MFARequired}
	for n := range profile.PageSize {
		v := verdict.Verdict{Status: statuses[n%4], Code: "AADSTS50126", At: now.AddDate(0, 0, -n), Expiry: verdict.Expiry{Kind: verdict.ExpiresOn, At: now.AddDate(0, 0, 30+n), Warn: now.AddDate(0, 0, 16+n)}}
		stamp := account.Stamp{At: now.Add(-time.Duration(n) * time.Hour), By: "Adele Vance"}
		p := profile.Profile{
			ID: profile.ID(fmt.Sprintf("0193a1c2-7d40-7000-8000-%012d", n)), Kind: profile.Common, Tenant: "6f1c0000-0000-4000-8000-000000000001", Version: 1,
			Name: fmt.Sprintf("AA Backup – Europe %03d", n), Description: "Backup of Europe, every night", Username: fmt.Sprintf("svc-backup-eu-%03d@contoso.com", n),
			Services: []string{"cloud-governance", "enpower", "fly"}, Created: stamp, Modified: stamp, Status: v.Status, Verdict: v, Validated: v.At,
		}
		if err := profiles.New(db).Create(t.Context(), p, []byte("sealed"), profile.Validation{At: v.At, By: stamp.By, Verdict: v}, nil); err != nil {
			t.Fatal(err)
		}
	}
}

// Help pages stay in the browser, which asks each time whether they hold and whether somebody is still signed in; nothing else stays.
func TestHelpPagesAreKept(t *testing.T) {
	h := demotest.Open(t)
	b := h.SignedIn(t, "admin@purser.test")
	first := b.Get("/help/password-rules")
	again := func(who *demotest.Browser) *demotest.Response {
		return who.Send(http.MethodGet, "/help/password-rules", nil, http.Header{"If-None-Match": {first.Header.Get("ETag")}})
	}
	if same := again(b); same.StatusCode != http.StatusNotModified || same.Header.Get("Cache-Control") != "private, no-cache" {
		t.Errorf("a page that is known: status %d, %s", same.StatusCode, same.Header.Get("Cache-Control"))
	}
	if other := again(h.SignedIn(t, "owner@purser.test")); other.StatusCode != http.StatusOK {
		t.Errorf("the page of somebody else is taken for theirs: status %d", other.StatusCode)
	}
	if outside := again(h.Browser(t)); outside.StatusCode == http.StatusNotModified {
		t.Error("somebody outside is told that the page holds")
	}
	if list := b.Get("/service-accounts"); list.Header.Get("Cache-Control") != "no-store" || list.Header.Get("ETag") != "" {
		t.Errorf("the list is kept: %s", list.Header.Get("Cache-Control"))
	}
}

// R75: pages that need a tenant say that none is connected, and lead on.
func TestWithoutATenantThePagesLeadOn(t *testing.T) {
	h := demotest.OpenFixture(t, `{"tenants": [{"id": "6f1c0000-0000-4000-8000-000000000001", "displayName": "Contoso", "initialDomain": "contoso.onmicrosoft.com", "connected": false}]}`)
	b := h.SignedIn(t, "admin@purser.test")
	for _, path := range []string{"/service-accounts", "/classic/account-pool", "/app-profiles"} {
		empty := b.Get(path).Page(t).Find(".empty")
		if empty.Find("h2").Text() != "No tenant is connected" {
			t.Errorf("%s says %q", path, empty.Text())
		}
		if res := b.Get(empty.Find("a").AttrOr("href", "/nowhere")); res.StatusCode != http.StatusOK || res.Page(t).Find(".pane-title").Text() != "Create app profile" {
			t.Errorf("%s leads to a page of status %d", path, res.StatusCode)
		}
		if steps := b.Get(path).Page(t).Find(".first-steps li"); steps.Length() != 3 || steps.Filter("[aria-current=step]").Find("a").Text() != "Connect a tenant" {
			t.Errorf("%s has the first steps %q", path, steps.Text())
		}
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
