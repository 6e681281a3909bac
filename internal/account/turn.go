package account

import (
	"cmp"
	"errors"

	"purser.example/internal/access"
	"purser.example/internal/problem"
)

var errBusy = errors.New("account: an attempt is under way")

// Turn gives an account to one piece of work at a time, until release: two attempts at once could count twice towards
// a lockout, and a validation must not send an old password after a new one was confirmed. Nobody waits in line, because
// whoever would come next should see first what came of it; the error says whom to wait for.
func (s *Service) Turn(k Key, caller access.Caller) (release func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if other, taken := s.busy[k]; taken {
		return nil, busy(other, caller)
	}
	s.busy[k] = caller
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.busy, k)
	}, nil
}

// busy says whom to wait for.
func busy(other, caller access.Caller) error {
	who := cmp.Or(other.Called(), "Someone") + " is"
	if other.Issuer == caller.Issuer && other.Subject == caller.Subject {
		who = "You are"
	}
	return problem.Wrap(errBusy, problem.Conflict, who+" validating this account right now. Wait for that result, then try again.")
}
