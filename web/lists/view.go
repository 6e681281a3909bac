// Package lists is what every list with panes over it has in common: the view of the list as its address says it, the panes and dialogs
// that stand over it, and what htmx is told on the way.
//
// Every pane and dialog has an address of its own. A browser gets the whole page, the list standing inert behind; htmx, which has the
// list already, gets the pane alone. What the list showed travels in the address, so that closing a pane leads back to it. What a list is
// of, this package does not know.
package lists

import (
	"net/url"

	"purser.example/internal/shown"
	"purser.example/web/ui"
)

// longest is how much of a parameter is taken for one.
const longest = 500

// View is a view of a list as its address says it: what is searched, the filters, the order and the page.
type View struct {
	Path   string   // where the list is
	Names  []string // the parameters that make a view; everything else in an address belongs to something else
	Values url.Values
}

// Read gives the view of the list at path from where a request has it: its address, or a form that carries it along.
func Read(path string, names []string, given url.Values) View {
	values := url.Values{}
	for _, name := range names {
		if value := shown.Trim(given.Get(name)); value != "" && len(value) <= longest {
			values.Set(name, value)
		}
	}
	return View{path, names, values}
}

// With gives the address of a page with this view, changed by pairs of name and value; an empty value leaves a name out.
func (v View) With(path string, pairs ...string) string {
	values := url.Values{}
	for name, value := range v.Values {
		values[name] = value
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Del(pairs[i])
		if pairs[i+1] != "" {
			values.Set(pairs[i], pairs[i+1])
		}
	}
	if len(values) == 0 {
		return path
	}
	return path + "?" + values.Encode()
}

// Address gives a page below the list with its view kept, so that closing leads back to it; without parts, the list.
func (v View) Address(parts ...string) string {
	path := v.Path
	for _, part := range parts {
		path += "/" + url.PathEscape(part)
	}
	return v.With(path)
}

// FirstPage is With for another order or filter, which begins at the beginning.
func (v View) FirstPage(pairs ...string) string {
	return v.With(v.Path, append([]string{"after", "", "before", ""}, pairs...)...)
}

// Hidden is the view as a form carries it along.
func (v View) Hidden() []ui.Hidden {
	var fields []ui.Hidden
	for _, name := range v.Names {
		if value := v.Values.Get(name); value != "" {
			fields = append(fields, ui.Hidden{Name: name, Value: value})
		}
	}
	return fields
}
