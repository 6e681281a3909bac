package horizons

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/emersion/go-ical"

	"purser.example/internal/horizon"
	"purser.example/internal/shown"
)

var noon = time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)

// FuzzNamesInACalendar writes names and reads them back by another library: whatever is in a name, it is one event with that summary, no line is
// longer than RFC 5545 allows, none is cut within a character, and each ends in CRLF.
func FuzzNamesInACalendar(f *testing.F) {
	for _, name := range []string{
		"Backup – Europe", "a,b;c\\d:e\"f", "BEGIN:VEVENT\r\nSUMMARY:x", strings.Repeat("👩‍💻", 60), strings.Repeat("é", 37) + "𝄞", "\n", "\\n", "\x00\x1b[31m", "\u202eevil", "END:VCALENDAR", " leading and trailing ", "\xff\xfe",
	} {
		f.Add(name)
	}
	h := &Handlers{BaseURL: "https://purser.contoso.com"}
	f.Fuzz(func(t *testing.T, name string) {
		e := horizon.Ending{Kind: horizon.ProfilePassword, Object: "p1", At: noon, What: name, Account: name}
		body := written([]event{h.single(e, name, true)}, noon)
		if !utf8.Valid(body) || !bytes.HasSuffix(body, []byte("END:VCALENDAR\r\n")) {
			t.Fatalf("written as %q", body)
		}
		for line := range strings.SplitSeq(string(body), "\r\n") {
			if len(line) > 75 || strings.ContainsAny(line, "\r\n") || !utf8.ValidString(line) {
				t.Fatalf("a line of %d bytes: %q", len(line), line)
			}
		}
		cal, err := ical.NewDecoder(bytes.NewReader(body)).Decode()
		if err != nil || len(cal.Events()) != 1 {
			t.Fatalf("read as %v: %v\n%s", cal, err, body)
		}
		summary, err := cal.Events()[0].Props.Get(ical.PropSummary).Text()
		want := "Password ends: " + shown.Name(name)
		if shown.Name(name) == "" {
			want = "Password ends: Unknown"
		}
		if err != nil || summary != strings.ToValidUTF8(want, "\ufffd") {
			t.Fatalf("read %q, want %q: %v", summary, want, err)
		}
	})
}

// A UID says nothing of its object, stays while the end moves, and the number of the entry grows with the day.
func TestAnEntryKeepsItsUIDWhileItsEndMoves(t *testing.T) {
	h := &Handlers{BaseURL: "https://purser.contoso.com"}
	read := func(at time.Time) (uid, sequence string) {
		cal, err := ical.NewDecoder(bytes.NewReader(written([]event{h.single(horizon.Ending{Kind: horizon.ProfilePassword, Object: "p1", At: at, What: "Backup"}, "", false)}, noon))).Decode()
		if err != nil {
			t.Fatal(err)
		}
		e := cal.Events()[0]
		return e.Props.Get(ical.PropUID).Value, e.Props.Get(ical.PropSequence).Value
	}
	uid, first := read(noon)
	again, later := read(noon.AddDate(0, 0, 90))
	if uid != again || first >= later || strings.Contains(uid, "p1") {
		t.Errorf("%s %s, then %s %s", uid, first, again, later)
	}
	if member := h.single(horizon.Ending{Kind: horizon.MemberPassword, Object: "t1/sites/u1", At: noon, What: "Adele Vance", Account: "adele@contoso.com"}, "", false); strings.Contains(member.Summary+member.Description, "dele") {
		t.Errorf("a member without leave: %+v", member)
	}
}
