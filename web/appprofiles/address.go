package appprofiles

import (
	"encoding/base64"
	"encoding/json"
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
var kept = []string{"q", "tenant", "status", "after"}

// listQuery is a view of the list as its address says it.
type listQuery struct{ lists.View }

func readListQuery(c echo.Context) listQuery { return listQueryOf(c.QueryParams()) }

// listQueryOf reads the view from where the request has it: a command of the list posts it along with the selection.
func listQueryOf(given url.Values) listQuery { return listQuery{lists.Read(listPath, kept, given)} }

// query is the same for the service. What is not known is left out rather than refused: an old bookmark still opens.
func (l listQuery) query() appprofile.Query {
	q := appprofile.Query{Search: l.Values.Get("q"), Tenant: tenant.ParseID(l.Values.Get("tenant")), Status: appprofile.Status(l.Values.Get("status"))}
	if !slices.Contains(appprofile.Statuses(), q.Status) {
		q.Status = ""
	}
	q.After = placeOf(l.Values.Get("after"))
	return q
}

// filtered reports whether something is searched or filtered, so that an empty list means "nothing matches".
func (l listQuery) filtered() bool {
	q := l.query()
	return q.Search != "" || q.Tenant != "" || q.Status != "" || q.After != appprofile.Place{}
}

// cursor is a place in the list as an address has it, for nobody to read.
func cursor(p appprofile.Profile) string {
	text, _ := json.Marshal([]string{p.Name, string(p.ID)}) // texts alone
	return base64.RawURLEncoding.EncodeToString(text)
}

// placeOf reads a cursor; one that is none is the beginning.
func placeOf(text string) appprofile.Place {
	var parts []string
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil || json.Unmarshal(raw, &parts) != nil || len(parts) != 2 {
		return appprofile.Place{}
	}
	return appprofile.Place{Name: parts[0], ID: appprofile.ID(parts[1])}
}
