package scan

import (
	"context"
	"errors"

	"purser.example/internal/account"
	"purser.example/internal/appprofile"
	"purser.example/internal/audit"
	"purser.example/internal/pool"
	"purser.example/internal/problem"
	"purser.example/internal/profile"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

// patient is how often an account is asked for that somebody else has.
const patient = 30

// openTenant opens the tenant of a scan as its profile says now, and tells by what. by is on whose behalf: the actor of the scan, or of the
// run that registers sites.
func (s *Service) openTenant(ctx context.Context, of Scan, by audit.Actor, from audit.Origin) (source Source, who string, err error) {
	t, err := s.tenants.Find(ctx, of.Tenant)
	if isGone(err) {
		return nil, "", &hindrance{NoTenant}
	}
	if err != nil {
		return nil, "", err
	}
	if of.Method == ByApp {
		return s.asApp(ctx, of, t)
	}
	p, err := s.store.Profile(ctx, of.Profile)
	if err == nil && p.Account != "" {
		return s.asAccount(ctx, t, p.Account, by, from)
	}
	if err == nil || isGone(err) {
		return nil, "", &hindrance{NoAccount}
	}
	return nil, "", err
}

func (s *Service) asApp(ctx context.Context, of Scan, t tenant.Tenant) (Source, string, error) {
	app, err := s.apps.Credentials(ctx, t.ID)
	if err != nil {
		return nil, "", err
	}
	defer app.Clear()
	if app.Kind == appprofile.Public {
		return nil, "", &hindrance{NoCredential}
	}
	e := audit.Entry{Actor: of.Actor, Origin: of.Origin, Action: pool.SecretUsed, Target: audit.Target{Kind: "tenant", ID: string(t.ID), Name: t.DisplayName}}
	if err := s.store.Note(ctx, e.With("application", app.ApplicationID).With("scan", string(of.ID))); err != nil {
		return nil, "", err
	}
	source, err := s.directory.AsApp(ctx, t, app)
	return source, s.appNamed(ctx, t.ID, app), err
}

// appNamed is what the app profile is called.
func (s *Service) appNamed(ctx context.Context, t tenant.ID, app appprofile.App) string {
	known, err := s.apps.Known(ctx, t)
	for _, p := range known {
		if err == nil && p.ID == app.Profile {
			return p.Called()
		}
	}
	return app.ApplicationID
}

// asAccount signs in with the account of a profile. Somebody who validates it this moment is waited for a little.
func (s *Service) asAccount(ctx context.Context, t tenant.Tenant, id profile.ID, by audit.Actor, from audit.Origin) (Source, string, error) {
	admin, err := s.adminCenter(ctx, t.ID)
	if err != nil {
		return nil, "", err
	}
	var source Source
	for try := 1; ; try++ {
		p, err := s.profiles.LendOf(ctx, by.Caller(), from, id, func(ctx context.Context, a account.Account) (v verdict.Verdict) {
			if a.Tenant.ID != t.ID {
				return verdict.Verdict{Status: verdict.TenantNotFound} // the profile was given another tenant; nothing is sent
			}
			if a.AdminCenter != "" {
				admin = "https://" + a.AdminCenter // the profile's own
			}
			source, v = s.directory.AsAccount(ctx, a, admin)
			return v
		})
		switch {
		case err == nil:
			return source, p.Username, nil
		case errors.Is(err, profile.ErrGone):
			return nil, "", &hindrance{NoAccount}
		case problem.KindOf(err) != problem.Conflict:
			return nil, "", err
		case try == patient || !account.Sleep(ctx, s.limits.Again):
			return nil, "", &hindrance{AccountBusy}
		}
	}
}

// adminCenter is the address of the tenant's own SharePoint admin center, where a pool has one.
func (s *Service) adminCenter(ctx context.Context, t tenant.ID) (string, error) {
	for _, class := range pool.Classes {
		p, err := s.pools.Saved(ctx, pool.Key{Tenant: t, Class: class})
		if err != nil || p.AdminURL != "" {
			return p.AdminURL, err
		}
	}
	return "", nil
}
