package directory

import (
	_ "embed"
	"strings"

	"purser.example/internal/m365sim/table"
)

//go:embed roles.tsv
var rolesFile string

// Role is a built-in directory role, the same in every tenant.
type Role struct{ ID, Name string }

var roleTemplates = readRoles(rolesFile)

func readRoles(file string) []Role {
	var roles []Role
	for _, f := range table.Rows(file, 2) {
		roles = append(roles, Role{f[0], f[1]})
	}
	return roles
}

// roleFor finds a role by its name or by its template id.
func roleFor(word string) (Role, bool) {
	for _, r := range roleTemplates {
		if r.ID == strings.ToLower(word) || strings.EqualFold(r.Name, word) {
			return r, true
		}
	}
	return Role{}, false
}
