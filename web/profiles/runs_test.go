package profiles_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"purser.example/internal/demo/demotest"
)

// openRuns is a house with two profiles, one of which Microsoft will not confirm any more, and the ids of both.
func openRuns(t *testing.T) (*demotest.House, *demotest.Browser, []string) {
	t.Helper()
	h, b := openProfiles(t)
	b.Post("/service-accounts", typed(nil))
	b.Post("/service-accounts", typed(url.Values{"name": {"Second"}, "username": {"svc-other@contoso.onmicrosoft.com"}}))
	if err := h.Sim.PatchUser("svc-other@contoso.onmicrosoft.com", []byte(`{"password": "Changed-Meanwhile-1"}`)); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, box := range b.Get("/service-accounts").Page(t).Find(`input[name="id"]`).EachIter() {
		ids = append(ids, box.AttrOr("value", ""))
	}
	if len(ids) != 2 {
		t.Fatalf("%d profiles", len(ids))
	}
	h.Clock.Advance(time.Minute)
	h.Sim.ResetRequests()
	return h, b, ids
}

// finished waits for a run and gives its page.
func finished(t *testing.T, b *demotest.Browser, address string) string {
	t.Helper()
	var text string
	demotest.Until(t, "the end of the run", func() bool {
		page := b.Get(address)
		if page.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d\n%s", address, page.StatusCode, page.Text())
		}
		text = page.Text()
		return !strings.Contains(text, `role="progressbar"`)
	})
	return text
}

// R11: what is selected is validated in a run with an address of its own, which keeps the result.
func TestSeveralAreValidated(t *testing.T) {
	h, b, ids := openRuns(t)
	res := b.Post("/service-accounts/validate", url.Values{"id": ids, "sort": {"-name"}})
	to := res.Header.Get("Location")
	if res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(to, "/service-accounts/validations/") {
		t.Fatalf("status %d to %q", res.StatusCode, to)
	}
	finished(t, b, to)
	page := b.Get(to).Page(t)
	if said := page.Find(`[role="alert"]`).Text(); !strings.Contains(said, "1 of 2 profiles are valid") {
		t.Errorf("said %q", said)
	}
	rows := page.Find("tbody tr")
	if text := rows.Text(); rows.Length() != 2 || !strings.Contains(text, "Wrong password") || !strings.Contains(text, "AADSTS50126") || !strings.Contains(text, "Valid") {
		t.Errorf("rows: %s", text)
	}
	if n := h.Passwords(); n != 2 {
		t.Errorf("%d attempts for 2 profiles", n)
	}
	// The refused password is parked: the next run skips it and says so.
	h.Clock.Advance(time.Minute)
	second := b.Post("/service-accounts/validate", url.Values{"id": ids}).Header.Get("Location")
	if text := finished(t, b, second); !strings.Contains(text, "Microsoft refused the stored password earlier") {
		t.Errorf("nothing is said of the parked password:\n%s", text)
	}
	if n := h.Passwords(); n != 3 {
		t.Errorf("%d attempts after the second run, want 3", n)
	}
	list := b.Get("/service-accounts/validations").Page(t)
	if list.Find("tbody tr").Length() != 2 || list.Find(`a[href="`+to+`"]`).Length() != 1 {
		t.Error("the list of runs does not lead to both")
	}
	if text := b.Get(to + "?outcome=rejected").Page(t).Find("tbody").Text(); !strings.Contains(text, "Second") || strings.Contains(text, "Backup") {
		t.Errorf("filtered: %s", text)
	}
}

// R11: with nothing selected, all that match are asked about first, and then validated.
func TestAllThatMatchAreValidated(t *testing.T) {
	h, b, _ := openRuns(t)
	res := b.Post("/service-accounts/validate", url.Values{"q": {"second"}})
	ask := res.Header.Get("Location")
	if res.StatusCode != http.StatusSeeOther || ask != "/service-accounts/validate?q=second" {
		t.Fatalf("status %d to %q", res.StatusCode, ask)
	}
	dialog := b.Get(ask).Page(t).Find("dialog[open]")
	if title := dialog.Find("h2").Text(); title != "Validate 1 profile?" || !strings.Contains(dialog.Text(), "“second”") {
		t.Errorf("dialog: %q", dialog.Text())
	}
	if h.Passwords() != 0 {
		t.Error("asking validated already")
	}
	form := url.Values{}
	for _, input := range dialog.Find("form input").EachIter() {
		form.Set(input.AttrOr("name", ""), input.AttrOr("value", ""))
	}
	to := b.Post(dialog.Find("form").AttrOr("action", ""), form).Header.Get("Location")
	if text := finished(t, b, to); !strings.Contains(text, "0 of 1 profile is valid") || strings.Contains(text, "Backup – Europe") {
		t.Errorf("the run:\n%s", text)
	}
	if res := b.Get("/service-accounts/validate?q=nobody"); res.Header.Get("Location") != "/service-accounts?q=nobody" {
		t.Errorf("nothing matches: %d to %q", res.StatusCode, res.Header.Get("Location"))
	}
}

