package app

import (
	"context"

	"purser.example/internal/account"
	"purser.example/internal/pool"
	"purser.example/internal/problem"
	"purser.example/internal/profile"
	"purser.example/internal/watch"
)

// probers let health checks try the accounts of each noun that keeps some.
func probers(profiles *profile.Service, pools *pool.Service) map[string]watch.Prober {
	return map[string]watch.Prober{
		profile.PlaceKind: func(ctx context.Context, w watch.Watched) (account.Checkup, error) {
			return profiles.CheckUp(ctx, profile.ID(w.Place.ID))
		},
		pool.PlaceKind: func(ctx context.Context, w watch.Watched) (account.Checkup, error) {
			key, user := pool.MemberAt(w.Place)
			return pools.CheckUp(ctx, key, user, w.Account)
		},
	}
}

// checkHealth begins the health checks whose turn has come (R90).
func (a *App) checkHealth(ctx context.Context) {
	if err := problem.Guard(func() error { return a.Watch.Tick(ctx) }); err != nil && ctx.Err() == nil {
		a.log.Error("health checks not started", "error", problem.Told(err))
	}
}

// thinChecks thins out what is kept of health checks.
func (a *App) thinChecks(ctx context.Context) {
	if err := problem.Guard(func() error { return a.Watch.Compact(ctx) }); err != nil && ctx.Err() == nil {
		a.log.Warn("old health checks not thinned out", "error", problem.Told(err))
	}
	if err := problem.Guard(func() error { return a.Drift.Prune(ctx) }); err != nil && ctx.Err() == nil {
		a.log.Warn("what is known of accounts that are gone not removed", "error", problem.Told(err))
	}
}
