package scan

import (
	"context"
	"errors"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/problem"
)

// anew is how often a type is read from its beginning because Microsoft forgot where it was left.
const anew = 2

var errPatience = errors.New("scan: nothing came for too long")

// section reads one type, unless that is over already. What Microsoft refuses is the section's own outcome.
func (w *working) section(ctx context.Context, of *Section) error {
	if of.State.Over() || ctx.Err() != nil {
		return w.heard(ctx, nil)
	}
	if !of.Type.Readable(w.scan.Method) {
		return w.endSection(ctx, of, SectionUnreadable, &trouble{code: NotByMethod})
	}
	source, t, err := w.enter(ctx)
	switch {
	case err != nil || ctx.Err() != nil:
		return w.heard(ctx, err)
	case t != nil:
		return w.endSection(ctx, of, SectionFailed, t)
	}
	of.Begun = w.now()
	if err := account.Persist(ctx, func() error { return w.store.BeginSection(ctx, w.scan.ID, of.Type, of.Begun) }); err != nil {
		return w.heard(ctx, err)
	}
	w.shifts.Changed(string(w.scan.ID))
	// A former start may have stored the last page, after which nothing follows, and not have come to mark what is gone.
	if of.State != SectionReading || of.From != "" || of.Found+of.Failed == 0 {
		t, err = w.read(ctx, source, of)
	}
	switch {
	case err != nil || ctx.Err() != nil:
		return w.heard(ctx, err)
	case t != nil:
		if t.whole {
			w.shutBy = t
		}
		return w.endSection(ctx, of, SectionFailed, t)
	case of.Code != "": // a page was not whole, perhaps one that a former start has stored
		return w.endSection(ctx, of, SectionFailed, &trouble{code: of.Code})
	}
	return w.endSection(ctx, of, SectionRead, &trouble{})
}

// heard is err, unless the scan was told to end: then it says how.
func (w *working) heard(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return w.interrupted(ctx)
	}
	return err
}

// read reads a type to its end, from where it was left.
func (w *working) read(ctx context.Context, source Source, of *Section) (*trouble, error) {
	for restarts := 0; ; restarts++ {
		err := w.pipe(ctx, source, of)
		switch {
		case err == nil || ctx.Err() != nil:
			return nil, nil
		case errors.Is(err, ErrStale) && restarts == anew:
			return &trouble{code: NotReadOn}, nil
		case !errors.Is(err, ErrStale):
			t := w.troubleReading(ctx, source, err)
			if t == nil {
				return nil, err
			}
			return t, nil
		}
		if err := account.Persist(ctx, func() error { return w.store.Restart(ctx, w.scan.ID, of.Type) }); err != nil {
			return nil, err
		}
		of.From, of.Code, of.Found, of.New, of.Failed = "", "", 0, 0, 0
	}
}

// troubleReading says what ended a reading.
func (w *working) troubleReading(ctx context.Context, source Source, err error) *trouble {
	if errors.Is(err, errPatience) {
		if u, ok := errors.AsType[*Unread](err); ok && u.Throttled || source.Resting().After(w.now()) {
			return &trouble{code: Throttled}
		}
		return &trouble{code: NotReachable, detail: "TIMEOUT"}
	}
	return w.seen(ctx, w.scan, err)
}

// pipe stores each page while the next one is on its way. Where no page comes for too long, it ends with errPatience.
func (w *working) pipe(ctx context.Context, source Source, of *Section) error {
	reading, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	patience := time.AfterFunc(w.limits.Patience, func() { cancel(errPatience) })
	defer patience.Stop()
	pages, stored := make(chan Page, 1), make(chan error, 1)
	go func() {
		var failed error
		for page := range pages {
			if failed == nil {
				if failed = problem.Guard(func() error { return w.keep(ctx, of, page) }); failed != nil {
					cancel(failed)
				}
			}
		}
		stored <- failed
	}()
	err := problem.Guard(func() error {
		return source.Read(reading, of.Type, of.From, func(p Page) error {
			patience.Reset(w.limits.Patience)
			pages <- p
			return nil
		})
	})
	close(pages)
	if failed := <-stored; failed != nil {
		return failed
	}
	if err != nil && errors.Is(context.Cause(reading), errPatience) {
		return errors.Join(errPatience, err)
	}
	return err
}

// keep stores a page.
func (w *working) keep(ctx context.Context, of *Section, p Page) error {
	err := account.Persist(ctx, func() error {
		now, err := w.store.AddPage(ctx, w.scan.ID, of.Type, p, w.now())
		if err == nil {
			begun := of.Begun
			*of = now
			of.Begun = begun
		}
		return err
	})
	w.shifts.Changed(string(w.scan.ID))
	return err
}

// endSection stores how reading a type ended.
func (w *working) endSection(ctx context.Context, of *Section, state SectionState, t *trouble) error {
	ended := *of
	ended.State, ended.Code, ended.Detail, ended.Ended = state, t.code, t.detail, w.now()
	if err := account.Persist(ctx, func() error { return w.store.EndSection(ctx, w.scan.ID, ended) }); err != nil {
		return w.heard(ctx, err)
	}
	*of = ended
	w.shifts.Changed(string(w.scan.ID))
	return nil
}
