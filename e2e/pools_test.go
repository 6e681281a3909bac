package e2e

import (
	"strings"
	"testing"

	"purser.example/e2e/browser"
	"purser.example/internal/demo/demotest"
	"purser.example/web/words"
)

// poolFixture has groups of each kind, and members of each standing.
const poolFixture = `{"tenants": [{
  "id": "6f1c0000-0000-4000-8000-000000000001", "displayName": "Contoso", "initialDomain": "contoso.onmicrosoft.com", "connected": true,
  "domains": [{"id": "contoso.com"}], "sharePoint": {"legacyAuthEnabled": true, "legacyRetired": false},
  "apps": [{"appId": "a0000000-0000-4000-8000-000000000001", "displayName": "Purser", "secrets": [{"value": "Marked-App-Secret", "expires": "+180d"}]}],
  "policies": [{"id": "7f6f0000-0000-4000-8000-000000000001", "displayName": "MFA for everybody", "state": "enabled"}],
  "users": [
    {"userPrincipalName": "pool01@contoso.com", "displayName": "Pool One", "password": "Marked-Secret-2026!", "servicePlans": ["EXCHANGE_S_ENTERPRISE"]},
    {"userPrincipalName": "pool02@contoso.com", "displayName": "Pool Two", "password": "Marked-Secret-2026!"},
    {"userPrincipalName": "pool03@contoso.com", "displayName": "Pool Three", "password": "Marked-Secret-2026!", "servicePlans": ["SHAREPOINTENTERPRISE"]},
    {"userPrincipalName": "pool04@contoso.com", "displayName": "Pool Four", "password": "Marked-Secret-2026!", "mfa": "perUser", "appPassword": "abcdefghijklmnop"},
    {"userPrincipalName": "pool05@contoso.com", "displayName": "Pool Five", "password": "Marked-Secret-2026!", "mfa": "conditionalAccess"},
    {"userPrincipalName": "pool06@contoso.com", "displayName": "Pool Six", "password": "Marked-Secret-2026!", "accountEnabled": false},
    {"userPrincipalName": "pool07@contoso.com", "displayName": "Pool Seven", "password": "Marked-Secret-2026!"},
    {"userPrincipalName": "guest_fabrikam.com#EXT#@contoso.com", "displayName": "Guest", "userType": "Guest"}
  ],
  "groups": [
    {"displayName": "AOS Pool", "mail": "aos-pool@contoso.com", "kind": "mailEnabledSecurity",
      "members": ["pool01@contoso.com", "pool02@contoso.com", "pool03@contoso.com", "pool04@contoso.com", "pool05@contoso.com", "pool06@contoso.com", "guest_fabrikam.com#EXT#@contoso.com"],
      "memberGroups": ["night@contoso.com"], "otherMembers": [{"type": "device", "displayName": "PC 7"}, {"type": "servicePrincipal", "displayName": "Migration app"}]},
    {"displayName": "Night shift", "mail": "night@contoso.com", "kind": "mailEnabledSecurity", "members": ["pool07@contoso.com"]},
    {"displayName": "Project pool", "mail": "project@contoso.com", "kind": "microsoft365", "dynamicRule": "user.jobTitle -eq \"Pool\"", "members": ["pool01@contoso.com", "pool02@contoso.com"]},
    {"displayName": "Folders", "kind": "security", "members": ["pool01@contoso.com", "pool03@contoso.com"]},
    {"displayName": "Everybody", "mail": "everybody@contoso.com", "kind": "distribution", "members": ["pool01@contoso.com"]},
    {"displayName": "Twins", "mail": "twins-a@contoso.com", "kind": "microsoft365", "members": ["pool01@contoso.com"]},
    {"displayName": "Twins", "kind": "security", "members": ["pool02@contoso.com"]},
    {"displayName": "Big pool", "kind": "security", "members": []}
  ],
  "generate": {"users": 130, "first": 1, "upn": "u%05d@contoso.com", "password": "Gen-%05d!", "group": "Big pool"}
}]}`

const poolPath = "/classic/account-pool"

