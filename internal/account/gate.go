package account

import (
	"context"
	"sync"
	"time"

	"purser.example/internal/verdict"
)

// gate lets the attempts of everybody for one tenant through: so many at once, none while Microsoft asked to be left in
// peace, and after a row of failures one at a time, so that an outage is not met with a storm (R62).
type gate struct {
	limits Limits
	places chan struct{}

	mu      sync.Mutex
	row     int       // failures in a row
	refused int       // of them, by the tenant's app registration
	since   time.Time // the first of them
	rests   int       // taken since
	until   time.Time // the end of the last of them: nobody goes before
	asked   time.Time // nobody goes before either, because Microsoft asked for it, whatever else is answered
	probing bool      // somebody finds out whether Microsoft answers again
}

func newGate(limits Limits) *gate {
	return &gate{limits: limits, places: make(chan struct{}, limits.PerTenant)}
}

// enter waits for a place, and tells whether whoever enters is the one to find out if Microsoft answers again. The time is the
// machine's, which nothing stored depends on. It reports false when ctx ends.
func (g *gate) enter(ctx context.Context) (probe, entered bool) {
	select {
	case g.places <- struct{}{}:
	case <-ctx.Done():
		return false, false
	}
	for {
		wait, probe := g.ask(time.Now())
		if wait == 0 {
			return probe, true
		}
		if !Sleep(ctx, wait) {
			<-g.places
			return false, false
		}
	}
}

// ask gives how long to wait before asking again; zero is leave to go, as the probe where the tenant has rested.
func (g *gate) ask(now time.Time) (wait time.Duration, probe bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch until := g.peace(); {
	case now.Before(until):
		return until.Sub(now), false
	case g.row < g.limits.Failures:
		return 0, false
	case g.probing:
		return 50 * time.Millisecond, false
	}
	g.probing = true
	return 0, true
}

// leave gives the place back and takes in what came of the attempt; nil for one that was not made. Only the probe ends the
// probing: others that were under way before the rest leave while it is still out.
func (g *gate) leave(v *verdict.Verdict, probe bool) {
	defer func() { <-g.places }()
	g.mu.Lock()
	defer g.mu.Unlock()
	if probe {
		g.probing = false
	}
	if v == nil || v.Misaddressed() {
		return
	}
	now := time.Now()
	if asked := now.Add(v.RetryAfter); v.RetryAfter > 0 && asked.After(g.asked) {
		g.asked = asked
	}
	if v.Status.AboutAccount() {
		g.begin()
		return
	}
	if g.row++; g.row == 1 {
		g.since = now
	}
	if v.Status != verdict.Unreachable {
		g.refused++
	}
	// Those that were under way together fail together: that is one reason to rest and not many.
	if g.row >= g.limits.Failures && !now.Before(g.until) {
		g.until = now.Add(min(g.limits.Rest<<min(g.rests, 16), g.limits.LongestRest))
		g.rests++
	}
}

// begin is the state without failures. g.mu is held.
func (g *gate) begin() { g.row, g.refused, g.rests, g.until = 0, 0, 0, time.Time{} }

// peace is until when nobody goes. g.mu is held.
func (g *gate) peace() time.Time {
	if g.asked.After(g.until) {
		return g.asked
	}
	return g.until
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

// forget begins anew, because whoever begins a run may have mended what was wrong. What Microsoft asked for stands.
func (g *gate) forget() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.begin()
}

// resting tells until when the tenant is left in peace, and whether it is.
func (g *gate) resting() (time.Time, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	until := g.peace()
	return until, time.Now().Before(until)
}
