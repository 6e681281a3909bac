package horizons_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-ical"

	"purser.example/internal/demo/demotest"
	"purser.example/web/door"
)

// made makes an address on the page, and gives its path.
func made(t *testing.T, b *demotest.Browser, form url.Values) string {
	t.Helper()
	res := b.Post("/health/calendar", form)
	if res.StatusCode != http.StatusOK || res.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("made: %d %q", res.StatusCode, res.Header.Get("Cache-Control"))
	}
	address := res.Page(t).Find("#made pre code").Text()
	if !strings.HasPrefix(address, b.Base+"/calendar/") || !strings.HasSuffix(address, ".ics") {
		t.Fatalf("the address is %q", address)
	}
	return strings.TrimPrefix(address, b.Base)
}

// read reads a calendar by another library than the one that wrote it, and holds its lines to RFC 5545.
func read(t *testing.T, body string) map[string]ical.Event {
	t.Helper()
	for line := range strings.SplitSeq(strings.TrimSuffix(body, "\r\n"), "\r\n") {
		if len(line) > 75 || strings.ContainsAny(line, "\r\n") {
			t.Errorf("a line of %d bytes: %q", len(line), line)
		}
	}
	cal, err := ical.NewDecoder(bytes.NewReader([]byte(body))).Decode()
	if err != nil {
		t.Fatalf("it can't be read: %v\n%s", err, body)
	}
	if id := cal.Props.Get(ical.PropProductID); id == nil || id.Value != "-//Purser//Health and expiry//EN" {
		t.Errorf("it is by %v", id)
	}
	events := map[string]ical.Event{}
	for _, e := range cal.Events() {
		events[e.Props.Get(ical.PropUID).Value] = e
	}
	return events
}

func text(t *testing.T, e ical.Event, prop string) string {
	t.Helper()
	p := e.Props.Get(prop)
	if p == nil {
		t.Fatalf("an event without %s", prop)
	}
	if prop == ical.PropSummary || prop == ical.PropDescription {
		s, err := p.Text()
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	return p.Value
}

// R91: a person makes a secret address on the page, which is shown once; a program without a session reads a calendar there, that another
// library reads too: whole days, with an alarm, the same UID at every reading. Usernames are in it only where the person said so.
func TestACalendarIsReadByItsAddressR91(t *testing.T) {
	h := demotest.Open(t)
	b := h.SignedIn(t, "admin@purser.test")
	refused := b.Post("/health/calendar", url.Values{"name": {" "}, "accounts": {"1"}})
	if page := refused.Page(t); refused.StatusCode != http.StatusUnprocessableEntity || page.Find("#feeds .field-error").Length() != 1 || page.Find("#accounts[checked]").Length() != 1 {
		t.Errorf("without a name: %d", refused.StatusCode)
	}
	path := made(t, b, url.Values{"name": {"Outlook"}})
	program := h.Browser(t)
	res := program.Get(path)
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/calendar; charset=utf-8" || !strings.HasPrefix(res.Header.Get("Cache-Control"), "private") || len(res.Cookies()) != 0 {
		t.Fatalf("read: %d %v", res.StatusCode, res.Header)
	}
	for _, line := range []string{"METHOD:PUBLISH", "REFRESH-INTERVAL;VALUE=DURATION:PT12H", "X-PUBLISHED-TTL:PT12H"} {
		if !strings.Contains(res.Text(), "\r\n"+line+"\r\n") {
			t.Errorf("it lacks %s:\n%s", line, res.Text())
		}
	}
	if n := len(read(t, res.Text())); n != 0 {
		t.Errorf("an empty calendar has %d events", n)
	}
	id := plant(t, h, 1, contoso, endsIn(5))
	plant(t, h, 2, contoso, endsIn(400))
	body := program.Get(path).Text()
	events := read(t, body)
	if len(events) != 1 || strings.Contains(body, "svc-001") {
		t.Fatalf("%d events, with usernames: %v", len(events), strings.Contains(body, "svc-001"))
	}
	for uid, e := range events {
		if text(t, e, ical.PropSummary) != "Password ends: Planted 001" || !strings.Contains(text(t, e, ical.PropDescription), "Tenant: Contoso\n") || text(t, e, ical.PropURL) != b.Base+"/service-accounts/"+string(id) {
			t.Errorf("the event: %v", e.Props)
		}
		start := e.Props.Get(ical.PropDateTimeStart)
		if start.Value != today().AddDate(0, 0, 5).Format("20060102") || start.Params.Get("VALUE") != "DATE" || e.Props.Get(ical.PropSequence) == nil || e.Props.Get(ical.PropDateTimeStamp).Value == "" {
			t.Errorf("when: %v", e.Props)
		}
		if len(e.Children) != 2 || e.Children[0].Name != ical.CompAlarm || e.Children[0].Props.Get(ical.PropTrigger).Value != "-P7D" {
			t.Errorf("alarms: %v", e.Children)
		}
		if again := read(t, program.Get(path).Text()); text(t, again[uid], ical.PropUID) != uid {
			t.Error("another UID at the next reading")
		}
	}
	if body := program.Get(made(t, b, url.Values{"name": {"Team"}, "accounts": {"1"}})).Text(); !strings.Contains(strings.ReplaceAll(body, "\r\n ", ""), "Account: svc-001@contoso.com") {
		t.Error("usernames aren't in it, though the person said so")
	}
	page := b.Get("/health").Page(t)
	if rows := texts(page.Find(".feed-list li .feed-name b")); len(rows) != 2 || rows[0] != "Team" || strings.Contains(page.Text(), strings.TrimSuffix(strings.TrimPrefix(path, "/calendar/"), ".ics")) {
		t.Errorf("listed: %q", rows)
	}
	if log := h.Log.String(); strings.Contains(log, strings.TrimSuffix(strings.TrimPrefix(path, "/calendar/"), ".ics")) || !strings.Contains(log, "path=/calendar/…") {
		t.Error("the log has the address, or nothing of the request")
	}
}

