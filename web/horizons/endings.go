package horizons

import (
	"cmp"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/internal/horizon"
	"purser.example/internal/shown"
	"purser.example/internal/tenant"
	"purser.example/web/places"
	"purser.example/web/session"
	"purser.example/web/ui"
	"purser.example/web/words"
)

// endingsView is what ends within a window, or on a day.
type endingsView struct {
	Title string
	Rows  []endingRow
	Pager ui.PagerProps
	Ended bool // what has reached its end is asked for
	Day   bool // one day is asked for
}

// endingRow is one of them.
type endingRow struct {
	Name, Href, Account, Kind, Tenant string
	At                                words.Time
	Day                               string
	Tone                              string // "bad", "warn" or none
}

func (h *Handlers) endingsView(c echo.Context, q query, names map[tenant.ID]string, all horizon.Summary) (endingsView, error) {
	now := h.Now()
	view := endingsView{Title: "What ends within " + words.Counted(q.window(), "day"), Ended: q.window() == 0, Day: !q.day().IsZero()}
	s := narrowed(all, q)
	n, within := s.Ended(), s.Within()
	for i, days := range horizon.Windows {
		if days == q.window() {
			n = within[i]
		}
	}
	view.Pager.Summary = words.Number(n) + " in all, the first one first"
	switch {
	case view.Day:
		view.Title, view.Ended = "What ends on "+q.day().Format("Monday, January 2, 2006"), false
	case view.Ended:
		view.Title = "What is past its end"
	}
	page, err := h.Horizon.Endings(c.Request().Context(), session.Caller(c), q.endings(now))
	if err != nil {
		return view, err
	}
	for _, e := range page.Rows {
		view.Rows = append(view.Rows, rowOf(e, names, now))
	}
	summary := view.Pager.Summary
	view.Pager = pagerOf(page, q, "", "#ends")
	if view.Pager.Label, view.Pager.Summary = "Pages of what ends", summary; view.Day {
		view.Pager.Summary = strconv.Itoa(len(page.Rows)) + " on this page, the first one first"
	}
	return view, nil
}

func rowOf(e horizon.Ending, names map[tenant.ID]string, now time.Time) endingRow {
	row := endingRow{
		Name: cmp.Or(shown.Name(e.What), titles[e.Kind]), Href: places.Horizon(e.Kind, e.Object), Account: e.Account, Kind: titles[e.Kind], Tenant: names[e.Tenant],
		At: words.Moment(e.At, now), Day: e.At.Format("Jan 2, 2006"),
	}
	switch {
	case !e.At.After(now):
		row.Tone = "bad"
	case e.At.Before(horizon.Until(now, horizon.Windows[1])):
		row.Tone = "warn"
	}
	return row
}

// badge is the tone of the day.
func (r endingRow) badge() ui.Tone { return ui.Tone(cmp.Or(r.Tone, string(ui.Mute))) }

// hint is what a row of one line may leave out.
func (r endingRow) hint() string { return joined(r.Kind, r.Account, r.Tenant, r.At.Full) }
