package account

import (
	"context"
	"errors"

	"purser.example/internal/audit"
	"purser.example/internal/verdict"
)

// Checkup is what became of an account that Purser wanted to validate by itself: a verdict, or why it was passed over.
type Checkup struct {
	Verdict *verdict.Verdict // nil: nothing was sent
	Pass    Reason
	Name    string // what people call the place where the password is kept; never a username
}

// Of says at which place it was.
func (c Checkup) Of(name string) Checkup {
	c.Name = name
	return c
}

// Passed is a checkup of an account that was passed over.
func Passed(why Reason) Checkup { return Checkup{Pass: why} }

// CheckUp makes an attempt that nobody waits for, while it is the account's turn, within the Etiquette. begun goes on the disk before the
// password leaves. What stands in the way comes back as the Reason; store keeps what Microsoft said, after whoever asked may have left.
func (s *Service) CheckUp(ctx context.Context, a Attempt, begun audit.Entry, store func(context.Context, verdict.Verdict) error) (Checkup, error) {
	k := KeyOf(a.Tenant, a.Username)
	v, err := s.Try(ctx, a, func() error {
		return s.Within(ctx, k, func() error { return s.Begin(ctx, k, begun) })
	})
	if excess, tooMuch := errors.AsType[Excess](err); tooMuch {
		return Passed(Reason(excess)), nil
	}
	if why := Hindrance(err); why != "" {
		return Passed(why), nil
	}
	if err != nil {
		return Checkup{}, err
	}
	after, cancel := Beyond(ctx)
	defer cancel()
	return Checkup{Verdict: &v}, Persist(after, func() error { return store(after, v) })
}
