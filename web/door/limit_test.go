package door

import (
	"fmt"
	"testing"
	"time"
)

// R66: somebody has so many at once, then one in each while; others have theirs, whatever the clock does.
func TestLimitsAreEachOnesOwn(t *testing.T) {
	now := time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)
	l := newLimits(3, time.Second)
	take := func(who string, at time.Time) time.Duration { return l.wait(who, at) }
	for range 3 {
		if wait := take("adele", now); wait != 0 {
			t.Fatalf("waits %v", wait)
		}
	}
	for range 5 { // what is refused takes nothing
		if wait := take("adele", now); wait != time.Second {
			t.Errorf("waits %v, want a second", wait)
		}
	}
	if wait := take("megan", now); wait != 0 {
		t.Errorf("somebody else waits %v", wait)
	}
	if wait := take("adele", now.Add(time.Second)); wait != 0 {
		t.Errorf("a second later: %v", wait)
	}
	if wait := take("adele", now.Add(-time.Hour)); wait > time.Second {
		t.Errorf("the clock was put back: %v", wait)
	}
	if wait := take("adele", now.Add(24*time.Hour)); wait != 0 {
		t.Errorf("the clock was put forward: %v", wait)
	}
}

// R66: ten thousand addresses at once take a bounded memory, have a limit together where there are too many, and are forgotten when they
// have theirs again.
func TestLimitsAreBounded(t *testing.T) {
	now := time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)
	l := newLimits(3, time.Second)
	refused := 0
	for i := range 10_000 {
		if l.wait(fmt.Sprint("192.0.2.", i), now) > 0 {
			refused++
		}
	}
	if len(l.of) > mostLimited+1 || refused != 10_000-mostLimited-3 {
		t.Errorf("%d are known, %d were refused", len(l.of), refused)
	}
	if wait := l.wait("198.51.100.1", now.Add(time.Second)); wait != 0 || len(l.of) > 2 {
		t.Errorf("waits %v, %d are known", wait, len(l.of))
	}
}
