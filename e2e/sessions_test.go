package e2e

import (
	"strings"
	"testing"

	"purser.example/e2e/browser"
)

// R66: an owner ends a person's session after a dialog that names it; that person signs in again, and ends all their other sessions and
// then their own, with and without script.
func TestSessionsEnd(t *testing.T) {
	t.Parallel()
	for _, v := range []view{views[0], views[3]} {
		t.Run(v.name, func(t *testing.T) {
			h := open(t)
			come := func(email string) *browser.Page {
				p := browser.New(t, v.options(h))
				p.Goto("/service-accounts")
				signIn(p, email)
				p.WaitPath("/service-accounts")
				return p
			}
			admin, owner := come("admin@purser.test"), come("owner@purser.test")
			owner.Goto("/settings/security")
			fine(owner, "security")
			owner.ByLabel("Select Adele Vance").Check()
			owner.ByRole("button", "End").Click()
			owner.ByRole("dialog", "End this session?").Wait()
			fine(owner, "security-end")
			owner.Click("Confirm")
			owner.ByRole("status", "").Having("1 session ended.").Wait()
			if rows := owner.ByRole("row", "").Having("Adele Vance").Count(); rows != 0 {
				t.Errorf("%d sessions of Adele are left", rows)
			}
			admin.Goto("/service-accounts") // which leads to sign-in now, where the provider knows her still or asks again
			if strings.Contains(admin.Text(), "Email") {
				signIn(admin, "admin@purser.test")
			}
			admin.WaitPath("/service-accounts")
			other := come("admin@purser.test")
			admin.Goto("/settings/sessions")
			fine(admin, "your-sessions")
			admin.Click("End all others")
			admin.ByRole("dialog", "End all your other sessions?").Wait()
			fine(admin, "your-sessions-end")
			admin.Click("Confirm")
			admin.ByRole("status", "").Having("1 session ended.").Wait()
			other.Goto("/auth/signed-out")
			other.ByRole("heading", "You are signed out").Wait()
			owner.Goto("/settings/security")
			owner.Click("End all others")
			owner.ByRole("dialog", "End the sessions of everyone else?").Wait()
			owner.Click("Confirm")
			owner.ByRole("status", "").Having("1 session ended.").Wait()
			h.noSurprises(t)
		})
	}
}
