package account

import (
	"context"
	"testing"
	"time"

	"purser.example/internal/verdict"
)

// R62: after a tenant has rested, one attempt alone finds out whether Microsoft answers again, whoever else leaves meanwhile.
func TestOneProbeAtATime(t *testing.T) {
	ctx := context.Background()
	g := newGate(Limits{PerTenant: 8, Failures: 3, Rest: time.Millisecond, LongestRest: time.Millisecond, GiveUp: time.Hour})
	failed := &verdict.Verdict{Status: verdict.Unreachable}
	for range 4 { // the last of them is under way for long
		if probe, entered := g.enter(ctx); probe || !entered {
			t.Fatal("the gate is shut before anything failed")
		}
	}
	for range 3 {
		g.leave(failed, false)
	}
	probe, entered := g.enter(ctx)
	if !probe || !entered {
		t.Fatal("nobody finds out")
	}
	g.leave(failed, false) // whoever was under way for long
	if wait, second := g.ask(time.Now().Add(time.Second)); wait == 0 || second {
		t.Error("a second one goes while the first is out")
	}
	g.leave(failed, true)
	if next, _ := g.enter(ctx); !next {
		t.Error("nobody goes after the probe came back")
	}
	g.leave(&verdict.Verdict{Status: verdict.Valid}, true)
	for range 2 {
		if wait, probe := g.ask(time.Now()); wait != 0 || probe {
			t.Error("the gate stays shut after Microsoft answered")
		}
	}
}
