package login

import (
	"encoding/json"
	"slices"
	"strings"
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
			if got, _ := rolesFor(claims, tc.name, roleValues); !slices.Equal(got, tc.want) {
				t.Errorf("roles = %v, want %v", got, tc.want)
			}
		})
	}
}

// X7, X10: what could not be read is not taken for empty, and each has a name of its own.
func TestWhyThereIsNoRole(t *testing.T) {
	long := strings.Repeat("g", 100)
	for name, tc := range map[string]struct {
		claims, claim string
		want          Finding
		values        []string
		count         int
	}{
		"absent":                        {`{}`, "roles", Absent, nil, 0},
		"a path that leads nowhere":     {`{"realm_access": {}}`, "realm_access.roles", Absent, nil, 0},
		"an empty list":                 {`{"roles": []}`, "roles", Empty, nil, 0},
		"an empty string":               {`{"roles": ""}`, "roles", Empty, nil, 0},
		"an object":                     {`{"roles": {"a<b>": 1}}`, "roles", Unreadable, []string{`{"ab": 1}`}, 0},
		"a list with a number":          {`{"roles": ["Owner", 1]}`, "roles", Unreadable, []string{`["Owner", 1]`}, 0},
		"null":                          {`{"roles": null}`, "roles", Unreadable, []string{"null"}, 0},
		"others":                        {`{"roles": ["Reader\u202e\n", "` + long + `"]}`, "roles", Read, []string{"Reader ", long[:64]}, 2},
		"groups elsewhere":              {`{"_claim_names": {"groups": "src1"}, "_claim_sources": {"src1": {}}}`, "groups", LeftOut, nil, 0},
		"groups elsewhere, and empty":   {`{"groups": [], "_claim_names": {"groups": "src1"}}`, "groups", LeftOut, nil, 0},
		"hasgroups":                     {`{"hasgroups": true}`, "groups", LeftOut, nil, 0},
		"hasgroups as text":             {`{"hasgroups": "true"}`, "groups", LeftOut, nil, 0},
		"hasgroups, asked for roles":    {`{"hasgroups": true}`, "roles", Absent, nil, 0},
		"hasgroups that is false":       {`{"hasgroups": false}`, "groups", Absent, nil, 0},
		"another claim elsewhere":       {`{"_claim_names": {"address": "src1"}}`, "groups", Absent, nil, 0},
		"a path into a claim elsewhere": {`{"_claim_names": {"access": "src1"}}`, "access.roles", LeftOut, nil, 0},
		"names of another shape":        {`{"_claim_names": ["groups"]}`, "groups", Absent, nil, 0},
		"roles elsewhere":               {`{"_claim_names": {"roles": "src1"}}`, "roles", LeftOut, nil, 0},
	} {
		var claims map[string]json.RawMessage
		if err := json.Unmarshal([]byte(tc.claims), &claims); err != nil {
			t.Fatal(err)
		}
		roles, got := rolesFor(claims, tc.claim, roleValues)
		if len(roles) != 0 || got.Name != tc.claim || got.Finding != tc.want || got.Count != tc.count || !slices.Equal(got.Values, tc.values) {
			t.Errorf("%s: %q, %+v", name, roles, got)
		}
	}
	many, _ := json.Marshal(slices.Repeat([]string{"x"}, 500))
	if _, got := rolesFor(map[string]json.RawMessage{"roles": many}, "roles", roleValues); got.Count != 500 || len(got.Values) != 20 {
		t.Errorf("of 500 values, %d are told of %d", len(got.Values), got.Count)
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
		got, _ := rolesFor(map[string]json.RawMessage{name: claim}, name, roleValues)
		if want := plainly(claim); !slices.Equal(got, want) {
			t.Errorf("%s gives %v, want %v", claim, got, want)
		}
		_, _ = rolesFor(map[string]json.RawMessage{"a": claim}, "a."+name, roleValues)
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
