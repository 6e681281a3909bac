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
	"purser.example/web/lists"
)

// Where this screen family lives. The commands of the list carry id=…, as often as profiles are selected.
const (
	listPath     = "/service-accounts"
	editPath     = listPath + "/edit"
	deletePath   = listPath + "/delete"
	validatePath = listPath + "/validate"

	// ImportPath is where files of profiles are brought in, and ExportPath where they are given out (R30).
	ImportPath         = listPath + "/import"
	ExportPath         = listPath + "/export"
	importTemplatePath = ImportPath + "/template.csv"

	elsewherePath = listPath + "/elsewhere" // where else an account is kept

	classicPath = "/classic/account-pool" // Manage Account Pool

	classicProfilesPath = "/classic/service-accounts" // classic MFA profiles, each with its detail page and the classic form

	scanProfilesPath = "/scan-profiles" // Auto discovery
)

// kept are the parameters that make a view of the list; everything else in an address belongs to something else.
var kept = []string{"q", "tenant", "service", "status", "type", "sort", "after", "before"}

// listQuery is a view of the list as its address says it (R10).
type listQuery struct{ lists.View }

func readListQuery(c echo.Context) listQuery { return listQueryOf(c.QueryParams()) }

// listQueryOf reads the view from where the request has it: a command of the list posts it along with the selection.
func listQueryOf(given url.Values) listQuery { return listQuery{lists.Read(listPath, kept, given)} }

// classic gives a page of a classic MFA profile with the view of the list kept, so that the way back leads to it.
func (l listQuery) classic(parts ...string) string {
	path := classicProfilesPath
	for _, part := range parts {
		path += "/" + url.PathEscape(part)
	}
	return l.With(path)
}

func classicEditPath(id string) string {
	return classicProfilesPath + "/" + url.PathEscape(id) + "/edit"
}

// query is the same for the service. What is not known is left out rather than refused: an old bookmark still opens.
func (l listQuery) query() profile.Query {
	sort, down := strings.CutPrefix(l.Values.Get("sort"), "-")
	q := profile.Query{
		Text: l.Values.Get("q"), Tenant: tenant.ParseID(l.Values.Get("tenant")), Service: l.Values.Get("service"), Status: l.Values.Get("status"),
		Kind: profile.Kind(l.Values.Get("type")),
		Sort: profile.Column(sort), Down: down, After: l.Values.Get("after"), Before: l.Values.Get("before"),
	}
	if !catalogue.Known(q.Service) {
		q.Service = ""
	}
	if q.Status != profile.Attention && q.Status != profile.Expiring && !verdict.Status(q.Status).Known() {
		q.Status = ""
	}
	if !slices.Contains(profile.Kinds, q.Kind) {
		q.Kind = ""
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
