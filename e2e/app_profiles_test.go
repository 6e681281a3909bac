package e2e

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"purser.example/e2e/browser"
	"purser.example/internal/certificate/certtest"
)

// clientSecret is what the fixture's apps prove themselves by; it must turn up nowhere else.
const clientSecret = "Marked-Client-Secret-2026"

// apps has an app with all permissions and one with few, in a tenant that nobody has connected.
const apps = `{"tenants": [{
  "id": "6f1c0000-0000-4000-8000-000000000001", "displayName": "Contoso", "initialDomain": "contoso.onmicrosoft.com", "domains": [{"id": "contoso.com"}],
  "apps": [{"appId": "a0000000-0000-4000-8000-000000000001", "displayName": "Purser", "secrets": [{"value": "` + clientSecret + `", "expires": "+10d"}]},
    {"appId": "a0000000-0000-4000-8000-000000000002", "displayName": "Poor", "permissions": ["User.Read.All"], "clientSecret": "` + clientSecret + `"}],
  "users": [{"userPrincipalName": "svc-backup@contoso.com", "password": "Marked-Secret-2026!", "lastPasswordChangeDateTime": "-30d"}]}]}`

const (
	wholeApp = "a0000000-0000-4000-8000-000000000001"
	poorApp  = "a0000000-0000-4000-8000-000000000002"
)

// withApps opens a demo with the apps and no tenant connected, and signs its owner in.
func withApps(t *testing.T, v view) (*house, *browser.Page) {
	t.Helper()
	return withFixture(t, v, apps)
}

func withFixture(t *testing.T, v view, fixture string) (*house, *browser.Page) {
	t.Helper()
	h := openDemo(t, fixed(t, fixture))
	p := browser.New(t, v.options(h))
	p.Goto("/service-accounts")
	signIn(p, "owner@purser.test")
	p.WaitPath("/service-accounts")
	return h, p
}

// fillApp types an app profile into the open pane, but for its credential.
func fillApp(p *browser.Page, name, application string) {
	p.Fill("Name", name)
	p.Fill("Tenant domain or ID", "contoso.com")
	p.Fill("Application (client) ID", application)
}

// R70–R75: from an installation without a tenant by the first steps to its first profile, with and without script.
func TestTheFirstTenantIsConnected(t *testing.T) {
	t.Parallel()
	for _, v := range []view{views[0], views[1], views[3]} {
		t.Run(v.name, func(t *testing.T) { firstTenant(t, v) })
	}
}

func firstTenant(t *testing.T, v view) {
	h, p := withApps(t, v)
	fine(p, "first-steps")
	p.Click("Create app profile")
	p.WaitPath("/app-profiles/new")
	p.ByRole("heading", "Create app profile").Wait()
	fine(p, "app-create")
	p.Click("Save")
	p.ByRole("alert", "").Having("Correct 4 fields").Wait()
	fine(p, "app-create-mistakes")

	fillApp(p, "Contoso app", wholeApp)
	p.Fill("Client secret", "Wrong-Client-Secret")
	p.Click("Save")
	alert := p.ByRole("alert", "").Having("AADSTS7000215")
	alert.Wait()
	if said := alert.Text(); !strings.Contains(said, "Correlation") || strings.Contains(said, "Wrong-Client-Secret") {
		t.Errorf("the refusal says %q", said)
	}
	if name, secret := p.ByLabel("Name").Value(), p.ByLabel("Client secret").Value(); name != "Contoso app" || (secret == "") != v.noScript {
		t.Errorf("afterwards the name is %q, and the secret has %d characters", name, len(secret))
	}
	if !v.noScript {
		begins(t, p)
	}
	fine(p, "app-create-refused")
	p.Fill("Client secret", clientSecret)
	p.Click("Save")
	p.WaitPath("/app-profiles")
	p.ByRole("status", "").Having("Contoso app saved").Wait()
	fine(p, "app-list")

	p.Goto("/service-accounts")
	p.ByText("Create the first profile").Wait()
	fine(p, "first-steps-last")
	p.Click("Create")
	p.ByRole("heading", "Create service account profile").Wait()
	fill(p, "Backup", "svc-backup@contoso.com", password)
	p.Click("Save")
	p.WaitPath("/service-accounts")
	p.ByRole("status", "").Having("Backup saved").Wait()
	if p.ByText("First steps").Count() != 0 {
		t.Error("the first steps are still there")
	}

	deleteTheLast(t, p)
	if log := h.Log.String(); strings.Contains(log, clientSecret) {
		t.Error("the log holds the client secret")
	}
}

