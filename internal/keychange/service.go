package keychange

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/run"
	"purser.example/internal/secret"
)

// Parts are what a Service is made of.
type Parts struct {
	Store  Store
	Ring   *secret.Keyring
	Opened secret.Keeper                                 // the key that opened the keyring
	Next   secret.Keeper                                 // the key that is to take its place; nil: none is given
	Try    func(context.Context, ...secret.Keeper) error // whether one of the keys opens the keyring in the database now
	Folder string                                        // where Make leaves notes
	Shifts *run.Shifts
	Now    func() time.Time
	Log    *slog.Logger
}

// Service changes the key and tells how far it is.
type Service struct {
	Parts

	mu     sync.Mutex
	opened secret.Keeper   // the key in use, as far as this process has it; nil: the key of a note took its place
	told   map[string]bool // the notes whose trouble is in the log already

	trouble atomic.Pointer[Trouble]
}

// NewService joins the parts.
func NewService(p Parts) *Service {
	return &Service{Parts: p, opened: p.Opened, told: map[string]bool{}}
}

// Overview is how the key stands.
type Overview struct {
	InUse    string  // the id of the key that opens the database; while it is changed, that of before
	Settings string  // the id of the key by which this Purser was started
	Next     string  // the id of the key that is given to take its place; empty for none
	Last     *Change // nil: the key was never changed
	Both     bool    // the key that is given to take its place has done so
	Stale    bool    // the key by which this Purser was started opens the database no more, so that the settings need the one in use

	Place     string   // where the key in use is, where that is a key service
	NextPlace string   // the same of the next one
	Trouble   *Trouble // with the key service; nil: none
}

// Overview tells how the key stands, to who may change it.
func (s *Service) Overview(ctx context.Context, caller access.Caller) (Overview, error) {
	if err := access.Require(caller, access.ChangeSecurity); err != nil {
		return Overview{}, err
	}
	o := Overview{InUse: s.Opened.ID(), Settings: s.Opened.ID()}
	last, err := s.Store.Last(ctx)
	switch {
	case errors.Is(err, ErrNone):
	case err != nil:
		return o, err
	default:
		o.Last = &last
		if o.InUse = last.Next; !last.Over() {
			o.InUse = last.Former
		}
		o.Stale = last.Over() && last.Next != o.Settings
	}
	if s.Next != nil && s.Next.ID() != o.InUse {
		o.Next = s.Next.ID()
	}
	o.Both = s.Next != nil && s.Next.ID() == o.InUse
	o.Place, o.NextPlace, o.Trouble = s.placeOf(o.InUse), s.placeOf(o.Next), s.Trouble()
	return o, nil
}

// placeOf is where a key is, if it is one of those that this process has and at a key service.
func (s *Service) placeOf(id string) string {
	for _, k := range []secret.Keeper{s.Opened, s.Next} {
		if k != nil && k.ID() == id {
			return secret.PlaceOf(k)
		}
	}
	return ""
}

// Answers to who cannot change the key now.
var (
	errNoNext   = problem.New(problem.Conflict, "No new key is set. Create one with purser key new, set PURSER_KEY_NEW_FILE to its file, and restart Purser.")
	errUnderWay = problem.New(problem.Conflict, "The key is already being changed.")
	errAway     = "The key service didn't answer, so the key wasn't changed. Try again when it is available."
	errRefused  = "The key service refused to use its key for Purser, so the key wasn't changed. The log of Purser says what it lacks; correct that, and try again."
)

// Begin changes the key to the one that the settings give.
func (s *Service) Begin(ctx context.Context, caller access.Caller, origin audit.Origin) error {
	o, err := s.Overview(ctx, caller)
	switch {
	case err != nil:
		return err
	case o.Last != nil && !o.Last.Over():
		return errUnderWay
	case o.Next == "":
		return errNoNext
	}
	return s.beginWith(ctx, audit.By(caller, origin, Begun, audit.Target{}))
}

// BeginBy is Begin for a command on the machine; by is who runs it, as the machine calls them.
func (s *Service) BeginBy(ctx context.Context, by string) error {
	return s.beginWith(ctx, audit.Entry{Actor: audit.Itself, Action: Begun}.With("by", by))
}

func (s *Service) beginWith(ctx context.Context, e audit.Entry) error {
	former := s.InUse()
	if former == nil {
		return problem.New(problem.Conflict, "The key was changed by a command since Purser was started. Set PURSER_KEY to the key in use and restart Purser before you change the key again.")
	}
	sealed, err := s.Ring.Change(ctx, former, s.Next)
	switch {
	case errors.Is(err, secret.ErrUnavailable):
		return problem.Wrap(err, problem.Unavailable, errAway)
	case errors.Is(err, secret.ErrRefused):
		return problem.Wrap(err, problem.Unavailable, errRefused)
	case err != nil:
		return err
	}
	return s.begin(ctx, e, sealed)
}

// begin keeps the change. The entry says who began it.
func (s *Service) begin(ctx context.Context, e audit.Entry, sealed secret.Change) error {
	both, err := s.Ring.Changed(sealed)
	if err != nil {
		return err
	}
	c := Change{Former: sealed.Former.KeyID, Next: sealed.Next.KeyID, Actor: e.Actor, Begun: s.Now().UTC()}
	e.Target = c.target()
	e = e.With("former", c.Former).With("next", c.Next)
	if err := s.Store.Begin(ctx, c, sealed, both, e); errors.Is(err, ErrUnderWay) {
		return errUnderWay
	} else if err != nil {
		return err
	}
	s.Log.InfoContext(ctx, "the key is being changed: everything is sealed anew", "former", c.Former, "next", c.Next)
	s.Shifts.Changed(Work)
	return nil
}

// Watch tells of changes as run.Shifts does.
func (s *Service) Watch() (changes <-chan struct{}, stop func()) { return s.Shifts.Watch(Work) }

// Carry carries a change out, or on. It may be called again after whatever ended it before.
func (s *Service) Carry(ctx context.Context, id string) error {
	number, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return fmt.Errorf("change of the key %q: %w", id, err)
	}
	return s.Shifts.Do(ctx, Work, func(ctx context.Context) error { return s.carry(ctx, ID(number)) })
}

func (s *Service) carry(ctx context.Context, id ID) error {
	last, err := s.Store.Last(ctx)
	if err != nil || last.ID != id || last.Over() {
		return err
	}
	if err := s.Store.Reseal(ctx, id, func() { s.Shifts.Changed(Work) }); err != nil {
		return err
	}
	var over Change
	err = s.Store.Finish(ctx, id, func(c Change) audit.Entry {
		over = c
		return audit.Entry{Actor: audit.Itself, Action: Ended, Target: c.target()}.With("former", c.Former).With("next", c.Next).
			With("sealed anew", strconv.Itoa(c.Done)).With("unreadable", strconv.Itoa(c.Unreadable))
	})
	if err != nil {
		return err
	}
	s.finished(ctx, over)
	return nil
}

// finished says what is to be done once the key of before opens nothing.
func (s *Service) finished(ctx context.Context, c Change) {
	s.mu.Lock()
	if s.opened = nil; s.Next != nil && s.Next.ID() == c.Next {
		s.opened = s.Next
	}
	if s.Opened.ID() == c.Next {
		s.opened = s.Opened
	}
	s.mu.Unlock()
	s.Log.WarnContext(ctx, "THE KEY WAS CHANGED: only the new one opens the database. Set PURSER_KEY to it before Purser is started again (docs/keys.md)",
		"former", c.Former, "next", c.Next, "sealed_anew", c.Done, "unreadable", c.Unreadable)
}