// withPools opens a demo whose simulator holds the groups, and signs somebody in to the page of pools.
func withPools(t *testing.T, v view) (*house, *browser.Page) {
	t.Helper()
	h := openDemo(t, fixed(t, poolFixture))
	p := browser.New(t, v.options(h))
	p.Goto(poolPath)
	signIn(p, "admin@purser.test")
	p.WaitPath(poolPath)
	return h, p
}

// panel is one of the three pools, which without script stand on the page together.
func panel(p *browser.Page, title string) *browser.Element { return p.ByRole("tabpanel", title) }

const sites = "Sites, Mailboxes, Groups, and Teams"

// find validates a group and waits until its members are there.
func find(t *testing.T, p *browser.Page, v view, title, group string, members int) *browser.Element {
	t.Helper()
	pane := panel(p, title)
	pane.ByLabel("Group Name").Fill(group)
	pane.ByRole("button", "Validate").Click()
	counted := words.Counted(members, "member") + " in all"
	if v.noScript {
		demotest.Until(t, counted+" of "+group, func() bool {
			if again := pane.ByRole("button", "Refresh"); again.Count() > 0 {
				again.Click()
			}
			return strings.Contains(pane.Text(), counted)
		})
	}
	return pane.WaitText(counted)
}

// R40–R43, R46: a pool from the group to the stored passwords.
func TestAPool(t *testing.T) {
	t.Parallel()
	for _, v := range []view{views[0], views[1], views[3], views[4]} {
		t.Run(v.name, func(t *testing.T) { lifeOfAPool(t, v) })
	}
}

func lifeOfAPool(t *testing.T, v view) {
	h, p := withPools(t, v)
	fine(p, "pool-empty")
	pane := find(t, p, v, sites, "aos-pool@contoso.com", 7)
	fine(p, "pool-found")
	for _, name := range []string{"Guest", "PC 7", "Migration app", "Night shift"} {
		if !strings.Contains(pane.Text(), name) {
			t.Errorf("%s is left out without a word", name)
		}
	}
	pane.ByLabel("Number of objects").Fill("2,501")
	fillMembers(pane)
	p.Click("Save")
	p.ByRole("alert", "").Having("Custom SharePoint Online Admin Center URL").Wait()
	fine(p, "pool-refused")
	if got := pane.ByLabel("Number of objects").Value(); got != "2,501" {
		t.Errorf("the number typed is lost: %q", got)
	}
	if got, want := pane.ByLabel("Password for pool01@contoso.com").Value(), map[bool]string{true: "", false: password}[v.noScript]; got != want {
		t.Errorf("a password's field holds %d characters", len(got))
	}
	if v.noScript {
		if !strings.Contains(pane.Text(), "Type new passwords again") {
			t.Error("nothing says that passwords have to be typed again")
		}
		fillMembers(pane)
	}
	pane.ByLabel("Custom SharePoint Online Admin Center URL").Fill("https://contoso-admin.sharepoint.com")
	h.Sim.ResetRequests()
	p.Click("Save")
	p.ByRole("heading", "Password check").Wait()
	check := p.Path()
	over(t, p, v, check)
	alert := p.ByRole("alert", "").Having("2 of 4 passwords are stored")
	alert.Wait()
	fine(p, "pool-check")
	if n := h.Passwords(); n != 3 {
		t.Errorf("%d passwords sent to Microsoft, want 3: app passwords go another way (R34)", n)
	}
	p.ByRole("link", "AADSTS50126").Wait()
	p.ByText("Cannot join").Wait()

	p.ByRole("link", "Back to the pool").Click()
	p.WaitPath(poolPath)
	pane = panel(p, sites)
	for _, said := range []string{"Valid", "Wrong password", "Cannot join", "App password stored", "2 of 7 members can be used", "19 more needed", "In force: nothing yet"} {
		pane.WaitText(said)
	}
	if !v.noScript {
		pane.WaitText("the same members as at the last save")
	}
	fine(p, "pool-saved")
	drifts(t, h, p, v)
}

