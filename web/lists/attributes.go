package lists

import (
	"strings"

	"github.com/a-h/templ"

	"purser.example/web/ui"
)

// What htmx is told. Each of these stands on a link, button or form that does the same without script.

// Opens fetches an address into the pane and leaves the list behind it alone. Whether a whole page answers or only the pane makes no
// difference.
func Opens(href string) templ.Attributes {
	return templ.Attributes{
		"hx-get": href, "hx-target": "#pane", "hx-select": ".pane, [data-modal]", "hx-swap": "innerHTML", "hx-push-url": "true",
	}
}

// OpensAll is Opens for all within that say what to fetch, and nothing else.
func OpensAll() templ.Attributes { return inherited(Opens("")) }

// OpensEach makes all links within, which a list has many of and which say nothing themselves, open where they lead, within OpensAll. Its
// times were so at now.
func OpensEach(now string) templ.Attributes {
	return templ.Attributes{boosts: "true", "data-now": now}
}

// boosts makes links fetch where they lead.
const boosts = "hx-boost:inherited"

// inherited is what holds for everything within, but for the address.
func inherited(attributes templ.Attributes) templ.Attributes {
	each := templ.Attributes{}
	for name, value := range attributes {
		if name != "hx-get" {
			each[name+":inherited"] = value
		}
	}
	return each
}

// OpensForSelection is a command on the selected rows, within OpensAll. It needs "one" or "some".
func OpensForSelection(path, needs string) templ.Attributes {
	return templ.Attributes{"hx-get": path, "hx-include": "#selection", "data-needs": needs}
}

// Lists fetches the list in another order or selection. The search and the filters stay as they are; what hangs on the result changes
// with it, named by also.
func Lists(href, also string) templ.Attributes {
	return templ.Attributes{
		"hx-get": href, "hx-target": "#results", "hx-select": "#results", "hx-select-oob": also,
		"hx-swap": "outerHTML", "hx-push-url": "true",
	}
}

// SortsEach is Lists for all links within.
func SortsEach(also string) templ.Attributes {
	each := inherited(Lists("", also))
	each[boosts] = "true"
	return each
}

// Filters is Lists for the form and what is in it: a filter at once, the search by Enter.
func Filters(path, also string) templ.Attributes {
	attributes := inherited(Lists(path, also))
	attributes["hx-get"] = path
	attributes["hx-trigger"] = "submit, change target:select"
	attributes["hx-sync"] = "this:replace"
	return attributes
}

// Searches is for the search field of Filters: after a pause in typing. It replaces the address, so that Back does not walk through
// half-typed words.
func Searches(path string) templ.Attributes {
	return templ.Attributes{
		"hx-get": path, "hx-trigger": "input delay:400ms", "hx-include": "#filters", "hx-sync": "#filters:replace",
		"hx-push-url": "false", "hx-replace-url": "true",
	}
}

// Sorts keeps the focus on the head whose link was followed: htmx finds it again by its id.
func Sorts(head ui.Column) templ.Attributes {
	return templ.Attributes{"id": "sort-" + strings.ReplaceAll(strings.ToLower(head.Label), " ", "-")}
}

// Saves posts a form and swaps in the outcome of a refusal; fields keep what was typed. What is saved answers with HX-Redirect.
func Saves(action string) templ.Attributes {
	return templ.Attributes{
		"hx-post": action, "hx-target": "#outcome", "hx-swap": "outerHTML", "hx-sync": "this:drop",
		"hx-status:409": "swap:outerHTML", "hx-status:422": "swap:outerHTML",
	}
}

// Elsewhere marks what an answer brings besides the part that was asked for.
var Elsewhere = templ.Attributes{"hx-swap-oob": "true"}

// WithMethod is the method with which a button sends a form that it only names: that of the form, get, needs no word.
func WithMethod(method string, attributes templ.Attributes) templ.Attributes {
	if method != "get" {
		attributes["formmethod"] = method
	}
	return attributes
}
