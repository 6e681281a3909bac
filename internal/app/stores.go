package app

import (
	"context"
	"errors"

	"purser.example/internal/account"
	"purser.example/internal/appprofile"
	"purser.example/internal/pool"
	"purser.example/internal/profile"
	"purser.example/internal/run"
	"purser.example/internal/session"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/accounts"
	"purser.example/internal/sqlite/appprofiles"
	"purser.example/internal/sqlite/pools"
	"purser.example/internal/sqlite/profiles"
	"purser.example/internal/sqlite/runs"
	"purser.example/internal/sqlite/sessions"
	"purser.example/internal/sqlite/tenants"
	"purser.example/internal/tenant"
)

// stores are where each noun keeps its rows. Another engine fills the same struct.
type stores struct {
	sessions session.Store
	tenants  tenant.Store
	apps     appprofile.Store
	accounts account.Store
	runs     run.Store
	profiles profile.Store
	pools    pool.Store

	index   func(context.Context) (more bool, err error) // renews what the search looks up, a step at a time
	prepare func(context.Context) error                  // brings up to date what a migration left to the program, before anybody asks
}

// storesOf are the stores of a SQLite database.
func storesOf(db *sqlite.DB) stores {
	keepers := accounts.Keepers{profile.PlaceKind: profiles.Renew, pool.PlaceKind: pools.Renew}
	kept, members := profiles.New(db).KeptBy(keepers), pools.New(db).KeptBy(keepers)
	return stores{
		sessions: sessions.New(db), tenants: tenants.New(db), apps: appprofiles.New(db), accounts: accounts.New(db),
		runs:     runs.New(db, runs.Effects{pool.CheckRun: pools.Settled}),
		profiles: kept, pools: members,
		index:   kept.Index,
		prepare: func(ctx context.Context) error { return errors.Join(kept.Fold(ctx), members.Fold(ctx)) },
	}
}