func fillMembers(pane *browser.Element) {
	for _, user := range []string{"pool01", "pool02", "pool05"} {
		secret := password
		if user == "pool02" {
			secret = "Another-Password1"
		}
		pane.ByLabel("Password for " + user + "@contoso.com").Fill(secret)
	}
	mfa := pane.ByLabel("Enable MFA for pool04@contoso.com")
	mfa.Check()
	for _, label := range []string{"App password for pool04@contoso.com", "Password for pool04@contoso.com"} {
		if field := pane.ByLabel(label); field.Count() == 1 { // without script its name does not follow the tick
			field.Fill("abcdefghijklmnop")
			return
		}
	}
}

// over waits for the end of a check; without script by asking again.
func over(t *testing.T, p *browser.Page, v view, check string) {
	t.Helper()
	progress := p.ByRole("progressbar", "")
	if v.noScript {
		demotest.Until(t, "the end of the check", func() bool {
			p.Goto(check)
			return progress.Count() == 0
		})
	}
	progress.WaitGone()
}

// drifts changes the group at Microsoft and takes the change over.
func drifts(t *testing.T, h *house, p *browser.Page, v view) {
	t.Helper()
	if err := h.Sim.PatchGroup("night@contoso.com", []byte(`{"members": []}`)); err != nil {
		t.Fatal(err)
	}
	p.Goto(poolPath)
	pane := panel(p, sites)
	if v.noScript {
		pane.ByRole("button", "Compare with Microsoft 365").Click()
		demotest.Until(t, "the comparison", func() bool {
			if again := pane.ByRole("button", "Refresh"); again.Count() > 0 {
				again.Click()
			}
			return strings.Contains(pane.Text(), "left the group")
		})
	}
	pane.ByText("1 left the group since the last save").Wait()
	fine(p, "pool-drift")
	pane.ByRole("button", "Update members").Click()
	pane.ByText("6 members in all").Wait()
	p.Click("Save")
	p.ByRole("status", "").Having("takes effect with the next scan").Wait()
	if panel(p, sites).ByText("6 members in all").Count() == 0 {
		t.Error("the change was not taken over")
	}
}

// R40, R41, R46: the refusals of a group, the other two pools, a change of group and its removal.
func TestTheGroupOfAPool(t *testing.T) {
	t.Parallel()
	for _, v := range []view{views[0], views[3]} {
		t.Run(v.name, func(t *testing.T) { groupOfAPool(t, v) })
	}
}

func groupOfAPool(t *testing.T, v view) {
	_, p := withPools(t, v)
	pane := panel(p, sites)
	for group, said := range map[string]string{
		"everybody@contoso.com": "distribution list", "Nobody's group": "no group with that name", "Twins": "Several groups have this name",
	} {
		if v.noScript {
			p.ExpectConsole("422")
		}
		pane.ByLabel("Group Name").Fill(group)
		pane.ByRole("button", "Validate").Click()
		pane.ByRole("alert", "").Having(said).Wait()
		if got := pane.ByLabel("Group Name").Attribute("aria-invalid"); got != "true" {
			t.Errorf("%s is refused, and its field has aria-invalid %q", group, got)
		}
		if got := pane.ByLabel("Group Name").Value(); got != group {
			t.Errorf("the name typed is lost: %q", got)
		}
	}
	pane.ByLabel("Group Name").Fill("Twins")
	pane.ByRole("button", "Validate").Click()
	pane.ByText("twins-a@contoso.com").Wait()
	fine(p, "pool-ambiguous")
	pane.ByLabel("Twins Microsoft 365 Group, twins-a@contoso.com").Check()
	pane.ByRole("button", "Use this group").Click()
	pane.ByText("1 member in all").Wait()
	front(p, v, "Project Sites")
	find(t, p, v, "Project Sites", "project@contoso.com", 2)
	if text := panel(p, "Project Sites").Text(); !strings.Contains(text, "dynamic") || !strings.Contains(text, "September 30, 2026") {
		t.Errorf("neither the rule of the group nor the end of Project Online is told: %s", text)
	}
	fine(p, "pool-project")
	front(p, v, "Exchange Public Folders")
	find(t, p, v, "Exchange Public Folders", "Folders", 2)
	folders := panel(p, "Exchange Public Folders")
	if !strings.Contains(folders.Text(), "impersonation") || folders.ByRole("textbox", "Password for pool01@contoso.com").Count() != 0 {
		t.Error("public folders ask for passwords, or do not say why not")
	}
	fine(p, "pool-folders")
	p.Click("Save")
	p.ByRole("status", "").Having("Saved: Sites").Wait()
	p.Goto(poolPath)

	find(t, p, v, sites, "aos-pool@contoso.com", 7)
	p.Click("Save")
	p.ByRole("dialog", "Rerun the scan for auto discovery?").Wait()
	fine(p, "pool-rerun")
	p.Click("Later")
	p.ByRole("heading", "Manage Account Pool").Wait()
	pane = panel(p, sites)
	pane.ByRole("button", "Clear").Click()
	question := p.ByRole("dialog", "Clear this account pool?")
	for _, lost := range []string{"AOS Pool (aos-pool@contoso.com)", "7 members", "do not change"} {
		question.WaitText(lost)
	}
	fine(p, "pool-clear-question")
	question.ByRole("button", "Cancel").Click()
	question.WaitGone()
	if got := pane.ByLabel("Group Name").Value(); got != "AOS Pool" {
		t.Errorf("the group is gone without a confirmation: %q", got)
	}
	pane.ByRole("button", "Clear").Click()
	question.ByRole("button", "Confirm").Click()
	pane.ByText("removed from this pool with the next Save").Wait()
	fine(p, "pool-clear")
	p.Click("Save")
	p.ByRole("status", "").Having("Saved: Sites").Wait()
	if got := panel(p, sites).ByLabel("Group Name").Value(); got != "" {
		t.Errorf("the group is still there: %q", got)
	}
	if !v.noScript {
		saveWaits(t, p)
	}
}

