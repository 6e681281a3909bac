package scans

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"purser.example/internal/access"
	"purser.example/internal/scan"
	"purser.example/internal/tenant"
	"purser.example/web/lists"
	"purser.example/web/respond"
	"purser.example/web/session"
	"purser.example/web/tenants"
	"purser.example/web/ui"
	"purser.example/web/words"
)

// The parameters of the objects' addresses, and those that make a view of them.
const (
	paramType  = "type"
	paramState = "state"
	paramGrant = "registration"
)

var objectsKept = []string{"q", "tenant", paramType, paramState, paramGrant, "sort", "after", "before"}

// objectsQuery is a view of the objects as its address says it (R53).
type objectsQuery struct{ lists.View }

func readObjectsQuery(given url.Values) objectsQuery {
	return objectsQuery{lists.Read(objectsPath, objectsKept, given)}
}

// grantFilters are the registrations that somebody may ask for, by their value in addresses.
var grantFilters = []struct {
	value, title string
	state        scan.GrantState
}{
	{"registered", "Registered", scan.Granted},
	{"failed", "Not registered", scan.Refused},
	{"left", "Locked or archived", scan.Left},
}

// stateFilters are the presences, by their value in addresses.
var stateFilters = []struct {
	state scan.Presence
	title string
}{{scan.Present, "Present"}, {scan.Away, "Gone"}, {scan.Any, "Present and gone"}}

// query is the same for the service. What is not known is left out rather than refused: an old bookmark still opens.
func (o objectsQuery) query() scan.ObjectQuery {
	sort, down := strings.CutPrefix(o.Values.Get("sort"), "-")
	q := scan.ObjectQuery{
		Text: o.Values.Get("q"), Tenant: tenant.ParseID(o.Values.Get("tenant")), Type: scan.Type(o.Values.Get(paramType)), State: scan.Presence(o.Values.Get(paramState)),
		Sort: scan.Column(sort), Down: down, After: o.Values.Get("after"), Before: o.Values.Get("before"),
	}
	if !q.Type.Known() {
		q.Type = ""
	}
	if q.State != scan.Away && q.State != scan.Any {
		q.State = scan.Present
	}
	for _, g := range grantFilters {
		if g.value == o.Values.Get(paramGrant) {
			q.Grant = []scan.GrantState{g.state}
		}
	}
	if !slices.Contains([]scan.Column{scan.ByName, scan.ByType, scan.ByFirst, scan.ByLast}, q.Sort) {
		q.Sort, q.Down = scan.ByName, false
	}
	return q
}

func (o objectsQuery) sort() string {
	q := o.query()
	if q.Down {
		return "-" + string(q.Sort)
	}
	return string(q.Sort)
}

// filtered reports whether something is searched or filtered, so that an empty list means "nothing matches".
func (o objectsQuery) filtered() bool {
	q := o.query()
	return q.Text != "" || q.Tenant != "" || q.Type != "" || q.State != scan.Present || q.Grant != nil
}

func (h *Handlers) objects(c echo.Context) error {
	view, err := h.objectsView(c)
	if err != nil {
		return err
	}
	return respond.Page(c, http.StatusOK, objectsPage(respond.Shell(c, title, "Objects"), view))
}

func (h *Handlers) objectsView(c echo.Context) (objectsView, error) {
	ctx, caller, address := c.Request().Context(), session.Caller(c), readObjectsQuery(c.QueryParams())
	q := address.query()
	found, err := h.Scans.Objects(ctx, caller, q)
	if err != nil {
		return objectsView{}, err
	}
	known, err := h.Tenants.All(ctx, caller)
	if err != nil {
		return objectsView{}, err
	}
	view := objectsView{
		NoTenant: len(known) == 0 && len(found.Rows) == 0, Query: q.Text, Tenants: tenantOptions(known, q.Tenant), Filtered: address.filtered(),
		ExportHref: address.With(ExportPath, "after", "", "before", ""), Pager: objectsPager(found, address), Now: words.Moment(h.Now(), h.Now()).Now,
		Heads: lists.Heads(objectColumns, address.sort(), func(sort string) string { return address.FirstPage("sort", sort) }),
	}
	for _, t := range scan.Types {
		view.Types = append(view.Types, ui.Option{Value: string(t), Label: t.Title(), Selected: t == q.Type})
	}
	for _, s := range stateFilters {
		view.States = append(view.States, ui.Option{Value: string(s.state), Label: s.title, Selected: s.state == q.State})
	}
	for _, g := range grantFilters {
		view.Grants = append(view.Grants, ui.Option{Value: g.value, Label: g.title, Selected: slices.Contains(q.Grant, g.state)})
	}
	if sort := address.Values.Get("sort"); sort != "" {
		view.Kept = []ui.Hidden{{Name: "sort", Value: sort}}
	}
	for _, o := range found.Rows {
		view.Rows = append(view.Rows, h.objectRow(o, h.Tenants.Name(ctx, o.Tenant)))
	}
	return view, nil
}

func objectsPager(found scan.ObjectPage, address objectsQuery) ui.PagerProps {
	props := ui.PagerProps{Summary: words.Number(found.Total) + " total"}
	switch {
	case found.AtLeast:
		props.Summary = "More than " + words.Number(found.Total)
	case found.Total == 1:
		props.Summary = "1 object"
	case address.filtered():
		props.Summary = words.Number(found.Total) + " match"
	}
	if found.Previous != "" {
		props.PreviousHref = address.FirstPage("before", found.Previous)
	}
	if found.Next != "" {
		props.NextHref = address.FirstPage("after", found.Next)
	}
	return props
}

func (h *Handlers) objectRow(o scan.Object, of string) objectRow {
	row := objectRow{
		Name: cmp.Or(o.Name, o.Address, o.Key), Type: o.Type.One(), Tenant: of, Address: o.Address, First: words.Moment(o.First, h.Now()), Last: words.Moment(o.Last, h.Now()),
		Tone: ui.OK, State: stateWords(o), Grant: grantWords(o),
	}
	if !o.Gone.IsZero() {
		row.Tone = ui.Mute
	}
	if strings.HasPrefix(o.Address, "https://") {
		row.Href = o.Address
	}
	return row
}

func stateWords(o scan.Object) string {
	if o.Gone.IsZero() {
		return "Present"
	}
	return "Gone"
}

// grantWords say whether the group of the account pool is an administrator of a site, and why not; empty where nobody has tried.
func grantWords(o scan.Object) string {
	switch {
	case !o.Type.Registered():
		return ""
	case o.Grant.State == scan.Granted:
		return "Registered"
	case o.Grant.State == scan.Left:
		return "Locked or archived"
	case o.Grant.State == scan.Refused && o.Grant.Reason != "":
		return "Not registered: " + scan.Explain(scan.Code(o.Grant.Reason)).Title
	case o.Grant.State == scan.Refused:
		return "Not registered"
	default:
		return ""
	}
}

// Found tells the page of a tenant what scans have found in it.
func (h *Handlers) Found(ctx context.Context, caller access.Caller, t tenant.ID) ([]tenants.Objects, error) {
	counts, err := h.Scans.Counts(ctx, caller, t)
	var list []tenants.Objects
	for _, c := range counts {
		list = append(list, tenants.Objects{Type: c.Type.Title(), N: c.N, Read: c.At, Href: with(objectsPath, "tenant", string(t), paramType, string(c.Type))})
	}
	return list, err
}
