package scans

import (
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"purser.example/internal/profile"
	"purser.example/internal/run"
	"purser.example/internal/scan"
	"purser.example/internal/tenant"
	"purser.example/web/lists"
	"purser.example/web/runs"
)

// Where this screen family lives. The commands of the list carry the id=… of the selected scan profiles.
const (
	listPath   = "/scan-profiles"
	newPath    = listPath + "/new"
	editPath   = listPath + "/edit"
	beginPath  = listPath + "/run"
	stopPath   = listPath + "/stop"
	deletePath = listPath + "/delete"

	scansPath   = "/scans"
	grantsPath  = scansPath + "/registrations"
	objectsPath = "/objects"
	ExportPath  = objectsPath + "/export" // answers as long as it takes

	// codesPath explains the codes of scans, each at its own place.
	codesPath = "/help/scan-codes"
	poolsPath = "/classic/account-pool"

	profilesPath = "/service-accounts"
	appsPath     = "/app-profiles"
)

// kept are the parameters that make a view of the list.
var kept = []string{"q", "tenant", "sort", "after", "before"}

// listQuery is a view of the list as its address says it.
type listQuery struct{ lists.View }

func readListQuery(c echo.Context) listQuery { return listQueryOf(c.QueryParams()) }

// listQueryOf reads the view from where the request has it: a command of the list posts it along with the selection.
func listQueryOf(given url.Values) listQuery { return listQuery{lists.Read(listPath, kept, given)} }

// query is the same for the service. What is not known is left out rather than refused: an old bookmark still opens.
func (l listQuery) query() scan.ListQuery {
	sort, down := strings.CutPrefix(l.Values.Get("sort"), "-")
	q := scan.ListQuery{
		Text: l.Values.Get("q"), Tenant: tenant.ParseID(l.Values.Get("tenant")), Sort: scan.ListColumn(sort), Down: down, After: l.Values.Get("after"), Before: l.Values.Get("before"),
	}
	if !slices.Contains(scan.ListColumns, q.Sort) {
		q.Sort, q.Down = scan.ListByName, false
	}
	return q
}

// filtered reports whether something is searched or filtered, so that an empty list means "nothing matches".
func (l listQuery) filtered() bool {
	q := l.query()
	return q.Text != "" || q.Tenant != ""
}

// sort is the present order as the address writes it.
func (l listQuery) sort() string {
	q := l.query()
	if q.Down {
		return "-" + string(q.Sort)
	}
	return string(q.Sort)
}

func scanAddress(id scan.ID) string { return scansPath + "/" + url.PathEscape(string(id)) }

func profileAddress(id scan.ProfileID) string { return listPath + "/" + url.PathEscape(string(id)) }

func accountAddress(id profile.ID) string { return profilesPath + "/" + url.PathEscape(string(id)) }

func grantsAddress(id run.ID) string { return runs.Face{Path: grantsPath}.Address(id) }

// codeAddress is where the help explains a code; empty for none.
func codeAddress(c scan.Code) string {
	if c == "" {
		return ""
	}
	return codesPath + "#" + string(c)
}

// grantLink leads to where a permission that is missing can be granted, the app profiles of the tenant; empty where none is.
func grantLink(c scan.Code, of tenant.ID) link {
	if c != scan.NoPermission {
		return link{}
	}
	return link{Text: "App profile", Href: with(appsPath, "tenant", string(of))}
}

// with is path with pairs of name and value; an empty value leaves a name out.
func with(path string, pairs ...string) string { return lists.View{}.With(path, pairs...) }
