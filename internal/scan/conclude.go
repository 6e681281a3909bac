package scan

import (
	"context"
	"errors"
	"slices"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/pool"
	"purser.example/internal/run"
)

// Of each profile, the newest scans are kept, and all of the last while (R50).
const (
	keptScans = 100
	keptFor   = 90 * 24 * time.Hour
)

// conclude registers the sites and ends the scan. A pool that is saved anew in the middle is registered too, before it comes into force.
func (w *working) conclude(ctx context.Context) error {
	for {
		if err := w.register(ctx); err != nil {
			return w.heard(ctx, err)
		}
		if ctx.Err() != nil && !run.IsCancelled(ctx) {
			return run.ErrHandedBack
		}
		err := w.end(ctx)
		switch {
		case errors.Is(err, pool.ErrChanged):
			continue
		case errors.Is(err, ErrChanged):
			return nil
		case err != nil:
			return err
		}
		w.shifts.Changed(string(w.scan.ID))
		after, cancel := account.Beyond(ctx)
		defer cancel()
		return w.store.Prune(after, w.scan.Profile, keptScans, w.now().Add(-keptFor))
	}
}

// end stores that the scan is over, together with the pools that come into force by it.
func (w *working) end(ctx context.Context) error {
	after, cancel := account.Beyond(ctx)
	defer cancel()
	w.scan.State, w.scan.Code, w.scan.Detail = w.outcome(run.IsCancelled(ctx))
	w.scan.Ended = w.now().UTC().Truncate(time.Millisecond)
	forces, err := w.forces(after)
	if err != nil {
		return err
	}
	e := w.scan.entry(Ended).With("state", string(w.scan.State))
	if w.scan.Code != "" {
		e = e.With("code", string(w.scan.Code))
	}
	return w.persist(ctx, func(after context.Context) error { return w.store.End(after, w.scan, forces, e) })
}

// persist is account.Persist for the end of a scan, which a person who stops it must not keep from being stored.
func (w *working) persist(ctx context.Context, write func(context.Context) error) error {
	if !run.IsCancelled(ctx) {
		return account.Persist(ctx, func() error { return write(ctx) })
	}
	after, cancel := account.Beyond(ctx)
	defer cancel()
	return account.Persist(after, func() error { return write(after) })
}

// outcome is what became of the scan, by its types and its registration.
func (w *working) outcome(stopped bool) (State, Code, string) {
	if stopped {
		return Stopped, StoppedByPerson, ""
	}
	failed, unreadable := w.first(SectionFailed), w.first(SectionUnreadable)
	switch {
	case failed != nil && w.first(SectionRead) == nil:
		return Failed, failed.Code, failed.Detail
	case failed != nil:
		return Exception, failed.Code, failed.Detail
	case w.cut != "":
		return Exception, w.cut, ""
	case w.short:
		return Exception, SitesLeftOver, ""
	case unreadable != nil:
		return Exception, unreadable.Code, ""
	}
	return Finished, "", ""
}

// first is the first type that ended so.
func (w *working) first(state SectionState) *Section {
	i := slices.IndexFunc(w.scan.Sections, func(of Section) bool { return of.State == state })
	if i < 0 {
		return nil
	}
	return &w.scan.Sections[i]
}

// forces are the pools that come into force with the end of the scan: of each class, where all its sites were read and registered as far
// as they let themselves be. Single sites that refuse do not hold a pool back, or one odd site would do so for ever; a scan that was stopped
// or failed does.
func (w *working) forces(ctx context.Context) ([]Force, error) {
	if w.scan.Method != ByAccount || w.cut != "" || w.scan.State != Finished && w.scan.State != Exception {
		return nil, nil
	}
	by := account.Stamp{At: w.scan.Ended, By: w.scan.Who()}
	var list []Force
	for _, class := range pool.Classes {
		if !w.reaches(class) {
			continue
		}
		p, e, due, err := w.pools.Coming(ctx, pool.Key{Tenant: w.scan.Tenant, Class: class}, by, w.scan.reason())
		if err != nil {
			return nil, err
		}
		if due && p.Group.ID != "" && len(w.registered(class)) > 0 && !w.tried[trying(p)] {
			return nil, pool.ErrChanged // saved with another group since its sites were registered
		}
		if due {
			e.Actor, e.Origin = w.scan.Actor, w.scan.Origin
			list = append(list, Force{Pool: p, By: by, Entry: e})
		}
	}
	return list, nil
}

// reaches reports whether the scan did for a class what brings its pool into force: its sites were read, or where it has none, anything of
// it was. What cannot be read at all, as public folders, holds nothing back.
func (w *working) reaches(class pool.Class) bool {
	any := false
	for _, of := range w.scan.Sections {
		in, counted := of.Type.Class()
		if !counted || in != class {
			continue
		}
		if of.Type.Registered() && of.State != SectionRead {
			return false
		}
		any = any || of.State == SectionRead || of.State == SectionUnreadable
	}
	return any
}

// registered are the scan's types that are sites of a class.
func (w *working) registered(class pool.Class) []Type {
	types := make([]Type, len(w.scan.Sections))
	for i, of := range w.scan.Sections {
		types[i] = of.Type
	}
	return registered(types, class)
}
