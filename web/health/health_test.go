package health_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/demo/demotest"
	"purser.example/internal/profile"
	"purser.example/internal/sqlite/profiles"
	"purser.example/internal/sqlite/watches"
	"purser.example/internal/verdict"
	"purser.example/internal/watch"
)

const contoso = "6f1c0000-0000-4000-8000-000000000001"

// R90: the details of a profile have the strip of thirty days in words, its page every check and what changed, and somebody freezes the
// checks for a reason that everybody reads.
func TestTheChecksOfAProfileR90(t *testing.T) {
	h := demotest.Open(t, "PURSER_HEALTH_CHECKS=true")
	b := h.SignedIn(t, "admin@purser.test")
	id := refusedProfile(t, h)
	plant(t, h, id)
	details := b.Get("/service-accounts/" + id).Page(t)
	strip := details.Find(".strip-days[role=img]")
	if label := strip.AttrOr("aria-label", ""); label != "Last 30 days: valid on 2 days, refused on 1 day, skipped on 1 day." || strip.Find(".strip-day").Length() != 30 {
		t.Errorf("the strip says %q, with %d days", label, strip.Find(".strip-day").Length())
	}
	address := details.Find("#health-title").Parent().Find("a").AttrOr("href", "")
	page := b.Get(address).Page(t)
	if rows := page.Find("#checks tbody tr"); rows.Length() != 4 || !strings.Contains(rows.First().Text(), "Not tried, because Microsoft refused this password before") {
		t.Errorf("checks: %s", rows.Text())
	}
	if page.Find("#changed h2").Text() != "What changed?" || page.Find("#changed li, #changed p").Length() == 0 {
		t.Errorf("what changed: %s", page.Find("#changed").Text())
	}
	refused := b.Post(address+"/freeze", url.Values{"until": {"yesterday"}, "because": {""}})
	if refused.StatusCode != http.StatusUnprocessableEntity || refused.Page(t).Find("#freeze .field-error").Length() != 2 || refused.Page(t).Find("#until").AttrOr("value", "") != "yesterday" {
		t.Errorf("a freeze without a reason: %d %s", refused.StatusCode, refused.Page(t).Find("#freeze").Text())
	}
	if res := b.Post(address+"/freeze", url.Values{"because": {"The network is being moved"}}); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("freeze: %d", res.StatusCode)
	}
	if text := b.Get("/service-accounts/" + id).Page(t).Find(".strip").Text(); !strings.Contains(text, "frozen until someone resumes them, because: The network is being moved") {
		t.Errorf("frozen: %s", text)
	}
	if res := b.Post(address+"/resume", url.Values{}); res.StatusCode != http.StatusSeeOther || b.Get(address).Page(t).Find("#until").Length() != 1 {
		t.Errorf("resume: %d", res.StatusCode)
	}
}

// R92: who knows of a break says so on the page of its account, takes it back, and everything typed stays where a day is none to come.
func TestABreakIsAcknowledgedAndSnoozedR92(t *testing.T) {
	h := demotest.Open(t, "PURSER_HEALTH_CHECKS=true")
	b := h.SignedIn(t, "admin@purser.test")
	address := "/service-accounts/" + refusedProfile(t, h) + "/health"
	refused := b.Post(address+"/snooze", url.Values{"snooze-until": {"2020-01-01"}, "why": {"Being replaced"}})
	page := refused.Page(t)
	if refused.StatusCode != http.StatusUnprocessableEntity || page.Find("#quiet .field-error").Length() != 1 || page.Find("#why").AttrOr("value", "") != "Being replaced" || page.Find("#snooze-until").AttrOr("value", "") != "2020-01-01" {
		t.Errorf("a day that has passed: %d %s", refused.StatusCode, page.Find("#quiet").Text())
	}
	if page.Find("#freeze .field-error").Length() != 0 {
		t.Error("the other form is blamed")
	}
	says := func() string { return b.Get(address).Page(t).Find("#quiet").Text() }
	for what, want := range map[string]string{"acknowledge": "Acknowledged by Adele Vance", "snooze": "Snoozed by Adele Vance"} {
		until := h.Clock.Now().AddDate(0, 0, 3)
		if res := b.Post(address+"/"+what, url.Values{"snooze-until": {until.Format(time.DateOnly)}, "why": {"Being replaced"}}); res.StatusCode != http.StatusSeeOther {
			t.Fatalf("%s: %d", what, res.StatusCode)
		}
		if text := says(); !strings.Contains(text, want) || !strings.Contains(text, "Why: Being replaced") {
			t.Errorf("%s: %s", what, text)
		}
		if list, mark := b.Get("/health").Page(t).Find("#broken").Text(), strings.Fields(want)[0]; !strings.Contains(list, mark) {
			t.Errorf("%s: the list of what is broken doesn't say so: %s", what, list)
		}
		if res := b.Post(address+"/withdraw", url.Values{}); res.StatusCode != http.StatusSeeOther || !strings.Contains(says(), "If you know about a problem") {
			t.Errorf("%s, taken back: %d %s", what, res.StatusCode, says())
		}
	}
}

