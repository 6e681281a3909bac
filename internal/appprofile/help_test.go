package appprofile_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"purser.example/internal/appprofile"
	"purser.example/internal/tenant"
)

var guid = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// R72: every permission has its id, and what it enables.
func TestThePermissionsAreWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range appprofile.Permissions() {
		if !guid.MatchString(p.ID) || seen[p.ID] || !strings.HasSuffix(p.Enables, ".") || p.Type != appprofile.Application && p.Type != appprofile.Delegated || p.API != appprofile.Graph && p.API != appprofile.SharePoint {
			t.Errorf("%+v", p)
		}
		seen[p.ID] = true
	}
	if len(seen) < 12 {
		t.Errorf("%d permissions", len(seen))
	}
}

// R72: the manifest's part is the JSON that the portal takes, each permission below its own API; the needed ones are Graph's alone.
func TestTheManifest(t *testing.T) {
	type part struct {
		ResourceAppID  string
		ResourceAccess []struct{ ID, Type string }
	}
	var parts, needed []part
	if err := json.Unmarshal([]byte(appprofile.RequiredResourceAccess(false)), &parts); err != nil || len(parts) != 2 || parts[0].ResourceAppID != appprofile.Graph.AppID() || parts[1].ResourceAppID != appprofile.SharePoint.AppID() {
		t.Fatalf("%+v %v", parts, err)
	}
	if got := parts[0].ResourceAccess; got[0].ID != "e1fe6dd8-ba31-4d61-89e7-88639da4683d" || got[0].Type != "Scope" {
		t.Errorf("%+v", got)
	}
	for _, p := range appprofile.Permissions() {
		of, found := parts[0], 0
		if p.API == appprofile.SharePoint {
			of = parts[1]
		}
		for _, a := range of.ResourceAccess {
			if a.ID == p.ID {
				found++
			}
		}
		if found != 1 {
			t.Errorf("%s of %s is there %d times", p.Name, p.API, found)
		}
	}
	if n := len(parts[0].ResourceAccess) + len(parts[1].ResourceAccess); n != len(appprofile.Permissions()) {
		t.Errorf("%d of %d permissions", n, len(appprofile.Permissions()))
	}
	if err := json.Unmarshal([]byte(appprofile.RequiredResourceAccess(true)), &needed); err != nil || len(needed) != 1 || needed[0].ResourceAppID != appprofile.Graph.AppID() {
		t.Errorf("needed: %+v %v", needed, err)
	}
}

// R72: the lines of PowerShell ask for the permissions of both APIs and consent to each at its own; a tenant without SharePoint does without.
func TestThePowerShellLinesMakeBothConsents(t *testing.T) {
	lines := appprofile.PowerShell(appprofile.Registration{Name: "A", Tenant: "b"})
	for _, want := range []string{
		"$graph = Get-MgServicePrincipal -Filter \"appId eq '00000003-0000-0000-c000-000000000000'\"", "$sharePoint = Get-MgServicePrincipal -Filter \"appId eq '00000003-0000-0ff1-ce00-000000000000'\"",
		"if ($sharePoint) { $required += @{ resourceAppId = '00000003-0000-0ff1-ce00-000000000000'; resourceAccess = $sharePointAccess } }", "-RequiredResourceAccess $required",
		"-ResourceId $sharePoint.Id -Scope 'AllSites.FullControl TermStore.ReadWrite.All'", "-ResourceId $graph.Id -Scope 'User.Read ",
	} {
		if strings.Count(lines, want) != 1 {
			t.Errorf("%q is not there once in\n%s", want, lines)
		}
	}
}

// R72: what was stored before permissions had an API is consent to Graph's, and tells nothing of SharePoint's. Neither stands for the other.
func TestConsentIsOfOneAPI(t *testing.T) {
	holdings := func(stored string) (got map[string]appprofile.Holding) {
		t.Helper()
		var p appprofile.Profile
		must(t, json.Unmarshal([]byte(stored), &p.Granted))
		got = map[string]appprofile.Holding{}
		for _, held := range p.Permissions() {
			if held.Type == appprofile.Delegated {
				got[string(held.API)+" "+held.Name] = held.Holding
			}
		}
		return got
	}
	for stored, want := range map[string][3]appprofile.Holding{ // Graph's Sites.Read.All, User.Read.All, SharePoint's AllSites.FullControl
		`{"rolesRead":true,"scopesRead":true,"scopes":["Sites.Read.All"]}`:                                      {appprofile.Granted, appprofile.Missing, appprofile.Untold},
		`{"scopesRead":true,"scopes":["AllSites.FullControl"]}`:                                                 {appprofile.Missing, appprofile.Missing, appprofile.Untold},
		`{"scopesRead":true,"sharePointRead":true}`:                                                             {appprofile.Missing, appprofile.Missing, appprofile.Missing},
		`{"scopesRead":true,"sharePointRead":true,"sharePointScopes":["User.Read.All","AllSites.FullControl"]}`: {appprofile.Missing, appprofile.Missing, appprofile.Granted},
		`{"scopesRead":true,"scopes":["Sites.FullControl.All","Directory.Read.All"],"sharePointRead":true}`:     {appprofile.Granted, appprofile.Granted, appprofile.Missing},
		`{"rolesRead":true,"scopesRead":false}`:                                                                 {appprofile.Untold, appprofile.Untold, appprofile.Untold},
	} {
		got := holdings(stored)
		if now := [3]appprofile.Holding{got["Graph Sites.Read.All"], got["Graph User.Read.All"], got["SharePoint AllSites.FullControl"]}; now != want {
			t.Errorf("%s: %v", stored, now)
		}
	}
}

// R72: the lines of PowerShell quote what people typed, name the cloud, and carry the public part alone.
func TestThePowerShellLines(t *testing.T) {
	lines := appprofile.PowerShell(appprofile.Registration{Name: "O'Brien’s $(whoami)", Tenant: "contoso.com", Cloud: tenant.GCCHigh, Public: []byte("der")})
	for _, want := range []string{"-Environment USGov ", "-DisplayName 'O''Brien’’s $(whoami)'", "FromBase64String('ZGVy')", "MinimumVersion 2.37.0", "User.Read"} {
		if !strings.Contains(lines, want) {
			t.Errorf("%q is missing in\n%s", want, lines)
		}
	}
	for _, none := range []bool{false, true} {
		if has := strings.Contains(appprofile.PowerShell(appprofile.Registration{Name: "A", Tenant: "b", None: none}), "-IsFallbackPublicClient"); has != none {
			t.Errorf("without a credential: %v, a public client: %v", none, has)
		}
	}
	if strings.Contains(lines, "AddMonths") || !strings.Contains(appprofile.PowerShell(appprofile.Registration{Name: "A", Tenant: "b"}), "AddMonths") {
		t.Error("a secret is made where there is a certificate, or none where there is none")
	}
}
