package drift

import (
	"slices"
	"strings"

	"purser.example/internal/verdict"
)

// Policy is a conditional access policy, as far as it says whom it is for.
type Policy struct {
	ID, Name string
	On       bool // in force, and not for reports alone

	Include, Exclude Audience
	// Resources are the applications that it is for, and Spared those that it is not for.
	Resources, Spared []string
}

// Audience is whom a policy names.
type Audience struct{ Users, Groups, Roles []string }

// Person is what has to be known of an account to tell whether a policy covers it. nil lists were not read.
type Person struct {
	ID     string
	Groups []string
	Roles  []string // template ids

	GroupsRead, RolesRead bool
}

// resources are what an account of Purser's signs in to, in the words of a policy: everything, Office 365, Microsoft Graph, SharePoint Online
// and Exchange Online (Microsoft Entra, target resources of conditional access).
var resources = []string{
	"all", "office365", "00000003-0000-0000-c000-000000000000", "00000003-0000-0ff1-ce00-000000000000", "00000002-0000-0ff1-ce00-000000000000",
}

// concerns reports whether a policy is in force for what accounts sign in to.
func (p Policy) concerns() bool {
	for _, spared := range p.Spared {
		if strings.EqualFold(spared, "All") {
			return false
		}
	}
	return p.On && slices.ContainsFunc(p.Resources, func(r string) bool { return slices.Contains(resources, strings.ToLower(r)) })
}

// Covering is the set of the policies that cover a person. One whose answer hinges on what was not read is unsure.
func Covering(policies []Policy, of Person) Set {
	var items []Item
	var unsure []string
	for _, p := range policies {
		if !p.concerns() {
			continue
		}
		switch of.covered(p) {
		case verdict.Proved:
			items = append(items, Item{p.ID, p.Name})
		case verdict.NotRead:
			unsure = append(unsure, strings.ToLower(p.ID))
		}
	}
	set := SetOf(items...)
	slices.Sort(unsure)
	set.Unsure = unsure
	return set
}

// covered tells whether a policy is for the person: among those that it names, and not among those that it leaves out.
func (of Person) covered(p Policy) verdict.Proven {
	in, out := of.among(p.Include), of.among(p.Exclude)
	switch {
	case in == verdict.Refuted, out == verdict.Proved:
		return verdict.Refuted
	case in == verdict.NotRead, out == verdict.NotRead:
		return verdict.NotRead
	}
	return verdict.Proved
}

func (of Person) among(a Audience) verdict.Proven {
	named := func(list []string, key string) bool {
		return slices.ContainsFunc(list, func(one string) bool { return strings.EqualFold(one, key) })
	}
	if named(a.Users, "All") || named(a.Users, of.ID) ||
		slices.ContainsFunc(of.Groups, func(g string) bool { return named(a.Groups, g) }) || slices.ContainsFunc(of.Roles, func(r string) bool { return named(a.Roles, r) }) {
		return verdict.Proved
	}
	if len(a.Groups) > 0 && !of.GroupsRead || len(a.Roles) > 0 && !of.RolesRead {
		return verdict.NotRead
	}
	return verdict.Refuted
}
