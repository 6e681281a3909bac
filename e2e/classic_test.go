package e2e

import (
	"strings"
	"testing"

	"purser.example/e2e/browser"
	"purser.example/internal/audit"
	"purser.example/internal/demo/demotest"
	"purser.example/internal/demo/sample"
	"purser.example/internal/m365sim"
	"purser.example/internal/profile"
	"purser.example/internal/secret"
)

// classicFixture has an account with an app password, in a tenant that still lets the legacy sign-in in.
const classicFixture = `{"tenants": [{
  "id": "6f1c0000-0000-4000-8000-000000000001", "displayName": "Contoso", "initialDomain": "contoso.onmicrosoft.com", "connected": true,
  "sharePoint": {"legacyAuthEnabled": true, "legacyRetired": false},
  "domains": [{"id": "contoso.com"}],
  "apps": [{"appId": "a0000000-0000-4000-8000-000000000001", "displayName": "Purser"}],
  "users": [{"userPrincipalName": "svc-classic@contoso.com", "password": "Marked-Secret-2026!", "mfa": "perUser", "appPassword": "abcdefghijklmnop",
    "roles": ["SharePoint Administrator"], "servicePlans": ["SHAREPOINTENTERPRISE"]}]}]}`

const (
	appPassword = "abcdefghijklmnop"
	enableMFA   = "Our organization uses multi-factor authentication"
	centerURL   = "SharePoint Online Admin Center URL"
	classicUser = "svc-classic@contoso.com"
)

// legacySignIns counts the app passwords that have arrived at Microsoft 365.
func legacySignIns(h *house) (sent int) {
	for _, r := range h.Sim.Requests() {
		if r.Path == "/rst2.srf" || r.Path == "/extSTS.srf" {
			sent++
		}
	}
	return sent
}

// R31–R34: a classic MFA profile from its detail page through each failure of the test to its conversion, and on in the new UI.
func TestTheLifeOfAClassicProfile(t *testing.T) {
	t.Parallel()
	for _, v := range []view{views[0], views[3]} { // wide and narrow, light and dark, with script and without
		t.Run(v.name, func(t *testing.T) { lifeOfAClassicProfile(t, v) })
	}
}

func lifeOfAClassicProfile(t *testing.T, v view) {
	h := openDemo(t, fixed(t, classicFixture))
	if _, err := h.App.Profiles.Adopt(t.Context(), sample.Caller(), audit.Origin{}, profile.Draft{
		Name: "Classic", Tenant: "6f1c0000-0000-4000-8000-000000000001", Services: []string{"fly"}, Username: classicUser, Password: secret.FromString(appPassword),
		AdminCenterURL: "https://contoso-admin.sharepoint.com",
	}); err != nil {
		t.Fatal(err)
	}
	p := browser.New(t, v.options(h))
	p.Goto("/service-accounts?q=classic")
	signIn(p, "admin@purser.test")
	p.WaitPath("/service-accounts")
	p.Click("Classic")
	p.ByRole("heading", "Classic").Wait()
	detail := p.Path()
	if !strings.HasPrefix(detail, "/classic/service-accounts/") {
		t.Errorf("the list leads to %s", detail)
	}
	fine(p, "classic-details")
	p.ByRole("link", "Edit").Click()
	p.ByRole("heading", "Edit service account profile").Wait()
	fine(p, "classic-form")
	if role := p.ByLabel("User Role").Text(); role != "" || !p.ByText("Ghost Guest Users").Visible() || p.ByLabel("Our organization uses the default SharePoint Online admin center URL").Visible() {
		t.Errorf("R32: with Enable MFA on, User Role says %q", role)
	}
	testFails(t, h, p, v)
	testPasses(t, h, p, v)
	retires(t, h, p, v)
	converts(t, h, p, v)

	p.ByRole("link", "Edit").Click()
	p.ByRole("heading", "Edit service account profile").Wait()
	p.ByLabel("Profile name").Wait()
	p.Fill("Description", "In the new UI")
	p.Click("Save")
	p.WaitPath("/service-accounts")
	description(t, p, v, "Classic", "In the new UI")
	p.Goto(detail)
	p.ByRole("dialog", "Classic").WaitText("Common profile")
}

