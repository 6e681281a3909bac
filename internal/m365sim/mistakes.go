package m365sim

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// mistakes collects what is wrong with a fixture, each with its path, so that all of it is told at once.
type mistakes struct {
	lines []string
	start time.Time // what relative times count from
}

// maxMistakes keeps the text of a wholly wrong fixture readable.
const maxMistakes = 20

func (m *mistakes) add(path, text string, args ...any) {
	m.lines = append(m.lines, path+": "+fmt.Sprintf(text, args...))
}

// err answers nil when nothing is wrong.
func (m *mistakes) err() error {
	if len(m.lines) == 0 {
		return nil
	}
	lines := m.lines[:min(len(m.lines), maxMistakes)]
	return errors.New("fixture: " + strings.Join(lines, "; "))
}

// oneOf answers value, or the first choice when it is empty, and notes a value that is none of the choices.
func (m *mistakes) oneOf(path, value string, choices ...string) string {
	if value == "" {
		return choices[0]
	}
	for _, c := range choices {
		if value == c {
			return value
		}
	}
	m.add(path, "must be one of %s", strings.Join(choices, ", "))
	return choices[0]
}

// time reads a time of the fixture; an empty one is the zero time.
func (m *mistakes) time(path, value string) time.Time {
	if value == "" {
		return time.Time{}
	}
	at, err := moment(value, m.start)
	if err != nil {
		m.add(path, "%s", err)
	}
	return at
}

// guid answers value in lower case, or one derived from words when it is empty.
func (m *mistakes) guid(path, value string, words ...string) string {
	switch {
	case value == "" && len(words) > 0:
		return derivedGUID(words...)
	case !isGUID(value):
		m.add(path, "must be a GUID")
	}
	return strings.ToLower(value)
}

func (m *mistakes) notNegative(path string, values ...int) {
	for _, v := range values {
		if v < 0 {
			m.add(path, "must not be below 0")
		}
	}
}
