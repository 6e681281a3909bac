package activity

import (
	"cmp"
	"fmt"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/internal/activity"
	"purser.example/web/session"
	"purser.example/web/words"
)

// dayView is the picture of a day: a bar for each hour, and the same in numbers.
type dayView struct {
	Title    string // "Entries on November 30, 2026 (UTC)"
	Summary  string
	Bars     []bar
	Previous string // the days beside it
	Next     string
}

// bar is one hour. Its places are those of a picture of 480 by 100.
type bar struct {
	Hour            string // "14:00"
	Entries, Failed int
	Href            string // the entries of the hour
	X, Y, Height    string
	BadY, BadHeight string // of the part that failed or was refused
}

const (
	pictureHeight = 100
	barPitch      = 20
)

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
	total := day.Total()
	view := dayView{Title: "Entries on " + day.Date.Format("January 2, 2006") + ", by hour (UTC)", Summary: words.Number(total.Entries) + " " + words.Plural(total.Entries, "entry", "entries")}
	if total.Failed > 0 {
		view.Summary += ", " + words.Number(total.Failed) + " failed or refused"
	}
	view.Previous = only(paramFrom, day.Date.AddDate(0, 0, -1).Format(time.DateOnly), paramTo, day.Date.AddDate(0, 0, -1).Format(time.DateOnly))
	if !day.Date.Equal(h.Now().UTC().Truncate(24 * time.Hour)) {
		view.Next = only(paramFrom, day.Date.AddDate(0, 0, 1).Format(time.DateOnly), paramTo, day.Date.AddDate(0, 0, 1).Format(time.DateOnly))
	}
	view.Bars = barsOf(day)
	return view, nil
}

func barsOf(day activity.Day) []bar {
	highest := 1
	for _, hour := range day.Hours {
		highest = max(highest, hour.Entries)
	}
	var bars []bar
	for i, hour := range day.Hours {
		height := heightOf(hour.Entries, highest)
		bad := min(heightOf(hour.Failed, highest), height)
		at := day.Date.Add(time.Duration(i) * time.Hour)
		bars = append(bars, bar{
			Hour: at.Format("15:04"), Entries: hour.Entries, Failed: hour.Failed, Href: only(paramFrom, at.Format("2006-01-02T15:04"), paramTo, at.Format("2006-01-02T15:")+"59"),
			X: strconv.Itoa(i * barPitch), Y: strconv.Itoa(pictureHeight - height), Height: strconv.Itoa(height), BadY: strconv.Itoa(pictureHeight - bad), BadHeight: strconv.Itoa(bad),
		})
	}
	return bars
}

// heightOf is never nothing for something.
func heightOf(n, highest int) int {
	if n <= 0 {
		return 0
	}
	return max(2, n*pictureHeight/highest)
}

// told is an hour in words.
func (b bar) told() string {
	text := fmt.Sprintf("%s: %s %s", b.Hour, words.Number(b.Entries), words.Plural(b.Entries, "entry", "entries"))
	if b.Failed > 0 {
		text += ", " + words.Number(b.Failed) + " failed or refused"
	}
	return text
}
