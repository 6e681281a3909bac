package e2e

import (
	"strings"
	"testing"

	"purser.example/e2e/browser"
)

// profilesFile is a mixed file as Excel writes it where people use semicolons, with mistakes.
const profilesFile = "\ufeffname;description;tenant;services;username;password;type;admin_center_url\r\n" +
	"Backup – Europe;Nightly;contoso.onmicrosoft.com;\"Fly;Opus\";svc-backup@contoso.com;Marked-Secret-2026!;;\r\n" +
	"Classic;;CONTOSO.onmicrosoft.com;Office365Backup;mfa@contoso.com;abcdefghijklmnop;mfa;https://contoso-admin.sharepoint.com\r\n" +
	";;;;;;;\r\n" +
	"Archive;;6f1c0000-0000-4000-8000-000000000001;Office365Archiving;svc-other@contoso.com;Marked-Secret-2026!;common;\r\n" +
	"Mistaken;;fabrikam.com;Flies;svc-other;Marked-Secret-2026!;;\r\n"

// R30: a file is checked, its report filtered, and imported without being chosen again; what came is validated by one click, and the same
// file again changes nothing.
func TestAFileOfProfiles(t *testing.T) {
	t.Parallel()
	for _, v := range []view{views[0], views[1], views[2], views[3]} {
		t.Run(v.name, func(t *testing.T) { fileOfProfiles(t, v) })
	}
}

func fileOfProfiles(t *testing.T, v view) {
	h, p := withAccounts(t, v)
	p.Click("Import")
	p.WaitPath("/service-accounts/import")
	p.ByRole("heading", "Import profiles").Wait()
	fine(p, "import")
	p.ExpectRefusal("422 POST")
	p.ExpectConsole("422")
	p.Click("Check")
	p.ByText("Choose a CSV or JSON file first.").Wait()
	fine(p, "import-none")

	p.ByLabel("File").Upload("profiles.csv", "text/csv", []byte(profilesFile))
	p.Click("Check")
	p.ByRole("alert", "").Having("3 of 4 rows can be imported").Wait()
	fine(p, "import-checked")
	rows := p.ByRole("table", "Rows of the file")
	rows.ByRole("cell", "").Having("This tenant is not connected.").Wait()
	p.ByRole("link", "1 Refused").Click()
	rows.ByText("Archive").WaitGone()
	rows.ByText("Mistaken").Wait()
	fine(p, "import-refused")
	p.Click("Import")
	imported(p, v, "3 profiles created, 0 changed, 0 unchanged, 1 row refused.")
	p.ByText("3 imported profiles are not validated.").Wait()
	if n := h.Passwords(); n != 0 {
		t.Errorf("%d sign-ins during an import", n)
	}
	fine(p, "import-done")

	p.Click("Validate them")
	p.ByRole("heading", "Validation run").Wait()
	over(t, p, v, p.Path())

	p.Goto("/service-accounts")
	p.Click("Import")
	p.ByLabel("File").Upload("profiles.csv", "text/csv", []byte(profilesFile))
	p.Click("Import")
	imported(p, v, "0 profiles created, 0 changed, 3 unchanged, 1 row refused.")
	p.ByRole("link", "Backup – Europe").Click()
	p.ByRole("heading", "Backup – Europe").Wait()
	if text := p.Text(); !strings.Contains(text, "svc-backup@contoso.com") {
		t.Errorf("the report leads to %s", p.Path())
	}
}

// imported waits for the end of an import that says so. Without script the page is asked again.
func imported(p *browser.Page, v view, says string) {
	said := p.ByRole("alert", "").Having(says)
	for v.noScript && !said.Visible() {
		p.Goto(p.Path())
	}
	said.Wait()
}
