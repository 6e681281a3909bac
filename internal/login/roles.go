package login

import (
	"encoding/json"
	"slices"
	"strings"

	"purser.example/internal/access"
)

// rolesFor reads the roles from the claims of an ID token: the claim of exactly that name, or else what lies under it as a
// path, such as realm_access.roles. A value that stands for no role is passed over, and so is a claim that is neither a
// string nor a list of strings: whoever cannot be understood gets no role (R2).
func rolesFor(claims map[string]json.RawMessage, name string, values map[string]access.Role) []access.Role {
	var roles []access.Role
	for _, value := range texts(lookUp(claims, name)) {
		if role := values[value]; role != "" && !slices.Contains(roles, role) {
			roles = append(roles, role)
		}
	}
	return roles
}

// lookUp finds a claim by name or by path; nil when there is none.
func lookUp(claims map[string]json.RawMessage, name string) json.RawMessage {
	if exact, ok := claims[name]; ok {
		return exact
	}
	first, rest, nested := strings.Cut(name, ".")
	if !nested {
		return nil
	}
	var inner map[string]json.RawMessage
	if json.Unmarshal(claims[first], &inner) != nil {
		return nil
	}
	return lookUp(inner, rest)
}

// texts reads a string or a list of strings; nil for everything else, a list with anything else in it among them.
func texts(claim json.RawMessage) []string {
	if one, ok := text(claim); ok {
		return []string{one}
	}
	var several []json.RawMessage
	if json.Unmarshal(claim, &several) != nil {
		return nil
	}
	list := make([]string, len(several))
	for i, member := range several {
		held, ok := text(member)
		if !ok {
			return nil
		}
		list[i] = held
	}
	return list
}
