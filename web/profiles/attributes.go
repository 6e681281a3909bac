package profiles

import "github.com/a-h/templ"

// changing is what hangs on the result of a search or another order, and changes with it.
const changing = "#tiles,#kept,#create,#export"

// renews fetches the other places of the account that is typed. Nothing else of the form goes along, the password least of all.
func renews(href string) templ.Attributes {
	return templ.Attributes{
		"hx-get": href, "hx-include": "#" + fieldTenant + ", #" + fieldUsername, "hx-swap": "outerHTML", "hx-sync": "this:replace",
		"hx-trigger": "change from:#" + fieldTenant + ", change from:#" + fieldUsername,
	}
}
