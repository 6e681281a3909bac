package web_test

import (
	"bufio"
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"purser.example/internal/m365sim"
)

// openRuns is a house with two profiles, one of which Microsoft will not confirm any more, and the ids of both.
func openRuns(t *testing.T) (*house, *browser, []string) {
	t.Helper()
	h, b := openProfiles(t)
	b.post("/service-accounts", typed(nil))
	b.post("/service-accounts", typed(url.Values{"name": {"Second"}, "username": {"svc-other@contoso.onmicrosoft.com"}}))
	if err := h.Sim.PatchUser("svc-other@contoso.onmicrosoft.com", []byte(`{"password": "Changed-Meanwhile-1"}`)); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, box := range b.get("/service-accounts").page(t).Find(`input[name="id"]`).EachIter() {
		ids = append(ids, box.AttrOr("value", ""))
	}
	if len(ids) != 2 {
		t.Fatalf("%d profiles", len(ids))
	}
	h.clock.Advance(time.Minute)
	h.Sim.ResetRequests()
	return h, b, ids
}

// finished waits for a run and gives its page.
func (b *browser) finished(t *testing.T, address string) string {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		page := b.get(address)
		if page.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d\n%s", address, page.StatusCode, page.text())
		}
		if !strings.Contains(page.text(), `role="progressbar"`) {
			return page.text()
		}
	}
	t.Fatal("the run does not end")
	return ""
}

// R11: what is selected is validated in a run with an address of its own, which keeps the result.
func TestSeveralAreValidated(t *testing.T) {
	h, b, ids := openRuns(t)
	res := b.post("/service-accounts/validate", url.Values{"id": ids, "sort": {"-name"}})
	to := res.Header.Get("Location")
	if res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(to, "/service-accounts/validations/") {
		t.Fatalf("status %d to %q", res.StatusCode, to)
	}
	b.finished(t, to)
	page := b.get(to).page(t)
	if said := page.Find(`[role="alert"]`).Text(); !strings.Contains(said, "1 of 2 profiles are valid") {
		t.Errorf("said %q", said)
	}
	rows := page.Find("tbody tr")
	if text := rows.Text(); rows.Length() != 2 || !strings.Contains(text, "Wrong password") || !strings.Contains(text, "AADSTS50126") || !strings.Contains(text, "Valid") {
		t.Errorf("rows: %s", text)
	}
	if n := h.passwords(); n != 2 {
		t.Errorf("%d attempts for 2 profiles", n)
	}
	// The refused password is parked: the next run skips it and says so.
	h.clock.Advance(time.Minute)
	second := b.post("/service-accounts/validate", url.Values{"id": ids}).Header.Get("Location")
	if text := b.finished(t, second); !strings.Contains(text, "Microsoft refused the stored password before") {
		t.Errorf("nothing is said of the parked password:\n%s", text)
	}
	if n := h.passwords(); n != 3 {
		t.Errorf("%d attempts after the second run, want 3", n)
	}
	list := b.get("/service-accounts/validations").page(t)
	if list.Find("tbody tr").Length() != 2 || list.Find(`a[href="`+to+`"]`).Length() != 1 {
		t.Error("the list of runs does not lead to both")
	}
	if text := b.get(to + "?outcome=rejected").page(t).Find("tbody").Text(); !strings.Contains(text, "Second") || strings.Contains(text, "Backup") {
		t.Errorf("filtered: %s", text)
	}
}

// R11: with nothing selected, all that match are asked about first, and then validated.
func TestAllThatMatchAreValidated(t *testing.T) {
	h, b, _ := openRuns(t)
	res := b.post("/service-accounts/validate", url.Values{"q": {"second"}})
	ask := res.Header.Get("Location")
	if res.StatusCode != http.StatusSeeOther || ask != "/service-accounts/validate?q=second" {
		t.Fatalf("status %d to %q", res.StatusCode, ask)
	}
	dialog := b.get(ask).page(t).Find("dialog[open]")
	if title := dialog.Find("h2").Text(); title != "Validate 1 profile?" || !strings.Contains(dialog.Text(), "“second”") {
		t.Errorf("dialog: %q", dialog.Text())
	}
	if h.passwords() != 0 {
		t.Error("asking validated already")
	}
	form := url.Values{}
	for _, input := range dialog.Find("form input").EachIter() {
		form.Set(input.AttrOr("name", ""), input.AttrOr("value", ""))
	}
	to := b.post(dialog.Find("form").AttrOr("action", ""), form).Header.Get("Location")
	if text := b.finished(t, to); !strings.Contains(text, "0 of 1 profile is valid") || strings.Contains(text, "Backup – Europe") {
		t.Errorf("the run:\n%s", text)
	}
	if res := b.get("/service-accounts/validate?q=nobody"); res.Header.Get("Location") != "/service-accounts?q=nobody" {
		t.Errorf("nothing matches: %d to %q", res.StatusCode, res.Header.Get("Location"))
	}
}

