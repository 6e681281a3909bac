package drift

import (
	"context"
	"errors"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/appprofile"
	"purser.example/internal/problem"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

// Question is a refused sign-in that the tenant's log did not have yet. It is asked for again later, because the log is some minutes late.
type Question struct {
	Key         account.Key
	Correlation string // by which the log has it
	Rule        string // of the verdict
	At          time.Time
	Due         time.Time
	Tries       int
}

// waits are before each try.
var waits = []time.Duration{3 * time.Minute, 10 * time.Minute, 30 * time.Minute, 2 * time.Hour, 12 * time.Hour}

// atOnce is how many questions are asked in one go.
const atOnce = 20

// AskLater notes that the sign-in log did not have the attempt of a verdict yet.
func (s *Service) AskLater(ctx context.Context, k account.Key, v verdict.Verdict) error {
	if !v.Blame.Later || v.CorrelationID == "" {
		return nil
	}
	now := s.moment()
	return s.Store.Ask(ctx, Question{Key: k, Correlation: v.CorrelationID, Rule: v.Rule, At: now, Due: now.Add(waits[0])})
}

// AskAgain asks the sign-in logs what they did not have before, as far as it is time. The verdict then names the policy that refused.
func (s *Service) AskAgain(ctx context.Context) error {
	list, err := s.Store.Questions(ctx, s.Now(), atOnce)
	if err != nil {
		return err
	}
	for _, q := range list {
		err = errors.Join(err, s.ask(ctx, q))
	}
	return err
}

// ask asks one question. What nobody answers is put off until there were tries enough.
func (s *Service) ask(ctx context.Context, q Question) error {
	b, err := s.refusal(ctx, q)
	if err == nil && !b.Later && b.NotAsked == "" && b.NoToken == "" {
		return s.Store.Answer(ctx, q, &b)
	}
	if q.Tries++; q.Tries >= len(waits) {
		return errors.Join(err, s.Store.Answer(ctx, q, nil))
	}
	q.Due = s.moment().Add(waits[q.Tries])
	return errors.Join(err, s.Store.Ask(ctx, q))
}

func (s *Service) refusal(ctx context.Context, q Question) (verdict.Blame, error) {
	t, err := s.Tenants.Find(ctx, q.Key.Tenant)
	if problem.KindOf(err) == problem.NotFound {
		return verdict.Blame{}, nil // it is gone, and what was asked for with it
	}
	if err != nil {
		return verdict.Blame{}, err
	}
	app, err := s.Apps.Credentials(ctx, t.ID)
	if account.Hindrance(err) != "" {
		return verdict.Blame{Later: true}, nil
	}
	if err != nil {
		return verdict.Blame{}, err
	}
	defer app.Clear()
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	return s.Directory.Refusal(ctx, t, app, q.Correlation, q.Rule), nil
}

// Refuser finds out later which policy refused a sign-in.
type Refuser interface {
	// Refusal looks a refused sign-in up in the tenant's log. Blame.Later says that it still does not have it.
	Refusal(ctx context.Context, t tenant.Tenant, app appprofile.App, correlation, rule string) verdict.Blame
}
