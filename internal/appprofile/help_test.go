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
		if !guid.MatchString(p.ID) || seen[p.ID] || !strings.HasSuffix(p.Enables, ".") || p.Type != appprofile.Application && p.Type != appprofile.Delegated {
			t.Errorf("%+v", p)
		}
		seen[p.ID] = true
	}
	if len(seen) < 12 {
		t.Errorf("%d permissions", len(seen))
	}
}

// R72: the manifest's part is the JSON that the portal takes.
func TestTheManifest(t *testing.T) {
	var parts []struct {
		ResourceAppID  string
		ResourceAccess []struct{ ID, Type string }
	}
	if err := json.Unmarshal([]byte(appprofile.RequiredResourceAccess(false)), &parts); err != nil || len(parts) != 1 || parts[0].ResourceAppID != "00000003-0000-0000-c000-000000000000" {
		t.Fatalf("%+v %v", parts, err)
	}
	if got := parts[0].ResourceAccess; len(got) != len(appprofile.Permissions()) || got[0].ID != "e1fe6dd8-ba31-4d61-89e7-88639da4683d" || got[0].Type != "Scope" {
		t.Errorf("%+v", got)
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