// saveWaits: a Save that is selected while the group is validated would store what nobody has seen, so it cannot be selected.
func saveWaits(t *testing.T, p *browser.Page) {
	t.Helper()
	p.Goto(poolPath)
	release := p.Hold("/classic/account-pool/group")
	defer release()
	panel(p, sites).ByLabel("Group Name").Fill("Folders")
	panel(p, sites).ByRole("button", "Validate").Click()
	if !p.ByRole("button", "Save").Disabled() {
		t.Error("Save can be selected while the group is validated")
	}
	release()
	panel(p, sites).WaitText("2 members in all")
	p.Click("Save")
	p.ByRole("status", "").Having("Saved: Sites").Wait()
}

// front brings a pool to the front, where a script hides the others.
func front(p *browser.Page, v view, title string) {
	if !v.noScript {
		p.ByRole("tab", title).Click()
	}
	panel(p, title).Wait()
}

// R47: many members by pages, filters and a file.
func TestManyMembers(t *testing.T) {
	t.Parallel()
	for _, v := range []view{views[0], views[2], views[4]} {
		t.Run(v.name, func(t *testing.T) { manyMembers(t, v) })
	}
}

func manyMembers(t *testing.T, v view) {
	_, p := withPools(t, v)
	find(t, p, v, sites, "Big pool", 130)
	p.Click("Save")
	p.ByRole("status", "").Having("Saved").Wait()
	pane := panel(p, sites)
	if !v.noScript {
		pane.ByLabel("Password for u00001@contoso.com").Fill("Gen-00001!")
		pane.ByRole("link", "Next").Click()
		p.ByRole("dialog", "Leave without saving?").Wait()
		fine(p, "pool-unsaved")
		p.Click("Stay here")
		if got := pane.ByLabel("Password for u00001@contoso.com").Value(); got != "Gen-00001!" {
			t.Error("what was typed is lost although the person stayed")
		}
		pane.ByRole("link", "Next").Click()
		p.Click("Leave without saving")
	} else {
		pane.ByRole("link", "Next").Click()
	}
	members := pane.ByRole("table", "Group Users")
	members.ByRole("cell", "u00051@contoso.com").Wait()
	pane.ByLabel("Search").Fill("u0013")
	if v.noScript {
		pane.ByRole("button", "Apply").Click()
	}
	members.ByRole("cell", "u00130@contoso.com").Wait()
	members.ByRole("cell", "u00051@contoso.com").WaitGone()

	pane.ByRole("link", "Import CSV").Click()
	p.ByRole("heading", "Import passwords").Wait()
	file := []byte("username;password\r\nu00001@contoso.com;Gen-00001!\r\nu00002@contoso.com;Gen-00002!\r\nstranger@contoso.com;Gen-00003!\r\n")
	p.ByLabel("File").Upload("passwords.csv", "text/csv", file)
	p.Click("Check")
	p.ByRole("alert", "").Having("2 of 3 rows can be imported").Wait()
	fine(p, "pool-import")
	if v.noScript {
		p.ByLabel("File").Upload("passwords.csv", "text/csv", file)
	}
	p.Click("Import")
	p.ByRole("heading", "Password check").Wait()
	over(t, p, v, p.Path())
	p.ByRole("status", "").Having("2 of 2 passwords are stored").Wait()
	fine(p, "pool-check-good")
}

