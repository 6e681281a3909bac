package e2e

import (
	"strings"
	"testing"

	"purser.example/e2e/browser"
)

// The help is one place behind the question mark, and whoever has a code finds it there.
func TestHelp(t *testing.T) {
	t.Parallel()
	h := open(t)
	everyView(t, func(t *testing.T, v view) {
		p := browser.New(t, v.options(h))
		p.Goto("/service-accounts")
		signIn(p, "admin@purser.test")
		p.WaitPath("/service-accounts")
		fine(p, "no-profiles")
		p.ByRole("link", "Help").Click()
		p.WaitPath("/help")
		fine(p, "help")
		contents := p.ByRole("navigation", "Help")
		contents.ByRole("link", "Validation test troubleshooting").Click()
		p.WaitPath("/help/validation-codes")
		p.Fill("Search", "50126")
		if v.noScript {
			p.Click("Find")
		}
		p.ByRole("status", "").WaitText("2 codes found.") // of passwords and of app passwords
		if other := p.ByRole("heading", "AADSTS53003").Count(); other != 0 {
			t.Errorf("AADSTS53003 is still there, %d times", other)
		}
		if !strings.HasSuffix(p.Path(), "?q=50126") {
			t.Errorf("the address is %s", p.Path())
		}
		fine(p, "help-codes-found")
		p.Fill("Search", "nothing-such")
		if v.noScript {
			p.Click("Find")
		}
		p.ByRole("status", "").WaitText("No codes match.")
		contents.ByRole("link", "Connecting a tenant").Click()
		p.WaitPath("/help/connecting-a-tenant")
		fine(p, "help-connecting")
		p.Goto("/service-accounts") // which the browser's Back leads to, past the kept page
		p.Goto("/help/connecting-a-tenant")
		p.ByRole("heading", "Connecting a tenant").Wait()
	})
}
