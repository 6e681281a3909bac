package e2e

import (
	"strings"
	"testing"

	"purser.example/e2e/browser"
)

// R83: a break-glass link leads in by one button where there is script, and by pasting its code where there is none; the code does not
// stay in the address. A Tenant Owner reads of it, and puts the notice away.
func TestABreakGlassLink(t *testing.T) {
	t.Parallel()
	h := open(t)
	everyView(t, func(t *testing.T, v view) {
		p := browser.New(t, v.options(h))
		code := h.GlassLink(t)
		p.Goto("/auth/break-glass#" + code)
		fine(p, "break-glass")
		if v.noScript {
			p.Fill("Code", code)
		} else if got, at := p.ByLabel("Code").Value(), p.Page.URL(); got != code || strings.Contains(at, "#") {
			t.Errorf("the field has %q, at %s", got, at)
		}
		p.Click("Sign in as Tenant Owner")
		p.WaitPath("/overview")
		if !strings.Contains(p.Text(), "Break-glass") {
			t.Errorf("the page says\n%s", p.Text())
		}

		owner := browser.New(t, v.options(h))
		owner.Goto("/service-accounts")
		signIn(owner, "owner@purser.test")
		owner.WaitPath("/service-accounts")
		owner.ByText("Someone signed in without the identity provider").Wait()
		fine(owner, "break-glass-notice")
		owner.Click("Dismiss")
		owner.WaitPath("/service-accounts")
		if strings.Contains(owner.Text(), "without the identity provider") {
			t.Error("the notice is still there")
		}
	})
}
