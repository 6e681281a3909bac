package e2e

import (
	"strings"
	"testing"

	"purser.example/e2e/browser"
	"purser.example/internal/demo"
)

// R90, R94: somebody begins at Overview, goes from what needs attention to the checks of that account, freezes those of its tenant with a
// reason, reads it on Overview, and resumes them; with and without script.
func TestFromOverviewToHealthChecks(t *testing.T) {
	t.Parallel()
	h := openDemo(t, demo.Options{}, "PURSER_HEALTH_CHECKS=true")
	for _, v := range []view{views[0], views[3]} {
		t.Run(v.name, func(t *testing.T) {
			p := browser.New(t, v.options(h))
			p.Goto("/service-accounts")
			signIn(p, "admin@purser.test")
			p.WaitPath("/service-accounts")
			p.Goto("/")
			p.WaitPath("/overview")
			p.ByRole("img", "Profiles by status").Wait()
			p.ByRole("img", "What ends in the coming 13 weeks").Wait()
			fine(p, "overview")

			p.Goto(contoso + "/health")
			p.Fill("Time", "23:30")
			p.Fill("Time zone", "Europe/Berlin")
			p.Click("Save")
			p.ByRole("heading", "Schedule").Wait()
			p.Fill("Because", "The network is being moved")
			p.Click("Freeze health checks")
			p.ByRole("button", "Resume health checks").Wait()
			fine(p, "tenant-frozen")

			p.Goto("/overview")
			if text := p.Text(); !strings.Contains(text, "Health checks of Contoso are frozen") || !strings.Contains(text, "Because The network is being moved") {
				t.Errorf("Overview doesn't tell of the freeze: %s", text)
			}
			p.ByRole("link", "Health checks of Contoso are frozen").Click()
			p.Click("Resume health checks")
			p.ByRole("button", "Freeze health checks").Wait()

			p.Goto("/service-accounts?q=azure+backup")
			p.Click("Azure backup")
			p.ByRole("heading", "Azure backup").Wait()
			p.ByRole("link", "All checks, and what changed").Click()
			p.ByRole("heading", "Last 30 days").Wait()
			fine(p, "profile-checks")
		})
	}
}