// R46: of two administrators the second sees both versions, and decides.
func TestTwoPeopleSaveAPool(t *testing.T) {
	t.Parallel()
	for _, v := range []view{views[0], views[4]} {
		t.Run(v.name, func(t *testing.T) {
			h, p := withPools(t, v)
			find(t, p, v, sites, "aos-pool@contoso.com", 7)
			other := browser.New(t, browser.Options{BaseURL: h.URL(), Cookies: p.Cookies(), NoScript: v.noScript})
			other.Goto(poolPath)
			find(t, other, v, sites, "night@contoso.com", 1)
			other.Click("Save")
			other.ByRole("status", "").Having("Saved").Wait()
			p.ExpectRefusal("409 POST")
			p.ExpectConsole("409")
			p.Click("Save")
			alert := p.ByRole("alert", "").Having("Someone else changed this account pool")
			alert.Wait()
			if said := alert.Text(); !strings.Contains(said, "AOS Pool") || !strings.Contains(said, "Night shift") {
				t.Errorf("the conflict says %q", said)
			}
			fine(p, "pool-conflict")
			p.Click("Overwrite with mine")
			p.ByRole("status", "").Having("Saved").Wait()
			if got := panel(p, sites).ByLabel("Group Name").Value(); got != "AOS Pool" {
				t.Errorf("saved over with %q", got)
			}
		})
	}
}

// R12, R20: the page opens from the Service account page, and a profile whose account is in a pool says so.
func TestAPoolUsesAProfile(t *testing.T) {
	t.Parallel()
	v := views[0]
	_, p := withPools(t, v)
	p.Goto("/service-accounts/new")
	fill(p, "Pool account", "pool01@contoso.com", password)
	p.Click("Save")
	p.WaitPath("/service-accounts")
	classic := p.NewTab(func() { p.ByRole("link", "classic UI").Click() })
	classic.ByRole("heading", "Manage Account Pool").Wait()
	pane := find(t, classic, v, sites, "aos-pool@contoso.com", 7)
	pane.ByText("also used for managing operations").Wait()
	pane.ByRole("link", "Profile of pool01@contoso.com").Hover()
	classic.ByRole("tooltip", "").WaitText("Pool account")
	classic.Click("Save")
	classic.ByRole("status", "").Having("Saved").Wait()
	if err := p.Page.BringToFront(); err != nil { // the driver takes no picture of a tab behind another
		t.Fatal(err)
	}
	p.ByRole("link", "Pool account").Click()
	p.ByRole("link", "Account pool "+sites).Wait()
	fine(p, "details-in-pool")
	p.Goto("/service-accounts")
	p.ByLabel("Select Pool account").Check()
	p.ByRole("button", "Delete").Click()
	p.ByText("This profile is in use").Wait()
	fine(p, "delete-in-pool")
}

// Home and End lead to the first and the last of the pools, as the arrows lead to the next.
func TestTheTabsOfPoolsByKeyboard(t *testing.T) {
	t.Parallel()
	_, p := withPools(t, views[0])
	p.ByRole("tab", sites).Press("End")
	last := p.Focused()
	p.Press("Home")
	if first := p.Focused(); !strings.Contains(first, sites) || strings.Contains(last, sites) || !strings.HasPrefix(last, "tab ") {
		t.Errorf("End leads to %s, Home to %s", last, first)
	}
}
