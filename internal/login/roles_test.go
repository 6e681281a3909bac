package login

import (
	"encoding/json"
	"slices"
	"testing"

	"purser.example/internal/access"
)

var roleValues = map[string]access.Role{"Owner": access.TenantOwner, "Admin": access.ServiceAdministrator, "Chef": access.ServiceAdministrator}

func TestRolesComeFromAClaimR1(t *testing.T) {
	owner, admin := access.TenantOwner, access.ServiceAdministrator
	cases := []struct {
		what, claims, name string
		want               []access.Role
	}{
		{"missing", `{}`, "roles", nil},
		{"null", `{"roles": null}`, "roles", nil},
		{"a string", `{"roles": "Admin"}`, "roles", []access.Role{admin}},
		{"a string that is no role", `{"roles": "admin"}`, "roles", nil},
		{"a string with two roles", `{"roles": "Owner Admin"}`, "roles", nil},
		{"an empty string", `{"roles": ""}`, "roles", nil},
		{"a list", `{"roles": ["Owner", "Admin"]}`, "roles", []access.Role{owner, admin}},
		{"a list with others", `{"roles": ["Reader", "Admin", ""]}`, "roles", []access.Role{admin}},
		{"a list that says it twice", `{"roles": ["Admin", "Chef", "Admin"]}`, "roles", []access.Role{admin}},
		{"an empty list", `{"roles": []}`, "roles", nil},
		{"an object", `{"roles": {"Owner": true}}`, "roles", nil},
		{"a number", `{"roles": 1}`, "roles", nil},
		{"true", `{"roles": true}`, "roles", nil},
		{"a list with a number", `{"roles": ["Owner", 1]}`, "roles", nil},
		{"a list with null", `{"roles": ["Owner", null]}`, "roles", nil},
		{"a list in a list", `{"roles": [["Owner"]]}`, "roles", nil},
		{"another claim", `{"Roles": "Owner", "role": "Owner"}`, "roles", nil},
		{"no claim asked for", `{"roles": "Owner"}`, "", nil},
		{"a path", `{"realm_access": {"roles": ["Owner"]}}`, "realm_access.roles", []access.Role{owner}},
		{"a longer path", `{"a": {"b": {"c": "Admin"}}}`, "a.b.c", []access.Role{admin}},
		{"a claim whose name has dots", `{"https://contoso.com/roles": "Owner"}`, "https://contoso.com/roles", []access.Role{owner}},
		{"the exact name goes before the path", `{"a.b": "Admin", "a": {"b": "Owner"}}`, "a.b", []access.Role{admin}},
		{"the exact name goes first even when it cannot be read", `{"a.b": 5, "a": {"b": "Owner"}}`, "a.b", nil},
		{"a path through a list", `{"a": [{"b": "Owner"}]}`, "a.b", nil},
		{"a path through a string", `{"a": "Owner"}`, "a.b", nil},
		{"a path through null", `{"a": null}`, "a.b", nil},
		{"a path that ends early", `{"a": {"b": "Owner"}}`, "a", nil},
		{"a path of dots", `{"": {"": "Owner"}}`, ".", []access.Role{owner}},
	}
	for _, tc := range cases {
		t.Run(tc.what, func(t *testing.T) {
			var claims map[string]json.RawMessage
			if err := json.Unmarshal([]byte(tc.claims), &claims); err != nil {
				t.Fatal(err)
			}
			if got := rolesFor(claims, tc.name, roleValues); !slices.Equal(got, tc.want) {
				t.Errorf("roles = %v, want %v", got, tc.want)
			}
		})
	}
}

// FuzzRoleClaim holds the reader against one written another way, and wants nothing but known roles, each once (R1, R2).
func FuzzRoleClaim(f *testing.F) {
	for _, claim := range []string{
		`"Owner"`, `["Owner","Admin"]`, `["Owner",null]`, `["Owner",1]`, `{"Owner":[]}`, `[["Owner"]]`, `null`, `1e9`,
		`["\u004fwner"]`, `"Own\u0000er"`, `[`, ``,
	} {
		f.Add([]byte(claim), "roles")
		f.Add([]byte(claim), "realm_access.roles")
	}
	f.Fuzz(func(t *testing.T, claim []byte, name string) {
		got := rolesFor(map[string]json.RawMessage{name: claim}, name, roleValues)
		if want := plainly(claim); !slices.Equal(got, want) {
			t.Errorf("%s gives %v, want %v", claim, got, want)
		}
		_ = rolesFor(map[string]json.RawMessage{"a": claim}, "a."+name, roleValues)
	})
}

// plainly decodes the claim whole and looks at what came out.
func plainly(claim []byte) []access.Role {
	var decoded any
	if json.Unmarshal(claim, &decoded) != nil {
		return nil
	}
	members, ok := decoded.([]any)
	if !ok {
		members = []any{decoded}
	}
	var roles []access.Role
	for _, m := range members {
		value, ok := m.(string)
		if !ok {
			return nil
		}
		if role, ok := roleValues[value]; ok && !slices.Contains(roles, role) {
			roles = append(roles, role)
		}
	}
	return roles
}
