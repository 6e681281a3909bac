package activity

import (
	"cmp"
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/internal/activity"
	"purser.example/web/chart"
	"purser.example/web/session"
	"purser.example/web/words"
)

// dayView is the picture of a day: a bar for each hour, and the same in numbers.
type dayView struct {
	chart.Columns
	Previous string // the days beside it
	Next     string
}

// dayView is of the day that the view begins with, or that of the newest entry.
func (h *Handlers) dayView(c echo.Context, q activity.Query, newest time.Time) (dayView, error) {
	date := cmp.Or(q.From, q.To.Add(-time.Nanosecond))
	if q.To.IsZero() && q.From.IsZero() {
		date = newest
	}
	if date.IsZero() {
		date = h.Now()
	}
	day, err := h.Activity.Day(c.Request().Context(), session.Caller(c), date)
	if err != nil {
		return dayView{}, err
	}
	view := dayView{Columns: picture(day), Previous: only(paramFrom, day.Date.AddDate(0, 0, -1).Format(time.DateOnly), paramTo, day.Date.AddDate(0, 0, -1).Format(time.DateOnly))}
	if !day.Date.Equal(h.Now().UTC().Truncate(24 * time.Hour)) {
		view.Next = only(paramFrom, day.Date.AddDate(0, 0, 1).Format(time.DateOnly), paramTo, day.Date.AddDate(0, 0, 1).Format(time.DateOnly))
	}
	return view, nil
}

// picture is a day hour by hour, each of which leads to its entries.
func picture(day activity.Day) chart.Columns {
	total := day.Total()
	c := chart.Columns{
		ID: "day", Title: "Entries on " + day.Date.Format("January 2, 2006") + ", by hour (UTC)", Summary: words.Number(total.Entries) + " " + words.Plural(total.Entries, "entry", "entries"),
		Lines: true, Axis: []string{"00:00", "06:00", "12:00", "18:00", "24:00"},
		Series: []chart.Series{{Label: "Failed or refused", Shade: chart.Bad}, {Label: "Done", Shade: chart.Plain}},
	}
	if total.Failed > 0 {
		c.Summary += ", " + words.Number(total.Failed) + " failed or refused"
	}
	for i, hour := range day.Hours {
		at := day.Date.Add(time.Duration(i) * time.Hour)
		c.Columns = append(c.Columns, chart.Column{
			Label: at.Format("15:04"), Values: []int{hour.Failed, hour.Entries - hour.Failed},
			Href: only(paramFrom, at.Format("2006-01-02T15:04"), paramTo, at.Format("2006-01-02T15:")+"59"),
		})
	}
	return c
}
