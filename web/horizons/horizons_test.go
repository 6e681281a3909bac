package horizons_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/demo/demotest"
	"purser.example/internal/profile"
	"purser.example/internal/sqlite/profiles"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

const contoso = "6f1c0000-0000-4000-8000-000000000001"

func texts(of *goquery.Selection) []string {
	return of.Map(func(_ int, s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") })
}

// user uses one profile.
type user struct{ id profile.ID }

func (u user) Uses(_ context.Context, _ access.Caller, p profile.Profile) ([]profile.Use, error) {
	if p.ID != u.id {
		return nil, nil
	}
	return []profile.Use{{Kind: "scan profile", ID: "s1", Name: "Nightly"}, {Kind: "account pool", ID: "sites", Name: "SharePoint Sites"}}, nil
}

func today() time.Time { return time.Now().UTC().Truncate(24 * time.Hour) }

// plant stores a profile that ends on a day from now, or is broken.
func plant(t *testing.T, h *demotest.House, no int, of tenant.ID, v verdict.Verdict) profile.ID {
	t.Helper()
	stamp := account.Stamp{At: v.At, By: "Adele Vance"}
	p := profile.Profile{
		ID: profile.ID(fmt.Sprintf("0193a1c2-7d40-7000-8000-%012d", no)), Kind: profile.Common, Tenant: of, Version: 1, Name: fmt.Sprintf("Planted %03d", no), Username: fmt.Sprintf("svc-%03d@contoso.com", no),
		Services: []string{"fly"}, Created: stamp, Modified: stamp, Status: v.Status, Verdict: v, Validated: v.At,
	}
	if err := profiles.New(h.App.DB).Create(t.Context(), p, []byte("sealed"), profile.Validation{At: v.At, By: stamp.By, Verdict: v}, nil); err != nil {
		t.Fatal(err)
	}
	return p.ID
}

func endsIn(days int) verdict.Verdict {
	return verdict.Verdict{Status: verdict.Valid, At: time.Now().UTC().Truncate(time.Millisecond), Expiry: verdict.Expiry{Kind: verdict.ExpiresOn, At: today().AddDate(0, 0, days).Add(23*time.Hour + 59*time.Minute)}}
}

// R91, R20: what is broken since when, in the verdict's words, and what doesn't work with it; what ends, narrowed by the address, page by page.
func TestHealthAndExpiryR91(t *testing.T) {
	h := demotest.Open(t)
	b := h.SignedIn(t, "admin@purser.test")
	before := b.Get("/health").Page(t)
	counted := func(page *goquery.Document) []string { return texts(page.Find(".tile b")) }
	if got := counted(before); !slices.Equal(got, []string{"0", "0", "0", "0", "0", "0"}) || before.Find("#broken .empty").Length() != 1 || before.Find("#ends .empty").Length() != 1 {
		t.Fatalf("before anything is stored: %q", got)
	}
	id := plant(t, h, 1, contoso, verdict.Verdict{Status: verdict.WrongPassword, Code: "AADSTS50126", Rule: "50126", At: time.Now().UTC().Add(-50 * time.Hour).Truncate(time.Millisecond)})
	h.App.Profiles.UsedBy(user{id})
	for i := range 60 {
		plant(t, h, 100+i, contoso, endsIn(5))
	}
	plant(t, h, 200, contoso, endsIn(80))
	plant(t, h, 201, contoso, endsIn(-3))

	page := b.Get("/health").Page(t)
	if got := counted(page); !slices.Equal(got, []string{"1", "1", "60", "60", "60", "61"}) {
		t.Errorf("tiles %q", got)
	}
	row := page.Find("#broken tbody tr")
	if got := texts(row.Find("td")); len(got) != 5 || got[0] != "Planted 001" || !strings.HasPrefix(got[1], "Wrong password") || !strings.Contains(got[1], "password is wrong") ||
		!strings.Contains(got[2], "Scan profile Nightly") || !strings.Contains(got[2], "Account pool SharePoint Sites") || got[4] != "2 days ago" {
		t.Errorf("broken: %q", got)
	}
	if href := row.Find("td a").First().AttrOr("href", ""); href != "/service-accounts/"+string(id) || b.Get(href).StatusCode != http.StatusOK {
		t.Errorf("it leads to %q", href)
	}
	if href := row.Find("a[href^='/scan-profiles/']").AttrOr("href", ""); href != "/scan-profiles/s1" {
		t.Errorf("what uses it leads to %q", href)
	}

	first := texts(page.Find("#ends tbody tr td:first-child"))
	next := page.Find("#ends .pager a[rel=next]").AttrOr("href", "")
	second := b.Get(next).Page(t)
	rest := texts(second.Find("#ends tbody tr td:first-child"))
	if len(first) != 50 || len(rest) != 11 || rest[10] != "Planted 200" || slices.Contains(first, rest[0]) {
		t.Errorf("pages of %d and %d: %q", len(first), len(rest), rest)
	}
	if back := texts(b.Get(second.Find("#ends .pager a[rel=prev]").AttrOr("href", "")).Page(t).Find("#ends tbody tr td:first-child")); !slices.Equal(back, first) {
		t.Errorf("back there are %d", len(back))
	}
	for address, want := range map[string]int{
		"?window=7": 50, "?window=ended": 1, "?kind=client_secret": 0, "?kind=profile_password&window=90": 50, "?tenant=" + contoso + "&window=ended": 1, "?tenant=00000000-0000-4000-8000-000000000009": 0,
		"?day=" + today().AddDate(0, 0, 80).Format(time.DateOnly): 1, "?window=x&kind=x&month=x&day=x&after=x&view=x&broken-after=1.x": 50,
	} {
		if got := b.Get("/health" + address).Page(t).Find("#ends tbody tr").Length(); got != want {
			t.Errorf("%s: %d rows, want %d", address, got, want)
		}
	}
	if page := b.Get("/health?kind=tls_certificate").Page(t); page.Find("#broken tbody tr").Length() != 0 || page.Find("#broken .empty a").AttrOr("href", "") != "/health" {
		t.Error("a kind that is never broken shows what is, or no way to clear the filter")
	}
}

// R91: the month is a table, with names where there are few and counts that lead to the day where there are many; the address names the month.
func TestTheCalendarOfHealthR91(t *testing.T) {
	h := demotest.Open(t)
	b := h.SignedIn(t, "admin@purser.test")
	day := today().AddDate(0, 0, 5)
	for i := range 6 {
		plant(t, h, i, contoso, endsIn(5))
	}
	month := func() *goquery.Document {
		return b.Get("/health?" + url.Values{"view": {"calendar"}, "month": {day.Format("2006-01")}}.Encode()).Page(t)
	}
	page := month()
	if heads := texts(page.Find(".month thead th")); !slices.Equal(heads, []string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"}) || page.Find(".month thead th").First().AttrOr("abbr", "") != "Sunday" {
		t.Errorf("heads %q", heads)
	}
	last := time.Date(day.Year(), day.Month()+1, 0, 0, 0, 0, 0, time.UTC)
	if n := page.Find(".month-day").Length(); n != last.Day() || !strings.Contains(page.Find("#ends-title").Text(), day.Format("January 2006")) {
		t.Errorf("%d days in %q", n, page.Find("#ends-title").Text())
	}
	if day.Month() == today().Month() && texts(page.Find(".month [aria-current=date] .month-day"))[0] != today().Format("2") {
		t.Error("today isn't marked")
	}
	cell := page.Find(".month td").Has("ul")
	if got := texts(cell.Find("li")); len(got) != 5 || !strings.HasPrefix(got[0], "Planted 000") || got[4] != "2 more" || cell.Find("a").First().AttrOr("aria-label", "") != day.Format("Monday, January 2") {
		t.Errorf("the day: %q", got)
	}
	if rows := b.Get(cell.Find("a").First().AttrOr("href", "")).Page(t).Find("#ends tbody tr").Length(); rows != 6 {
		t.Errorf("its list has %d rows", rows)
	}
	for i := range 100 {
		plant(t, h, 100+i, contoso, endsIn(5))
	}
	if got := month().Find(".month li a"); got.Length() != 1 || got.Text() != "106 passwords" || b.Get(got.AttrOr("href", "")).Page(t).Find("#ends tbody tr").Length() != 50 {
		t.Errorf("many: %q", got.Text())
	}
	next := page.Find(".month-nav a[rel=next]").AttrOr("href", "")
	if title := b.Get(next).Page(t).Find("#ends-title").Text(); !strings.Contains(title, day.AddDate(0, 0, 1-day.Day()).AddDate(0, 1, 0).Format("January 2006")) {
		t.Errorf("the next month is %q", title)
	}
	empty := b.Get("/health?view=calendar&month=2150-02").Page(t)
	if !strings.Contains(empty.Find(".month-empty").Text(), "Nothing ends in February 2150.") || empty.Find(".month-nav a").Length() != 3 {
		t.Error("an empty month doesn't say so, or doesn't lead back")
	}
}

// R91: without a tenant the page says what to do first.
func TestHealthWithoutATenant(t *testing.T) {
	h := demotest.OpenFixture(t, `{"tenants": []}`)
	page := h.SignedIn(t, "admin@purser.test").Get("/health").Page(t)
	if title := page.Find(".empty-title").Text(); title != "No tenant is connected" || page.Find(".empty a").AttrOr("href", "") == "" || page.Find("#broken, #ends").Length() != 0 {
		t.Errorf("it says %q", title)
	}
}
