package pool

import (
	"context"
	"errors"
	"sync"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/profile"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

// open is how long a directory stays open: long enough to type a name with its suggestions, which must not cost an attempt for
// each letter, and short enough that a corrected app profile is used soon.
const open = 5 * time.Minute

// door is the way into the directory of one tenant. Whoever comes while it is being opened waits for that.
type door struct {
	mu      sync.Mutex
	session Session
	until   time.Time
}

func (s *Service) door(t tenant.ID) *door {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.doors[t] == nil {
		s.doors[t] = &door{}
	}
	return s.doors[t]
}

// shut makes the next one open the directory anew.
func (d *door) shut() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.session = nil
}

// opener is on whose behalf a directory is opened.
type opener struct {
	caller access.Caller
	origin audit.Origin
	tenant tenant.Tenant
}

// ask puts a question to the tenant's directory. A token that Microsoft does not accept any more is replaced once.
func ask[T any](ctx context.Context, s *Service, o opener, question func(Session) (T, error)) (T, error) {
	for try := 1; ; try++ {
		session, err := s.session(ctx, o)
		if err != nil {
			var none T
			return none, err
		}
		answer, err := question(session)
		u, unread := errors.AsType[*Unread](err)
		if !unread || u.Code != "HTTP 401" || try > 1 {
			return answer, err
		}
		s.door(o.tenant.ID).shut()
	}
}

// session opens the tenant's directory: for the app itself where the app profile has a secret, for a valid profile's account
// otherwise.
func (s *Service) session(ctx context.Context, o opener) (Session, error) {
	d := s.door(o.tenant.ID)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.session != nil && s.now().Before(d.until) {
		return d.session, nil
	}
	app, err := s.tenants.Credentials(ctx, o.tenant.ID)
	if err != nil {
		return nil, err
	}
	defer app.Secret.Clear()
	var session Session
	if app.Secret.Empty() {
		session, err = s.asAccount(ctx, o)
	} else {
		session, err = s.asApp(ctx, o, app)
	}
	if err != nil {
		return nil, err
	}
	d.session, d.until = session, s.now().Add(open)
	if ends := session.Ends().Add(-time.Minute); ends.Before(d.until) {
		d.until = ends
	}
	return session, nil
}

func (s *Service) asApp(ctx context.Context, o opener, app tenant.App) (Session, error) {
	e := audit.By(o.caller, o.origin, SecretUsed, audit.Target{Kind: "tenant", ID: string(o.tenant.ID), Name: o.tenant.DisplayName})
	if err := s.store.Note(ctx, e.With("application", app.ApplicationID)); err != nil {
		return nil, err
	}
	return s.directory.AsApp(ctx, o.tenant, app)
}

func (s *Service) asAccount(ctx context.Context, o opener) (Session, error) {
	var session Session
	p, err := s.profiles.Lend(ctx, o.caller, o.origin, o.tenant.ID, func(ctx context.Context, a profile.Account) (v verdict.Verdict) {
		session, v = s.directory.AsAccount(ctx, a)
		return v
	})
	if errors.Is(err, profile.ErrNoLender) {
		return nil, &NoReader{}
	}
	if refused, ok := errors.AsType[*profile.Refused](err); ok {
		return nil, problem.Wrap(err, problem.Upstream, "Purser reads this tenant with the account of the profile "+p.Name+", and could not sign in with it ("+
			refused.Verdict.Status.Title()+" "+refused.Verdict.Code+"). Validate that profile, or give the tenant's app profile a client secret.")
	}
	return session, err
}
