package drift

import (
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"purser.example/internal/account"
	"purser.example/internal/drift"
	"purser.example/internal/pool"
	"purser.example/internal/profile"
	"purser.example/internal/tenant"
	"purser.example/web/session"
	"purser.example/web/ui"
	"purser.example/web/words"
)

// listView is the list.
type listView struct {
	Tenants, Topics []ui.Option
	Filtered        bool
	Rows            []rowView
	Older           string
	Pools           []rowView // of account pools, whose change is the group's; their Username is empty
}

// rowView is one change.
type rowView struct {
	Href, Title string
	Tone        ui.Tone
	Topic       string
	Username    string
	Tenant      string
	First       words.Time
}

func (h *Handlers) listView(c echo.Context) (listView, error) {
	ctx, caller := c.Request().Context(), session.Caller(c)
	q := drift.Query{Tenant: tenant.ParseID(c.QueryParam("tenant")), Topic: drift.Topic(c.QueryParam("topic")), After: c.QueryParam("after")}
	if !q.Topic.Known() {
		q.Topic = ""
	}
	tenants, err := h.Tenants.Connected(ctx)
	if err != nil {
		return listView{}, err
	}
	page, err := h.Drift.List(ctx, caller, q)
	if err != nil {
		return listView{}, err
	}
	view := listView{Filtered: q.Tenant != "" || q.Topic != ""}
	names := map[tenant.ID]string{}
	for _, t := range tenants {
		names[t.ID] = t.Called()
		view.Tenants = append(view.Tenants, ui.Option{Value: string(t.ID), Label: t.Called(), Selected: t.ID == q.Tenant})
	}
	for _, topic := range drift.Topics {
		if topic.Known() {
			view.Topics = append(view.Topics, ui.Option{Value: string(topic), Label: topic.Title(), Selected: topic == q.Topic})
		}
	}
	for _, d := range page.Rows {
		view.Rows = append(view.Rows, rowView{Href: Of(d.ID), Title: d.Title(), Tone: tone(d), Topic: d.Topic.Title(), Username: d.Username, Tenant: names[d.Tenant], First: words.Moment(d.First, h.Now())})
	}
	if q.Topic == "" && q.After == "" {
		if view.Pools, err = h.poolRows(c, q.Tenant, names); err != nil {
			return listView{}, err
		}
	}
	if page.Next != "" {
		q.After = page.Next
		view.Older = address(q)
	}
	return view, nil
}

// poolRows are the pools whose groups no longer have the members that were saved.
func (h *Handlers) poolRows(c echo.Context, of tenant.ID, names map[tenant.ID]string) (rows []rowView, err error) {
	changes, err := h.Pools.GroupChanges(c.Request().Context(), session.Caller(c))
	for _, g := range changes {
		if of == "" || g.Tenant == of {
			query := url.Values{"tenant": {string(g.Tenant)}, "tab": {string(g.Class)}}
			rows = append(rows, rowView{Href: "/classic/account-pool?" + query.Encode(), Title: g.Class.Title(), Tone: ui.Warn, Topic: counted(g), Tenant: names[g.Tenant], First: words.Moment(g.First, h.Now())})
		}
	}
	return rows, err
}

// counted says how the members of a group changed: "3 joined, 1 left".
func counted(g pool.GroupChange) string {
	var parts []string
	for _, each := range []struct {
		n    int
		says string
	}{{g.Joined, "joined"}, {g.Left, "left"}, {g.Blocked, "blocked"}, {g.Allowed, "allowed to sign in again"}} {
		if each.n > 0 {
			parts = append(parts, words.Number(each.n)+" "+each.says)
		}
	}
	return words.Sentence(parts)
}

func tone(d drift.Drift) ui.Tone {
	switch {
	case d.Matters():
		return ui.Bad
	case d.Way == drift.Lost || d.Topic == drift.MFA || d.Topic == drift.Policies:
		return ui.Warn
	}
	return ui.Info
}

// oneView is one change.
type oneView struct {
	rowView
	Last    words.Time
	Todo    string
	Places  []ui.LinkProps
	Others  string // "12 other accounts"; empty for none
	Matters bool
	Action  string
	typed
}

func (h *Handlers) oneView(c echo.Context, t typed) (oneView, error) {
	ctx, now := c.Request().Context(), h.Now()
	d, alike, err := h.Drift.Drift(ctx, session.Caller(c), idOf(c))
	if err != nil {
		return oneView{}, err
	}
	of, err := h.Tenants.Find(ctx, d.Tenant)
	if err != nil {
		return oneView{}, err
	}
	view := oneView{
		rowView: rowView{Title: d.Title(), Tone: tone(d), Topic: d.Topic.Title(), Username: d.Username, Tenant: of.Called(), First: words.Moment(d.First, now)},
		Last:    words.Moment(d.Last, now), Todo: d.Todo(), Matters: d.Matters(), Action: Of(d.ID) + "/accept", typed: t,
	}
	if len(alike) > 0 {
		view.Others = words.Counted(len(alike), "other account")
	}
	for _, p := range d.Places {
		view.Places = append(view.Places, placeLink(p))
	}
	slices.SortStableFunc(view.Places, func(a, b ui.LinkProps) int { return len(a.Label) - len(b.Label) })
	return view, nil
}

// placeLink leads to the health checks of a place of the account.
func placeLink(p account.Place) ui.LinkProps {
	if p.Kind == profile.PlaceKind {
		return ui.LinkProps{Label: "Service account profile", Href: "/service-accounts/" + url.PathEscape(p.ID) + "/health"}
	}
	key, user := pool.MemberAt(p)
	query := url.Values{"tenant": {string(key.Tenant)}, "tab": {string(key.Class)}, "user": {string(user)}}
	return ui.LinkProps{Label: "Account pool " + key.Class.Title(), Href: "/classic/account-pool/health?" + query.Encode()}
}