// R11: the page follows a run as it goes, and the stream ends with it.
func TestARunIsFollowed(t *testing.T) {
	h, b, ids := openRuns(t)
	if err := h.Sim.SetFaults([]m365sim.Fault{{PathPrefix: "/" + contoso + "/oauth2", DelayMs: 900}}); err != nil {
		t.Fatal(err)
	}
	to := b.post("/service-accounts/validate", url.Values{"id": ids}).Header.Get("Location")
	page := b.get(to).page(t)
	connect := page.Find("#run").AttrOr("hx-sse:connect", "")
	if connect != to+"/events" || page.Find(`[role="progressbar"]`).Length() != 1 || page.Find(`[role="alert"], [role="status"]`).Length() != 0 {
		t.Fatalf("followed at %q", connect)
	}
	if text := b.get("/service-accounts").page(t).Find(".message").Text(); !strings.Contains(text, "A validation run of 2 profiles goes on") {
		t.Errorf("the list says %q", text)
	}
	events, kind := b.stream(t, connect)
	if kind != "text/event-stream" || len(events) < 3 || events[len(events)-1] != "event: over" {
		t.Fatalf("%s with %d events, the last %q", kind, len(events), events[len(events)-1])
	}
	if first, last := events[0], events[len(events)-2]; !strings.Contains(first, "progressbar") || strings.Contains(last, "progressbar") || !strings.Contains(last, "1 of 2 profiles are valid") {
		t.Errorf("first: %s\nlast: %s", first, last)
	}
}

// stream reads a stream to its end: the data of each event, or its name where it has one.
func (b *browser) stream(t *testing.T, address string) (events []string, contentType string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, b.base+address, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/html, text/event-stream")
	res, err := b.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var data, name string
	lines := bufio.NewScanner(res.Body)
	for lines.Scan() {
		switch line := lines.Text(); {
		case strings.HasPrefix(line, "event: "):
			name = line
		case strings.HasPrefix(line, "data: "):
			data += strings.TrimPrefix(line, "data: ") + "\n"
		case line == "" && data != "":
			if name != "" {
				data = name
			}
			events, data, name = append(events, data), "", ""
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return events, res.Header.Get("Content-Type")
}

// R4, R11: a stream keeps no session alive, and ends with it.
func TestAStreamEndsWithTheSession(t *testing.T) {
	h, b, ids := openRuns(t)
	if err := h.Sim.SetFaults([]m365sim.Fault{{PathPrefix: "/" + contoso + "/oauth2", DelayMs: 12_000}}); err != nil {
		t.Fatal(err)
	}
	to := b.post("/service-accounts/validate", url.Values{"id": ids}).Header.Get("Location")
	h.clock.Advance(14 * time.Minute)
	done := make(chan int, 1)
	go func() { events, _ := b.stream(t, to+"/events"); done <- len(events) }()
	time.Sleep(time.Second)
	h.clock.Advance(2 * time.Minute)
	select {
	case n := <-done:
		if n == 0 {
			t.Error("nothing was sent before the session ended")
		}
	case <-time.After(20 * time.Second):
		t.Error("the stream outlives the session")
	}
	if res := b.get(to + "/events"); res.StatusCode != http.StatusSeeOther {
		t.Errorf("after the session ended: %d", res.StatusCode)
	}
}

// R11: a run can be cancelled from its page; what had not been tried keeps its status.
func TestARunIsCancelled(t *testing.T) {
	h, b, ids := openRuns(t)
	if err := h.Sim.SetFaults([]m365sim.Fault{{PathPrefix: "/" + contoso + "/oauth2", DelayMs: 700}}); err != nil {
		t.Fatal(err)
	}
	to := b.post("/service-accounts/validate", url.Values{"id": ids}).Header.Get("Location")
	action := b.get(to).page(t).Find("form[action$='/cancel']").AttrOr("action", "")
	if res := b.post(action, url.Values{}); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != to {
		t.Fatalf("cancel: %d to %q", res.StatusCode, res.Header.Get("Location"))
	}
	text := b.finished(t, to)
	if !strings.Contains(text, "Cancelled") || !strings.Contains(text, "profiles are valid") {
		t.Errorf("after cancelling:\n%s", text)
	}
	res := b.post(action, url.Values{})
	if page := b.get(res.Header.Get("Location")).page(t); !strings.Contains(page.Find(`[role="alert"]`).Text(), "over already") {
		t.Error("cancelling again says nothing")
	}
}

// A run that is not there is no fault of ours, and nobody without a role learns which are.
func TestUnknownRuns(t *testing.T) {
	h, b, _ := openRuns(t)
	stranger := h.signedIn(t, "user@purser.test")
	for _, path := range []string{"", "/events"} {
		if res := b.get("/service-accounts/validations/unknown" + path); res.StatusCode != http.StatusNotFound {
			t.Errorf("%q: %d", path, res.StatusCode)
		}
		if res := stranger.get("/service-accounts/validations/unknown" + path); res.StatusCode != http.StatusForbidden {
			t.Errorf("R2: %q: %d", path, res.StatusCode)
		}
	}
	for _, path := range []string{"/cancel", "/again"} {
		if res := b.post("/service-accounts/validations/unknown"+path, url.Values{}); res.StatusCode != http.StatusNotFound {
			t.Errorf("%q: %d", path, res.StatusCode)
		}
	}
	if res := b.post("/service-accounts/delete", url.Values{}); res.StatusCode >= http.StatusInternalServerError {
		t.Errorf("delete with nothing selected: %d", res.StatusCode)
	}
}
