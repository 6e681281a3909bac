package run_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"purser.example/internal/problem"
	"purser.example/internal/run"
)

var ctx = context.Background()

// One call at a time has a shift. Who comes meanwhile works after it, because more may have come to do.
func TestShiftsTakeTurns(t *testing.T) {
	shifts := run.NewShifts()
	var under, most, done atomic.Int32
	work := func(context.Context) error {
		if n := under.Add(1); n > most.Load() {
			most.Store(n)
		}
		defer under.Add(-1)
		done.Add(1)
		return nil
	}
	failed := make(chan error, 20)
	for range 20 {
		go func() { failed <- shifts.Do(ctx, "a", work) }()
	}
	for range 20 {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
	if most.Load() != 1 || done.Load() != 20 {
		t.Errorf("%d at once, %d in all", most.Load(), done.Load())
	}
}

// A mistake of ours over one thing is an error, and lets go of it.
func TestAShiftSurvivesAMistake(t *testing.T) {
	shifts := run.NewShifts()
	err := shifts.Do(ctx, "a", func(context.Context) error { panic("a mistake of ours") })
	if _, ok := errors.AsType[*problem.Panicked](err); !ok || !strings.Contains(err.Error(), "a mistake of ours") {
		t.Errorf("%v", err)
	}
	if err := shifts.Do(ctx, "a", func(context.Context) error { return nil }); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// A stop tells everything at once, waits for it, and lets nothing begin.
func TestAStopHandsEverythingBack(t *testing.T) {
	shifts := run.NewShifts()
	begun, failed := make(chan struct{}), make(chan error, 3)
	for i := range 3 {
		go func() {
			failed <- shifts.Do(ctx, fmt.Sprint(i), func(ctx context.Context) error {
				begun <- struct{}{}
				<-ctx.Done()
				return ctx.Err()
			})
		}()
		<-begun
	}
	shifts.HandBack()
	for range 3 {
		if err := <-failed; !errors.Is(err, run.ErrHandedBack) {
			t.Errorf("%v", err)
		}
	}
	err := shifts.Do(ctx, "late", func(ctx context.Context) error {
		if ctx.Err() == nil {
			t.Error("something begins after the stop")
		}
		return nil
	})
	if !errors.Is(err, run.ErrHandedBack) {
		t.Errorf("late: %v", err)
	}
}

// Whoever waits for somebody's shift stops waiting when they are told to.
func TestWaitingForAShiftEnds(t *testing.T) {
	shifts := run.NewShifts()
	other, taken := shifts.Take(ctx, "a")
	if !taken {
		t.Fatal("nobody has it")
	}
	waiting, stop := context.WithTimeout(ctx, time.Millisecond)
	defer stop()
	if err := shifts.Do(waiting, "a", func(context.Context) error { return nil }); !errors.Is(err, run.ErrHandedBack) {
		t.Errorf("%v", err)
	}
	other.End()
	other.End()
	if _, taken := shifts.Take(ctx, "a"); !taken {
		t.Error("it was not let go of")
	}
}

// What somebody cancelled is told from what was handed back.
func TestCancellingIsNoHandingBack(t *testing.T) {
	shifts := run.NewShifts()
	begun, failed := make(chan struct{}), make(chan error, 1)
	go func() {
		failed <- shifts.Do(ctx, "a", func(ctx context.Context) error {
			close(begun)
			<-ctx.Done()
			return nil
		})
	}()
	<-begun
	shifts.Cancel("b")
	shifts.Cancel("a")
	if err := <-failed; err != nil {
		t.Errorf("%v", err)
	}
}

// Changes are told to those who watch, and to nobody else.
func TestWatchers(t *testing.T) {
	shifts := run.NewShifts()
	changes, stop := shifts.Watch("a")
	shifts.Changed("b")
	shifts.Changed("a")
	shifts.Changed("a") // told once
	<-changes
	select {
	case <-changes:
		t.Error("told twice")
	default:
	}
	stop()
	shifts.Changed("a")
	select {
	case <-changes:
		t.Error("told after the end")
	default:
	}
}
