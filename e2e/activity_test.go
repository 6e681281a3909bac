package e2e

import (
	"strings"
	"testing"

	"purser.example/e2e/browser"
	"purser.example/internal/demo"
)

// R63: an owner finds what they look for in the activity log, with and without script.
func TestReadingTheActivityLog(t *testing.T) {
	for _, v := range []view{views[0], views[3]} {
		t.Run(v.name, func(t *testing.T) {
			h := openDemo(t, demo.Options{})
			p := browser.New(t, v.options(h))
			p.Goto("/activity")
			signIn(p, "owner@purser.test")
			p.WaitPath("/activity")
			p.Fill("Person", "demo")
			p.ByLabel("Action").Choose("Validation ended")
			p.ByLabel("Result").Choose("Failed")
			p.Click("Apply")
			p.WaitPath("/activity")
			table := p.ByRole("table", "Activity log")
			table.Having("Validation ended").Wait()
			if text := table.Text(); strings.Contains(text, "Done") || strings.Contains(text, "Profile created") {
				t.Errorf("the filters show others too:\n%s", text)
			}
			fine(p, "activity-found")
			p.Fill("From", "soon")
			p.Click("Apply")
			p.ByRole("alert", "").Having("Correct the filters").Wait()
			p.Fill("From", "2020-01-01 00:00")
			p.Click("Apply")
			table.Wait()
			link := p.ByText("")
			link.Locator = p.Page.Locator("#results td>a").First()
			link.Press("Enter")
			p.ByRole("heading", "Validation ended").Wait()
			p.ByText("Authentication code").Wait()
			p.ByRole("link", "All entries about this object").Press("Enter")
			p.ByRole("table", "Activity log").Having("Validation started").Wait()
		})
	}
}
