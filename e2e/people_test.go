package e2e

import (
	"strings"
	"testing"

	"purser.example/e2e/browser"
)

// colleagues is a tenant in which somebody has the address of the demo's person without a role.
const colleagues = `{"tenants": [{
  "id": "6f1c0000-0000-4000-8000-000000000001", "displayName": "Contoso", "initialDomain": "contoso.onmicrosoft.com", "connected": true, "domains": [{"id": "purser.test"}],
  "apps": [{"appId": "a0000000-0000-4000-8000-000000000001", "clientSecret": "` + clientSecret + `"}],
  "users": [{"userPrincipalName": "user@purser.test", "displayName": "Uma Reader"}, {"userPrincipalName": "guest@purser.test", "displayName": "Uma Guest", "userType": "Guest"}]}]}`

// R5–R9: somebody is added, comes, is accepted, gets another role while signed in, is handed the ownership and deactivates the former owner,
// with and without script.
func TestPeopleComeAndGo(t *testing.T) {
	for _, v := range []view{views[0], views[3]} {
		t.Run(v.name, func(t *testing.T) { comeAndGo(t, v) })
	}
}

func comeAndGo(t *testing.T, v view) {
	h, owner := withFixture(t, v, colleagues)
	addUma(owner, v)

	uma := browser.New(t, v.options(h))
	uma.Goto("/service-accounts")
	signIn(uma, "user@purser.test")
	uma.WaitPath("/")
	uma.ByText("A Tenant Owner must confirm that it is you").Wait()
	fine(uma, "people-waits")

	owner.Goto("/people")
	fine(owner, "people-to-accept")
	owner.Click("Accept")
	owner.ByRole("status", "").Having("Accepted").Wait()
	uma.Goto("/service-accounts")
	uma.WaitPath("/service-accounts")

	owner.ByLabel("Select Uma Reader").Check()
	owner.Click("Change role")
	owner.ByRole("dialog", "Change role").Wait()
	fine(owner, "people-change-role")
	owner.ByLabel("Role").Choose("Tenant Owner")
	owner.Click("Confirm")
	owner.ByRole("status", "").Having("The role was changed for Uma Reader").Wait()
	uma.Goto("/people/me")
	uma.ByRole("heading", "Why this role").Wait()
	if said := uma.Text(); !strings.Contains(said, "Tenant Owner") || !strings.Contains(said, "By Olivia Owner") {
		t.Errorf("why: %s", said)
	}
	fine(uma, "people-me")

	owner.ByLabel("Select Uma Reader").Check()
	owner.Click("Set as tenant owner")
	owner.ByRole("dialog", "Set as tenant owner").Having("Olivia Owner is the primary owner now. Uma Reader becomes it").Wait()
	fine(owner, "people-hand-over")
	owner.Click("Confirm")
	owner.ByRole("status", "").Having("The primary owner is now Uma Reader").Wait()

	uma.Goto("/people")
	uma.ByText("The ownership was handed over").Wait()
	fine(uma, "people-handed-over")
	uma.Click("Dismiss")
	uma.WaitPath("/people")
	uma.ByLabel("Select Olivia Owner").Check()
	uma.Click("Deactivate")
	uma.ByRole("dialog", "Deactivate").Wait()
	uma.Click("Confirm")
	uma.ByRole("status", "").Having("Deactivated: Olivia Owner").Wait()
	fine(uma, "people")

	out := browser.New(t, v.options(h))
	out.Goto("/people")
	out.ExpectRefusal("/auth/callback")
	signIn(out, "owner@purser.test")
	out.ByRole("heading", "Your access is deactivated").Wait()
	fine(out, "people-deactivated")
}

// addUma looks Uma up and gives her a role.
func addUma(p *browser.Page, v view) {
	p.Goto("/people")
	p.Click("Add")
	p.ByRole("heading", "Add people").Wait()
	fine(p, "people-add")
	p.Click("Save")
	p.ByRole("alert", "").Having("Correct 2 fields").Wait()
	fine(p, "people-add-mistakes")
	p.Fill("Search people and groups", "uma")
	if v.noScript {
		p.Click("Search")
	}
	p.ByText("Uma Guest (guest@purser.test)").Wait()
	p.ByLabel("Uma Reader (user@purser.test)").Check()
	p.ByLabel("Role").Choose("Service Administrator")
	fine(p, "people-add-chosen")
	p.Click("Save")
	p.WaitPath("/people")
	p.ByRole("status", "").Having("Uma Reader added as Service Administrator").Wait()
	fine(p, "people-added")
}
