package profile

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"purser.example/internal/problem"
)

// How often a person may check files that have another password than the stored one.
const (
	guessesEach = 10
	guessWindow = 10 * time.Minute
)

// guesses counts, for each person, the checks of files in which a password was not the stored one. The report of a check tells which
// passwords are, so that whoever may import could otherwise try passwords as fast as files are read, and nobody would lock them out (R61).
type guesses struct {
	now func() time.Time

	mu sync.Mutex
	of map[string][]time.Time // by person, the oldest first
}

// allowed returns problem.Unavailable for a person who has had their share for now.
func (g *guesses) allowed(person string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.now()
	// A clock that was put back ends the wait.
	mine := slices.DeleteFunc(g.of[person], func(at time.Time) bool { age := now.Sub(at); return age < 0 || age >= guessWindow })
	if len(mine) == 0 {
		delete(g.of, person)
		return nil
	}
	g.of[person] = mine
	if len(mine) < guessesEach {
		return nil
	}
	wait := mine[0].Add(guessWindow).Sub(now)
	return problem.New(problem.Unavailable, fmt.Sprintf("In the last %d minutes, you checked %d files with passwords that differ from the stored ones. Check the next one in %s, or select Import without checking it.",
		int(guessWindow.Minutes()), guessesEach, minutes(wait)))
}

// minutes says how long to wait, rounded up.
func minutes(wait time.Duration) string {
	if n := int((wait + time.Minute - 1) / time.Minute); n > 1 {
		return fmt.Sprintf("%d minutes", n)
	}
	return "a minute"
}

// add counts a check.
func (g *guesses) add(person string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.of == nil {
		g.of = map[string][]time.Time{}
	}
	g.of[person] = append(g.of[person], g.now())
}
