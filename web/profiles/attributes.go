package profiles

import "github.com/a-h/templ"

// What htmx is told. Each of these stands on a link, button or form that does the same without script.

// opens fetches an address into the pane and leaves the list behind it alone. Whether a whole page answers or only the pane
// makes no difference.
func opens(href string) templ.Attributes {
	return templ.Attributes{
		"hx-get": href, "hx-target": "#pane", "hx-select": ".pane, [data-modal]", "hx-swap": "innerHTML", "hx-push-url": "true",
	}
}

// opensAll is opens for all within that say what to fetch, and nothing else.
func opensAll() templ.Attributes { return inherited(opens("")) }

// opensEach makes all links within, which a list has many of and which say nothing themselves, open where they lead. Its times were so
// at now.
func opensEach(now string) templ.Attributes {
	return templ.Attributes{boosts: "true", "data-now": now}
}

// boosts makes links fetch where they lead.
const boosts = "hx-boost:inherited"

// sortsEach is lists for all links within.
func sortsEach() templ.Attributes {
	each := inherited(lists(""))
	each[boosts] = "true"
	return each
}

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

// opensForSelection is a command on the selected rows, within opensAll.
func opensForSelection(path, needs string) templ.Attributes {
	return templ.Attributes{"hx-get": path, "hx-include": "#selection", "data-needs": needs}
}

// lists fetches the list in another order or selection. The search and the filters stay as they are; what hangs on the
// result changes with it.
func lists(href string) templ.Attributes {
	return templ.Attributes{
		"hx-get": href, "hx-target": "#results", "hx-select": "#results", "hx-select-oob": "#tiles,#kept,#create",
		"hx-swap": "outerHTML", "hx-push-url": "true",
	}
}

// filters is lists for the form and what is in it: a filter at once, the search by Enter.
func filters() templ.Attributes {
	attributes := inherited(lists(listPath))
	attributes["hx-get"] = listPath
	attributes["hx-trigger"] = "submit, change target:select"
	attributes["hx-sync"] = "this:replace"
	return attributes
}

// searches is for the search field of filters: after a pause in typing. It replaces the address, so that Back does not walk
// through half-typed words.
func searches() templ.Attributes {
	return templ.Attributes{
		"hx-get": listPath, "hx-trigger": "input delay:400ms", "hx-include": "#filters", "hx-sync": "#filters:replace",
		"hx-push-url": "false", "hx-replace-url": "true",
	}
}

// renews fetches the other places of the account that is typed. Nothing else of the form goes along, the password least of all.
func renews(href string) templ.Attributes {
	return templ.Attributes{
		"hx-get": href, "hx-include": "#" + fieldTenant + ", #" + fieldUsername, "hx-swap": "outerHTML", "hx-sync": "this:replace",
		"hx-trigger": "change from:#" + fieldTenant + ", change from:#" + fieldUsername,
	}
}

// saves posts the form and swaps in the outcome of a refusal; fields keep what was typed. A profile that is saved answers
// with HX-Redirect.
func saves(action string) templ.Attributes {
	return templ.Attributes{
		"hx-post": action, "hx-target": "#outcome", "hx-swap": "outerHTML", "hx-sync": "this:drop",
		"hx-status:409": "swap:outerHTML", "hx-status:422": "swap:outerHTML",
	}
}

// elsewhere marks what an answer brings besides the part that was asked for.
var elsewhere = templ.Attributes{"hx-swap-oob": "true"}

// withID names an element, so that an answer can replace it or htmx finds the focus again.
func withID(id string, attributes templ.Attributes) templ.Attributes {
	attributes["id"] = id
	return attributes
}

// withMethod is the method with which a button sends a form that it only names.
func withMethod(method string, attributes templ.Attributes) templ.Attributes {
	attributes["formmethod"] = method
	return attributes
}
