package keychange

import (
	"context"
	"errors"
	"time"

	"purser.example/internal/problem"
	"purser.example/internal/secret"
)

// Trouble is that the key service doesn't open the keyring at the moment. What was opened before goes on; what has to be opened anew, which
// is a start, a command beside Purser, the proof of a backup, and another change of the key, fails until that is over.
type Trouble struct {
	Since   time.Time
	Refused bool // it answers, but not as it has to: somebody has to do something
}

// InUse is the key in use, as far as this process has it; nil: the key of a note took the place of those that it has.
func (s *Service) InUse() secret.Keeper {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.opened
}

// Look has the key service open the keyring as a start would, and remembers what came of it. It asks nobody where the key is here.
func (s *Service) Look(ctx context.Context) {
	at := s.InUse()
	if at == nil || secret.PlaceOf(at) == "" {
		s.trouble.Store(nil)
		return
	}
	err := s.Try(ctx, at)
	if ctx.Err() != nil || errors.Is(err, secret.ErrWrongKey) { // the end came first, or the key was changed meanwhile
		return
	}
	before := s.trouble.Load()
	switch {
	case err == nil && before != nil:
		s.trouble.Store(nil)
		s.Log.InfoContext(ctx, "the key service opens the keyring again", "key", at.ID())
	case err != nil:
		now := Trouble{Since: s.Now().UTC(), Refused: !errors.Is(err, secret.ErrUnavailable)}
		if before != nil {
			now.Since = before.Since
		}
		s.trouble.Store(&now)
		if before == nil || before.Refused != now.Refused {
			s.Log.ErrorContext(ctx, "THE KEY SERVICE DOES NOT OPEN THE KEYRING: what is open goes on, but Purser cannot be started again until it does (docs/keys.md)",
				"key", at.ID(), "error", problem.Told(err))
		}
	}
}

// Trouble gives the trouble with the key service that the last look found; nil: none.
func (s *Service) Trouble() *Trouble { return s.trouble.Load() }