// testFails runs the Validation Test into each of its walls. What was typed stays, and a refused app password was sent once.
func testFails(t *testing.T, h *house, p *browser.Page, v view) {
	t.Helper()
	for _, c := range []struct {
		name, username, password, center, user string // what is typed, and what happens to the account
		fault                                  *m365sim.Fault
		says                                   string
		sent                                   int
	}{
		{name: "no address", says: "then select Validation Test again", sent: 0},
		{name: "wrong", password: "wrongwrongwrongw", center: "https://contoso-admin.sharepoint.com", says: "AADSTS50126", sent: 1},
		{name: "unknown", username: "nobody@contoso.com", password: appPassword, center: "https://contoso-admin.sharepoint.com", says: "AADSTS50034", sent: 1},
		{name: "policy", password: appPassword, center: "https://contoso-admin.sharepoint.com", user: `{"mfa": "conditionalAccess"}`, says: "AADSTS50126", sent: 1},
		{name: "disabled", password: appPassword, center: "https://contoso-admin.sharepoint.com", user: `{"accountEnabled": false}`, says: "AADSTS50057", sent: 1},
		{name: "blocked", password: appPassword, center: "https://contoso-admin.sharepoint.com", user: `{"accountEnabled": true, "signInError": 53003}`, says: "AADSTS53003", sent: 1},
		{name: "outage", password: appPassword, center: "https://contoso-admin.sharepoint.com", user: `{"signInError": 0}`, fault: &m365sim.Fault{PathPrefix: "/rst2.srf", Status: 400}, says: "Microsoft", sent: 1},
	} {
		if c.user != "" {
			if err := h.Sim.PatchUser(classicUser, []byte(`{"mfa": "perUser"}`)); err != nil {
				t.Fatal(err)
			}
			if err := h.Sim.PatchUser(classicUser, []byte(c.user)); err != nil {
				t.Fatal(err)
			}
		}
		if c.fault != nil {
			if err := h.Sim.SetFaults([]m365sim.Fault{*c.fault}); err != nil {
				t.Fatal(err)
			}
		}
		h.Sim.ResetRequests()
		if c.username == "" {
			c.username = classicUser
		}
		p.Fill("Username", c.username)
		p.Fill("Password", c.password)
		p.Fill(centerURL, c.center)
		p.Click("Validation Test")
		p.ByRole("alert", "").Having(c.says).Wait()
		if n := legacySignIns(h); n != c.sent {
			t.Errorf("%s: %d app passwords were sent, want %d", c.name, n, c.sent)
		}
		if got := p.ByLabel("Username").Value(); got != c.username {
			t.Errorf("%s: the username typed is lost: %q", c.name, got)
		}
		if kept, want := p.ByLabel("Password").Value(), map[bool]string{true: "", false: c.password}[v.noScript]; kept != want {
			t.Errorf("%s: the password field holds %d characters, want %d", c.name, len(kept), len(want))
		}
		if c.name == "no address" || c.name == "blocked" {
			fine(p, "classic-test-"+strings.ReplaceAll(c.name, " ", "-"))
		}
	}
	h.Sim.ResetFaults()
}

// testPasses runs the test with what is stored.
func testPasses(t *testing.T, h *house, p *browser.Page, v view) {
	t.Helper()
	p.Fill("Password", "")
	p.Click("Validation Test")
	p.ByRole("status", "").Having("The account is valid").Wait()
	fine(p, "classic-test-passed")
	if role := p.ByLabel("User Role").Text(); role != "" {
		t.Errorf("R32: an app password tells roles: %q", role)
	}
}

// retires turns the legacy sign-in off, as Microsoft has done; an app password is stored all the same, with that status.
func retires(t *testing.T, h *house, p *browser.Page, v view) {
	t.Helper()
	if err := h.Sim.PatchTenant("6f1c0000-0000-4000-8000-000000000001", []byte(`{"sharePoint": {"legacyAuthEnabled": true, "legacyRetired": true}}`)); err != nil {
		t.Fatal(err)
	}
	p.Fill("Password", appPassword)
	p.Click("Validation Test")
	p.ByRole("alert", "").Having("Legacy sign-in is turned off").Wait()
	fine(p, "classic-test-retired")
	p.Fill("Password", appPassword)
	p.Click("Save")
	p.ByRole("heading", "Classic").Wait()
	p.ByRole("status", "").Having("Profile Classic saved").Wait()
	if !strings.Contains(p.Text(), "Legacy retired") {
		t.Error("the detail page doesn't say that the protocol is retired")
	}
	fine(p, "classic-details-retired")
}

// converts leads out of the classic UI (R33).
func converts(t *testing.T, h *house, p *browser.Page, v view) {
	t.Helper()
	p.ByRole("link", "Convert").Click()
	p.ByRole("heading", "Edit service account profile").Wait()
	if p.ByLabel(enableMFA).Checked() || !p.ByLabel("Our organization uses the default SharePoint Online admin center URL").Visible() || p.ByText("Ghost Guest Users").Visible() {
		t.Error("R32: the form opens with Enable MFA on")
	}
	p.ByLabel("Our organization uses the default SharePoint Online admin center URL").Check()
	fine(p, "classic-convert")
	p.Fill("Password", password)
	p.Click("Save")
	p.ByRole("dialog", "Convert to a common profile?").Wait()
	fine(p, "classic-convert-question")
	p.Click("Confirm")
	p.ByRole("alert", "").Having("AADSTS50076").Wait() // Microsoft still asks this account for a second factor
	fine(p, "classic-convert-refused")
	if err := h.Sim.PatchUser(classicUser, []byte(`{"mfa": "none"}`)); err != nil {
		t.Fatal(err)
	}
	p.Fill("Password", password)
	p.Click("Validation Test")
	p.ByRole("status", "").Having("The account is valid").Wait()
	if role := p.ByLabel("User Role").Text(); role != "SharePoint Administrator" {
		t.Errorf("R32: User Role says %q", role)
	}
	fine(p, "classic-convert-tested")
	p.Fill("Password", password)
	p.Click("Save")
	p.ByRole("dialog", "Convert to a common profile?").Wait()
	p.Click("Confirm")
	dialog := p.ByRole("dialog", "Classic")
	dialog.WaitText("is a common profile now")
	if !strings.HasPrefix(p.Path(), "/service-accounts/") {
		t.Errorf("the conversion leads to %s", p.Path())
	}
	fine(p, "classic-converted")
	demotest.Until(t, "the status", func() bool { return strings.Contains(dialog.Text(), "Valid") })
}
