// Package retirement knows what Microsoft turns off under those who sign in with an account, when, and what to do about it (R34).
//
// The facts are a file beside the code, each with its source: a date that Microsoft moves is a line to change. What a fact looks like on
// the day that somebody reads it is decided here; how it is shown is for package web/retirements.
package retirement

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Retirement is one thing that Microsoft turns off, as announced. Its steps are in the order of time.
type Retirement struct {
	ID      string   `json:"id"`
	What    string   `json:"what"`  // "Legacy sign-in to SharePoint and OneDrive (IDCRL)"
	Ahead   string   `json:"ahead"` // one sentence, true before the first step
	Steps   []Step   `json:"steps"`
	Do      string   `json:"do"` // what to do about it
	Sources []Source `json:"sources"`
}

// Step is what changes on one day.
type Step struct {
	Day   Day    `json:"day"`   // on which it begins; zero: none is known
	When  string `json:"when"`  // how people say it; empty: the day
	What  string `json:"what"`  // one sentence or more, whenever it is read
	Since string `json:"since"` // one sentence about the whole, true from that day on; empty: the one before stays true
}

// Source is where a fact stands. What has no address, such as a note of the message center, is named only.
type Source struct {
	Title string `json:"title"`
	Href  string `json:"href"`
	Date  string `json:"date"` // of the text that was read; empty: undated
}

// Day is a day on which something changes. It begins at midnight UTC: Microsoft names days and no hours.
type Day struct{ time.Time }

// UnmarshalJSON implements json.Unmarshaler.
func (d *Day) UnmarshalJSON(text []byte) error {
	day, err := time.Parse(`"`+time.DateOnly+`"`, string(text))
	d.Time = day
	return err
}

// ISO is the day for machines.
func (d Day) ISO() string { return d.Format(time.DateOnly) }

// Known are the names of the retirements that pages speak of by themselves.
const (
	LegacySignIn  = "legacy-sign-in" // to SharePoint and OneDrive, which app passwords belong to
	ProjectOnline = "project-online"
)

//go:embed retirements.json
var retirementsJSON []byte

var all = func() []Retirement {
	list, err := parse(retirementsJSON)
	if err != nil {
		panic("retirement: retirements.json: " + err.Error())
	}
	return list
}()

func parse(text []byte) ([]Retirement, error) {
	var file struct{ Retirements []Retirement }
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, err
	}
	for _, r := range file.Retirements {
		if err := r.check(); err != nil {
			return nil, fmt.Errorf("%s: %w", r.ID, err)
		}
	}
	return file.Retirements, nil
}

// check says what a slip in the file leaves out: a fact without a source, or steps that are not in the order of time.
func (r Retirement) check() error {
	switch {
	case r.ID == "" || r.What == "" || r.Ahead == "" || r.Do == "" || len(r.Steps) == 0:
		return fmt.Errorf("something is missing")
	case len(r.Sources) == 0 || slices.ContainsFunc(r.Sources, func(s Source) bool { return s.Title == "" }):
		return fmt.Errorf("no source")
	case slices.ContainsFunc(r.Steps, func(s Step) bool { return s.What == "" || s.Day.IsZero() && s.When == "" }):
		return fmt.Errorf("a step says nothing, or not when")
	case !slices.IsSortedFunc(r.Steps, func(a, b Step) int { return a.Day.Compare(b.Day.Time) }):
		return fmt.Errorf("the steps are not in the order of time")
	}
	return nil
}

// All lists what Microsoft turns off, in the order of the file. The list is shared: callers read it.
func All() []Retirement { return all }

// Of finds a retirement by one of the names above. An unknown one is a mistake of ours.
func Of(id string) Retirement {
	at := slices.IndexFunc(all, func(r Retirement) bool { return r.ID == id })
	return all[at]
}

// Said is how people say when it is: "February 16, 2026".
func (s Step) Said() string {
	if s.When != "" {
		return s.When
	}
	return s.Day.Format("January 2, 2006")
}

// Come reports whether the day of the step has come.
func (s Step) Come(now time.Time) bool { return !s.Day.IsZero() && !now.Before(s.Day.Time) }

// Stands is one sentence about how far it is at a time.
func (r Retirement) Stands(now time.Time) string {
	for _, s := range slices.Backward(r.Steps) {
		if s.Since != "" && s.Come(now) {
			return s.Since
		}
	}
	return r.Ahead
}

// Next is the first step whose day is known and has not come; false where there is none.
func (r Retirement) Next(now time.Time) (Step, bool) {
	for _, s := range r.Steps {
		if !s.Day.IsZero() && !s.Come(now) {
			return s, true
		}
	}
	return Step{}, false
}