// deleteTheLast deletes an app profile that a profile needs: it goes by its name only.
func deleteTheLast(t *testing.T, p *browser.Page) {
	t.Helper()
	p.Goto("/app-profiles")
	p.ByLabel("Select Contoso app").Check()
	p.ByRole("button", "Delete").Click()
	p.ByRole("button", "Confirm").Wait()
	if said := p.ByRole("dialog", "").Text(); !strings.Contains(said, "1 service account profile: Backup") {
		t.Errorf("the question says %q", said)
	}
	p.Click("Confirm")
	p.ByText("To delete it anyway, enter its name.").Wait()
	fine(p, "app-delete-last")
	p.Fill("Name of the app profile", "Contoso app")
	p.Click("Confirm")
	p.WaitPath("/app-profiles")
	p.ByRole("status", "").Having("Contoso app deleted").Wait()
	p.Goto(contoso)
	p.ByText("Known from profiles only").Wait()
	fine(p, "tenant-known-from-profiles")
}

// R71, R72, R74: missing permissions are told with what to do; a certificate that Purser makes is downloaded; check, edit and a second
// credential.
func TestTheLifeOfAnAppProfile(t *testing.T) {
	t.Parallel()
	for _, v := range []view{views[0], views[3]} {
		t.Run(v.name, func(t *testing.T) { lifeOfAnAppProfile(t, v) })
	}
}

func lifeOfAnAppProfile(t *testing.T, v view) {
	_, p := withApps(t, v)
	p.Goto("/app-profiles/new")
	fillApp(p, "Poor app", "a0000000-0000-4000-8000-00000000000f")
	p.Fill("Client secret", clientSecret)
	p.Click("Save")
	p.ByRole("alert", "").ByRole("link", "Grant admin consent").Wait()
	fine(p, "app-refused-consent")
	fillApp(p, "Poor app", poorApp)
	p.Fill("Client secret", clientSecret)
	p.Click("Save")
	p.WaitPath("/app-profiles")
	p.ByRole("status", "").Having("GroupMember.Read.All").Wait()
	p.Click("Poor app")
	p.ByRole("heading", "Poor app").Wait()
	p.ByRole("link", "Grant admin consent").Wait()
	fine(p, "app-details-missing")
	p.ByRole("dialog", "").ByRole("button", "Check").Click()
	p.ByRole("alert", "").Having("GroupMember.Read.All").Wait()
	details := p.Path()

	p.ByRole("link", "Edit").Click()
	p.ByRole("heading", "Edit app profile").Wait()
	fine(p, "app-edit")
	p.Fill("Name", "Renamed app")
	p.Click("Save")
	p.WaitPath("/app-profiles")
	p.ByRole("status", "").Having("Renamed app saved").Wait()

	p.Goto(details)
	p.Click("Add credential")
	p.ByRole("heading", "Add credential").Wait()
	p.ByLabel("A certificate that Purser makes").Check()
	fine(p, "app-add-credential")
	p.Click("Save")
	p.WaitPath(details)
	p.ByRole("status", "").Having("Certificate created").Wait()
	p.ByText("In use").Wait()
	fine(p, "app-details-two")
	if name := downloaded(t, p); !strings.HasSuffix(name, ".cer") {
		t.Errorf("the certificate is called %q", name)
	}
}

// R70: the list of app profiles is sorted by its heads, with and without script.
func TestAppProfilesAreSorted(t *testing.T) {
	t.Parallel()
	for _, v := range []view{views[0], views[3]} {
		t.Run(v.name, func(t *testing.T) {
			_, p := withApps(t, v)
			for name, application := range map[string]string{"Alpha": wholeApp, "Beta": poorApp} {
				p.Goto("/app-profiles/new")
				fillApp(p, name, application)
				p.Fill("Client secret", clientSecret)
				p.Click("Save")
				p.WaitPath("/app-profiles")
			}
			beginsWith := func(name string) {
				t.Helper()
				if err := p.Page.Locator(listRows + ":first-child a:text-is('" + name + "')").WaitFor(); err != nil {
					t.Fatalf("the list does not begin with %s: %v", name, err)
				}
			}
			p.Goto("/app-profiles")
			beginsWith("Alpha")
			p.Click("Name")
			beginsWith("Beta")
			fine(p, "app-profiles-sorted")
			p.Click("Credential expires")
			beginsWith("Alpha") // the other's end is not known
			if p.Path() != "/app-profiles?sort=expires" {
				t.Errorf("the address is %s", p.Path())
			}
		})
	}
}

