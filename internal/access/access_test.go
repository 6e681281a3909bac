package access_test

import (
	"strings"
	"testing"

	"purser.example/internal/access"
	"purser.example/internal/problem"
)

// R2, R3: who may do what.
func TestRightsFollowFromRoles(t *testing.T) {
	person := func(roles ...access.Role) access.Caller {
		return access.Caller{Issuer: "https://idp.contoso.com", Subject: "s1", Roles: roles}
	}
	callers := map[string]access.Caller{
		"nobody": {}, "no role": person(), "an unknown role": person("reader"), "owner": person(access.TenantOwner),
		"administrator": person(access.ServiceAdministrator), "both": person(access.ServiceAdministrator, access.TenantOwner),
		"roles without a subject": {Roles: []access.Role{access.TenantOwner}},
	}
	allowed := map[access.Right][]string{
		access.ManageServiceAccounts: {"owner", "administrator", "both"},
		access.ReadActivity:          {"owner", "both"},
		access.ChangeSecurity:        {"owner", "both"},
		access.ManagePeople:          {"owner", "administrator", "both"},
		access.ManageOwners:          {"owner", "both"},
	}
	for right, names := range allowed {
		for name, caller := range callers {
			want := strings.Contains(" "+strings.Join(names, " ")+" ", " "+name+" ")
			err := access.Require(caller, right)
			if (err == nil) != want || caller.May(right) != want {
				t.Errorf("%s, %s: %v", right, name, err)
			}
			if kind := problem.KindOf(err); !want && kind != problem.Forbidden && caller.SignedIn() {
				t.Errorf("%s, %s: kind %v", right, name, kind)
			}
			if kind := problem.KindOf(err); !want && kind != problem.Unauthenticated && !caller.SignedIn() {
				t.Errorf("%s, %s: kind %v", right, name, kind)
			}
		}
	}
	if got := callers["both"].Role(); got != access.TenantOwner {
		t.Errorf("of both roles %s counts", got.Title())
	}
	if message := problem.Message(access.Require(callers["no role"], access.ManageServiceAccounts)); !strings.Contains(message, "Tenant Owner or Service Administrator") {
		t.Errorf("message: %q", message)
	}
}
