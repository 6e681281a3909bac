package pools

import (
	"strconv"

	"github.com/a-h/templ"
)

// What htmx is told. Each of these stands on a link, button or form that does the same without script.

// acts sends the form to a command of one pool and swaps in that pool, refused or not. js/pool.js puts back the passwords that
// were typed. Until the answer is there Save cannot be selected: nobody has seen yet what it would store.
func acts(class string) templ.Attributes {
	return templ.Attributes{
		"hx-post": groupPath, "hx-target": "#pool-" + class, "hx-swap": "outerHTML", "hx-sync": "closest form:drop", "hx-disable": "#save",
		"hx-status:409": "swap:outerHTML", "hx-status:422": "swap:outerHTML",
	}
}

// saves posts the form and swaps in the outcome of a refusal; fields keep what was typed.
func saves() templ.Attributes {
	return templ.Attributes{
		"hx-post": Path, "hx-target": "#outcome", "hx-swap": "outerHTML", "hx-sync": "this:drop",
		"hx-status:409": "swap:outerHTML", "hx-status:422": "swap:outerHTML",
	}
}

// narrows fetches the members that match: a choice at once, the search after a pause in typing.
func narrows(view usersView) templ.Attributes {
	return templ.Attributes{
		"hx-get": usersPath, "hx-target": "#" + view.ID, "hx-swap": "outerHTML", "hx-trigger": "submit", "hx-sync": "this:replace",
		"data-narrows": view.Class,
	}
}

// within lets a field that stands in one form belong to another.
func within(form string) templ.Attributes { return templ.Attributes{"form": form} }

// suggests fetches suggestions while somebody types a group's name.
func suggests(p panelView) templ.Attributes {
	return templ.Attributes{
		"list": "groups-" + p.Class, "data-enter": "validate-" + p.Class,
		"hx-get": p.Suggest, "hx-trigger": "input changed delay:300ms", "hx-target": "#groups-" + p.Class, "hx-swap": "innerHTML", "hx-sync": "this:replace",
	}
}

// elsewhere marks what an answer brings besides the part that was asked for.
var elsewhere = templ.Attributes{"hx-swap-oob": "true"}

func yes(b bool) string {
	if b {
		return "Yes"
	}
	return "No"
}

// serviceCount says how many services use pools.
func (v pageView) serviceCount() string { return strconv.Itoa(len(v.Services)) + " services" }

// What stands below fields whether or not they were refused.
const (
	groupHelp   = "The name or email address of a Microsoft 365 Group, mail-enabled security group, or security group."
	objectsHelp = "If you know it. A scan counts them, too."
)

// withID names an element, so that a script finds it.
func withID(id string, attributes templ.Attributes) templ.Attributes {
	attributes["id"] = id
	return attributes
}
