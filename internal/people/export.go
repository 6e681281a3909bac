package people

import (
	"context"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/audit"
)

// LongUnseen is after how long without a sign-in an access review asks whether somebody still needs their role.
const LongUnseen = 90 * 24 * time.Hour

// Unseen reports whether somebody has not signed in for so long, or never since they were added.
func (p Person) Unseen(now time.Time) bool {
	last := p.Seen
	if last.IsZero() {
		last = p.Added
	}
	return p.Kind == OnePerson && now.Sub(last) >= LongUnseen
}

// exported is how many are read at once.
const exported = 500

// Export gives all people and groups, a part at a time, for an access review.
func (s *Service) Export(ctx context.Context, caller access.Caller, origin audit.Origin, write func([]Person) error) error {
	if err := access.Require(caller, access.ManagePeople); err != nil {
		return err
	}
	if err := s.Store.Note(ctx, audit.By(caller, origin, Exported, audit.Target{Kind: "people"})); err != nil {
		return err
	}
	q := Query{Sort: ByName, Limit: exported}
	for {
		page, err := s.Store.List(ctx, q)
		if err != nil {
			return err
		}
		if err := write(page.Rows); err != nil {
			return err
		}
		if q.After = page.Next; q.After == "" {
			return nil
		}
	}
}
