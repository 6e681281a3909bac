package horizons

import (
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/internal/horizon"
	"purser.example/internal/shown"
	"purser.example/web/places"
	"purser.example/web/session"
	"purser.example/web/words"
)

const (
	namedInMonth = 100 // names are shown where a month has no more
	namedOnDay   = 4
)

// monthView is a month as a calendar.
type monthView struct {
	Title          string // "December 2026"
	Previous, Next string
	Today          string // the address of the month that it is; empty: this one
	Weeks          [][7]dayView
	Empty          bool // nothing ends in it
}

// dayView is a day of it; the zero dayView is of another month.
type dayView struct {
	ISO, Number, Full string
	Today             bool
	Entries           []dayEntry
	More              string // how many there are besides; empty: none
	Href              string // the day alone, as a list
}

// dayEntry is one ending, or how many there are of a kind.
type dayEntry struct {
	linkView
	Kind string // beside a name
	Past bool
}

func (h *Handlers) monthView(c echo.Context, q query) (*monthView, error) {
	ctx, caller, now := c.Request().Context(), session.Caller(c), h.Now()
	month := q.month(now)
	asked := horizon.Query{Kinds: q.kinds(), Tenant: q.tenant(), From: month, To: month.AddDate(0, 1, 0), Limit: namedInMonth}
	counts, err := h.Horizon.Days(ctx, caller, asked)
	if err != nil {
		return nil, err
	}
	page, err := h.Horizon.Endings(ctx, caller, asked)
	if err != nil {
		return nil, err
	}
	view := &monthView{
		Title: month.Format("January 2006"), Empty: len(counts) == 0,
		Previous: q.first(paramMonth, month.AddDate(0, -1, 0).Format(monthly)) + "#ends", Next: q.first(paramMonth, month.AddDate(0, 1, 0).Format(monthly)) + "#ends",
	}
	if here := q.month(now); here != (query{}).month(now) {
		view.Today = q.first(paramMonth, "") + "#ends"
	}
	entries := map[time.Time][]dayEntry{}
	for _, e := range page.Rows {
		if !page.Later {
			day := horizon.DayOf(e.At)
			entries[day] = append(entries[day], dayEntry{linkView{shown.Name(e.What), places.Horizon(e.Kind, e.Object)}, titles[e.Kind], !e.At.After(now)})
		}
	}
	slices.SortStableFunc(counts, func(a, b horizon.OnDay) int { return a.Day.Compare(b.Day) })
	for _, n := range counts {
		if page.Later {
			entries[n.Day] = append(entries[n.Day], dayEntry{linkView: linkView{counted(n), q.ofDay(n.Day, n.Kind)}, Past: n.Day.AddDate(0, 0, 1).Before(now)})
		}
	}
	view.Weeks = weeks(month, func(day time.Time) dayView { return dayOf(day, entries[day], q, now) })
	return view, nil
}

// ofDay is the list of a day, of one kind or of those that are filtered by.
func (q query) ofDay(day time.Time, k horizon.Kind) string {
	pairs := []string{paramDay, day.Format(dayForm), paramView, "", paramMonth, "", paramWindow, ""}
	if k != "" {
		pairs = append(pairs, paramKind, string(k))
	}
	return q.first(pairs...) + "#ends"
}

func counted(n horizon.OnDay) string {
	if n.N == 1 {
		return "1 " + singular(n.Kind)
	}
	return words.Number(n.N) + " " + plurals[n.Kind]
}

// singular is one of a kind within a line.
func singular(k horizon.Kind) string { return plurals[k][:len(plurals[k])-1] }

func dayOf(day time.Time, entries []dayEntry, q query, now time.Time) dayView {
	v := dayView{ISO: day.Format(dayForm), Number: day.Format("2"), Full: day.Format("Monday, January 2"), Today: day.Equal(horizon.DayOf(now))}
	if v.Entries = entries; len(entries) == 0 {
		return v
	}
	v.Href = q.ofDay(day, "")
	if len(entries) > namedOnDay {
		v.Entries, v.More = entries[:namedOnDay], words.Number(len(entries)-namedOnDay)+" more"
	}
	return v
}

// weeks lays out a month, from Sunday to Saturday.
func weeks(month time.Time, of func(time.Time) dayView) (list [][7]dayView) {
	end := month.AddDate(0, 1, 0)
	for at := month.AddDate(0, 0, -int(month.Weekday())); at.Before(end); {
		var week [7]dayView
		for i := range week {
			if !at.Before(month) && at.Before(end) {
				week[i] = of(at)
			}
			at = at.AddDate(0, 0, 1)
		}
		list = append(list, week)
	}
	return list
}