// R90: the night of a tenant begins when somebody says, and its checks can be frozen as a whole.
func TestTheNightOfATenantR90(t *testing.T) {
	h := demotest.Open(t)
	b := h.SignedIn(t, "admin@purser.test")
	address := b.Get("/tenants/"+contoso).Page(t).Find("#health a").AttrOr("href", "")
	page := b.Get(address).Page(t)
	if page.Find("#time").AttrOr("value", "") != "22:00" || page.Find("#zone").AttrOr("value", "") != "UTC" || !strings.Contains(page.Text(), "PURSER_HEALTH_CHECKS") {
		t.Errorf("the usual night: %s", page.Find("#schedule").Text())
	}
	if res := b.Post(address, url.Values{"time": {"25:00"}, "zone": {"Nowhere"}}); res.StatusCode != http.StatusUnprocessableEntity || res.Page(t).Find("#schedule .field-error").Length() != 2 || res.Page(t).Find("#zone").AttrOr("value", "") != "Nowhere" {
		t.Errorf("a bad schedule: %d", res.StatusCode)
	}
	if res := b.Post(address, url.Values{"time": {"23:30"}, "zone": {"Europe/Berlin"}}); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("schedule: %d", res.StatusCode)
	}
	if page := b.Get(address).Page(t); page.Find("#time").AttrOr("value", "") != "23:30" || page.Find("#zone").AttrOr("value", "") != "Europe/Berlin" {
		t.Errorf("saved: %s", page.Find("#schedule").Text())
	}
	if res := b.Post(address+"/freeze", url.Values{"because": {"Merger"}, "until": {time.Now().AddDate(0, 0, 3).Format(time.DateOnly)}}); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("freeze: %d", res.StatusCode)
	}
	if text := b.Get(address).Page(t).Find("#freeze").Text(); !strings.Contains(text, "Merger") || !strings.Contains(text, "Resume health checks") {
		t.Errorf("frozen: %s", text)
	}
	if res := b.Post(address+"/resume", url.Values{}); res.StatusCode != http.StatusSeeOther {
		t.Errorf("resume: %d", res.StatusCode)
	}
}

// refusedProfile stores a profile whose password Microsoft refused after it had been good.
func refusedProfile(t *testing.T, h *demotest.House) string {
	t.Helper()
	now := time.Now().UTC().Truncate(time.Millisecond)
	v := verdict.Verdict{Status: verdict.Valid, At: now.AddDate(0, 0, -10)}
	stamp := account.Stamp{At: v.At, By: "Adele Vance"}
	p := profile.Profile{
		ID: "0193a1c2-7d40-7000-8000-000000000001", Kind: profile.Common, Tenant: contoso, Version: 1, Name: "Refused", Username: "svc-refused@contoso.com",
		Services: []string{"fly"}, Created: stamp, Modified: stamp, Status: v.Status, Verdict: v, Validated: v.At,
	}
	store := profiles.New(h.App.DB)
	if err := store.Create(t.Context(), p, []byte("sealed"), profile.Validation{At: v.At, By: stamp.By, Verdict: v}, nil); err != nil {
		t.Fatal(err)
	}
	v = verdict.Verdict{Status: verdict.WrongPassword, Code: "AADSTS50126", At: now.AddDate(0, 0, -2)}
	if err := store.Validated(t.Context(), p, profile.Validation{At: v.At, By: "Purser", Verdict: v}, audit.Entry{}); err != nil {
		t.Fatal(err)
	}
	return string(p.ID)
}

// plant stores four checks of a profile: good, good, refused and parked.
func plant(t *testing.T, h *demotest.House, id string) {
	t.Helper()
	store := watches.New(h.App.DB)
	tenants, err := h.App.Tenants.Connected(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, of := range tenants {
		for more := true; more; {
			if more, err = store.Gather(t.Context(), of.ID, 100); err != nil {
				t.Fatal(err)
			}
		}
	}
	w, err := store.Watched(t.Context(), account.Place{Kind: profile.PlaceKind, ID: id})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().UTC()
	for i, c := range []watch.Check{
		{Outcome: watch.Good, Status: verdict.Valid},
		{Outcome: watch.Good, Status: verdict.Valid},
		{Outcome: watch.Bad, Status: verdict.WrongPassword, Code: "AADSTS50126"},
		{Outcome: watch.Skipped, Reason: account.Parked},
	} {
		c.At = now.AddDate(0, 0, i-4)
		if err := store.Settle(t.Context(), w.No, &c, time.Time{}); err != nil {
			t.Fatal(err)
		}
	}
}
