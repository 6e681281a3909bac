package horizons

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/labstack/echo/v4"

	"purser.example/internal/access"
	"purser.example/internal/feed"
	"purser.example/internal/horizon"
	"purser.example/internal/problem"
	"purser.example/internal/shown"
	"purser.example/internal/tenant"
	"purser.example/web/places"
)

const (
	extension = ".ics"
	// back and ahead are the days that a feed tells of.
	back, ahead = 30, 366
	// mostEvents is how many endings a feed has by name. Of more, each day has one entry for each kind, with their number.
	mostEvents = 500
	// refresh is how often programs are asked to come.
	refresh = "PT12H"
)

// noCalendar is the answer to an address that isn't one, the same as to a secret that doesn't serve.
var noCalendar = problem.New(problem.NotFound, "There is no calendar at this address, or no longer.")

// feed answers a calendar program (RFC 5545). Its address stands for a session.
func (h *Handlers) feed(c echo.Context) error {
	token, whole := strings.CutSuffix(c.Param("token"), extension)
	if !whole {
		return noCalendar
	}
	of, owner, err := h.Feeds.Open(c.Request().Context(), token)
	if err != nil {
		return err
	}
	events, err := h.events(c, owner, of)
	if err != nil {
		return err
	}
	header := c.Response().Header()
	header.Set(echo.HeaderCacheControl, "private, max-age=3600")
	header.Set(echo.HeaderContentDisposition, `inline; filename="purser.ics"`)
	return c.Blob(http.StatusOK, "text/calendar; charset=utf-8", written(events, h.Now()))
}

// event is an entry of a feed, before it is written.
type event struct {
	UID, Summary, Description, Href string
	Day                             time.Time
}

func (h *Handlers) events(c echo.Context, owner access.Caller, of feed.Feed) ([]event, error) {
	ctx, now := c.Request().Context(), h.Now()
	q := horizon.Query{Kinds: horizon.EndingKinds, From: horizon.DayOf(now).AddDate(0, 0, -back), To: horizon.DayOf(now).AddDate(0, 0, ahead), Limit: mostEvents}
	page, err := h.Horizon.Endings(ctx, owner, q)
	if err != nil {
		return nil, err
	}
	var list []event
	if page.Later {
		days, err := h.Horizon.Days(ctx, owner, q)
		for _, d := range days {
			list = append(list, h.crowd(d))
		}
		return list, err
	}
	all, err := h.Tenants.All(ctx, owner)
	if err != nil {
		return nil, err
	}
	names := map[tenant.ID]string{}
	for _, t := range all {
		names[t.ID] = t.Called()
	}
	for _, e := range page.Rows {
		list = append(list, h.single(e, names[e.Tenant], of.Accounts))
	}
	return list, nil
}

// single is one ending. A pool member is a person or named like one, so that its name goes only where usernames go.
func (h *Handlers) single(e horizon.Ending, of string, accounts bool) event {
	name := shown.Name(e.What)
	if e.Kind == horizon.MemberPassword && !accounts {
		name = poolOf(e.Object)
	}
	lines := []string{}
	if of = shown.Name(of); of != "" {
		lines = append(lines, "Tenant: "+of)
	}
	if accounts && e.Account != "" {
		lines = append(lines, "Account: "+shown.Name(e.Account))
	}
	ev := event{UID: uid(e.Kind, e.Object), Summary: titles[e.Kind] + " ends: " + cmp.Or(name, "Unknown"), Day: horizon.DayOf(e.At), Href: h.BaseURL + cmp.Or(places.Horizon(e.Kind, e.Object), listPath)}
	if e.Kind == horizon.Retirement {
		ev.Summary = "Microsoft turns off: " + name
	}
	lines = append(lines, "Open in Purser: "+ev.Href)
	ev.Description = strings.Join(lines, "\n")
	return ev
}

// crowd is how much of a kind ends on a day.
func (h *Handlers) crowd(d horizon.OnDay) event {
	ev := event{UID: uid(d.Kind, d.Day.Format(dayForm)), Summary: counted(d) + " end", Day: d.Day, Href: h.BaseURL + query{}.ofDay(d.Day, d.Kind)}
	if d.N == 1 {
		ev.Summary += "s"
	}
	ev.Description = "Open in Purser: " + ev.Href
	return ev
}

// uid is the same at every reading, says nothing of the object, and stays while its end moves.
func uid(k horizon.Kind, object string) string {
	sum := sha256.Sum256([]byte("what ends\x00" + string(k) + "\x00" + object))
	return hex.EncodeToString(sum[:16]) + "@purser"
}

// written is a calendar of whole days. Programs take a copy whose SEQUENCE is higher for newer: an end moves when a password is changed or a
// certificate renewed, to a later day, so that the number of its day serves.
func written(events []event, now time.Time) []byte {
	cal := ics.NewCalendar()
	cal.SetProductId("-//Purser//Health and expiry//EN")
	cal.SetMethod(ics.MethodPublish)
	cal.SetXWRCalName("Purser: what ends")
	cal.SetRefreshInterval(refresh)
	cal.SetXPublishedTTL(refresh)
	for _, e := range events {
		entry := cal.AddEvent(e.UID)
		entry.SetDtStampTime(now)
		entry.SetAllDayStartAt(e.Day)
		entry.SetAllDayEndAt(e.Day.AddDate(0, 0, 1))
		entry.SetSequence(int(e.Day.Unix() / (24 * 60 * 60)))
		entry.SetSummary(e.Summary)
		entry.SetDescription(e.Description)
		entry.SetURL(e.Href)
		entry.SetTimeTransparency(ics.TransparencyTransparent)
		for _, before := range []string{"-P7D", "-P1D"} {
			alarm := entry.AddAlarm()
			alarm.SetAction(ics.ActionDisplay)
			alarm.SetTrigger(before)
			alarm.SetDescription(e.Summary)
		}
	}
	var b bytes.Buffer
	_ = cal.SerializeTo(&b, ics.WithNewLineWindows) // a buffer takes everything
	return b.Bytes()
}
