package e2e

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/playwright-community/playwright-go"

	"purser.example/e2e/browser"
	"purser.example/internal/demo"
)

// R91: somebody sees what is broken and why, narrows it to a tenant, goes to the calendar and to a day by keyboard, and has their own calendar
// program read what ends, until they revoke its address; with and without script.
func TestHealthAndExpiry(t *testing.T) {
	t.Parallel()
	for _, v := range []view{views[0], views[3]} {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			lookAhead(t, v)
		})
	}
}

func lookAhead(t *testing.T, v view) {
	h := openDemo(t, demo.Options{})
	p := browser.New(t, v.options(h))
	p.Goto("/health")
	signIn(p, "admin@purser.test")
	p.WaitPath("/health")
	broken := p.ByRole("table", "Broken now")
	broken.Having("Wrong password").Wait()
	p.ByLabel("Tenant").Choose("Fabrikam")
	p.Click("Apply")
	p.WaitPath("/health")
	broken.Wait()
	if text := broken.Text(); strings.Contains(text, "Contoso") || !strings.Contains(text, "Fabrikam") {
		t.Errorf("of another tenant, too:\n%s", text)
	}
	fine(p, "health-of-a-tenant")

	p.ByRole("link", "Calendar").Press("Enter")
	p.ByRole("link", "Next month").Press("Enter")
	p.ByRole("navigation", "Months").Wait()
	fine(p, "health-next-month")
	p.ByRole("link", "List").Press("Enter")
	p.ByRole("heading", "What ends within 90 days").Wait()
	onPaper(t, p)

	p.Fill("Name", "Outlook")
	p.Click("Make calendar address")
	p.ByRole("heading", "Calendar address").Wait()
	code := p.ByText("")
	code.Locator = p.Page.Locator("#made pre code")
	address := strings.TrimSpace(code.Text())
	if body := fetched(t, address, http.StatusOK); !strings.HasPrefix(body, "BEGIN:VCALENDAR\r\n") || !strings.Contains(body, "BEGIN:VEVENT") || strings.Contains(body, "svc-") {
		t.Errorf("the calendar: %s", body)
	}
	p.Goto("/health")
	p.Click("Revoke Outlook")
	p.ByRole("status", "").Having("Calendar address revoked").Wait()
	fetched(t, address, http.StatusNotFound)
}

// onPaper looks at the page as it is printed: without what can only be pressed.
func onPaper(t *testing.T, p *browser.Page) {
	t.Helper()
	media := func(m *playwright.Media) {
		if err := p.Page.EmulateMedia(playwright.PageEmulateMediaOptions{Media: m}); err != nil {
			t.Fatal(err)
		}
	}
	media(playwright.MediaPrint)
	for what, shown := range map[string]bool{"#filters": false, "#feeds": false, "#ends .table": true, "#broken .table": true} {
		if visible, err := p.Page.Locator(what).First().IsVisible(); err != nil || visible != shown {
			t.Errorf("on paper %s is visible: %v %v", what, visible, err)
		}
	}
	p.Evidence("health-on-paper")
	media(playwright.MediaScreen)
}

// fetched is what a program without a session reads at an address.
func fetched(t *testing.T, address string, status int) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != status {
		t.Fatalf("%d, want %d: %v", res.StatusCode, status, err)
	}
	return string(body)
}
