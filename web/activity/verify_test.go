package activity_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"purser.example/internal/audit"
	"purser.example/internal/demo/demotest"
	"purser.example/internal/sqlite"
)

// verified has the log verified, and gives what the page says at the end.
func verified(t *testing.T, b *demotest.Browser) (address, told string) {
	t.Helper()
	res := b.Post("/activity/verify", url.Values{})
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("begun: %d\n%s", res.StatusCode, res.Text())
	}
	address = res.Header.Get("Location")
	demotest.Until(t, "the end of the verification", func() bool {
		told = b.Get(address).Page(t).Find("#verification [role=status], #verification [role=alert]").Text()
		return told != ""
	})
	return address, told
}

// R61, R63: Verify says that the log is intact, or names the first entry that isn't; the result stays and is in the log.
func TestVerifyFindsWhatWasTamperedWith(t *testing.T) {
	h := demotest.Open(t)
	b := h.SignedIn(t, "owner@purser.test")
	address, told := verified(t, b)
	if !strings.Contains(told, "The activity log is intact") {
		t.Fatalf("told: %s", told)
	}
	if page := b.Get("/activity").Page(t); page.Find(".bar-note a").AttrOr("href", "") != address {
		t.Error("the list doesn't lead to the last verification")
	}
	if stream := b.Get(address + "/events").Text(); !strings.Contains(stream, "intact") || !strings.Contains(stream, "event: over") {
		t.Errorf("the stream: %s", stream)
	}
	if err := h.App.DB.Pragma(t.Context(), `UPDATE activity SET name = 'Mallory' WHERE seq = 2`); err != nil {
		t.Fatal(err)
	}
	broken, told := verified(t, b)
	if !strings.Contains(told, "broken at entry 2") || !strings.Contains(told, "Altered, or not the one that was written here") {
		t.Errorf("told: %s", told)
	}
	if entry := b.Get(broken).Page(t).Find("#verification a").AttrOr("href", ""); entry != "/activity/2" {
		t.Errorf("leads to %s", entry)
	}
	if still := b.Get(address).Text(); !strings.Contains(still, "The activity log is intact") {
		t.Error("the former result is gone")
	}
	if list := b.Get("/activity?result=failed").Text(); !strings.Contains(list, "Verification ended") || !strings.Contains(list, "entry 2 is broken") {
		t.Error("the log has no entry of what was found")
	}
	for _, path := range []string{"/activity/verifications/none", "/activity/verifications/none/events"} {
		if res := b.Get(path); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
}

// R63: what is exported as JSON Lines is proved by the file and the key alone, and a file that was tampered with is found; the export as CSV has
// the entries of the view, in which nothing is a formula.
func TestTheLogIsExported(t *testing.T) {
	h := demotest.Open(t)
	b := h.SignedIn(t, "owner@purser.test")
	formula := audit.Entry{Actor: audit.Actor{Name: "=HYPERLINK(1)", SignIn: "@sum"}, Action: "profile deleted", Target: audit.Target{Kind: "profile", ID: "-1", Name: "+cmd|' /C calc'!A0\u202e"}}
	if err := h.App.DB.Record(t.Context(), formula); err != nil {
		t.Fatal(err)
	}
	res := b.Get("/activity/export/lines")
	if res.StatusCode != http.StatusOK || !strings.Contains(res.Header.Get("Content-Disposition"), `.jsonl"`) {
		t.Fatalf("%d %s", res.StatusCode, res.Header)
	}
	verifiable(t, h, []byte(res.Text()))

	table := b.Get("/activity/export/csv?action=profile+deleted&from=2020-01-01")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(table.Text(), "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 2 || rows[0][0] != "Number" || len(rows[1][len(rows[1])-1]) != 64 {
		t.Fatalf("%q, %v", rows, err)
	}
	for i, field := range rows[1] {
		if field != "" && strings.ContainsAny(field[:1], "=+-@") {
			t.Errorf("%s is a formula: %q", rows[0][i], field)
		}
	}
	if none := b.Get("/activity/export/csv?action=none"); none.StatusCode != http.StatusOK || strings.Count(none.Text(), "\n") != 1 {
		t.Errorf("nothing: %d %q", none.StatusCode, none.Text())
	}
	if wrong := b.Get("/activity/export/csv?from=soon"); wrong.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a filter that cannot be read: %d", wrong.StatusCode)
	}
	if list := b.Get("/activity?action=activity+log+exported").Page(t).Find("tbody tr"); list.Length() != 3 {
		t.Errorf("%d entries of three exports", list.Length())
	}
	for _, path := range []string{"/activity/export/csv", "/activity/export/lines"} {
		if res := h.SignedIn(t, "admin@purser.test").Get(path); res.StatusCode != http.StatusForbidden {
			t.Errorf("an administrator exports %s: %d", path, res.StatusCode)
		}
	}
}

// verifiable looks whether the file holds, and whether it doesn't after anything was done to it.
func verifiable(t *testing.T, h *demotest.House, file []byte) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "log.jsonl")
	prove := func(file []byte) (sqlite.Proved, error) {
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		return sqlite.VerifyFile(t.Context(), path, h.Key(t))
	}
	if proved, err := prove(file); err != nil || proved.Entries < 2 {
		t.Fatalf("%+v, %v", proved, err)
	}
	lines := bytes.SplitAfter(file, []byte("\n"))
	for name, tampered := range map[string][]byte{
		"altered":   bytes.Replace(file, []byte("HYPERLINK"), []byte("hyperlink"), 1),
		"cut off":   bytes.Join(lines[:len(lines)-2], nil),
		"cut in":    file[:len(file)-10],
		"removed":   bytes.Join(append(append([][]byte{}, lines[:2]...), lines[3:]...), nil),
		"no header": bytes.Join(lines[1:], nil),
		"doubled":   append(append([]byte{}, file...), lines[len(lines)-2]...),
		"reordered": bytes.Join([][]byte{lines[0], lines[2], lines[1], bytes.Join(lines[3:], nil)}, nil),
	} {
		if proved, err := prove(tampered); err == nil {
			t.Errorf("%s: not found (%+v)", name, proved)
		}
	}
}

// R63: a browser that goes away in the middle of an export keeps nothing busy: the log is exported and verified afterwards.
func TestABrowserThatGoesAwayMidExport(t *testing.T) {
	h := demotest.Open(t)
	b := h.SignedIn(t, "owner@purser.test")
	big := audit.Entry{Action: "access denied"}.With("reason", strings.Repeat("x", 20_000))
	if err := h.App.DB.Write(t.Context(), func(tx *sqlite.Tx) error { return tx.Record(slices.Repeat([]audit.Entry{big}, 3000)...) }); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/activity/export/lines", "/activity/export/csv"} {
		ctx, leave := context.WithCancel(t.Context())
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, b.Base+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := b.Do(req)
		if err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("%v, %v", res, err)
		}
		leave()
		_ = res.Body.Close()
	}
	if _, told := verified(t, b); !strings.Contains(told, "intact") {
		t.Errorf("told: %s", told)
	}
	if res := b.Get("/activity/export/lines"); res.StatusCode != http.StatusOK || strings.Count(res.Text(), "\n") < 3000 {
		t.Errorf("%d, %d lines", res.StatusCode, strings.Count(res.Text(), "\n"))
	}
}
