package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/playwright-community/playwright-go"

	"purser.example/e2e/browser"
	"purser.example/internal/demo/demotest"
)

// X36: times go on while a page stays open, and on paper they are dates; a pane is printed without the list behind it.
func TestTimesGoOnAndDatesArePrinted(t *testing.T) {
	t.Parallel()
	options := views[0].options(openAccounts(t))
	options.OwnClock = true
	p := browser.New(t, options)
	p.Goto("/service-accounts")
	signIn(p, "admin@purser.test")
	p.WaitPath("/service-accounts")
	p.Click("Create")
	fill(p, "Backup", "svc-backup@contoso.com", password)
	p.Click("Save")
	p.WaitPath("/service-accounts")
	row := p.ByRole("row", "").Having("svc-backup@contoso.com").WaitText("just now")
	p.Pass(96 * time.Second)
	if text := row.WaitText("1 minute ago").Text(); strings.Contains(text, "just now") {
		t.Errorf("after 96 seconds: %s", text)
	}

	p.Click("Backup")
	p.ByRole("dialog", "Backup").Wait()
	if err := p.Page.EmulateMedia(playwright.PageEmulateMediaOptions{Media: playwright.MediaPrint}); err != nil {
		t.Fatal(err)
	}
	if p.ByRole("heading", "Service account").Visible() {
		t.Error("the list is printed with the pane")
	}
	demotest.Until(t, "times that are printed as dates", func() bool { return strings.HasSuffix(printed(t, p), ` UTC"`) }) // once the script has named them
	p.Evidence("printed")
}

// printed is what stands on paper in the place of the first time of the pane.
func printed(t *testing.T, p *browser.Page) string {
	t.Helper()
	text, err := p.Page.Evaluate(`() => {
		const time = document.querySelector('.pane time');
		return getComputedStyle(time).fontSize === '0px' ? getComputedStyle(time, '::after').content.replace(/attr\(title\)/, JSON.stringify(time.title)) : time.textContent;
	}`)
	if err != nil {
		t.Fatal(err)
	}
	said, _ := text.(string)
	return said
}
