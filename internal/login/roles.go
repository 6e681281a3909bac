package login

import (
	"encoding/json"
	"slices"
	"strings"

	"purser.example/internal/access"
	"purser.example/internal/shown"
)

// Claim is what an ID token said of the roles, for whoever has to find out why there is none (X7, X10).
type Claim struct {
	Name    string // as configured
	Finding Finding
	Values  []string // what the claim holds, cleaned and bounded; of what cannot be read, the JSON
	Count   int      // how many values the claim holds
}

// Finding is how a claim was found. The words are stored with sessions and stay.
type Finding string

// The findings. Only Read is good for roles; the others are told apart because each has another remedy.
const (
	Read       Finding = "read"
	Absent     Finding = "absent"
	Empty      Finding = "empty"
	Unreadable Finding = "unreadable" // neither a string nor a list of strings
	LeftOut    Finding = "left out"   // the provider left the list out as too long
)

// Bounds of what is told of a claim's values.
const (
	maxValues = 20
	maxValue  = 64
)

// rolesFor reads the roles from the claims of an ID token: the claim of exactly that name, or else what lies under it as a
// path, such as realm_access.roles. A value that stands for no role is passed over, and so is a claim that is neither a
// string nor a list of strings: whoever cannot be understood gets no role (R2).
func rolesFor(claims map[string]json.RawMessage, name string, values map[string]access.Role) ([]access.Role, Claim) {
	var roles []access.Role
	raw := lookUp(claims, name)
	held, readable := texts(raw)
	for _, value := range held {
		if role := values[value]; role != "" && !slices.Contains(roles, role) {
			roles = append(roles, role)
		}
	}
	told := Claim{Name: name, Finding: found(claims, name, raw, held, readable), Count: len(held)}
	if told.Finding == Unreadable {
		held = []string{string(raw)}
	}
	for _, value := range held[:min(len(held), maxValues)] {
		told.Values = append(told.Values, cut(unmarked.Replace(shown.Name(value)), maxValue))
	}
	return roles, told
}

func found(claims map[string]json.RawMessage, name string, raw json.RawMessage, held []string, readable bool) Finding {
	switch {
	case len(held) == 0 && leftOut(claims, name):
		return LeftOut
	case raw == nil:
		return Absent
	case !readable:
		return Unreadable
	case len(held) == 0:
		return Empty
	}
	return Read
}

// leftOut reports whether the provider says that it left the claim out because its list is too long: as a distributed claim (OpenID
// Connect Core 1.0 section 5.6.2), with which Microsoft Entra ID points to Graph, or by the flag hasgroups.
func leftOut(claims map[string]json.RawMessage, name string) bool {
	var elsewhere map[string]json.RawMessage
	_ = json.Unmarshal(claims["_claim_names"], &elsewhere) // of another shape, it names nothing
	first, _, _ := strings.Cut(name, ".")
	if elsewhere[name] != nil || elsewhere[first] != nil {
		return true
	}
	flag := strings.Trim(string(claims["hasgroups"]), `"`)
	return name == "groups" && (strings.EqualFold(flag, "true") || flag == "1")
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

// texts reads a string or a list of strings; false for everything else, a list with anything else in it among them. An empty
// string is an empty list.
func texts(claim json.RawMessage) (list []string, readable bool) {
	if one, ok := text(claim); ok {
		if one == "" {
			return nil, true
		}
		return []string{one}, true
	}
	var several []json.RawMessage
	if json.Unmarshal(claim, &several) != nil || several == nil {
		return nil, false
	}
	for _, member := range several {
		held, ok := text(member)
		if !ok {
			return nil, false
		}
		list = append(list, held)
	}
	return list, true
}
