package profile

import (
	"context"
	"sync"
	"time"

	"purser.example/internal/verdict"
)

// gate lets the attempts of all runs for one tenant through: so many at once, none while Microsoft asked to be left in
// peace, and after a row of failures one at a time, so that an outage is not met with a storm (R62).
type gate struct {
	limits RunLimits
	places chan struct{}

	mu      sync.Mutex
	row     int       // failures in a row
	refused int       // of them, by the tenant's app registration
	since   time.Time // the first of them
	until   time.Time // nobody goes before
	probing bool      // somebody finds out whether Microsoft answers again
}

func newGate(limits RunLimits) *gate {
	return &gate{limits: limits, places: make(chan struct{}, limits.PerTenant)}
}

// enter waits for a place. The time is the machine's, which nothing stored depends on. It reports false when ctx ends.
func (g *gate) enter(ctx context.Context) bool {
	select {
	case g.places <- struct{}{}:
	case <-ctx.Done():
		return false
	}
	for {
		wait := g.ask(time.Now())
		if wait == 0 {
			return true
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			<-g.places
			return false
		}
	}
}

// ask gives how long to wait before asking again; zero is leave to go.
func (g *gate) ask(now time.Time) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case now.Before(g.until):
		return g.until.Sub(now)
	case g.row < g.limits.Failures:
		return 0
	case g.probing:
		return 50 * time.Millisecond
	}
	g.probing = true
	return 0
}

// leave gives the place back and takes in what came of the attempt; nil for one that was not made.
func (g *gate) leave(v *verdict.Verdict) {
	defer func() { <-g.places }()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.probing = false
	if v == nil {
		return
	}
	if v.Status.AboutAccount() {
		g.row, g.refused, g.until = 0, 0, time.Time{}
		return
	}
	now := time.Now()
	if g.row++; g.row == 1 {
		g.since = now
	}
	if v.Status != verdict.Unreachable {
		g.refused++
	}
	rest := v.RetryAfter
	if over := g.row - g.limits.Failures; over >= 0 {
		rest = max(rest, min(g.limits.Rest<<min(over, 16), g.limits.LongestRest))
	}
	if until := now.Add(rest); until.After(g.until) {
		g.until = until
	}
}

// hopeless says why what is left of the tenant should not be tried any more; empty while it should.
func (g *gate) hopeless() Reason {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.row < g.limits.Failures:
		return ""
	case g.refused >= g.limits.Failures:
		return AppSetup
	case time.Since(g.since) > g.limits.GiveUp:
		return Outage
	}
	return ""
}

// forget begins anew, because whoever begins a run may have mended what was wrong.
func (g *gate) forget() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.row, g.refused, g.until = 0, 0, time.Time{}
}

// resting tells until when the tenant is left in peace, and whether it is.
func (g *gate) resting() (time.Time, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.until, time.Now().Before(g.until)
}
