package scan

import (
	"context"
	"errors"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/run"
)

// Work carries a scan out, or on: it may be called again after whatever ended it before. It returns nil when the scan is over and
// run.ErrHandedBack when ctx ended first.
func (s *Service) Work(ctx context.Context, id ID) error {
	return s.shifts.Do(ctx, string(id), func(ctx context.Context) error { return s.carryOut(ctx, id) })
}

func (s *Service) carryOut(ctx context.Context, id ID) error {
	of, err := s.store.Scan(context.WithoutCancel(ctx), id)
	if errors.Is(err, ErrGone) || err == nil && of.State.Over() {
		return nil
	}
	if err != nil {
		return err
	}
	w := &working{Service: s, scan: of}
	defer w.shut()
	if of.State == Waiting {
		w.scan.State = Running
	}
	if err := w.progress(ctx); err != nil {
		return err
	}
	for i := range w.scan.Sections {
		if err := w.section(ctx, &w.scan.Sections[i]); err != nil {
			return err
		}
	}
	if err := w.planner(ctx); err != nil {
		return err
	}
	return w.conclude(ctx)
}

// working is a scan that is being worked on.
type working struct {
	*Service
	scan   Scan
	source Source   // nil: the tenant was not opened yet
	shutBy *trouble // why nothing more is asked of Microsoft; nil: nothing stands in the way

	tried map[string]bool // the pools with their groups that were registered, whether or not every site took them
	cut   Code            // why the registration was not tried to its end; empty: it was
	short bool            // sites were left over
}

// progress stores how far the scan is. What somebody asked for meanwhile, or before the former process ended, is heard here.
func (w *working) progress(ctx context.Context) error {
	if ctx.Err() != nil {
		return w.interrupted(ctx)
	}
	err := account.Persist(ctx, func() error {
		state, err := w.store.Progress(ctx, w.scan)
		if err == nil && state == Stopping {
			w.shifts.Cancel(string(w.scan.ID))
		}
		return err
	})
	w.shifts.Changed(string(w.scan.ID))
	if ctx.Err() != nil {
		return w.interrupted(ctx)
	}
	return err
}

// interrupted is what the end of ctx means: nothing where somebody stopped the scan, which then comes to its end.
func (w *working) interrupted(ctx context.Context) error {
	if run.IsCancelled(ctx) {
		return nil
	}
	return run.ErrHandedBack
}

// enter gives the open tenant. It is opened once: a password that was refused is not sent again.
func (w *working) enter(ctx context.Context) (Source, *trouble, error) {
	if w.source != nil || w.shutBy != nil {
		return w.source, w.shutBy, nil
	}
	source, by, err := w.openTenant(ctx, w.scan, w.scan.Actor, w.scan.Origin)
	if err != nil {
		if w.shutBy = w.seen(ctx, w.scan, err); w.shutBy == nil {
			return nil, nil, err
		}
		return nil, w.shutBy, nil
	}
	w.source, w.scan.By = source, by
	w.mu.Lock()
	w.open[w.scan.ID] = source
	w.mu.Unlock()
	go w.tellOfRests(ctx, source)
	return source, nil, w.progress(ctx)
}

// resting is how often those who watch are told that Microsoft asked to wait, or does not any more.
const resting = time.Second

func (w *working) tellOfRests(ctx context.Context, source Source) {
	var told time.Time
	for account.Sleep(ctx, resting) {
		if until := source.Resting(); !until.Equal(told) {
			told = until
			w.shifts.Changed(string(w.scan.ID))
		}
	}
}

// shut lets go of the tenant.
func (w *working) shut() {
	if w.source == nil {
		return
	}
	w.mu.Lock()
	delete(w.open, w.scan.ID)
	w.mu.Unlock()
	w.source.Close()
}
