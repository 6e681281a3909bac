package retirement_test

import (
	"strings"
	"testing"
	"time"

	"purser.example/internal/retirement"
)

func day(text string) time.Time {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return at
}

// R34: what a page says of the legacy sign-in is true on the day that somebody reads it.
func TestTheClockGoesByTheDayR34(t *testing.T) {
	legacy := retirement.Of(retirement.LegacySignIn)
	for on, want := range map[string]struct{ stands, next string }{
		"2025-11-10": {"will turn off", "2025-11-11"},
		"2025-11-11": {"has announced", "2026-02-16"},
		"2026-02-15": {"has announced", "2026-02-16"},
		"2026-02-16": {"by default since February 16, 2026", "2026-04-30"},
		"2026-04-30": {"by default since February 16, 2026", "2026-05-01"},
		"2026-05-01": {"permanently since May 1, 2026", "2026-05-13"},
		"2026-11-30": {"permanently since May 1, 2026", ""},
	} {
		stands := legacy.Stands(day(on))
		next, comes := legacy.Next(day(on))
		if !strings.Contains(stands, want.stands) || comes != (want.next != "") || comes && next.Day.ISO() != want.next {
			t.Errorf("%s: %q, then %s %v", on, stands, next.Day.ISO(), comes)
		}
	}
}

// R34: each has a source, something to do, and sentences that a person reads.
func TestEveryRetirementReadsWholeR34(t *testing.T) {
	ids := map[string]bool{}
	for _, r := range retirement.All() {
		if ids[r.ID] {
			t.Errorf("%s stands there twice", r.ID)
		}
		ids[r.ID] = true
		sentences := []string{r.Ahead, r.Do}
		for _, s := range r.Steps {
			sentences = append(sentences, s.What)
			if s.Since != "" {
				sentences = append(sentences, s.Since)
			}
			if s.Said() == "" {
				t.Errorf("%s: a step without a word of when", r.ID)
			}
		}
		for _, sentence := range sentences {
			if !strings.HasSuffix(sentence, ".") {
				t.Errorf("%s: no sentence: %q", r.ID, sentence)
			}
		}
		for _, s := range r.Sources {
			if s.Href != "" && !strings.HasPrefix(s.Href, "https://") {
				t.Errorf("%s: %q", r.ID, s.Href)
			}
		}
	}
	if unnamed := retirement.Of("password-sign-in").Steps[0]; !unnamed.Day.IsZero() || unnamed.Come(day("2999-01-01")) {
		t.Errorf("%+v has a day", unnamed)
	}
	if got := retirement.Of(retirement.ProjectOnline).Stands(day("2026-09-30")); !strings.Contains(got, "retired Project Online") {
		t.Errorf("%q", got)
	}
}
