package activity

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"purser.example/internal/activity"
	"purser.example/internal/problem"
	"purser.example/internal/tenant"
	"purser.example/web/lists"
)

// Where this screen family lives.
const (
	listPath          = "/activity"
	verifyPath        = listPath + "/verify"
	verificationsPath = listPath + "/verifications"

	CSVPath   = listPath + "/export/csv"   // answers as long as it takes
	LinesPath = listPath + "/export/lines" // answers as long as it takes
)

// The filters of the address, and those that make a view of the list.
const (
	paramFrom   = "from"
	paramTo     = "to"
	paramPerson = "person"
	paramAction = "action"
	paramObject = "object"
	paramResult = "result"
	paramTenant = "tenant"
)

var (
	filters = []string{paramFrom, paramTo, paramPerson, paramAction, paramObject, paramResult, paramTenant}
	kept    = append(append([]string{}, filters...), "after", "before")
)

// listQuery is a view of the log as its address says it.
type listQuery struct{ lists.View }

func readListQuery(given url.Values) listQuery {
	return listQuery{lists.Read(listPath, kept, given)}
}

// query is the same for the service. What cannot be read is a mistake beside its field; the query is then without it.
func (l listQuery) query() (activity.Query, error) {
	q := activity.Query{
		Person: l.Values.Get(paramPerson), Action: l.Values.Get(paramAction), Object: l.Values.Get(paramObject), Result: activity.Result(l.Values.Get(paramResult)),
		Tenant: string(tenant.ParseID(l.Values.Get(paramTenant))), After: l.Values.Get("after"), Before: l.Values.Get("before"),
	}
	var wrong []problem.FieldError
	take := func(field string, into *time.Time, end bool) {
		at, ok := moment(l.Values.Get(field), end)
		if !ok {
			wrong = append(wrong, problem.FieldError{Field: field, Message: "Enter a date such as 2026-11-30, or with a time as 2026-11-30 14:00, in UTC."})
		}
		*into = at
	}
	take(paramFrom, &q.From, false)
	take(paramTo, &q.To, true)
	if !q.From.IsZero() && !q.To.IsZero() && !q.From.Before(q.To) {
		wrong = append(wrong, problem.FieldError{Field: paramTo, Message: "Enter a time after From."})
	}
	if q.Result != "" && !q.Result.Known() {
		wrong = append(wrong, problem.FieldError{Field: paramResult, Message: "Select a result from the list."})
		q.Result = ""
	}
	return q, problem.Join(wrong...)
}

// spellings are how times may be typed, each with how long a time lasts that is written so.
var spellings = []struct {
	layout string
	lasts  time.Duration
}{
	{"2006-01-02", 24 * time.Hour},
	{"2006-01-02 15:04", time.Minute},
	{"2006-01-02T15:04", time.Minute},
	{"2006-01-02 15:04:05", time.Second},
	{"2006-01-02T15:04:05", time.Second},
	{time.RFC3339, time.Second},
}

// moment reads a time; none is fine. As an end it is what follows the last moment that was meant: all of the day, of the minute.
func moment(text string, end bool) (time.Time, bool) {
	if text == "" {
		return time.Time{}, true
	}
	for _, s := range spellings {
		at, err := time.Parse(s.layout, strings.ToUpper(text))
		if err != nil || at.Year() < 1970 {
			continue
		}
		if end {
			at = at.Add(s.lasts)
		}
		return at.UTC(), true
	}
	return time.Time{}, false
}

// filtered reports whether anything is filtered, so that an empty list means "nothing matches".
func (l listQuery) filtered() bool {
	for _, name := range filters {
		if l.Values.Get(name) != "" {
			return true
		}
	}
	return false
}

func entryAddress(l listQuery, seq int64) string { return l.Address(strconv.FormatInt(seq, 10)) }

// only is the list with one filter alone.
func only(pairs ...string) string { return lists.View{}.With(listPath, pairs...) }
