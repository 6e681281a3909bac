package retirements_test

import (
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"purser.example/web/retirements"
)

func read(t *testing.T, c templ.Component) *goquery.Document {
	t.Helper()
	var page strings.Builder
	if err := c.Render(t.Context(), &page); err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(page.String()))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// R34: the clock says with dates that Microsoft has retired the protocol, what to do, and where the help tells more; no voice announces it.
func TestTheClockR34(t *testing.T) {
	now := time.Date(2026, 11, 30, 10, 0, 0, 0, time.UTC)
	doc := read(t, retirements.Clock(retirements.AppPasswords(now)))
	if title := doc.Find(".message-title").Text(); !strings.Contains(title, "permanently since May 1, 2026") {
		t.Errorf("%q", title)
	}
	last := doc.Find("li").FilterFunction(func(_ int, s *goquery.Selection) bool {
		return s.Find("time").AttrOr("datetime", "") == "2026-05-01"
	})
	if got := last.Text(); !strings.Contains(got, "May 1, 2026") || !strings.Contains(got, "7 months ago") || !last.HasClass("retirement-come") {
		t.Errorf("%q", got)
	}
	if doc.Find("[role=alert], [role=status]").Length() > 0 || doc.Find("a[href='/help/app-passwords']").Length() != 1 {
		t.Error("it is announced, or leads nowhere")
	}
	before := retirements.AppPasswords(time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC))
	if before.Wait != "in 29 days" || before.Steps[3].Come || before.Steps[3].Away != "in 30 days" {
		t.Errorf("%+v", before)
	}
	if line := read(t, retirements.Line(before)).Find("p").Text(); !strings.Contains(line, "It will be off permanently on May 1, 2026.") {
		t.Errorf("%q", line)
	}
}
