package e2e

import (
	"testing"

	"purser.example/internal/account"
	"purser.example/internal/tenant"
)

// drifted is a tenant with two accounts, one of which holds a role.
const drifted = `{"tenants": [{
  "id": "6f1c0000-0000-4000-8000-000000000001", "displayName": "Contoso", "initialDomain": "contoso.onmicrosoft.com", "connected": true, "domains": [{"id": "contoso.com"}],
  "apps": [{"appId": "a0000000-0000-4000-8000-000000000001", "clientSecret": "` + clientSecret + `"}],
  "users": [{"userPrincipalName": "svc-backup@contoso.com", "displayName": "Backup", "password": "Marked-Secret-2026!", "roles": ["SharePoint Administrator"]},
    {"userPrincipalName": "svc-fly@contoso.com", "displayName": "Fly", "password": "Marked-Secret-2026!", "roles": ["SharePoint Administrator"]}]}]}`

// R93: what changed about accounts in Microsoft 365 is listed; whoever looks at it reads what to do, confirms what matters, accepts it for one
// account or for all, with and without script.
func TestDrift(t *testing.T) {
	t.Parallel()
	for _, v := range []view{views[0], views[3]} {
		t.Run(v.name, func(t *testing.T) { lifeOfADrift(t, v) })
	}
}

func lifeOfADrift(t *testing.T, v view) {
	h, p := withFixture(t, v, drifted)
	for name, username := range map[string]string{"Backup": "svc-backup@contoso.com", "Fly": "svc-fly@contoso.com"} {
		p.Goto("/service-accounts/new")
		fill(p, name, username, password)
		p.Click("Save")
		p.ByRole("status", "").Having(name + " saved").Wait()
	}
	p.Goto("/health/drift")
	p.ByText("Nothing changed").Wait()
	fine(p, "drift-none")
	changed(t, h)
	p.Goto("/health/drift")
	p.ByRole("row", "").Having("Role added: Global Administrator").Wait()
	fine(p, "drift")
	p.Goto("/health/drift?topic=groups")
	p.ByText("Nothing matches").Wait()
	fine(p, "drift-nothing-matches")

	p.Goto("/health/drift")
	p.Click("Role added: Global Administrator")
	p.ByRole("heading", "If it is as it should be").Wait()
	p.Click("Accept")
	p.ByText("Select this to confirm").Wait()
	fine(p, "drift-unconfirmed")
	p.ByLabel("Yes, this is intended").Check()
	p.Click("Accept")
	p.ByRole("status", "").Having("Accepted for 1 account.").Wait()

	p.ByRole("row", "").Having("svc-fly@contoso.com").Having("Role lost: SharePoint Administrator").ByRole("link", "").Click()
	p.ByRole("heading", "If this isn't as it should be").Wait()
	fine(p, "drift-change")
	p.ByLabel("Accept it for 1 other account of this tenant too").Check()
	p.Click("Accept")
	p.ByRole("status", "").Having("Accepted for 2 accounts.").Wait()
	p.ByRole("row", "").Having("Role added: Reports Reader").Wait()
	p.Goto("/service-accounts")
	p.Click("Backup")
	p.Click("All checks, and what changed")
	p.ByRole("heading", "In Microsoft 365").Wait()
	fine(p, "health-of-a-profile")
	h.noSurprises(t)
}

// changed lets both accounts lose their role and one win another, and looks at them as the checks of a night do.
func changed(t *testing.T, h *house) {
	t.Helper()
	for more := true; more; {
		var err error
		if more, err = h.App.Watch.Store.Gather(t.Context(), "6f1c0000-0000-4000-8000-000000000001", 100); err != nil {
			t.Fatal(err)
		}
	}
	for username, roles := range map[string]string{"svc-backup@contoso.com": `["Global Administrator"]`, "svc-fly@contoso.com": `["Reports Reader"]`} {
		if err := h.Sim.PatchUser(username, []byte(`{"roles": `+roles+`}`)); err != nil {
			t.Fatal(err)
		}
		if err := h.App.Drift.Look(t.Context(), account.KeyOf(tenant.ID("6f1c0000-0000-4000-8000-000000000001"), username), username, true); err != nil {
			t.Fatal(err)
		}
	}
}