// downloaded presses the link of the certificate and gives the name of the file.
func downloaded(t *testing.T, p *browser.Page) string {
	t.Helper()
	file, err := p.Page.ExpectDownload(func() error {
		p.Click("Download certificate")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return file.SuggestedFilename()
}

// R70: nothing jumps while the pages of App management load, in a window of any size.
func TestNothingJumpsInAppManagement(t *testing.T) {
	t.Parallel()
	for _, width := range []int{1440, 768, 390} {
		_, p := withApps(t, view{width: width})
		p.Goto("/app-profiles/new")
		fillApp(p, "Contoso app", wholeApp)
		p.Fill("Client secret", clientSecret)
		p.Click("Save")
		p.WaitPath("/app-profiles")
		p.Click("Contoso app")
		p.ByRole("heading", "Contoso app").Wait()
		for _, path := range []string{"/app-profiles", "/app-profiles/new", p.Path(), p.Path() + "/edit", contoso, "/service-accounts"} {
			p.Goto(path)
			if score, jumped := p.LayoutShift(); score > jumps {
				t.Errorf("%s at %d pixels: %.3f, because of\n%s", path, width, score, strings.Join(jumped, "\n"))
			}
		}
	}
}

// newApp creates an app profile with the secret of the fixture.
func newApp(p *browser.Page, name, application string) {
	p.Goto("/app-profiles/new")
	fillApp(p, name, application)
	p.Fill("Client secret", clientSecret)
	p.Click("Save")
	p.WaitPath("/app-profiles")
	p.ByText(name + " saved").Wait()
}

// removesACredential adds a second credential to the app profile whose details are open, and removes it after a question.
func removesACredential(t *testing.T, p *browser.Page) {
	t.Helper()
	p.Click("Add credential")
	p.ByRole("heading", "Add credential").Wait()
	p.ByLabel("A certificate that Purser makes").Check()
	p.Click("Save")
	p.ByRole("status", "").Having("Certificate created").Wait()
	made := p.ByRole("group", "").Having("Download certificate")
	made.ByRole("link", "Remove").Click()
	p.ByRole("heading", "Remove this credential?").Wait()
	p.Click("Confirm")
	p.ByRole("status", "").Having("Credential removed").Wait()
	if n := p.ByRole("link", "Download certificate").Count(); n != 0 {
		t.Errorf("%d certificates are left", n)
	}
}

// certificateApp has an app that proves itself by a certificate beside the others.
func certificateApp(cert string) string {
	quoted, _ := json.Marshal(cert) // a text alone
	return strings.Replace(apps, `"apps": [`, `"apps": [{"appId": "a0000000-0000-4000-8000-000000000003", "displayName": "By certificate", "certificates": [`+string(quoted)+`]},`, 1)
}

// R70, R71, R74: by script, a certificate of one's own is uploaded, one of two credentials is removed, another app profile is preferred, and
// the list is searched and filtered.
func TestAppManagementByScript(t *testing.T) {
	t.Parallel()
	cert, key := certtest.Issue(t, certtest.Spec{From: -time.Hour, Until: 90 * 24 * time.Hour, RSA: true})
	_, p := withFixture(t, views[0], certificateApp(cert))
	newApp(p, "Poor app", poorApp)
	newApp(p, "Contoso app", wholeApp)

	p.Goto("/app-profiles/new")
	fillApp(p, "By certificate", "a0000000-0000-4000-8000-000000000003")
	p.ByLabel("A certificate of yours").Check()
	p.ByLabel("Certificate file").Upload("purser.pem", "application/x-pem-file", []byte(cert))
	p.Click("Save")
	p.ByRole("alert", "").Having("private key").Wait()
	if name := p.ByLabel("Name").Value(); name != "By certificate" {
		t.Errorf("after the refusal the name is %q", name)
	}
	p.ByLabel("Certificate file").Upload("purser.pem", "application/x-pem-file", []byte(cert+key))
	p.Click("Save")
	p.WaitPath("/app-profiles")
	p.ByRole("status", "").Having("By certificate saved").Wait()

	p.Click("By certificate")
	p.ByRole("heading", "By certificate").Wait()
	p.Click("Prefer this one")
	p.ByRole("status", "").Having("By certificate").Wait()
	p.Goto("/app-profiles")
	if text := p.ByRole("row", "").Having("By certificate").Text(); !strings.Contains(text, "Preferred") {
		t.Errorf("its row says %q", text)
	}

	p.Click("Contoso app")
	p.ByRole("heading", "Contoso app").Wait()
	removesACredential(t, p)

	p.Goto("/app-profiles")
	p.ByRole("searchbox", "").Fill("certificate")
	p.ByRole("row", "").Having("Poor app").WaitGone()
	p.ByRole("row", "").Having("By certificate").Wait()
	p.Goto("/app-profiles")
	p.ByLabel("Status").Choose("Permissions missing")
	p.ByRole("row", "").Having("Contoso app").WaitGone()
	p.ByRole("row", "").Having("Poor app").Wait()
}
