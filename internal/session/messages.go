package session

import (
	"context"
	"errors"
	"time"

	"purser.example/internal/problem"
)

// leaving is a message that is on its way to the disk.
type leaving struct {
	flash Flash
	done  chan struct{} // closed when it is there, or cannot be written
}

// SetFlash leaves a message for the next page. It goes on the disk beside the answer, so that whoever saved something does not wait for
// that as well; whoever opens the session next does, for a moment. It must not be lost with what it speaks of: one that cannot be written
// is kept in memory.
func (s *Service) SetFlash(ctx context.Context, sess Session, f Flash) {
	l := &leaving{f, make(chan struct{})}
	before := s.leave(sess.Key, l)
	s.writing.Go(func() {
		defer s.arrived(sess.Key, l)
		if before != nil {
			<-before.done // it ends by itself
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rest)
		defer cancel()
		err := problem.Guard(func() error { return s.change(ctx, &sess, func(state *State) { state.Flash = &f }) })
		if err == nil || errors.Is(err, ErrEnded) {
			s.forgetUnkept(sess.Key) // this one is newer
			return
		}
		s.log.WarnContext(ctx, "message for the next page not stored", "session", sess.Key.Short(), "error", problem.Told(err))
		s.mu.Lock()
		s.unkept[sess.Key] = f
		s.mu.Unlock()
	})
}

// leave notes that a message is on its way, and gives the one before it; nil for none.
func (s *Service) leave(key Key, l *leaving) (before *leaving) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before = s.leaving[key]
	s.leaving[key] = l
	return before
}

func (s *Service) arrived(key Key, l *leaving) {
	s.mu.Lock()
	if s.leaving[key] == l {
		delete(s.leaving, key)
	}
	s.mu.Unlock()
	close(l.done)
}

// await waits for a message that is on its way to the session, so that the page which it is for takes it out when it is there.
func (s *Service) await(ctx context.Context, key Key) {
	s.mu.Lock()
	l := s.leaving[key]
	s.mu.Unlock()
	if l == nil {
		return
	}
	timer := time.NewTimer(s.beside)
	defer timer.Stop()
	select {
	case <-l.done:
	case <-timer.C:
	case <-ctx.Done():
	}
}

// unstored is the message for the session that is newer than what is stored; nil for none.
func (s *Service) unstored(key Key) *Flash {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l := s.leaving[key]; l != nil {
		return &l.flash
	}
	if f, ok := s.unkept[key]; ok {
		return &f
	}
	return nil
}

// Close waits for messages that are being written. Nobody asks the service for anything after that.
func (s *Service) Close() { s.writing.Wait() }

// TakeFlash gives the message left for this page, once. Where it cannot be taken out soon, the next page may show it again.
func (s *Service) TakeFlash(ctx context.Context, sess *Session) *Flash {
	flash := sess.State.Flash
	if flash == nil {
		return nil
	}
	s.forgetUnkept(sess.Key)
	taken := *sess
	sess.State.Flash = nil
	if sess.stored == nil {
		return flash // it was in memory only
	}
	done := s.writeBeside(ctx, func(ctx context.Context) {
		if err := s.change(ctx, &taken, func(state *State) { state.Flash = nil }); err != nil {
			s.log.WarnContext(ctx, "message not taken from the session", "session", taken.Key.Short(), "error", problem.Told(err))
		}
	})
	if done {
		*sess = taken
		sess.State.Flash = nil
	}
	return flash
}

func (s *Service) forgetUnkept(key Key) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.unkept, key)
}
