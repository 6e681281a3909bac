package e2e

import (
	"strings"
	"testing"
)

// One account, one password: the other places of an account are named as soon as it is typed, all of them on, and get a new password
// with one Save (R17). Without script they are named where the account is known.
func TestANewPasswordGoesEverywhere(t *testing.T) {
	for _, v := range views {
		t.Run(v.name, func(t *testing.T) {
			h, p := withAccounts(t, v)
			p.Click("Create")
			fill(p, "First", "svc-backup@contoso.com", password)
			p.Click("Save")
			p.WaitPath("/service-accounts")
			p.Click("Create")
			fill(p, "Second", "svc-backup@contoso.com", password)
			if !v.noScript {
				p.ByRole("group", "Also used by").Wait()
				if !p.ByLabel("Profile First").Checked() {
					t.Error("the other profile is off")
				}
				fine(p, "also-used-by")
			}
			p.Click("Save")
			p.WaitPath("/service-accounts")

			if err := h.Sim.PatchUser("svc-backup@contoso.com", []byte(`{"password": "Renewed-Secret-2026!"}`)); err != nil {
				t.Fatal(err)
			}
			p.Click("Second")
			p.ByRole("heading", "Second").Wait()
			p.ByText("Same account").Wait()
			fine(p, "same-account")
			p.ByRole("dialog", "Second").ByRole("link", "Edit").Click()
			p.ByRole("group", "Also used by").ByLabel("Profile First").Wait()
			p.Fill("Password", "Renewed-Secret-2026!")
			h.Sim.ResetRequests()
			p.Click("Save")
			p.WaitPath("/service-accounts")
			if said := p.ByRole("status", "").Text(); !strings.Contains(said, "profile First") {
				t.Errorf("said %q", said)
			}
			if n := h.Passwords(); n != 1 {
				t.Errorf("%d sign-ins, want one", n)
			}
			p.Click("First")
			p.ByRole("dialog", "First").ByRole("button", "Validate").Click()
			p.ByText("The account is valid. Microsoft 365 confirmed it just now.").Wait()
		})
	}
}
