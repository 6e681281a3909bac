package verdict

import (
	_ "embed"
	"slices"
	"strings"
)

// Role is a directory role that the account holds. Roles are compared by template id: names are translated and change, and
// a role's own id differs from tenant to tenant.
type Role struct {
	TemplateID string `json:"templateId"`
	Name       string `json:"name"`
}

// GlobalAdministrator is the template id of the role that may do everything.
const GlobalAdministrator = "62e90394-69f5-4237-9190-012177145e10"

//go:embed roles.tsv
var rolesTSV string

var roleNames, roleIDs = loadRoles(rolesTSV)

func loadRoles(tsv string) (names, ids map[string]string) {
	names, ids = map[string]string{}, map[string]string{}
	for row := range rows(tsv, 2) {
		names[row[0]], ids[row[1]] = row[1], row[0]
	}
	return names, ids
}

// NewRole makes a role of a template id, with our name for it where we know one and Microsoft's otherwise.
func NewRole(templateID, displayName string) Role {
	templateID = strings.ToLower(templateID)
	if name, known := roleNames[templateID]; known {
		displayName = name
	}
	return Role{TemplateID: templateID, Name: displayName}
}

// KnowsRole reports whether a role of that name is one that we can recognize.
func KnowsRole(name string) bool { return roleIDs[name] != "" }

// Need is what one service asks of its account.
type Need struct {
	Service string
	Roles   [][]string // of each inner list of role names, one
	// Sometimes are roles that only some of the service's features need.
	Sometimes []string
	// Whole says that the service needs no other role than these. Where that is not known, no role of the account is called
	// more than needed.
	Whole    bool
	Licences []Licence
}

// asksFor reports whether the service has a use for a role.
func (n Need) asksFor(r Role) bool {
	names := slices.Concat(append([][]string{n.Sometimes}, n.Roles...)...)
	return slices.ContainsFunc(names, func(name string) bool { return roleIDs[name] == r.TemplateID })
}

// meets reports whether one of the named roles is held. Global Administrator may do what every other role may.
func meets(held []Role, oneOf []string) bool {
	return holds(held, GlobalAdministrator) || slices.ContainsFunc(oneOf, func(name string) bool {
		return holds(held, roleIDs[name])
	})
}

func holds(held []Role, templateID string) bool {
	return slices.ContainsFunc(held, func(r Role) bool { return r.TemplateID == templateID })
}