// R91: an address that was revoked, one whose owner was deactivated or went away, one that is altered and one that never was answer alike.
func TestAnAddressEndsR91(t *testing.T) {
	h := demotest.Open(t)
	owner, b, program := h.SignedIn(t, "owner@purser.test"), h.SignedIn(t, "admin@purser.test"), h.Browser(t)
	never := program.Get("/calendar/" + strings.Repeat("A", 43) + ".ics")
	gone := func(what, path string) {
		t.Helper()
		if res := program.Get(path); res.StatusCode != http.StatusNotFound || plain(res) != plain(never) {
			t.Errorf("%s: %d\n%s", what, res.StatusCode, plain(res))
		}
	}
	first, second := made(t, b, url.Values{"name": {"One"}}), made(t, b, url.Values{"name": {"Two"}})
	gone("without its ending", strings.TrimSuffix(first, ".ics"))
	gone("altered", first[:len(first)-5]+"~.ics")
	revoke := b.Get("/health").Page(t).Find("form[action$='/revoke']").Last().AttrOr("action", "")
	if res := owner.Post(revoke, nil); res.StatusCode != http.StatusNotFound {
		t.Errorf("revoked by somebody else: %d", res.StatusCode)
	}
	if res := b.Post(revoke, nil); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("revoked: %d", res.StatusCode)
	}
	gone("revoked", first)
	if res := program.Get(second); res.StatusCode != http.StatusOK {
		t.Errorf("the other one: %d", res.StatusCode)
	}
	owners := made(t, owner, url.Values{"name": {"Three"}})
	id := owner.Get("/people?q=admin%40purser.test").Page(t).Find("tbody input[name=id]").AttrOr("value", "")
	if res := owner.Post("/people/deactivate", url.Values{"id": {id}}); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("deactivated: %d %s", res.StatusCode, res.Page(t).Find("main, #pane").Text())
	}
	gone("its owner is deactivated", second)
	if res := program.Send(http.MethodPost, second, url.Values{}, nil); res.StatusCode == http.StatusOK {
		t.Errorf("posted: %d", res.StatusCode)
	}
	h.Clock.Advance(89 * 24 * time.Hour)
	if res := program.Get(owners); res.StatusCode != http.StatusOK {
		t.Errorf("its owner was here 89 days ago: %d", res.StatusCode)
	}
	h.Clock.Advance(2 * 24 * time.Hour)
	gone("its owner has not signed in for 91 days", owners)
}

var reference = regexp.MustCompile(`[a-z2-7]{16}`)

// plain is an answer without its reference.
func plain(res *demotest.Response) string {
	return reference.ReplaceAllString(res.Text(), "")
}

// R91: where much ends, each day has one entry for each kind with how much it is; nobody has more than ten addresses; and an address from which
// calendars are read too often is told to come later.
func TestMuchEndsAndIsReadOften(t *testing.T) {
	h := demotest.Open(t)
	b, program := h.SignedIn(t, "admin@purser.test"), h.Browser(t)
	for i := range 501 {
		plant(t, h, i, contoso, endsIn(5+i%2))
	}
	path := made(t, b, url.Values{"name": {"0"}})
	events := read(t, program.Get(path).Text())
	var said []string
	for _, e := range events {
		said = append(said, text(t, e, ical.PropSummary))
	}
	if len(events) != 2 || !strings.Contains(strings.Join(said, "\n"), "251 passwords end") || !strings.Contains(strings.Join(said, "\n"), "250 passwords end") {
		t.Errorf("events %q", said)
	}
	for i := range 9 {
		made(t, b, url.Values{"name": {fmt.Sprint(i + 1)}})
	}
	if res := b.Post("/health/calendar", url.Values{"name": {"11"}}); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("an eleventh: %d", res.StatusCode)
	}
	var res *demotest.Response
	for range door.FetchesEach + 1 {
		if res = program.Send(http.MethodHead, path, nil, nil); res.StatusCode == http.StatusTooManyRequests {
			break
		}
	}
	if res.StatusCode != http.StatusTooManyRequests || res.Header.Get("Retry-After") == "" {
		t.Errorf("too often: %d", res.StatusCode)
	}
}
