package profiles

import (
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"purser.example/internal/catalogue"
	"purser.example/internal/profile"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

// Where this screen family lives. The commands of the list carry id=…, as often as profiles are selected.
const (
	listPath     = "/service-accounts"
	editPath     = listPath + "/edit"
	deletePath   = listPath + "/delete"
	validatePath = listPath + "/validate"

	elsewherePath = listPath + "/elsewhere" // where else an account is kept

	classicPath = "/classic/account-pool" // Manage Account Pool
)

// kept are the parameters that make a view of the list; everything else in an address belongs to something else.
var kept = []string{"q", "tenant", "service", "status", "sort", "after", "before"}

// listQuery is a view of the list as its address says it (R10).
type listQuery struct{ values url.Values }

func readListQuery(c echo.Context) listQuery { return listQueryOf(c.QueryParams()) }

// listQueryOf reads the view from where the request has it: a command of the list posts it along with the selection.
func listQueryOf(given url.Values) listQuery {
	values := url.Values{}
	for _, name := range kept {
		if value := strings.TrimSpace(given.Get(name)); value != "" && len(value) <= 500 {
			values.Set(name, value)
		}
	}
	return listQuery{values}
}

// query is the same for the service. What is not known is left out rather than refused: an old bookmark still opens.
func (l listQuery) query() profile.Query {
	sort, down := strings.CutPrefix(l.values.Get("sort"), "-")
	q := profile.Query{
		Text: l.values.Get("q"), Tenant: tenant.ParseID(l.values.Get("tenant")), Service: l.values.Get("service"), Status: l.values.Get("status"),
		Sort: profile.Column(sort), Down: down, After: l.values.Get("after"), Before: l.values.Get("before"),
	}
	if !catalogue.Known(q.Service) {
		q.Service = ""
	}
	if q.Status != profile.Attention && q.Status != profile.Expiring && !verdict.Status(q.Status).Known() {
		q.Status = ""
	}
	if !slices.Contains(profile.Columns, q.Sort) {
		q.Sort, q.Down = profile.ByName, false
	}
	return q
}

// sort is the present order as the address writes it.
func (l listQuery) sort() string {
	q := l.query()
	if q.Down {
		return "-" + string(q.Sort)
	}
	return string(q.Sort)
}

// with gives the address of a page with this view, changed by pairs of name and value; an empty value leaves a name out.
func (l listQuery) with(path string, pairs ...string) string {
	values := url.Values{}
	for name, value := range l.values {
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

// address gives a page of this screen with the view of the list kept, so that closing leads back to it.
func (l listQuery) address(parts ...string) string {
	path := listPath
	for _, part := range parts {
		path += "/" + url.PathEscape(part)
	}
	return l.with(path)
}

// firstPage is with for another order or filter, which begins at the beginning.
func (l listQuery) firstPage(pairs ...string) string {
	return l.with(listPath, append([]string{"after", "", "before", ""}, pairs...)...)
}

// hidden is the view as a form carries it along.
func (l listQuery) hidden() []hiddenView {
	var fields []hiddenView
	for _, name := range kept {
		if value := l.values.Get(name); value != "" {
			fields = append(fields, hiddenView{name, value})
		}
	}
	return fields
}
