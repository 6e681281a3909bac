package sqlitetest

import (
	"context"
	"database/sql"
	"fmt"
	"testing"

	"purser.example/internal/audit"
	"purser.example/internal/pool"
	"purser.example/internal/profile"
	"purser.example/internal/run"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/accounts"
	"purser.example/internal/sqlite/appprofiles"
	links "purser.example/internal/sqlite/breakglass"
	"purser.example/internal/sqlite/drifts"
	"purser.example/internal/sqlite/events"
	"purser.example/internal/sqlite/feeds"
	"purser.example/internal/sqlite/horizons"
	"purser.example/internal/sqlite/notifications"
	known "purser.example/internal/sqlite/people"
	"purser.example/internal/sqlite/pools"
	"purser.example/internal/sqlite/profiles"
	"purser.example/internal/sqlite/runs"
	"purser.example/internal/sqlite/scans"
	"purser.example/internal/sqlite/sessions"
	"purser.example/internal/sqlite/tenants"
	"purser.example/internal/sqlite/watches"
	"purser.example/internal/storetest"
)

// Engine is what package storetest holds to the promises of stores: all stores of a fresh database on a real file.
func Engine(tb testing.TB, h storetest.Hooks) storetest.Engine {
	tb.Helper()
	db, _ := Open(tb, h.Now)
	pragma(tb, db, "CREATE TABLE handed_over (no INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL)")
	db.SetQueue(handedOver{})
	followed := func(_ *sqlite.Tx, r run.Run, i run.Item) error { return h.Settled(r, i) }
	keepers := accounts.Keepers{profile.PlaceKind: profiles.Renew, pool.PlaceKind: pools.Renew}
	return storetest.Engine{
		Sessions: sessions.New(db), Tenants: tenants.New(db), Apps: appprofiles.New(db), Accounts: accounts.New(db),
		Profiles: profiles.New(db).KeptBy(keepers), Pools: pools.New(db).KeptBy(keepers),
		Runs:     runs.New(db, runs.Effects{pool.CheckRun: pools.Settled, storetest.Followed: followed}),
		Links:    links.New(db),
		People:   known.New(db),
		Scans:    scans.New(db),
		Watches:  watches.New(db),
		Drifts:   drifts.New(db),
		Events:   events.New(db),
		Notices:  notifications.New(db),
		Horizon:  horizons.New(db),
		Feeds:    feeds.New(db),
		Activity: db.Activity, Verify: db.VerifyActivity, Jobs: jobsOf(db),
		RefuseEntry: func(action audit.Action) (allow func()) {
			return refuse(tb, db, fmt.Sprintf("BEFORE INSERT ON activity WHEN new.action = '%s'", action))
		},
		RefuseEvents: func() (allow func()) { return refuse(tb, db, "BEFORE INSERT ON events") },
		RefuseJobs:   func() (allow func()) { return refuse(tb, db, "BEFORE INSERT ON handed_over") },
		RefuseGone: func(key string) (allow func()) {
			return refuse(tb, db, fmt.Sprintf("BEFORE UPDATE ON scan_objects WHEN new.gone_at > 0 AND new.object_key = '%s'", key))
		},
	}
}

// handedOver is a queue that keeps what it is given as rows, in the transaction of the change, as River does.
type handedOver struct{}

func (handedOver) Enqueue(ctx context.Context, tx *sql.Tx, kind, id string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO handed_over (kind, id) VALUES (?, ?)`, kind, id)
	return err
}

func jobsOf(db *sqlite.DB) func(context.Context) ([]storetest.Job, error) {
	return func(ctx context.Context) ([]storetest.Job, error) {
		return sqlite.All(db.Query(ctx, `SELECT kind, id FROM handed_over ORDER BY no`), func(row sqlite.Row) (storetest.Job, error) {
			var j storetest.Job
			err := row.Scan(&j.Kind, &j.ID)
			return j, err
		})
	}
}

// refuse makes a write fail in the middle of its transaction, until it is allowed again.
func refuse(tb testing.TB, db *sqlite.DB, what string) (allow func()) {
	tb.Helper()
	pragma(tb, db, "CREATE TRIGGER refused "+what+" BEGIN SELECT RAISE(ABORT, 'refused by the test'); END")
	return func() { pragma(tb, db, "DROP TRIGGER refused") }
}
