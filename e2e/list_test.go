package e2e

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/playwright-community/playwright-go"

	"purser.example/e2e/browser"
	"purser.example/internal/demo"
	"purser.example/internal/demo/demotest"
)

// desk is a page of the demo's list in a window of this size.
func desk(t *testing.T, h *house, dark bool, width, height int) *browser.Page {
	t.Helper()
	p := browser.New(t, browser.Options{BaseURL: h.URL(), Dark: dark, Width: width, Height: height})
	p.Goto("/service-accounts")
	signIn(p, "admin@purser.test")
	p.WaitPath("/service-accounts")
	return p
}

const (
	header    = 48 // its height
	listRows  = ".list tbody tr"
	listHeads = ".list thead th"
)

// R10: a desk shows at least twelve profiles, each in a line of 44 pixels, and the heads stay in sight.
func TestTheListIsDense(t *testing.T) {
	t.Parallel()
	h := openDemo(t, demo.Options{})
	p := desk(t, h, false, 1440, 900)
	rows := p.Boxes(listRows)
	whole := 0
	for i, row := range rows {
		if math.Abs(row.Height-44) > 0.5 {
			t.Errorf("row %d is %.1f pixels high", i+1, row.Height)
		}
		if row.Bottom() <= 900 {
			whole++
		}
	}
	if whole < 12 {
		t.Errorf("%d profiles are in sight, want twelve", whole)
	}
	if heads := p.Boxes(listHeads); len(heads) != 9 {
		t.Errorf("%d columns, want a box and eight", len(heads))
	}
	if _, err := p.Page.Evaluate("scrollTo(0, 600)"); err != nil {
		t.Fatal(err)
	}
	if head := p.Boxes(listHeads)[1]; math.Abs(head.Top-600-header) > 1 {
		t.Errorf("the heads scroll away: 600 pixels down they are at %.0f", head.Top)
	}
	p.Evidence("list-scrolled")
}

// R10: between 768 and 1000 pixels the list is a table of five columns, below a list of cards; at 200 % of a desk too.
func TestTheListFitsSmallerWindows(t *testing.T) {
	t.Parallel()
	h := openDemo(t, demo.Options{})
	for _, c := range []struct{ width, columns int }{{768, 5}, {801, 5}, {1000, 5}, {1280, 9}} {
		p := desk(t, h, false, c.width, 900)
		if heads := p.Boxes(listHeads); len(heads) != c.columns {
			t.Errorf("at %d pixels there are %d columns, want %d", c.width, len(heads), c.columns)
		}
		for i, row := range p.Boxes(listRows) {
			if math.Abs(row.Height-44) > 0.5 {
				t.Errorf("at %d pixels row %d is %.1f pixels high", c.width, i+1, row.Height)
			}
		}
		inside(t, p, c.width)
		p.NoSidewaysScroll()
		p.Picture("list")
	}
	for _, width := range []int{360, 390, 720} {
		p := desk(t, h, true, width, 844)
		sum, cards := 0.0, p.Boxes(listRows)
		for i, card := range cards {
			if sum += card.Height; card.Height > 156 {
				t.Errorf("at %d pixels card %d is %.1f pixels high", width, i+1, card.Height)
			}
		}
		if mean := sum / float64(len(cards)); mean > 124 {
			t.Errorf("at %d pixels cards are %.1f pixels high", width, mean)
		}
		inside(t, p, width)
		p.NoSidewaysScroll()
		p.Picture("list")
	}
}

// inside fails where a filter or a command of the list does not stand whole in its bar.
func inside(t *testing.T, p *browser.Page, width int) {
	t.Helper()
	bar := p.Boxes(".bar")[0]
	parts := p.Boxes(".bar .button, .bar .input")
	if len(parts) < 8 {
		t.Errorf("at %d pixels the bar has %d parts", width, len(parts))
	}
	for i, part := range parts {
		if part.Left < bar.Left || part.Left+part.Width > bar.Left+bar.Width+0.5 || part.Width < 60 && part.Height < 24 {
			t.Errorf("at %d pixels part %d of the bar stands at %v, the bar at %v", width, i, part, bar)
		}
	}
}

// R11: selecting rows puts their number in the place of the filters, and nothing else moves.
func TestSelectingMovesNothing(t *testing.T) {
	t.Parallel()
	h := openDemo(t, demo.Options{})
	for _, width := range []int{1440, 768, 390} {
		p := desk(t, h, width == 768, width, 900)
		still := func() [][]browser.Box {
			return [][]browser.Box{p.Boxes(".bar"), p.Boxes(".commands .button"), p.Boxes(listHeads), p.Boxes(listRows), p.Boxes(".tile")}
		}
		before := still()
		boxes := p.ByRole("row", "").ByRole("checkbox", "")
		for i := 1; i <= 3; i++ {
			if err := boxes.Locator.Nth(i).Check(); err != nil {
				t.Fatal(err)
			}
		}
		p.ByText("3 selected").Wait()
		p.ByLabel("Search").WaitGone()
		if !slices.EqualFunc(before, still(), slices.Equal[[]browser.Box]) {
			t.Errorf("at %d pixels something moved when rows were selected", width)
		}
		fine(p, "selected")
		p.Click("Clear selection")
		p.ByLabel("Search").Wait()
		if !slices.EqualFunc(before, still(), slices.Equal[[]browser.Box]) {
			t.Errorf("at %d pixels something moved when nothing was selected any more", width)
		}
		if got := p.Focused(); got != `checkbox "Select all"` {
			t.Errorf("the focus is on %s", got)
		}
	}
}

