package horizons

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"purser.example/internal/access"
	"purser.example/internal/appprofile"
	happened "purser.example/internal/event"
	"purser.example/internal/horizon"
	"purser.example/internal/pool"
	"purser.example/internal/profile"
	"purser.example/internal/shown"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
	"purser.example/web/places"
	"purser.example/web/session"
	"purser.example/web/ui"
	"purser.example/web/words"
)

// brokenOnAPage is few, because of each it is asked what uses it.
const brokenOnAPage = 10

// brokenView is what doesn't work now.
type brokenView struct {
	Rows  []brokenRow
	Pager ui.PagerProps
	Any   bool // something is broken, though the filters may not let it through
}

// brokenRow is one of them.
type brokenRow struct {
	Name, Href, Account, Kind, Tenant string
	Tone                              ui.Tone
	Status, Why                       string
	Since                             words.Time
	Uses                              []linkView
	Quiet                             string // that somebody knows of it: "Acknowledged"; empty: nobody said so
}

func (h *Handlers) brokenView(c echo.Context, q query, names map[tenant.ID]string, all horizon.Summary) (view brokenView, err error) {
	ctx, caller := c.Request().Context(), session.Caller(c)
	view.Any = all.Broken() > 0
	if len(q.broken()) == 0 {
		return view, nil
	}
	page, err := h.Horizon.Breaks(ctx, caller, q.breaks())
	if err != nil {
		return view, err
	}
	quiet, err := h.quiet(ctx, caller, page.Rows)
	if err != nil {
		return view, err
	}
	for _, b := range page.Rows {
		row, err := h.brokenRow(ctx, caller, b)
		if err != nil {
			return view, err
		}
		row.Quiet = quiet[objectOf(b)]
		row.Tenant = names[b.Tenant]
		view.Rows = append(view.Rows, row)
	}
	view.Pager = pagerOf(page, q, "broken-", "#broken")
	view.Pager.Label = "Pages of what is broken"
	view.Pager.Summary = words.Number(narrowed(all, q).Broken()) + " broken, the latest first"
	return view, nil
}

func (h *Handlers) brokenRow(ctx context.Context, caller access.Caller, b horizon.Break) (brokenRow, error) {
	row := brokenRow{
		Name: cmp.Or(shown.Name(b.What), "Unknown"), Href: places.Horizon(b.Kind, b.Object), Account: b.Account, Kind: titles[b.Kind], Tone: ui.Bad, Since: words.Moment(b.Since, h.Now()),
	}
	if b.Kind == horizon.App {
		row.Status, row.Why = appprofile.Status(b.Status).Title(), b.Cause
	} else {
		row.Status, row.Why = verdict.Status(b.Status).Title(), h.why(b)
	}
	var err error
	row.Uses, err = h.uses(ctx, caller, b)
	return row, err
}

// objectOf is what is broken as events name it.
func objectOf(b horizon.Break) happened.Object {
	kinds := map[horizon.Kind]string{horizon.Profile: profile.PlaceKind, horizon.Member: pool.PlaceKind}
	return happened.Object{Kind: kinds[b.Kind], ID: b.Object}
}

// quiet are those that somebody acknowledged or snoozed.
func (h *Handlers) quiet(ctx context.Context, caller access.Caller, list []horizon.Break) (map[happened.Object]string, error) {
	objects := make([]happened.Object, len(list))
	for i, b := range list {
		objects[i] = objectOf(b)
	}
	marks, err := h.Notices.Marks(ctx, caller, objects)
	said := map[happened.Object]string{}
	for o, m := range marks {
		said[o] = "Snoozed"
		if m.Acknowledged {
			said[o] = "Acknowledged"
		}
	}
	return said, err
}

// why is what happened in the words of the verdict.
func (h *Handlers) why(b horizon.Break) string {
	if b.Verdict == nil {
		return verdict.Verdict{Status: verdict.Status(b.Status), Code: b.Code}.Cause(h.Codes)
	}
	return b.Verdict.Cause(h.Codes)
}

// uses are what doesn't work either (R20).
func (h *Handlers) uses(ctx context.Context, caller access.Caller, b horizon.Break) (list []linkView, err error) {
	switch b.Kind {
	case horizon.Member:
		return []linkView{{poolOf(b.Object), places.Horizon(b.Kind, b.Object)}}, nil
	case horizon.Profile:
		uses, err := h.Profiles.Uses(ctx, caller, profile.Profile{ID: profile.ID(b.Object), Tenant: b.Tenant, Username: b.Account})
		for _, use := range uses {
			list = append(list, useLink(b.Tenant, use))
		}
		return list, err
	}
	return nil, nil
}

// hint is what a row of one line may leave out.
func (r brokenRow) hint() string { return joined(r.Kind, r.Account, r.Tenant, r.Why, r.usedBy()) }

// usedBy is what uses it in one line; empty: nothing.
func (r brokenRow) usedBy() string {
	var names []string
	for _, use := range r.Uses {
		names = append(names, use.Text)
	}
	return strings.Join(names, ", ")
}

func joined(lines ...string) string {
	return strings.Join(slices.DeleteFunc(lines, func(line string) bool { return line == "" || line == "–" }), "\n")
}
