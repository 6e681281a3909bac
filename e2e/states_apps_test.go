package e2e

// begun are the states of a house from its first hour on: no tenant, its first app profile and what becomes of it, and the way in by a
// break-glass link.
var begun = []state{
	{"overview-nothing-yet", at("/overview")},
	{"first-steps", at("/service-accounts")},
	{"pool-no-tenant", at(poolPath)},
	{"apps-none", at("/app-profiles")},
	{"app-create", func(w *walk) {
		w.Click("Create app profile")
		w.heading("Create app profile")
	}},
	{"app-create-mistakes", func(w *walk) {
		w.Click("Save")
		w.ByRole("alert", "").Having("Correct 4 fields").Wait()
	}},
	{"app-create-certificate", func(w *walk) {
		w.ByLabel("A certificate of yours").Check()
		w.ByLabel("Certificate file").Wait()
	}},
	{"app-create-registration", func(w *walk) {
		w.ByLabel("A client secret").Check()
		w.ByText("No app registration yet?").Click()
		w.ByRole("button", "Copy Microsoft Graph PowerShell").Wait()
	}},
	{"app-create-refused", func(w *walk) {
		fillApp(w.Page, "Contoso app", wholeApp)
		w.Fill("Client secret", "Wrong-Client-Secret")
		w.Click("Save")
		w.ByRole("alert", "").Having("AADSTS7000215").Wait()
	}},
	{"app-saved", func(w *walk) {
		w.Fill("Client secret", clientSecret)
		w.Click("Save")
		w.WaitPath("/app-profiles")
		w.ByRole("status", "").Having("Contoso app saved").Wait()
	}},
	{"first-steps-last", at("/service-accounts")},
	{"pool-no-profile", at(poolPath)},
	{"app-details", func(w *walk) {
		w.Goto("/app-profiles")
		w.Click("Contoso app")
		w.heading("Contoso app")
		w.made = w.Path()
	}},
	{"app-checked", func(w *walk) {
		w.ByRole("dialog", "").ByRole("button", "Check").Click()
		w.pick("#details-pane .message").Wait()
	}},
	{"app-edit", func(w *walk) {
		w.ByRole("link", "Edit").Click()
		w.heading("Edit app profile")
	}},
	{"app-add-credential", func(w *walk) {
		w.Goto(w.made)
		w.Click("Add credential")
		w.heading("Add credential")
		w.ByLabel("A certificate that Purser makes").Check()
	}},
	{"app-two-credentials", func(w *walk) {
		w.Click("Save")
		w.WaitPath(w.made)
		w.ByRole("status", "").Having("Certificate created").Wait()
	}},
	{"app-remove-credential", func(w *walk) {
		w.pick(".credentials .credential-commands a[href*=remove]").Click()
		w.ByRole("dialog", "Remove this credential?").Wait()
	}},
	{"app-lacks-permissions", func(w *walk) {
		w.Goto("/app-profiles/new")
		fillApp(w.Page, "Poor app", poorApp)
		w.Fill("Client secret", clientSecret)
		w.Click("Save")
		w.WaitPath("/app-profiles")
		w.Click("Poor app")
		w.heading("Poor app")
		w.ByRole("link", "How to grant them").Wait()
	}},
	{"apps", at("/app-profiles")},
	{"apps-selected", func(w *walk) {
		w.tick(1)
		w.ByText("1 selected").Wait()
	}},
	{"app-delete", func(w *walk) {
		w.Click("Delete")
		w.ByRole("dialog", "Delete this app profile?").Wait()
	}},
	{"apps-nothing-found", at("/app-profiles?q=nothing+such")},
	{"tenant", at(contoso)},
	{"tenant-mistake", func(w *walk) {
		w.ExpectRefusal("422 POST")
		w.Fill("Domain", "not a domain")
		w.Click("Add domain")
		w.pick(".field-error").Wait()
	}},
	{"tenant-cloud-domain", func(w *walk) {
		w.Fill("Domain", "fabrikam.com")
		w.Click("Add domain")
		w.ByRole("button", "Remove fabrikam.com").Wait()
	}},
	{"tenant-not-found", refused("/tenants/6f1c0000-0000-4000-8000-0000000000ff", 404)},
	{"break-glass", func(w *walk) {
		w.Goto("/service-accounts")
		w.ByRole("button", "").Having("Olivia Owner").Click()
		w.ByRole("button", "Sign out").Click()
		w.WaitPath("/auth/signed-out")
		w.Goto("/auth/break-glass")
	}},
	{"break-glass-refused", func(w *walk) {
		w.ExpectRefusal("400 POST")
		w.Fill("Code", "nothing-such")
		w.Click("Sign in as Tenant Owner")
		w.ByRole("alert", "").Wait()
	}},
	{"break-glass-inside", func(w *walk) {
		w.Fill("Code", w.h.GlassLink(w.t))
		w.Click("Sign in as Tenant Owner")
		w.WaitPath("/overview")
	}},
	{"break-glass-notice", func(w *walk) {
		w.ByRole("button", "").Having("Break-glass").Click()
		w.ByRole("button", "Sign out").Click()
		w.WaitPath("/auth/signed-out")
		w.Goto("/service-accounts")
		signIn(w.Page, "owner@purser.test")
		w.WaitPath("/service-accounts")
		w.ByText("Someone signed in without the identity provider").Wait()
	}},
}