// R11: a run can be cancelled from its page; what had not been tried keeps its status.
func TestARunIsCancelled(t *testing.T) {
	h, b, ids := openRuns(t)
	hold := h.Hold(t, demotest.Everything, demotest.SignIns)
	to := b.Post("/service-accounts/validate", url.Values{"id": ids}).Header.Get("Location")
	action := b.Get(to).Page(t).Find("form[action$='/cancel']").AttrOr("action", "")
	if res := b.Post(action, url.Values{}); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != to {
		t.Fatalf("cancel: %d to %q", res.StatusCode, res.Header.Get("Location"))
	}
	hold.Release()
	text := finished(t, b, to)
	if !strings.Contains(text, "Canceled") || !strings.Contains(text, "profiles are valid") {
		t.Errorf("after cancelling:\n%s", text)
	}
	res := b.Post(action, url.Values{})
	if page := b.Get(res.Header.Get("Location")).Page(t); !strings.Contains(page.Find(`[role="alert"]`).Text(), "already finished") {
		t.Error("cancelling again says nothing")
	}
}

// A run that is not there is no fault of ours, and nobody without a role learns which are.
func TestUnknownRuns(t *testing.T) {
	h, b, _ := openRuns(t)
	stranger := h.SignedIn(t, "user@purser.test")
	for _, path := range []string{"", "/events"} {
		if res := b.Get("/service-accounts/validations/unknown" + path); res.StatusCode != http.StatusNotFound {
			t.Errorf("%q: %d", path, res.StatusCode)
		}
		if res := stranger.Get("/service-accounts/validations/unknown" + path); res.StatusCode != http.StatusForbidden {
			t.Errorf("R2: %q: %d", path, res.StatusCode)
		}
	}
	for _, path := range []string{"/cancel", "/again"} {
		if res := b.Post("/service-accounts/validations/unknown"+path, url.Values{}); res.StatusCode != http.StatusNotFound {
			t.Errorf("%q: %d", path, res.StatusCode)
		}
	}
	if res := b.Post("/service-accounts/delete", url.Values{}); res.StatusCode >= http.StatusInternalServerError {
		t.Errorf("delete with nothing selected: %d", res.StatusCode)
	}
}

// X29: a run counts and shows what is valid with a warning, as the list does: orange, with the reason.
func TestARunShowsWarnings(t *testing.T) {
	h, b, ids := openRuns(t)
	if err := h.Sim.PatchUser("svc-backup@contoso.onmicrosoft.com", []byte(`{"roles": ["Global Administrator"]}`)); err != nil {
		t.Fatal(err)
	}
	to := b.Post("/service-accounts/validate", url.Values{"id": ids}).Header.Get("Location")
	finished(t, b, to)
	page := b.Get(to).Page(t)
	if said := page.Find(`[role="alert"]`).Text(); !strings.Contains(said, "1 of 2 profiles are valid. It has a warning.") {
		t.Errorf("said %q", said)
	}
	if tiles := strings.Join(strings.Fields(page.Find(".tiles").Text()), " "); !strings.Contains(tiles, "1 Valid, with warnings") {
		t.Errorf("tiles: %s", tiles)
	}
	row := b.Get(to + "?outcome=warned").Page(t).Find("tbody tr")
	if text := row.Text(); row.Length() != 1 || !strings.Contains(text, "Valid") || !strings.Contains(text, "Global Administrator") || row.Find(".badge.tone-warn").Length() != 1 {
		t.Errorf("the row: %s", text)
	}
	if text := b.Get("/service-accounts/validations").Page(t).Find("tbody").Text(); strings.Count(text, "1") < 2 {
		t.Errorf("the list of runs: %s", text)
	}
}
