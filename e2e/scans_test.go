package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"purser.example/e2e/browser"
	"purser.example/internal/demo/demotest"
)

const (
	aosPool   = "0b000000-0000-4000-8000-000000000001"
	nightPool = "0b000000-0000-4000-8000-000000000002"
)

// scanned is a tenant with a few sites of which one is locked, two groups for pools, and an account that may register them.
const scanned = `{"tenants": [{
  "id": "6f1c0000-0000-4000-8000-000000000001", "displayName": "Contoso", "initialDomain": "contoso.onmicrosoft.com", "connected": true, "domains": [{"id": "contoso.com"}],
  "apps": [{"appId": "a0000000-0000-4000-8000-000000000001", "clientSecret": "` + clientSecret + `"}],
  "users": [{"userPrincipalName": "svc-scan@contoso.com", "displayName": "Scans", "password": "Marked-Secret-2026!", "roles": ["SharePoint Administrator"]},
    {"userPrincipalName": "pool01@contoso.com", "displayName": "Pool One", "password": "Marked-Secret-2026!"}],
  "groups": [{"id": "` + aosPool + `", "displayName": "AOS Pool", "mail": "aos-pool@contoso.com", "kind": "mailEnabledSecurity", "members": ["pool01@contoso.com"]},
    {"id": "` + nightPool + `", "displayName": "Night", "mail": "night@contoso.com", "kind": "mailEnabledSecurity", "members": ["pool01@contoso.com"]}],
  "objects": {"sites": 12, "oneDrives": 2},
  "sites": [{"path": "sites/finance", "title": "Finance", "owner": "svc-scan@contoso.com", "administrators": ["pool01@contoso.com"]},
    {"path": "sites/sealed", "title": "Sealed", "owner": "svc-scan@contoso.com", "lock": "NoAccess"}]}]}`

// R45, R46, R50–R54: a scan profile is made, run, watched and stopped; the pool comes into force; its group is changed and Rerun now
// registers the new one, with and without script.
func TestAScan(t *testing.T) {
	t.Parallel()
	for _, v := range []view{views[0], views[1], views[3]} {
		t.Run(v.name, func(t *testing.T) { lifeOfAScan(t, v) })
	}
}

func lifeOfAScan(t *testing.T, v view) {
	h, p := withFixture(t, v, scanned)
	p.Goto("/service-accounts/new")
	fill(p, "Scanner", "svc-scan@contoso.com", password)
	p.Click("Save")
	p.ByRole("status", "").Having("Scanner saved").Wait()
	saveGroup(t, p, v, "AOS Pool")

	p.Goto("/scan-profiles")
	p.ByText("No scan profiles yet").Wait()
	fine(p, "scan-profiles-none")
	p.Click("Create")
	p.ByRole("heading", "Create scan profile").Wait()
	fine(p, "scan-create")
	p.Click("Save")
	p.ByRole("alert", "").Having("Correct").Wait()
	fine(p, "scan-create-mistakes")
	p.Fill("Scan profile name", "Sites of Contoso")
	p.ByLabel("SharePoint sites").Check()
	p.ByLabel("OneDrive").Check()
	p.ByLabel("Service account").Check()
	p.ByLabel("Service account profile").Choose("Scanner (svc-scan@contoso.com)")
	p.ByLabel("Daily").Check()
	p.Fill("Time", "02:30")
	p.Fill("Time zone", "Europe/Berlin")
	p.Click("Save")
	p.WaitPath("/scan-profiles")
	p.ByRole("status", "").Having("Sites of Contoso saved").Wait()
	fine(p, "scan-profiles")

	p.ByLabel("Select Sites of Contoso").Check()
	p.ByRole("button", "Run").Click()
	ended(t, p, v)
	fine(p, "scan-over")
	if said := p.Text(); !strings.Contains(said, "Registration of sites") || !strings.Contains(said, "svc-scan@contoso.com") {
		t.Errorf("the scan says %s", said)
	}
	p.Click("Show the sites")
	p.ByRole("heading", "Registration of sites").Wait()
	p.ByRole("cell", "Sealed").Wait()
	fine(p, "scan-registration")
	if has := administrators(t, h, "sites/finance"); !has(aosPool) || !has("pool01") {
		t.Error("the group is no administrator of the site, or one of before is gone")
	}

	p.Goto("/objects?q=finance")
	demotest.Until(t, "the search finds Finance", func() bool {
		p.Goto("/objects?q=finance")
		return p.ByRole("row", "").Having("Finance").Count() == 1
	})
	fine(p, "objects")

	saveGroup(t, p, v, "Night")
	p.ByRole("dialog", "Rerun the scan for auto discovery?").Wait()
	fine(p, "scan-rerun")
	p.Click("Rerun now")
	p.ByRole("status", "").Having("1 scan started").Wait()
	demotest.Until(t, "the end of the second scan", func() bool {
		p.Goto("/scan-profiles")
		row := p.ByRole("row", "").Having("Sites of Contoso").Text()
		return strings.Contains(row, "Finished")
	})
	p.Click("Sites of Contoso")
	p.ByRole("heading", "Sites of Contoso").Wait()
	fine(p, "scan-details")
	p.Goto(poolPath)
	p.ByText("Found by the last scan: ").Wait()
	fine(p, "pool-chain")
	if said := panel(p, sites).Text(); !strings.Contains(said, "Version 2") || !strings.Contains(said, "In force") {
		t.Errorf("the pool says %s", said)
	}
	if has := administrators(t, h, "sites/finance"); !has(nightPool) || !has("pool01") {
		t.Error("the new group is no administrator of the site, or one of before is gone")
	}
	h.noSurprises(t)
}

// saveGroup saves the pool of sites with a group.
func saveGroup(t *testing.T, p *browser.Page, v view, group string) {
	t.Helper()
	p.Goto(poolPath)
	find(t, p, v, sites, group, 1)
	p.Click("Save")
	p.ByText("Saved: Sites").Wait()
}

// ended waits on the page of a scan for its end: it comes by itself, or with Refresh where there is no script.
func ended(t *testing.T, p *browser.Page, v view) {
	t.Helper()
	if !v.noScript {
		p.ByRole("button", "Run again").Wait()
		return
	}
	demotest.Until(t, "the end of the scan", func() bool {
		if again := p.ByRole("link", "Refresh"); again.Count() > 0 {
			again.Click()
		}
		return p.ByRole("button", "Run again").Count() > 0
	})
}

// administrators asks the simulator who administers a site.
func administrators(t *testing.T, h *house, path string) func(part string) bool {
	t.Helper()
	res, err := http.Get(h.SimulatorURL() + "/_sim/sites/contoso.sharepoint.com/" + path + "/administrators")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	var logins []string
	if err != nil || json.Unmarshal(text, &logins) != nil {
		t.Fatalf("the simulator says %d %s", res.StatusCode, text)
	}
	return func(part string) bool {
		return slices.ContainsFunc(logins, func(login string) bool { return strings.Contains(login, part) })
	}
}
