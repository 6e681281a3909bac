package e2e

import (
	"strings"
	"testing"
)

// One account, one password: the other places of an account are named as soon as it is typed, all of them on, and get a new password
// with one Save (R17). Without script they are named where the account is known.
func TestANewPasswordGoesEverywhere(t *testing.T) {
	t.Parallel()
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
				p.ByLabel("Profile First").Uncheck()
				p.ByLabel("Profile First").Check()
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

// The same from the page of pools: a password that a check accepted goes to the profile of the account. An address of another tenant's
// admin center is taken with a warning beside its field (X50).
func TestAMembersPasswordGoesEverywhere(t *testing.T) {
	t.Parallel()
	for _, v := range []view{views[0], views[1], views[2], views[3]} {
		t.Run(v.name, func(t *testing.T) {
			h, p := withPools(t, v)
			p.Goto("/service-accounts/new")
			fill(p, "Nightly", "pool01@contoso.com", password)
			p.Click("Save")
			p.WaitPath("/service-accounts")
			if err := h.Sim.PatchUser("pool01@contoso.com", []byte(`{"password": "Renewed-Secret-2026!"}`)); err != nil {
				t.Fatal(err)
			}
			p.Goto(poolPath)
			pane := find(t, p, v, sites, "aos-pool@contoso.com", 7)
			pane.ByLabel("Password for pool01@contoso.com").Fill("Renewed-Secret-2026!")
			if !pane.ByRole("group", "Also store it here for pool01@contoso.com").ByLabel("Profile Nightly").Checked() {
				t.Error("the profile is off")
			}
			pane.ByLabel("Custom SharePoint Online Admin Center URL").Fill("https://fabrikam-admin.sharepoint.com")
			fine(p, "pool-also")
			h.Sim.ResetRequests()
			p.Click("Save")
			p.ByRole("heading", "Password check").Wait()
			over(t, p, v, p.Path())
			p.ByRole("status", "").Having("1 of 1 password is stored").Wait()
			if n := h.Passwords(); n != 1 {
				t.Errorf("%d sign-ins, want one", n)
			}
			p.ByRole("link", "Back to the pool").Click()
			p.WaitPath(poolPath)
			panel(p, sites).WaitText("This is not the usual admin center of Contoso, which is https://contoso-admin.sharepoint.com.")
			fine(p, "pool-doubt")
			p.Goto("/service-accounts")
			p.Click("Nightly")
			p.ByRole("dialog", "Nightly").ByRole("button", "Validate").Click()
			p.ByText("The account is valid. Microsoft 365 confirmed it just now.").Wait()
		})
	}
}
