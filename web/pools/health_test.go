package pools_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/demo/demotest"
	"purser.example/internal/pool"
	"purser.example/internal/sqlite/pools"
	"purser.example/internal/sqlite/watches"
	"purser.example/internal/verdict"
	"purser.example/internal/watch"
)

// R90: a member with a stored password leads to its health checks: the strip of thirty days, every check, what changed, and the way to
// freeze them for a reason. A member without one has none.
func TestTheChecksOfAMemberR90(t *testing.T) {
	h, b := shared(t)
	links := b.Get(poolPath).Page(t).Find("#users-sites td a.cut")
	if links.Length() != 1 || !strings.Contains(links.Text(), "Pool One") {
		t.Fatalf("members that lead to their checks: %q", links.Text())
	}
	address := links.AttrOr("href", "")
	page := b.Get(address).Page(t)
	if label := page.Find(".strip-days[role=img]").AttrOr("aria-label", ""); label != "Last 30 days: not checked yet." || page.Find("h1").Text() != "Health checks of pool01@contoso.com" {
		t.Errorf("before the first night: %q, %q", page.Find("h1").Text(), label)
	}
	saved, err := pools.New(h.App.DB).Pool(t.Context(), pool.Key{Tenant: contoso, Class: pool.Sites})
	if err != nil {
		t.Fatal(err)
	}
	by := account.Stamp{At: time.Now().UTC(), By: "The nightly scan"}
	if err := pools.New(h.App.DB).BringIntoForce(t.Context(), saved, by, audit.Entry{Action: pool.CameIntoForce}); err != nil {
		t.Fatal(err)
	}
	store, now := watches.New(h.App.DB), time.Now().UTC() // no later: the day may be about to end
	if _, err := store.Gather(t.Context(), contoso, 100); err != nil {
		t.Fatal(err)
	}
	w, err := store.Watched(t.Context(), account.Place{Kind: pool.PlaceKind, ID: contoso + "/sites/" + one})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []watch.Check{
		{At: now.AddDate(0, 0, -2), Outcome: watch.Good, Status: verdict.Valid},
		{At: now, Outcome: watch.Bad, Status: verdict.WrongPassword, Code: "AADSTS50126"},
	} {
		if err := store.Settle(t.Context(), w.No, &c, time.Time{}); err != nil {
			t.Fatal(err)
		}
	}
	page = b.Get(address).Page(t)
	if label := page.Find(".strip-days[role=img]").AttrOr("aria-label", ""); label != "Last 30 days: valid on 1 day, refused on 1 day." {
		t.Errorf("the strip says %q", label)
	}
	if rows := page.Find("#checks tbody tr"); rows.Length() != 2 || !strings.Contains(rows.First().Text(), "AADSTS50126") {
		t.Errorf("checks: %s", rows.Text())
	}
	if text := page.Find("#changed").Text(); !strings.Contains(text, "The nightly scan brought the account pool into force.") {
		t.Errorf("what changed: %s", text)
	}
	freeze := page.Find("#freeze form").AttrOr("action", "")
	if res := b.Post(freeze, url.Values{"because": {""}}); res.StatusCode != http.StatusUnprocessableEntity || res.Page(t).Find("#freeze .field-error").Length() != 1 {
		t.Errorf("a freeze without a reason: %d", res.StatusCode)
	}
	if res := b.Post(freeze, url.Values{"because": {"The mailbox is being moved"}}); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("freeze: %d", res.StatusCode)
	}
	page = b.Get(address).Page(t)
	if text := page.Find("#freeze").Text(); !strings.Contains(text, "The mailbox is being moved") {
		t.Errorf("frozen: %s", text)
	}
	if res := b.Post(page.Find("#freeze form").AttrOr("action", ""), url.Values{}); res.StatusCode != http.StatusSeeOther || b.Get(address).Page(t).Find("#until").Length() != 1 {
		t.Errorf("resume: %d", res.StatusCode)
	}
	back := page.Find(".links a").AttrOr("href", "")
	if b.Get(back).Page(t).Find("[role=tab][aria-selected=true]").Text() != "Sites, Mailboxes, Groups, and Teams" {
		t.Errorf("back leads to %s", back)
	}
	for _, query := range []string{"?tenant=" + contoso + "&tab=sites&user=x", "?tenant=" + contoso + "&tab=none&user=" + one, "?tenant=x&tab=sites&user=" + one} {
		if res := b.Get(poolPath + "/health" + query); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", query, res.StatusCode)
		}
	}
}

// R93: a group whose members are others than those that were saved is on the list of drift, as the night finds it and as the page of the pool
// does, from the day it was first seen until somebody takes it over; one that lists nobody says nothing (X9).
func TestTheGroupOfAPoolDriftsR93(t *testing.T) {
	h, b := shared(t)
	visit := func(what string, want int) *goquery.Selection {
		t.Helper()
		if err := h.App.Pools.Revisit(t.Context(), contoso); err != nil {
			t.Fatal(err)
		}
		var rows *goquery.Selection
		demotest.Until(t, what, func() bool {
			rows = b.Get("/health/drift").Page(t).Find("#pools tbody tr")
			return rows.Length() == want
		})
		return rows
	}
	visit("nothing changed", 0)
	patch := func(fields string) {
		t.Helper()
		if err := h.Sim.PatchGroup("aos-pool@contoso.com", []byte(fields)); err != nil {
			t.Fatal(err)
		}
	}
	patch(`{"members": ["pool01@contoso.com"]}`)
	row := visit("one left", 1)
	if !strings.Contains(row.Text(), "1 left") || !strings.Contains(row.Text(), "Contoso") {
		t.Errorf("the row: %s", row.Text())
	}
	if page := b.Get(row.Find("a").AttrOr("href", "")); page.StatusCode != http.StatusOK {
		t.Errorf("the pool: %d", page.StatusCode)
	}
	patch(`{"members": ["pool01@contoso.com", "pool02@contoso.com"]}`)
	visit("it is as it was", 0)
	patch(`{"members": []}`)
	visit("a group that lists nobody", 0)
	patch(`{"members": ["pool02@contoso.com"]}`)
	visit("the other one left", 1)
	saveOK(t, b, poolForm(t, validated(t, b, "sites", "AOS Pool")))
	demotest.Until(t, "what was taken over", func() bool { return b.Get("/health/drift").Page(t).Find("#pools").Length() == 0 })
}
