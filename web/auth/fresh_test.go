package auth_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"purser.example/internal/demo"
	"purser.example/internal/demo/demotest"
	"purser.example/internal/demo/idp/idptest"
)

const guarded = "/settings/security/end-others"

// R66: what asks for a recent sign-in leads to the provider with max_age, and back to where the person was going; a sign-in before that, or
// one that the clock says is to come, does not do.
func TestARecentSignInIsAskedFor(t *testing.T) {
	h := demotest.Open(t)
	owner := h.SignedIn(t, "owner@purser.test")
	if res := owner.Get(guarded); res.StatusCode != http.StatusOK {
		t.Fatalf("just signed in: %d", res.StatusCode)
	}
	other := h.SignedIn(t, "admin@purser.test")
	for _, jump := range []time.Duration{6 * time.Minute, -12 * time.Minute} {
		h.Clock.Advance(jump)
		for _, res := range []*demotest.Response{owner.Get(guarded), owner.Post(guarded, url.Values{})} {
			if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/auth/sign-in?fresh=1&return="+url.QueryEscape(guarded) {
				t.Errorf("after %v: %d %s", jump, res.StatusCode, res.Header.Get("Location"))
			}
		}
	}
	h.Clock.Advance(12 * time.Minute)
	if res := other.Get("/service-accounts"); res.StatusCode != http.StatusOK {
		t.Errorf("the post ended sessions: %d", res.StatusCode)
	}
	if res := owner.ByScript(http.MethodGet, guarded, nil); res.Header.Get("HX-Redirect") != "/auth/sign-in?fresh=1&return="+url.QueryEscape(guarded) {
		t.Errorf("by script: %d %v", res.StatusCode, res.Header)
	}
	start := owner.Get(guarded).Header.Get("Location")
	if to := owner.Get(start).Header.Get("Location"); !strings.Contains(to, "max_age=300") || !strings.Contains(to, "/idp/") {
		t.Errorf("the provider is asked by %s", to)
	}
	callback, err := idptest.SignIn(t.Context(), owner.Client, h.URL()+start, "owner@purser.test", demo.Password)
	if err != nil {
		t.Fatal(err)
	}
	if res := owner.Get(callback); res.Header.Get("Location") != guarded {
		t.Fatalf("back to %q", res.Header.Get("Location"))
	}
	if res := owner.Get(guarded); res.StatusCode != http.StatusOK || !strings.Contains(res.Text(), "End the sessions of everyone else?") {
		t.Errorf("signed in anew: %d", res.StatusCode)
	}
	if res := owner.Post(guarded, url.Values{}); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/settings/security" {
		t.Errorf("signed in anew: %d %s", res.StatusCode, res.Header.Get("Location"))
	}
	if res := other.Get("/service-accounts"); res.StatusCode != http.StatusSeeOther {
		t.Errorf("the other's session: %d", res.StatusCode)
	}
}

// R66, R83: whoever came by a break-glass link has no provider to ask, and is told what to do.
func TestABreakGlassLinkIsRecentForAWhile(t *testing.T) {
	h := demotest.Open(t)
	b := h.Browser(t)
	if res := b.Post("/auth/break-glass", url.Values{"code": {h.GlassLink(t)}}); res.StatusCode != http.StatusSeeOther {
		t.Fatal(res.StatusCode)
	}
	if res := b.Get(guarded); res.StatusCode != http.StatusOK {
		t.Errorf("just came: %d", res.StatusCode)
	}
	h.Clock.Advance(6 * time.Minute)
	if res := b.Get(b.Get(guarded).Header.Get("Location")); res.StatusCode != http.StatusForbidden || !strings.Contains(res.Text(), "break-glass link is too old") {
		t.Errorf("later: %d", res.StatusCode)
	}
	if res := b.Get("/service-accounts"); res.StatusCode != http.StatusOK {
		t.Errorf("the session is gone: %d", res.StatusCode)
	}
}

// R66: a provider that ignores max_age is told of, once and not in a circle, and the session goes on; one that heeds it leads on.
func TestAProviderThatIgnoresMaxAgeIsToldOf(t *testing.T) {
	p := idptest.NewStub(t)
	h := demotest.OpenApart(t, p.URL)
	p.Claim("roles", []string{"TenantOwner"})
	p.Claim("auth_time", time.Now().Add(-time.Hour).Unix())
	b := h.Browser()
	b.Walk("/auth/sign-in")
	for range 2 {
		start := b.Get(guarded).Header.Get("Location")
		if !strings.HasPrefix(start, "/auth/sign-in?fresh=1") {
			t.Fatalf("sent to %q", start)
		}
		if res := b.Walk(start); res.StatusCode != http.StatusForbidden || !strings.Contains(res.Text(), "max_age=300") {
			t.Errorf("status %d", res.StatusCode)
		}
		if res := b.Get("/service-accounts"); res.StatusCode != http.StatusOK {
			t.Errorf("the session is gone: %d", res.StatusCode)
		}
	}
	p.Claim("auth_time", time.Now().Unix())
	if res := b.Walk(b.Get(guarded).Header.Get("Location")); res.StatusCode != http.StatusOK || !strings.Contains(res.Text(), "End the sessions of everyone else?") {
		t.Errorf("signed in anew: %d", res.StatusCode)
	}
}

// R66: exporting the activity log asks for a recent sign-in, and leads back to the log, where the file can be asked for again; who may not have it is refused as before.
func TestExportingTheLogAsksForARecentSignIn(t *testing.T) {
	h := demotest.Open(t)
	owner, admin := h.SignedIn(t, "owner@purser.test"), h.SignedIn(t, "admin@purser.test")
	const file = "/activity/export/csv"
	if res := owner.Get(file); res.StatusCode != http.StatusOK {
		t.Fatalf("just signed in: %d", res.StatusCode)
	}
	h.Clock.Advance(6 * time.Minute)
	if res := owner.Get(file); res.Header.Get("Location") != "/auth/sign-in?fresh=1&return="+url.QueryEscape("/activity") {
		t.Errorf("%d %s", res.StatusCode, res.Header.Get("Location"))
	}
	if res := admin.Get(file); res.StatusCode != http.StatusForbidden {
		t.Errorf("a Service Administrator: %d", res.StatusCode)
	}
}
