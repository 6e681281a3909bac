package appprofiles

import (
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"purser.example/internal/appprofile"
	"purser.example/internal/tenant"
	"purser.example/web/lists"
)

// Where this screen family lives. The commands of the list carry the id=… of the selected app profile.
const (
	listPath   = "/app-profiles"
	editPath   = listPath + "/edit"
	checkPath  = listPath + "/check"
	deletePath = listPath + "/delete"

	// connecting is the page of help on making an app registration.
	connecting = "/help/connecting-a-tenant"
)

// kept are the parameters that make a view of the list.
var kept = []string{"q", "tenant", "status", "sort", "after", "before"}

// listQuery is a view of the list as its address says it.
type listQuery struct{ lists.View }

func readListQuery(c echo.Context) listQuery { return listQueryOf(c.QueryParams()) }

// listQueryOf reads the view from where the request has it: a command of the list posts it along with the selection.
func listQueryOf(given url.Values) listQuery { return listQuery{lists.Read(listPath, kept, given)} }

// query is the same for the service. What is not known is left out rather than refused: an old bookmark still opens.
func (l listQuery) query() appprofile.Query {
	sort, down := strings.CutPrefix(l.Values.Get("sort"), "-")
	q := appprofile.Query{
		Filter: appprofile.Filter{Search: l.Values.Get("q"), Tenant: tenant.ParseID(l.Values.Get("tenant")), Status: appprofile.Status(l.Values.Get("status"))},
		Sort:   appprofile.Column(sort), Down: down, After: l.Values.Get("after"), Before: l.Values.Get("before"),
	}
	if !slices.Contains(appprofile.Statuses(), q.Status) {
		q.Status = ""
	}
	if !slices.Contains(appprofile.Columns, q.Sort) {
		q.Sort, q.Down = appprofile.ByName, false
	}
	return q
}

// filtered reports whether something is searched or filtered, so that an empty list means "nothing matches".
func (l listQuery) filtered() bool {
	return l.query().Filter != appprofile.Filter{}
}

// sort is the present order as the address writes it.
func (l listQuery) sort() string {
	q := l.query()
	if q.Down {
		return "-" + string(q.Sort)
	}
	return string(q.Sort)
}
