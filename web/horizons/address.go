package horizons

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"purser.example/internal/horizon"
	"purser.example/internal/tenant"
	"purser.example/web/lists"
)

// listPath is where the page lives.
const listPath = "/health"

// The parameters of the address.
const (
	paramTenant = "tenant"
	paramKind   = "kind"
	paramWindow = "window" // "ended", or one of horizon.Windows; empty: the largest
	paramView   = "view"   // "calendar"; empty: the list
	paramMonth  = "month"  // "2026-12", of the calendar
	paramDay    = "day"    // "2026-12-05", in the place of a window
)

const (
	ended    = "ended"
	calendar = "calendar"
	dayForm  = time.DateOnly
	monthly  = "2006-01"
)

var kept = []string{paramTenant, paramKind, paramWindow, paramView, paramMonth, paramDay, "after", "before", "broken-after", "broken-before"}

// query is a view of the page as its address says it. What it says wrongly counts for nothing.
type query struct{ lists.View }

func readQuery(given url.Values) query { return query{lists.Read(listPath, kept, given)} }

// tenant is the one that is filtered by; empty: all.
func (q query) tenant() tenant.ID { return tenant.ParseID(q.Values.Get(paramTenant)) }

// kind is the one that is filtered by; empty: all.
func (q query) kind() horizon.Kind {
	k := horizon.Kind(q.Values.Get(paramKind))
	if !slices.Contains(horizon.EndingKinds, k) {
		return ""
	}
	return k
}

// kinds are those of what ends, and broken those of what is broken, that are filtered by.
func (q query) kinds() []horizon.Kind {
	if k := q.kind(); k != "" {
		return []horizon.Kind{k}
	}
	return horizon.EndingKinds
}

func (q query) broken() []horizon.Kind {
	switch q.kind() {
	case "":
		return horizon.BreakKinds
	case horizon.ProfilePassword:
		return []horizon.Kind{horizon.Profile}
	case horizon.MemberPassword:
		return []horizon.Kind{horizon.Member}
	case horizon.ClientSecret, horizon.AppCertificate:
		return []horizon.Kind{horizon.App}
	}
	return nil
}

// filtered reports whether anything narrows what there is.
func (q query) filtered() bool { return q.tenant() != "" || q.kind() != "" }

// day is the one that is asked for alone; zero: none.
func (q query) day() time.Time { return parsed(dayForm, q.Values.Get(paramDay)) }

// calendar reports whether the calendar is asked for, and month of which month.
func (q query) calendar() bool { return q.Values.Get(paramView) == calendar && q.day().IsZero() }

func (q query) month(now time.Time) time.Time {
	if at := parsed(monthly, q.Values.Get(paramMonth)); !at.IsZero() {
		return at
	}
	now = now.UTC()
	return time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
}

// parsed reads a day or a month of a year that people plan for.
func parsed(form, text string) time.Time {
	at, err := time.Parse(form, text)
	if err != nil || at.Year() < 2000 || at.Year() > 2199 {
		return time.Time{}
	}
	return at
}

// window is how many days ahead are asked for; 0: what has ended.
func (q query) window() int {
	text := q.Values.Get(paramWindow)
	if text == ended {
		return 0
	}
	if n, err := strconv.Atoi(text); err == nil && slices.Contains(horizon.Windows[:], n) {
		return n
	}
	return horizon.Windows[len(horizon.Windows)-1]
}

// endings is what the list of endings asks for.
func (q query) endings(now time.Time) horizon.Query {
	asked := horizon.Query{Kinds: q.kinds(), Tenant: q.tenant(), After: place(q.Values.Get("after")), Before: place(q.Values.Get("before"))}
	after := now.UTC().Truncate(time.Millisecond).Add(time.Millisecond)
	switch day := q.day(); {
	case !day.IsZero():
		asked.From, asked.To = day, day.AddDate(0, 0, 1)
	case q.window() == 0:
		asked.To = after
	default:
		asked.From, asked.To = after, horizon.Until(now, q.window())
	}
	return asked
}

// breaks is what the list of what is broken asks for.
func (q query) breaks() horizon.Query {
	return horizon.Query{Kinds: q.broken(), Tenant: q.tenant(), After: place(q.Values.Get("broken-after")), Before: place(q.Values.Get("broken-before")), Limit: brokenOnAPage}
}

// first is the address with other filters: both lists begin at their beginning.
func (q query) first(pairs ...string) string {
	return q.With(listPath, append([]string{"after", "", "before", "", "broken-after", "", "broken-before", ""}, pairs...)...)
}

// cursor is a place as addresses carry it.
func cursor(p horizon.Place) string {
	ms := int64(0)
	if !p.At.IsZero() {
		ms = p.At.UnixMilli()
	}
	return strconv.FormatInt(ms, 10) + "." + string(p.Kind) + "." + p.Object
}

// place reads a cursor. One that says nothing is none.
func place(text string) horizon.Place {
	parts := strings.SplitN(text, ".", 3)
	if len(parts) < 3 || parts[2] == "" {
		return horizon.Place{}
	}
	ms, err := strconv.ParseInt(parts[0], 10, 64)
	if err != nil || ms < 0 || ms > time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli() {
		return horizon.Place{}
	}
	p := horizon.Place{Kind: horizon.Kind(parts[1]), Object: parts[2]}
	if ms > 0 {
		p.At = time.UnixMilli(ms).UTC()
	}
	return p
}
