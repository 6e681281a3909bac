package e2e

import (
	"purser.example/e2e/browser"
	"purser.example/internal/demo/demotest"
)

// pooled are the states of Manage Account Pool, from a tenant without a pool to one whose group has changed.
var pooled = []state{
	{"pool-empty", at(poolPath)},
	{"pool-no-such-group", func(w *walk) {
		w.validate("Nobody's group").ByRole("alert", "").Having("no group with that name").Wait()
	}},
	{"pool-ambiguous", func(w *walk) { w.validate("Twins").ByRole("button", "Use this group").Focus() }},
	{"pool-found", func(w *walk) { w.find(sites, "aos-pool@contoso.com", 7) }},
	{"pool-short", func(w *walk) {
		pane := panel(w.Page, sites)
		pane.ByLabel("Number of objects").Fill("2,501")
		pane.WaitText("21 more needed")
	}},
	{"pool-refused", func(w *walk) {
		fillMembers(panel(w.Page, sites))
		w.Click("Save")
		w.ByRole("alert", "").Having("Custom SharePoint Online Admin Center URL").Wait()
	}},
	{"pool-check", func(w *walk) {
		w.held = w.h.Hold(w.t, demotest.Everything, demotest.SignIns)
		panel(w.Page, sites).ByLabel("Custom SharePoint Online Admin Center URL").Fill("https://contoso-admin.sharepoint.com")
		w.Click("Save")
		w.ByRole("heading", "Password check").Wait()
		w.ByRole("progressbar", "").Wait()
		w.made = w.Path()
	}},
	{"pool-while-a-check", func(w *walk) {
		w.Goto(poolPath)
		panel(w.Page, sites).ByRole("link", "Show progress").Wait()
	}},
	{"pool-check-over", func(w *walk) {
		w.held.Release()
		w.Goto(w.made)
		over(w.t, w.Page, w.view, w.made)
		w.Goto(w.made) // as in run-ended
		w.ByRole("alert", "").Having("2 of 4 passwords are stored").Wait()
	}},
	{"pool-checks", at(poolPath + "/checks")},
	{"pool-members", func(w *walk) {
		w.Goto(poolPath)
		panel(w.Page, sites).WaitText("the same members as at the last save")
	}},
	{"pool-verdict", func(w *walk) {
		panel(w.Page, sites).ByRole("button", "Wrong password (what to do for pool02@contoso.com)").Click()
		w.ByRole("dialog", "What to do for pool02@contoso.com").Wait()
	}},
	{"pool-new-password", func(w *walk) {
		w.Press("Escape")
		pane := panel(w.Page, sites)
		pane.ByText("Replace for pool01@contoso.com").Click()
		pane.ByLabel("Password for pool01@contoso.com").Fill(password)
		w.ByText("1 new password").Wait()
	}},
	{"pool-unsaved", func(w *walk) {
		w.ByRole("link", "Cancel").Click()
		w.ByRole("dialog", "Leave without saving?").Wait()
	}},
	{"pool-import", func(w *walk) {
		w.Goto(panel(w.Page, sites).ByRole("link", "Import CSV").Attribute("href"))
		w.ByRole("heading", "Import passwords").Wait()
	}},
	{"pool-import-checked", func(w *walk) {
		file := "username;password\r\npool01@contoso.com;Renewed-Secret-2026!\r\nstranger@contoso.com;Renewed-Secret-2026!\r\n"
		w.ByLabel("File").Upload("passwords.csv", "text/csv", []byte(file))
		w.Click("Check")
		w.ByRole("alert", "").Having("1 of 2 rows can be imported").Wait()
	}},
	{"pool-changed", func(w *walk) {
		if err := w.h.Sim.PatchGroup("night@contoso.com", []byte(`{"members": []}`)); err != nil {
			w.t.Fatal(err)
		}
		w.Goto(poolPath)
		panel(w.Page, sites).ByText("1 left the group since the last save").Wait()
	}},
	{"pool-changes-named", func(w *walk) {
		panel(w.Page, sites).ByText("1 left the group since the last save").Click()
		w.pick(".pool-changed li").WaitText("pool07@contoso.com")
	}},
	{"pool-updated", func(w *walk) {
		w.waits()
		pane := panel(w.Page, sites)
		pane.ByRole("button", "Update members").Click()
		pane.ByText("6 members in all").Wait()
	}},
	{"pool-saved", func(w *walk) {
		w.Click("Save")
		w.ByRole("status", "").Having("takes effect with the next scan").Wait()
	}},
	{"pool-clear-question", func(w *walk) {
		panel(w.Page, sites).ByRole("button", "Clear").Click()
		w.ByRole("dialog", "Clear this account pool?").Wait()
	}},
	{"pool-cleared", func(w *walk) {
		w.ByRole("dialog", "Clear this account pool?").ByRole("button", "Confirm").Click()
		panel(w.Page, sites).ByText("removed from this pool with the next Save").Wait()
	}},
	{"pool-another-group", func(w *walk) {
		w.Goto(poolPath)
		w.find(sites, "Big pool", 130)
	}},
	{"pool-rerun", func(w *walk) {
		w.Click("Save")
		w.ByRole("dialog", "Rerun the scan for auto discovery?").Wait()
	}},
	{"pool-of-many", at(poolPath + "?show=no-password")},
	{"pool-project", func(w *walk) {
		w.Goto(poolPath + "?tab=project")
		w.find("Project Sites", "project@contoso.com", 2)
	}},
	{"pool-folders", func(w *walk) {
		front(w.Page, w.view, "Exchange Public Folders")
		w.find("Exchange Public Folders", "Folders", 2)
	}},
	{"pool-requirements", func(w *walk) {
		w.Goto(poolPath)
		w.pick("#requirements>summary").Click()
	}},
	{"pool-conflict", func(w *walk) {
		w.Goto(poolPath)
		w.saveElsewhere("pools", "objects-sites", "100")
		w.ExpectRefusal("409 POST")
		w.ExpectConsole("409")
		panel(w.Page, sites).ByLabel("Number of objects").Fill("300")
		w.Click("Save")
		w.ByRole("alert", "").Having("Someone else changed this account pool").Wait()
	}},
}

// find validates a group and waits for its members.
func (w *walk) find(title, group string, members int) {
	w.t.Helper()
	w.waits()
	find(w.t, w.Page, w.view, title, group, members)
}

// validate asks Microsoft 365 for a group, and gives the pool that it is for.
func (w *walk) validate(group string) *browser.Element {
	w.t.Helper()
	w.waits()
	pane := panel(w.Page, sites)
	pane.ByLabel("Group Name").Fill(group)
	pane.ByRole("button", "Validate").Click()
	return pane
}
