package pools

import (
	"slices"
	"strings"
)

// control is the name and the id of one of the member's fields.
func (m memberView) control(field, class string) string { return field + "-" + class + "-" + m.User }

func (m memberView) hintID(class string) string { return m.control("more", class) }

func (m memberView) verdictID(class string) string { return m.control("verdict", class) }

func (m memberView) plannerID(class string) string { return m.control("planner", class) }

// passwordLabel names the field; js/pool.js renames it when Enable MFA changes.
func (m memberView) passwordLabel() string {
	if m.MFA {
		return "App password for " + m.Username
	}
	return "Password for " + m.Username
}

// anyProfile reports whether the account of a profile is among the members in sight.
func (v usersView) anyProfile() bool {
	return slices.ContainsFunc(v.Rows, func(m memberView) bool { return m.ProfileHref != "" })
}

// brief are the names that administrators know licenses by, in the order of a row.
var brief = []struct{ product, name string }{
	{"Exchange Online", "EXO"},
	{"SharePoint Online", "SPO"},
	{"Microsoft Teams", "Teams"},
	{"Project Online", "Project"},
	{"Microsoft Entra ID P1", "Entra P1"},
	{"Microsoft Entra ID P2", "Entra P2"},
}

// briefly is a line of licenses: "EXO · SPO · Teams".
func briefly(licenses []string) string {
	left := slices.Clone(licenses)
	var names []string
	for _, b := range brief {
		if at := slices.Index(left, b.product); at >= 0 {
			names, left = append(names, b.name), slices.Delete(left, at, at+1)
		}
	}
	return strings.Join(append(names, left...), " · ")
}
