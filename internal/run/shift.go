package run

import (
	"context"
	"errors"
	"sync"
	"time"

	"purser.example/internal/problem"
)

// ErrHandedBack says that something stopped because Purser stops; the next start goes on from where it is.
var ErrHandedBack = errors.New("run: handed back, because Purser stops")

// errCancelled is why a shift ended that somebody cancelled.
var errCancelled = errors.New("run: canceled")

// Shifts are what this process works on, by id.
type Shifts struct {
	mu       sync.Mutex
	active   map[string]*Shift
	seen     map[string]map[chan struct{}]bool // who watches
	stopping bool
}

// NewShifts makes them. One for the whole process: ids are never given twice.
func NewShifts() *Shifts {
	return &Shifts{active: map[string]*Shift{}, seen: map[string]map[chan struct{}]bool{}}
}

// Shift is this process working on something. Whoever has it does all of it, or ends it.
type Shift struct {
	of     *Shifts
	id     string
	ctx    context.Context
	cancel context.CancelCauseFunc
	done   chan struct{} // closed at its end
}

// Take makes id the caller's own, until Do returns or End. Where somebody has it already, taken is false and the shift is theirs.
func (s *Shifts) Take(ctx context.Context, id string) (shift *Shift, taken bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if other := s.active[id]; other != nil {
		return other, false
	}
	shift = &Shift{of: s, id: id, done: make(chan struct{})}
	shift.ctx, shift.cancel = context.WithCancelCause(ctx)
	if s.stopping {
		shift.cancel(ErrHandedBack)
	}
	s.active[id] = shift
	return shift, true
}

// End lets go of id without having done anything, or after. Ending twice does nothing.
func (f *Shift) End() {
	f.of.mu.Lock()
	mine := f.of.active[f.id] == f
	if mine {
		delete(f.of.active, f.id)
	}
	f.of.mu.Unlock()
	if mine {
		f.cancel(nil)
		close(f.done)
		f.of.Changed(f.id)
	}
}

// Do does the work and ends the shift, whatever becomes of it: a panic is an error. It returns ErrHandedBack where Purser's stop
// ended it, or the end of the context that the shift was taken with.
func (f *Shift) Do(work func(context.Context) error) error {
	defer f.End()
	err := problem.Guard(func() error { return work(f.ctx) })
	if cause := context.Cause(f.ctx); cause != nil && !errors.Is(cause, errCancelled) {
		return ErrHandedBack
	}
	return err
}

// Do works on id as the only one. It waits for whoever works on it already, because there may be new work by the time they end.
// The work must tolerate being repeated.
func (s *Shifts) Do(ctx context.Context, id string, work func(context.Context) error) error {
	for {
		shift, taken := s.Take(ctx, id)
		if taken {
			return shift.Do(work)
		}
		select {
		case <-shift.done:
		case <-ctx.Done():
			return ErrHandedBack
		}
	}
}

// Cancel tells whoever works on id to stop, because somebody wants so.
func (s *Shifts) Cancel(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if shift := s.active[id]; shift != nil {
		shift.cancel(errCancelled)
	}
}

// IsCancelled reports whether ctx is that of a shift that somebody cancelled.
func IsCancelled(ctx context.Context) bool { return errors.Is(context.Cause(ctx), errCancelled) }

// stopWithin is how long work that is handed back may take to come to a good end.
const stopWithin = 10 * time.Second

// HandBack stops everything that is worked on, at once, and whatever would begin from now on, and waits for what is under way, but
// not for ever. The next start goes on with it.
func (s *Shifts) HandBack() {
	s.mu.Lock()
	s.stopping = true
	var under []*Shift
	for _, shift := range s.active {
		shift.cancel(ErrHandedBack)
		under = append(under, shift)
	}
	s.mu.Unlock()
	late := time.After(stopWithin)
	for _, shift := range under {
		select {
		case <-shift.done:
		case <-late:
			return
		}
	}
}

// Watch gives a channel that has something to read after each change of id, until stop is called. Changes that come close
// together are told once.
func (s *Shifts) Watch(id string) (changes <-chan struct{}, stop func()) {
	c := make(chan struct{}, 1)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen[id] == nil {
		s.seen[id] = map[chan struct{}]bool{}
	}
	s.seen[id][c] = true
	return c, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.seen[id], c)
		if len(s.seen[id]) == 0 {
			delete(s.seen, id)
		}
	}
}

// Changed tells those who watch id.
func (s *Shifts) Changed(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.seen[id] {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}
