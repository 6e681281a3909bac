package pool

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/google/uuid"
	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/appprofile"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/profile"
	"purser.example/internal/run"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
	"purser.example/internal/whose"
)

const (
	// open is how long a directory stays open: long enough to type a name with its suggestions, which must not cost an attempt for
	// each letter, and short enough that a corrected app profile is used soon.
	open = 5 * time.Minute
	// closed is how long a failure to open it holds for whoever asks to be let in again.
	closed = 5 * time.Second
	// wary is how long it holds for what nobody asked for: whoever types on must not ask again every few letters (X39).
	wary = time.Minute
)

// reader is the way into the directory of one tenant.
type reader struct {
	mu      sync.Mutex
	session Session
	until   time.Time // the end of session
	failure error
	failed  time.Time // when failure was
	opening *opening  // somebody opens it; nil: nobody
}

// opening is one attempt to open a directory, for everybody who waits for it.
type opening struct {
	done    chan struct{}
	session Session
	err     error
}

func (s *Service) reader(t tenant.ID) *reader {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.readers[t] == nil {
		s.readers[t] = &reader{}
	}
	return s.readers[t]
}

// shut makes the next one open the directory anew.
func (r *reader) shut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.session = nil
}

// opener is on whose behalf a directory is opened.
type opener struct {
	caller  access.Caller
	origin  audit.Origin
	tenant  tenant.Tenant
	unasked bool // it goes along with something else, such as typing: no account is signed in with for it (X39)
}

// holding is how long a failure holds.
func (o opener) holding() time.Duration {
	if o.unasked {
		return wary
	}
	return closed
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
		if !unread || u.Code != "HTTP 401" || u.Whose == whose.Between || try > 1 { // a stranger's 401 says nothing of the token
			return answer, err
		}
		s.reader(o.tenant.ID).shut()
	}
}

// session gives the tenant's open directory. Whoever comes while it is being opened waits for that, until their own request ends,
// and hears the same of it; a failure holds for a while. Whoever asked to be let in does not hear that nobody did.
func (s *Service) session(ctx context.Context, o opener) (Session, error) {
	for {
		session, err := s.enterWith(ctx, o)
		if o.unasked || !errors.Is(err, ErrShut) {
			return session, err
		}
	}
}

func (s *Service) enterWith(ctx context.Context, o opener) (Session, error) {
	r := s.reader(o.tenant.ID)
	r.mu.Lock()
	switch now := s.now(); {
	case r.session != nil && now.Before(r.until):
		defer r.mu.Unlock()
		return r.session, nil
	case r.failure != nil && now.Before(r.failed.Add(o.holding())):
		defer r.mu.Unlock()
		return nil, r.failure
	case r.opening == nil:
		r.opening = &opening{done: make(chan struct{})}
		shift, _ := s.shifts.Take(context.WithoutCancel(ctx), uuid.NewString())
		go s.unlock(shift, r, r.opening, o)
	}
	under := r.opening
	r.mu.Unlock()
	select {
	case <-under.done:
		return under.session, under.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

var errStopping = problem.Wrap(run.ErrHandedBack, problem.Unavailable, "Purser is shutting down. Try again in a moment.")

// unlock opens the directory for everybody who waits. It goes on when they leave, because a password that was sent counts at
// Microsoft, and its answer is of use to the next one; and where Purser is told to stop, which waits for it as for every shift. After
// that nothing is opened.
func (s *Service) unlock(shift *run.Shift, r *reader, under *opening, o opener) {
	defer close(under.done)
	var ends time.Time
	err := shift.Do(func(ctx context.Context) (err error) {
		if ctx.Err() != nil {
			return nil
		}
		ctx, cancel := account.Beyond(ctx)
		defer cancel()
		if under.session, err = s.openDirectory(ctx, o); err == nil {
			ends = under.session.Ends()
		}
		return err
	})
	if errors.Is(err, run.ErrHandedBack) {
		under.session, err = nil, errStopping
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	under.err, r.opening = err, nil
	r.session, r.failure = under.session, nil
	switch now := s.now(); {
	case err == nil:
		r.until = now.Add(open)
		if ends = ends.Add(-time.Minute); ends.Before(r.until) {
			r.until = ends
		}
	case holds(err):
		r.failure, r.failed = err, now
	}
}

// holds reports whether asking again at once would hear the same of Microsoft, or nothing again. An account that was refused is
// not lent again, and what a person can mend here, such as a missing profile, is looked at anew.
func holds(err error) bool {
	if refused, ok := errors.AsType[*profile.Refused](err); ok {
		return !refused.Verdict.Status.AboutAccount()
	}
	_, unread := errors.AsType[*Unread](err)
	return unread
}

// openDirectory opens it for the app itself where the app profile has a credential, for a valid profile's account otherwise, which costs
// an attempt. It returns ErrShut instead where nobody asked for that.
func (s *Service) openDirectory(ctx context.Context, o opener) (Session, error) {
	app, err := s.apps.Credentials(ctx, o.tenant.ID)
	if err != nil {
		return nil, err
	}
	defer app.Clear()
	switch {
	case app.Kind != appprofile.Public:
		return s.asApp(ctx, o, app)
	case o.unasked:
		return nil, ErrShut
	default:
		return s.asAccount(ctx, o)
	}
}

func (s *Service) asApp(ctx context.Context, o opener, app appprofile.App) (Session, error) {
	e := audit.By(o.caller, o.origin, SecretUsed, audit.Target{Kind: "tenant", ID: string(o.tenant.ID), Name: o.tenant.DisplayName})
	if err := s.store.Note(ctx, e.With("application", app.ApplicationID)); err != nil {
		return nil, err
	}
	return s.directory.AsApp(ctx, o.tenant, app)
}

func (s *Service) asAccount(ctx context.Context, o opener) (Session, error) {
	var session Session
	p, err := s.profiles.Lend(ctx, o.caller, o.origin, o.tenant.ID, func(ctx context.Context, a account.Account) (v verdict.Verdict) {
		session, v = s.directory.AsAccount(ctx, a)
		return v
	})
	if errors.Is(err, profile.ErrNoLender) {
		return nil, &NoReader{}
	}
	if refused, ok := errors.AsType[*profile.Refused](err); ok && !refused.Verdict.Status.AboutAccount() {
		// Neither the profile nor its account is to blame: to validate it would hear the same.
		unread := &Unread{Code: refused.Verdict.Code, Whose: refused.Verdict.Fault}
		if unread.Whose.Blamed() {
			unread.Cause = refused.Verdict.Cause(s.codes)
		}
		return nil, problem.Wrap(err, problem.Upstream, problem.Message(unread))
	} else if ok {
		return nil, problem.Wrap(err, problem.Upstream, "Purser reads this tenant with the account of the profile "+p.Name+", and could not sign in with it ("+
			refused.Verdict.Status.Title()+" "+refused.Verdict.Code+"). Validate that profile, or give the tenant's app profile a client secret or a certificate.")
	}
	return session, err
}
