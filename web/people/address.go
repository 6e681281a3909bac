package people

import (
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	core "purser.example/internal/people"
	"purser.example/web/lists"
)

// Where this screen family lives. The commands of the list carry the id=… of the selected rows.
const (
	listPath       = "/people"
	mePath         = listPath + "/me"
	rolePath       = listPath + "/change-role"
	deactivatePath = listPath + "/deactivate"
	activatePath   = listPath + "/activate"
	removePath     = listPath + "/remove"
	ownerPath      = listPath + "/set-owner"
	newPath        = listPath + "/new"
	suggestPath    = listPath + "/suggest"
	acceptPath     = listPath + "/accept"
	declinePath    = listPath + "/decline"
	dismissPath    = listPath + "/notice/dismiss"
	ExportPath     = listPath + "/export" // answers as long as it takes
)

// kept are the parameters that make a view of the list.
var kept = []string{"q", "sort", "after", "before"}

// listQuery is a view of the list as its address says it.
type listQuery struct{ lists.View }

func readListQuery(c echo.Context) listQuery { return listQueryOf(c.QueryParams()) }

// listQueryOf reads the view from where the request has it: a command of the list posts it along with the selection.
func listQueryOf(given url.Values) listQuery { return listQuery{lists.Read(listPath, kept, given)} }

// query is the same for the service. What is not known is left out rather than refused: an old bookmark still opens.
func (l listQuery) query() core.Query {
	sort, down := strings.CutPrefix(l.Values.Get("sort"), "-")
	q := core.Query{Text: l.Values.Get("q"), Sort: core.Column(sort), Down: down, After: l.Values.Get("after"), Before: l.Values.Get("before")}
	if !slices.Contains(core.Columns, q.Sort) {
		q.Sort, q.Down = core.ByName, false
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
