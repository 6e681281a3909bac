// Package retirements is the retirement clock: what Microsoft turns off, as people see it, everywhere the same (R34).
//
// The pages say where it stands; the facts are package retirement's.
package retirements

import (
	"strings"
	"time"

	"purser.example/internal/retirement"
	"purser.example/web/words"
)

// HelpPath is where the help tells all of it.
const HelpPath = "/help/app-passwords"

// View is one retirement as it stands on the day that somebody reads of it.
type View struct {
	What    string
	Stands  string // one sentence: how far it is
	Short   string // the same without since when, for a line that has little room
	Wait    string // "in 12 days", until the next step; empty where nothing more is known to come
	Steps   []StepView
	Do      string
	Sources []SourceView
}

// StepView is what changes on one day.
type StepView struct {
	ISO  string // the day for machines; empty: none is known
	When string // "May 1, 2026"
	Away string // "6 months ago"; empty without a day
	What string
	Come bool
}

// SourceView is where it is known from; without an address it is named only.
type SourceView struct{ Title, Href, Date string }

// AppPasswords is the clock of the sign-in that app passwords belong to: of classic MFA profiles, and of pool members with Enable MFA.
func AppPasswords(now time.Time) View { return ViewOf(retirement.Of(retirement.LegacySignIn), now) }

// All are all clocks, for the help.
func All(now time.Time) []View {
	var list []View
	for _, r := range retirement.All() {
		list = append(list, ViewOf(r, now))
	}
	return list
}

// ViewOf shows a retirement as it stands at a time.
func ViewOf(r retirement.Retirement, now time.Time) View {
	view := View{What: r.What, Stands: r.Stands(now), Do: r.Do}
	short, _, _ := strings.Cut(strings.TrimSuffix(view.Stands, "."), ", ")
	view.Short = short + "."
	if next, comes := r.Next(now); comes {
		view.Wait = words.Moment(next.Day.Time, now).Text
	}
	for _, s := range r.Steps {
		step := StepView{When: s.Said(), What: s.What, Come: s.Come(now)}
		if !s.Day.IsZero() {
			step.ISO, step.Away = s.Day.ISO(), words.Moment(s.Day.Time, now).Text
		}
		view.Steps = append(view.Steps, step)
	}
	for _, s := range r.Sources {
		view.Sources = append(view.Sources, SourceView(s))
	}
	return view
}
