package m365sim

import (
	_ "embed"
	"strings"

	"purser.example/internal/m365sim/table"
)

//go:embed roles.tsv
var rolesFile string

// role is a built-in directory role, the same in every tenant.
type role struct{ id, name string }

var roleTemplates = readRoles(rolesFile)

func readRoles(file string) []role {
	var roles []role
	for _, f := range table.Rows(file, 2) {
		roles = append(roles, role{f[0], f[1]})
	}
	return roles
}

// roleFor finds a role by its name or by its template id.
func roleFor(word string) (role, bool) {
	for _, r := range roleTemplates {
		if r.id == strings.ToLower(word) || strings.EqualFold(r.name, word) {
			return r, true
		}
	}
	return role{}, false
}