// R10: columns have the same width whatever the rows show, and the dates of Password expires come first in both orders.
func TestColumnsKeepTheirWidth(t *testing.T) {
	t.Parallel()
	p := desk(t, openDemo(t, demo.Options{}), false, 1440, 900)
	widths := func() (all []float64) {
		for _, head := range p.Boxes(listHeads) {
			all = append(all, head.Width)
		}
		return all
	}
	before := widths()
	for _, path := range []string{"?status=attention", "?sort=-expires", "?sort=status", "?q=backup"} {
		p.Goto("/service-accounts" + path)
		if now := widths(); !slices.Equal(now, before) {
			t.Errorf("%s has columns of %v, the list %v", path, now, before)
		}
	}
	for _, sort := range []string{"expires", "-expires", "validated", "-validated"} {
		p.Goto("/service-accounts?sort=" + sort)
		cell := map[bool]int{true: 6, false: 7}[strings.HasSuffix(sort, "expires")]
		first, err := p.Page.Locator(listRows).First().Locator("td").Nth(cell).Locator("time").Count()
		if err != nil || first != 1 {
			t.Errorf("the order %s does not begin with a date: %v", sort, err)
		}
	}
}

// WCAG 4.1.3, 1.4.3, 1.4.13: what a search has found is said; a row that is pointed to can be read; Escape takes its hint
// away; it comes by keyboard too.
func TestTheListSpeaks(t *testing.T) {
	t.Parallel()
	p := desk(t, openDemo(t, demo.Options{}), true, 1440, 900)
	p.Fill("Search", "no such profile")
	announced(t, p, "^No profiles found$")
	p.Fill("Search", "backup")
	announced(t, p, "^[0-9]+ match$")
	p.ByLabel("Select all").Focus() // in the search field, Escape clears what is searched
	row := p.ByRole("row", "").Having("svc-backup-eu@contoso.com")
	link := row.ByRole("link", "").Having("Backup")
	link.Hover()
	hinted(t, link, true)
	if said := link.Attribute("aria-description"); !strings.Contains(said, "contoso.onmicrosoft.com") {
		t.Errorf("the hint says %q", said)
	}
	fine(p, "hovered")
	p.Press("Escape")
	hinted(t, link, false)
	p.ByRole("heading", "Service account").Hover()
	link.Focus()
	hinted(t, link, true)
	p.ByLabel("Search").Focus()
	hinted(t, link, false)
}

// By touch the hint of a row comes to who presses the cell after its name.
func TestARowsHintComesByTouch(t *testing.T) {
	t.Parallel()
	h := openDemo(t, demo.Options{})
	p := browser.New(t, browser.Options{BaseURL: h.URL(), Width: 1180, Height: 820, Touch: true})
	p.Goto("/service-accounts?q=backup")
	signIn(p, "admin@purser.test")
	p.WaitPath("/service-accounts")
	row := p.ByRole("row", "").Having("svc-backup-eu@contoso.com")
	link := row.ByRole("link", "").Having("Backup")
	hinted(t, link, false)
	cell := row.Locator.Locator("td:nth-child(3)")
	if err := cell.Tap(); err != nil {
		t.Fatal(err)
	}
	hinted(t, link, true)
}

// hinted waits until the hint of a row is in sight, or is not.
func hinted(t *testing.T, link *browser.Element, want bool) {
	t.Helper()
	shown := `(link, want) => { const hint = getComputedStyle(link, '::after'); return (hint.display === 'block' && hint.visibility === 'visible') === want; }`
	demotest.Until(t, "the hint", func() bool {
		is, err := link.Locator.Evaluate(shown, want)
		return err == nil && is == true
	})
}

// announced waits until what is said of the list, and not shown, is like this.
func announced(t *testing.T, p *browser.Page, words string) {
	t.Helper()
	said := p.Page.Locator("[aria-live=polite]", playwright.PageLocatorOptions{HasText: regexp.MustCompile(words)})
	if err := said.WaitFor(playwright.LocatorWaitForOptions{State: playwright.WaitForSelectorStateAttached}); err != nil {
		t.Errorf("nobody is told %s: %v", words, err)
	}
}
