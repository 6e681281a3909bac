package account

import (
	"context"
	"errors"
	"time"

	"purser.example/internal/appprofile"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/secret"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

// Attempt is one sign-in that is about to be made.
type Attempt struct {
	Tenant   tenant.ID
	Username string
	Password secret.Value

	AppPassword bool   // as of an Account
	AdminCenter string // as of an Account

	SignIn func(context.Context, Account) verdict.Verdict // nil: as the Validator does
}

// Try signs in once, while it is the account's turn. begin puts on the disk that the password is about to be used, and is the
// last thing before it leaves (R61); where it fails, nothing is sent. The attempt goes on when the person leaves: one that was
// sent counts at Microsoft, so its answer is waited for.
func (s *Service) Try(ctx context.Context, a Attempt, begin func() error) (verdict.Verdict, error) {
	t, err := s.tenants.Find(ctx, a.Tenant)
	if err != nil {
		return verdict.Verdict{}, err
	}
	app, err := s.apps.Credentials(ctx, t.ID)
	if err != nil && !(a.AppPassword && errors.Is(err, appprofile.ErrNone)) { // no app takes part in the legacy protocol
		return verdict.Verdict{}, err
	}
	defer app.Clear()
	if err := begin(); err != nil {
		return verdict.Verdict{}, err
	}
	after, cancel := Beyond(ctx)
	defer cancel()
	signIn := a.SignIn
	if signIn == nil {
		signIn = s.validator.Validate
	}
	v := signIn(after, Account{Tenant: t, App: app, Username: a.Username, Password: a.Password, AppPassword: a.AppPassword, AdminCenter: a.AdminCenter})
	if s.told != nil {
		s.told(after, Account{Tenant: t, Username: a.Username, AppPassword: a.AppPassword}, v)
	}
	return v, nil
}

// Begin is what most attempts begin with: the entry, and the count.
func (s *Service) Begin(ctx context.Context, k Key, e audit.Entry) error {
	return s.store.Begin(ctx, k, e)
}

// Told adds what an attempt came to, and what to quote of it to Microsoft, to its entry in the activity log.
func Told(e audit.Entry, v verdict.Verdict) audit.Entry {
	e = e.With("status", string(v.Status))
	if v.Code != "" {
		e = e.With("code", v.Code)
	}
	if v.CorrelationID != "" {
		e = e.With("correlation", v.CorrelationID)
	}
	return e
}

// afterwards is how long the end of something that was begun is waited for, whoever still waits for it.
const afterwards = time.Minute

// Beyond is a context that outlives the request: what Microsoft has answered is stored even if the browser has left.
func Beyond(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), afterwards)
}

// Persist repeats a write for as long as the database cannot take it: what Microsoft has answered must not be lost, and
// nothing may be asked of Microsoft that cannot be written down. It ends with ctx.
func Persist(ctx context.Context, write func() error) error {
	for wait := 250 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		err := write()
		if problem.KindOf(err) != problem.Unavailable || !Sleep(ctx, wait) {
			return err
		}
	}
}

// Sleep waits, and reports false where ctx ended first.
func Sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
