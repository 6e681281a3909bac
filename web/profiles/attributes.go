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

// opensEach is opens for all links within, which say nothing themselves: a list has many. Its times were so at now.
func opensEach(now string) templ.Attributes {
	each := inherited(opens(""))
	each["data-now"] = now
	return each
}

// sortsEach is lists for all links within.
func sortsEach() templ.Attributes { return inherited(lists("")) }

// inherited makes every link below one of htmx that goes where it leads anyway.
func inherited(attributes templ.Attributes) templ.Attributes {
	each := templ.Attributes{"hx-boost:inherited": "true"}
	for name, value := range attributes {
		if name != "hx-get" {
			each[name+":inherited"] = value
		}
	}
	return each
}

// opensForSelection is opens for a command on the selected rows.
func opensForSelection(path, needs string) templ.Attributes {
	attributes := opens(path)
	attributes["hx-include"] = "#selection"
	attributes["data-needs"] = needs
	return attributes
}

// lists fetches the list in another order or selection. The search and the filters stay as they are; what hangs on the
// result changes with it.
func lists(href string) templ.Attributes {
	return templ.Attributes{
		"hx-get": href, "hx-target": "#results", "hx-select": "#results", "hx-select-oob": "#tiles,#kept,#create",
		"hx-swap": "outerHTML", "hx-push-url": "true",
	}
}

// filters is lists for the form: a filter at once, the search by Enter.
func filters() templ.Attributes {
	attributes := lists(listPath)
	attributes["hx-trigger"] = "submit, change target:select"
	attributes["hx-sync"] = "this:replace"
	return attributes
}

// searches is lists for the search field: after a pause in typing. It replaces the address, so that Back does not walk
// through half-typed words.
func searches() templ.Attributes {
	attributes := lists(listPath)
	attributes["hx-trigger"] = "input delay:400ms"
	attributes["hx-include"] = "#filters"
	attributes["hx-sync"] = "#filters:replace"
	delete(attributes, "hx-push-url")
	attributes["hx-replace-url"] = "true"
	return attributes
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
