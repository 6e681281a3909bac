package pools_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"purser.example/internal/demo/demotest"
)

// asked sends a request that may be withdrawn, and gives what its status becomes; 0 where it was withdrawn.
func asked(t *testing.T, ctx context.Context, b *demotest.Browser, path string) <-chan int {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, b.Base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	answered := make(chan int, 1)
	go func() {
		res, err := b.Do(req)
		if err != nil {
			answered <- 0
			return
		}
		_ = res.Body.Close()
		answered <- res.StatusCode
	}()
	return answered
}

const suggesting = poolPath + "/suggest?tenant=" + contoso + "&tab=sites&group-sites=aos"

// X40: forty suggestions while Graph does not answer have a few places, which are their person's own. Everybody gets their pages and
// their Saves meanwhile, and what the browser withdraws leaves its place at once.
func TestSuggestionsThatWaitKeepNobodyElseWaiting(t *testing.T) {
	h, b := openPools(t)
	form := poolForm(t, validated(t, b, "sites", "aos-pool@contoso.com"))
	other := h.SignedIn(t, "owner@purser.test")
	hold := h.Hold(t, demotest.Everything, func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/groups") })
	ctx, withdraw := context.WithCancel(t.Context())
	var mine []<-chan int
	for range 40 {
		mine = append(mine, asked(t, ctx, b, suggesting))
	}
	for range 4 {
		hold.Arrived()
	}
	if res := other.Get("/service-accounts"); res.StatusCode != http.StatusOK {
		t.Errorf("somebody else's page: %d", res.StatusCode)
	}
	if res := b.Get(poolPath); res.StatusCode != http.StatusOK {
		t.Errorf("a page of the same person: %d", res.StatusCode)
	}
	saveOK(t, b, form)
	theirs := asked(t, t.Context(), other, suggesting)
	hold.Arrived()
	withdraw()
	later, gone := 0, 0
	for _, answered := range mine {
		switch status := <-answered; status {
		case http.StatusServiceUnavailable:
			later++
		case 0:
			gone++
		default:
			t.Errorf("status %d", status)
		}
	}
	if gone < 4 {
		t.Errorf("%d were turned away, %d withdrawn", later, gone)
	}
	again := asked(t, t.Context(), b, suggesting)
	hold.Arrived()
	hold.Release()
	for name, answered := range map[string]<-chan int{"somebody else's": theirs, "the next of the same person": again} {
		if status := <-answered; status != http.StatusOK {
			t.Errorf("%s suggestion: %d", name, status)
		}
	}
}

// X48: one person has so many streams, and the next is turned away; somebody else's is not.
func TestOnePersonsStreamsAreNotEverybodys(t *testing.T) {
	h, b := openPools(t)
	saveOK(t, b, poolForm(t, validated(t, b, "sites", "aos-pool@contoso.com")))
	h.Hold(t, demotest.Everything, func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/members") })
	place := b.ByScript(http.MethodPost, poolPath+"/drift?tenant="+contoso+"&tab=sites", nil).Page(t).Find("#drift-sites div").AttrOr("hx-sse:connect", "")
	for range 16 {
		if stream := b.Follow(place); stream.Next() == "" {
			t.Fatal("a stream ended")
		}
	}
	if res := b.Get(place); res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" || !strings.Contains(res.Text(), "as many requests in progress") {
		t.Errorf("one more: %d %s", res.StatusCode, res.Text())
	}
	if stream := h.SignedIn(t, "owner@purser.test").Follow(place); stream.Next() == "" {
		t.Error("somebody else's stream ended")
	}
	if res := b.Get("/service-accounts"); res.StatusCode != http.StatusOK {
		t.Errorf("a page: %d", res.StatusCode)
	}
}

// accountsOnly is the fixture with an app that has no secret, and an account that may read.
var accountsOnly = strings.NewReplacer(`, "clientSecret": "Marked-Client-Secret"`, "", `"users": [`,
	`"users": [{"userPrincipalName": "reader@contoso.com", "displayName": "Reader", "password": "`+marked+`", "roles": ["SharePoint Administrator"]}, `).Replace(poolsGroup)

// X39: with an app that cannot read, the page offers what would sign in, and does it only when it is asked to.
func TestAPageSignsInForNobody(t *testing.T) {
	h := demotest.OpenFixture(t, accountsOnly)
	b := h.SignedIn(t, "admin@purser.test")
	made := b.Post("/service-accounts", url.Values{"name": {"Reader"}, "tenant": {contoso}, "services": {"fly"}, "username": {"reader@contoso.com"}, "password": {marked}})
	if made.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d %s", made.StatusCode, made.Text())
	}
	for range 12 {
		if res := b.ByScript(http.MethodGet, suggesting, nil); res.StatusCode != http.StatusOK || res.Page(t).Find("option").Length() != 0 {
			t.Errorf("suggested: %d %s", res.StatusCode, res.Text())
		}
	}
	if n := h.Passwords(); n != 1 {
		t.Errorf("%d sign-ins, want that of the Save", n)
	}
	saveOK(t, b, poolForm(t, validated(t, b, "sites", "aos-pool@contoso.com")))
	h.Clock.Advance(6 * time.Minute) // the directory is open for five
	before := h.Passwords()
	res := b.ByScript(http.MethodPost, poolPath+"/drift?tenant="+contoso+"&tab=sites", nil)
	if button := res.Page(t).Find(fmt.Sprintf("button[value=%q]", "compare:sites")); button.Length() != 1 || h.Passwords() != before {
		t.Errorf("compared unasked: %d sign-ins\n%s", h.Passwords()-before, res.Text())
	}
	res = b.ByScript(http.MethodPost, poolPath+"/group", with(poolForm(t, b.Get(poolPath).Page(t)), "do", "compare:sites"))
	if res.StatusCode != http.StatusOK || h.Passwords() != before+1 {
		t.Errorf("asked to compare: %d, %d sign-ins", res.StatusCode, h.Passwords()-before)
	}
}
