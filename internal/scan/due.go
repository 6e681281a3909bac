package scan

import (
	"context"
	"errors"
	"time"

	"purser.example/internal/audit"
)

const (
	// some is how many scans begin by themselves at a time.
	some = 100
	// beyond is how far ahead no daily time can be, however the clocks are changed: one that is set so was set while the machine's clock
	// was wrong.
	beyond = 72 * time.Hour
)

// BeginDue begins the scans whose daily time has come. It is called now and then.
func (s *Service) BeginDue(ctx context.Context) error {
	if err := s.reschedule(ctx); err != nil {
		return err
	}
	due, err := s.store.Due(ctx, s.now(), some)
	if err != nil {
		return err
	}
	for _, p := range due {
		_, err := s.begin(ctx, p.ID, beginner{audit.Entry{Actor: audit.Itself}, false})
		if err != nil && !errors.Is(err, ErrGone) && !errors.Is(err, ErrChanged) {
			return err
		}
	}
	return nil
}

// reschedule brings back next times that no schedule can have: the machine's clock was far ahead when they were set, and scans would not
// begin for as long as it was wrong by.
func (s *Service) reschedule(ctx context.Context) error {
	profiles, err := s.store.Profiles(ctx, "")
	if err != nil {
		return err
	}
	now := s.now()
	for _, p := range profiles {
		if !p.Next.After(now.Add(beyond)) {
			continue
		}
		err := s.store.Schedule(ctx, p.Profile, p.Schedule.Next(now, time.Time{}))
		if err != nil && !errors.Is(err, ErrGone) && !errors.Is(err, ErrChanged) {
			return err
		}
	}
	return nil
}
