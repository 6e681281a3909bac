package e2e

// discovered are the states of auto discovery, from its empty list to what a scan has found.
var discovered = []state{
	{"scan-profiles-none", at("/scan-profiles")},
	{"objects-none", at("/objects")},
	{"scan-create", func(w *walk) {
		w.Goto("/scan-profiles/new")
		w.heading("Create scan profile")
	}},
	{"scan-create-mistakes", func(w *walk) {
		w.Click("Save")
		w.ByRole("alert", "").Having("Correct 3 fields").Wait()
	}},
	{"scan-saved", func(w *walk) {
		w.Fill("Scan profile name", "Users and groups")
		w.ByLabel("Microsoft 365 users").Check()
		w.ByLabel("Microsoft 365 Groups").Check()
		w.ByLabel("App profile").Check()
		w.ByLabel("Daily").Check()
		w.Fill("Time", "02:30")
		w.Click("Save")
		w.WaitPath("/scan-profiles")
		w.ByRole("status", "").Having("Users and groups saved").Wait()
	}},
	{"scan-selected", func(w *walk) {
		w.tick(1)
		w.ByText("1 selected").Wait()
	}},
	{"scan-over", func(w *walk) {
		w.waits()
		w.ByRole("button", "Run").Click()
		w.ByRole("button", "Run again").Wait()
	}},
	{"scan-details", func(w *walk) {
		w.Goto("/scan-profiles")
		w.Click("Users and groups")
		w.heading("Users and groups")
	}},
	{"scan-edit", func(w *walk) {
		w.ByRole("link", "Edit").Click()
		w.heading("Edit scan profile")
	}},
	{"scan-delete", func(w *walk) {
		w.Goto("/scan-profiles")
		w.tick(1)
		w.Click("Delete")
		w.ByRole("dialog", "Delete this scan profile?").Wait()
	}},
	{"scan-profiles-nothing-found", at("/scan-profiles?q=nothing+such")},
	{"objects", at("/objects")},
	{"objects-nothing-found", at("/objects?q=nothing+such")},
	{"pool-chain", at(poolPath)},
	{"tenant-counted", at(contoso)},
	{"scan-codes", at("/help/scan-codes")},
	{"scan-not-found", refused("/scans/none", 404)},
}
