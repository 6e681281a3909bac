package m365sim

import (
	"strings"
	"testing"
)

// TestPolicies reads the conditional access policies by the ids that refusals name, and the switch of security defaults.
func TestPolicies(t *testing.T) {
	w := newWorld(t, contoso)
	app := w.asApp(appID, "good-secret")
	var body struct {
		Value []struct {
			ID, DisplayName, State string
			GrantControls          struct{ BuiltInControls []string }
		}
	}
	r := w.get(app, "/v1.0/identity/conditionalAccess/policies?$select=id,displayName,state,grantControls")
	r.decode(t, &body)
	if r.status != 200 || len(body.Value) != 2 || body.Value[0].State != "enabledForReportingButNotEnforced" || body.Value[1].DisplayName != "Block all but managed devices" {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if got := body.Value[0].GrantControls.BuiltInControls[0] + body.Value[1].GrantControls.BuiltInControls[0]; got != "mfablock" {
		t.Errorf("what they ask for: %s", got)
	}
	if one := w.get(app, "/v1.0/identity/conditionalAccess/policies/"+strings.ToUpper(policyID)).object(t); one["id"] != policyID || one["state"] != "enabled" {
		t.Errorf("%v", one)
	}
	if r := w.get(app, "/v1.0/identity/conditionalAccess/policies/x"); r.status != 404 {
		t.Errorf("%d", r.status)
	}
	const defaults = "/v1.0/policies/identitySecurityDefaultsEnforcementPolicy"
	if one := w.get(app, defaults).object(t); one["isEnabled"] != false || one["id"] != "00000000-0000-0000-0000-000000000005" {
		t.Errorf("%v", one)
	}
	w.control("PATCH", "/_sim/tenants/"+tenantID, `{"securityDefaults": true}`, 204)
	if one := w.get(app, defaults).object(t); one["isEnabled"] != true {
		t.Errorf("%v", one)
	}
	poor := w.asApp(secretAppID, "s")
	for _, path := range []string{"/v1.0/identity/conditionalAccess/policies", "/v1.0/identity/conditionalAccess/policies/" + policyID, defaults} {
		if r := w.get(poor, path); r.status != 403 || r.graphCode(t) != "AccessDenied" {
			t.Errorf("%s without Policy.Read.All: %d %s", path, r.status, r.body)
		}
	}
}
