package app

import (
	"context"
	"errors"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/activity"
	"purser.example/internal/appprofile"
	"purser.example/internal/breakglass"
	"purser.example/internal/drift"
	"purser.example/internal/event"
	"purser.example/internal/feed"
	"purser.example/internal/forward"
	"purser.example/internal/horizon"
	"purser.example/internal/keychange"
	"purser.example/internal/metrics"
	"purser.example/internal/notify"
	"purser.example/internal/people"
	"purser.example/internal/pool"
	"purser.example/internal/profile"
	"purser.example/internal/run"
	"purser.example/internal/scan"
	"purser.example/internal/session"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/accounts"
	entries "purser.example/internal/sqlite/activity"
	"purser.example/internal/sqlite/appprofiles"
	links "purser.example/internal/sqlite/breakglass"
	"purser.example/internal/sqlite/drifts"
	"purser.example/internal/sqlite/events"
	"purser.example/internal/sqlite/feeds"
	"purser.example/internal/sqlite/horizons"
	"purser.example/internal/sqlite/keychanges"
	"purser.example/internal/sqlite/notifications"
	known "purser.example/internal/sqlite/people"
	"purser.example/internal/sqlite/pools"
	"purser.example/internal/sqlite/profiles"
	"purser.example/internal/sqlite/runs"
	"purser.example/internal/sqlite/scans"
	"purser.example/internal/sqlite/sessions"
	"purser.example/internal/sqlite/tenants"
	"purser.example/internal/sqlite/watches"
	"purser.example/internal/tenant"
	"purser.example/internal/watch"
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
	scans    scan.Store
	watches  watch.Store
	events   event.Store
	notices  notify.Store
	drifts   drift.Store
	horizon  horizon.Store
	feeds    feed.Store
	links    breakglass.Store
	people   people.Store
	entries  logStore
	keys     keychange.Store

	index   func(context.Context) (more bool, err error) // renews what the search looks up, a step at a time
	prepare func(context.Context) error                  // brings up to date what a migration left to the program, before anybody asks

	queues   []metrics.Queue // what waits behind the pages
	signedIn func(context.Context) (int, error)
}

// logStore is where the activity log is read.
type logStore interface {
	activity.Store
	activity.Verifications
	activity.Lines
	forward.Store
	Marks(ctx context.Context) ([]forward.Mark, error)
	Waiting(ctx context.Context, receiver string) (n int, oldest time.Time, err error)
}

// storesOf are the stores of a SQLite database.
func storesOf(db *sqlite.DB) stores {
	keepers := accounts.Keepers{profile.PlaceKind: profiles.Renew, pool.PlaceKind: pools.Renew}
	kept, members := profiles.New(db).KeptBy(keepers), pools.New(db).KeptBy(keepers)
	found := scans.New(db)
	told := notifications.New(db)
	visits, ran := sessions.New(db), runs.New(db, runs.Effects{pool.CheckRun: pools.Settled})
	return stores{
		sessions: visits, tenants: tenants.New(db), apps: appprofiles.New(db), accounts: accounts.New(db),
		runs:     ran,
		profiles: kept, pools: members, scans: found, watches: watches.New(db), events: events.New(db), notices: told, drifts: drifts.New(db), horizon: horizons.New(db), feeds: feeds.New(db), links: links.New(db), people: known.New(db), keys: keychanges.New(db), entries: entries.New(db),
		index:   oneAfterTheOther(kept.Index, found.Index),
		prepare: func(ctx context.Context) error { return errors.Join(kept.Fold(ctx), members.Fold(ctx)) },
		queues: []metrics.Queue{
			{Name: "runs", Depth: ran.Unfinished},
			{Name: "run_items", Depth: ran.UnfinishedItems},
			{Name: "readings", Depth: members.ReadingsWaiting},
			{Name: "jobs", Depth: db.WorkWaiting},
			{Name: "notifications", Depth: told.Waiting},
			{Name: "notifications_given_up", Depth: told.GivenUp},
		},
		signedIn: visits.SignedIn,
	}
}

// oneAfterTheOther renews what several stores look up, a step of each at a time.
func oneAfterTheOther(steps ...func(context.Context) (bool, error)) func(context.Context) (more bool, err error) {
	return func(ctx context.Context) (more bool, err error) {
		for _, step := range steps {
			further, failed := step(ctx)
			more, err = more || further, errors.Join(err, failed)
		}
		return more, err
	}
}
