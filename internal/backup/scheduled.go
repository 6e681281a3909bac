package backup

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
)

// Actions of the activity log.
const (
	Made   audit.Action = "backup made"
	Failed audit.Action = "backup failed"
)

// Parts are what scheduled backups are made of.
type Parts struct {
	Shelf
	Keep   int                             // how many, at least one
	Next   func(after time.Time) time.Time // the next time for a backup
	Source Source                          // the database that people work in
	Record func(context.Context, audit.Entry) error
	Options
	Log *slog.Logger
}

// Scheduled makes backups at their times. What it knows of the past is the folder: a time that was missed is made up for once, and a clock
// that is wrong for a while neither makes a storm of backups nor keeps the next one from being made.
type Scheduled struct {
	Parts
	begun time.Time

	mu      sync.Mutex
	tried   time.Time // the last time it failed; zero since it did not
	failed  uint64
	missing time.Time // since when a backup should be there that is not; zero: none
}

// NewScheduled makes it. Whoever has it calls BeginDue now and then.
func NewScheduled(p Parts) *Scheduled { return &Scheduled{Parts: p, begun: p.Now()} }

// again is how long after a failure the backup is tried again.
const again = 10 * time.Minute

// BeginDue makes a backup if it is time for one. A failure is told loudly and tried again; backups of before stay.
func (s *Scheduled) BeginDue(ctx context.Context) {
	now := s.Now()
	if !s.due(now) {
		return
	}
	defer func() { s.look(s.Now()) }()
	begun := time.Now()
	var report Report
	err := problem.Guard(func() (err error) {
		report, err = Write(ctx, s.Source, s.PathOf(now), s.Options)
		return err
	})
	if ctx.Err() != nil {
		return // Purser ends; the next start makes it up
	}
	if err != nil {
		s.fails(ctx, now, err)
		return
	}
	s.succeeds()
	s.Log.Info("a backup was made", "file", report.File, "bytes", report.Bytes, "entries", report.Entries, "took", time.Since(begun).Round(time.Millisecond))
	removed, err := s.prune(s.Keep, report.File)
	if err != nil {
		s.Log.Warn("old backups not removed", "error", err)
	}
	s.record(ctx, s.entry(Made, now).With("bytes", strconv.FormatInt(report.Bytes, 10)).With("entries", strconv.FormatInt(report.Entries, 10)).
		With("removed", strconv.Itoa(removed)))
}

// due reports whether the time for a backup has come that is not there.
func (s *Scheduled) due(now time.Time) bool {
	s.mu.Lock()
	tried := s.tried
	s.mu.Unlock()
	if pause := now.Sub(tried); !tried.IsZero() && pause >= 0 && pause < again {
		return false
	}
	next := s.next(now)
	return !next.IsZero() && !next.After(now)
}

// next is the time for the next backup, which has passed where one is missing.
func (s *Scheduled) next(now time.Time) time.Time {
	after := s.begun
	if newest, err := s.Newest(now); err == nil && !newest.Made.IsZero() {
		after = newest.Made
	}
	if after.After(now) {
		after = now
	}
	return s.Next(after)
}

// late is how long after its time a backup is missing. A failure that the next try makes good is nothing for people.
const late = time.Hour

// look notes whether a backup is missing, for Missing.
func (s *Scheduled) look(now time.Time) {
	next := s.next(now)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.missing = time.Time{}
	if !next.IsZero() && now.Sub(next) >= late {
		s.missing = next
	}
}

// Missing is since when a backup should be there that is not; zero: none is missing. Pages ask it, so that it looks at no folder.
func (s *Scheduled) Missing() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.missing
}

func (s *Scheduled) fails(ctx context.Context, now time.Time, err error) {
	s.mu.Lock()
	s.tried = now
	s.failed++
	s.mu.Unlock()
	s.Log.Error("THE BACKUP FAILED; backups of before are kept, and it is tried again", "folder", s.Folder, "in", again, "error", err)
	s.record(ctx, s.entry(Failed, now).With("reason", reasonOf(err)))
}

func (s *Scheduled) succeeds() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tried = time.Time{}
}

// Failures counts those since the start.
func (s *Scheduled) Failures() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failed
}

func (s *Scheduled) entry(action audit.Action, at time.Time) audit.Entry {
	return audit.Entry{Actor: audit.Itself, Action: action, Target: audit.Target{Kind: "backup", ID: filepath.Base(s.PathOf(at))}}
}

func (s *Scheduled) record(ctx context.Context, e audit.Entry) {
	if err := problem.Guard(func() error { return s.Record(ctx, e) }); err != nil {
		s.Log.Error("the backup is not in the activity log", "action", string(e.Action), "error", err)
	}
}

// reasonOf says in a few words why a backup failed.
func reasonOf(err error) string {
	switch {
	case errors.Is(err, ErrSpace):
		return "the disk is full"
	case errors.Is(err, ErrTarget):
		return "the folder can't be written to"
	case errors.Is(err, ErrBroken), errors.Is(err, sqlite.ErrDamaged), errors.Is(err, secret.ErrDamaged):
		return "the database or its copy is damaged"
	case errors.Is(err, secret.ErrUnavailable), errors.Is(err, secret.ErrRefused):
		return "the key service doesn't open the keyring"
	}
	return "see the log of Purser"
}
