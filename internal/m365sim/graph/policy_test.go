package graph_test

import (
	"strings"
	"testing"

	"purser.example/internal/m365sim/simtest"
)

// TestPolicies reads the conditional access policies by the ids that refusals name, and the switch of security defaults.
func TestPolicies(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	app := w.AsApp(simtest.AppID, "good-secret")
	var body struct {
		Value []struct {
			ID, DisplayName, State string
			GrantControls          struct{ BuiltInControls []string }
		}
	}
	r := w.Get(app, "/v1.0/identity/conditionalAccess/policies?$select=id,displayName,state,grantControls")
	r.Decode(t, &body)
	if r.Status != 200 || len(body.Value) != 2 || body.Value[0].State != "enabledForReportingButNotEnforced" || body.Value[1].DisplayName != "Block all but managed devices" {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	if got := body.Value[0].GrantControls.BuiltInControls[0] + body.Value[1].GrantControls.BuiltInControls[0]; got != "mfablock" {
		t.Errorf("what they ask for: %s", got)
	}
	if one := w.Get(app, "/v1.0/identity/conditionalAccess/policies/"+strings.ToUpper(simtest.PolicyID)).Object(t); one["id"] != simtest.PolicyID || one["state"] != "enabled" {
		t.Errorf("%v", one)
	}
	if r := w.Get(app, "/v1.0/identity/conditionalAccess/policies/x"); r.Status != 404 {
		t.Errorf("%d", r.Status)
	}
	const defaults = "/v1.0/policies/identitySecurityDefaultsEnforcementPolicy"
	if one := w.Get(app, defaults).Object(t); one["isEnabled"] != false || one["id"] != "00000000-0000-0000-0000-000000000005" {
		t.Errorf("%v", one)
	}
	w.Control("PATCH", "/_sim/tenants/"+simtest.TenantID, `{"securityDefaults": true}`, 204)
	if one := w.Get(app, defaults).Object(t); one["isEnabled"] != true {
		t.Errorf("%v", one)
	}
	poor := w.AsApp(simtest.SecretAppID, "s")
	for _, path := range []string{"/v1.0/identity/conditionalAccess/policies", "/v1.0/identity/conditionalAccess/policies/" + simtest.PolicyID, defaults} {
		if r := w.Get(poor, path); r.Status != 403 || r.GraphCode(t) != "AccessDenied" {
			t.Errorf("%s without Policy.Read.All: %d %s", path, r.Status, r.Body)
		}
	}
}
