// Package storetest states what the stores of the nouns promise, and holds any engine to it: one function for each store, one
// subtest for each promise. The services are written against these promises; a store that keeps them all may take another's place.
//
// What every change promises is said once (rig.allOrNothing): where the activity log cannot take its entry, or the background its
// work, everything is as it was, and the same change is made as soon as they can. The rest is each noun's own: which version wins,
// what is gone or taken, in which order lists are read, and what is left when many write at once or the process ends in the middle.
//
// This package knows the nouns and no engine. How rows look, and how fast they are found, is for the engine's own tests.
package storetest

import (
	"context"
	"testing"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/appprofile"
	"purser.example/internal/audit"
	"purser.example/internal/breakglass"
	"purser.example/internal/drift"
	"purser.example/internal/event"
	"purser.example/internal/feed"
	"purser.example/internal/horizon"
	"purser.example/internal/notify"
	"purser.example/internal/people"
	"purser.example/internal/pool"
	"purser.example/internal/profile"
	"purser.example/internal/run"
	"purser.example/internal/scan"
	"purser.example/internal/session"
	"purser.example/internal/tenant"
	"purser.example/internal/watch"
)

// Engine is a fresh database with its stores, and what a promise asks of it beside them.
type Engine struct {
	Sessions session.Store
	Tenants  tenant.Store
	Apps     appprofile.Store
	Accounts account.Store
	Runs     run.Store
	Profiles profile.Store
	Pools    pool.Store
	Scans    scan.Store
	Links    breakglass.Store
	People   people.Store
	Watches  watch.Store
	Drifts   drift.Store
	Events   event.Store
	Notices  notify.Store
	Horizon  horizon.Store
	Feeds    feed.Store

	// Activity gives the entries of the activity log, the newest first, and Verify finds what was done to them.
	Activity func(ctx context.Context, limit int) ([]audit.Link, error)
	Verify   func(ctx context.Context) error
	// Jobs gives what the background has been handed, in its order.
	Jobs func(ctx context.Context) ([]Job, error)

	// RefuseEntry makes every change fail that writes an entry of the action, and RefuseJobs every one that hands work over, until
	// allow is called.
	RefuseEntry func(action audit.Action) (allow func())
	RefuseJobs  func() (allow func())
	// RefuseEvents makes every change fail that stores an event, until allow is called.
	RefuseEvents func() (allow func())
	// RefuseGone makes it fail that the objects of a key are marked gone, until allow is called.
	RefuseGone func(key string) (allow func())
}

// Job is work that was handed to the background.
type Job struct{ Kind, ID string }

// Hooks are what the engine calls.
type Hooks struct {
	Now func() time.Time
	// Settled is what follows the items of runs of the kind Followed when their store settles them, in the same transaction.
	Settled func(run.Run, run.Item) error
}

// Followed is a kind of run that keeps something in step with its items.
const Followed = "followed"

// Open makes an engine.
type Open func(testing.TB, Hooks) Engine

// promise is one thing that a store promises: a sentence, and how it is held to it.
type promise struct {
	says  string
	holds func(*rig)
}

func hold(t *testing.T, open Open, promises []promise) {
	for _, p := range promises {
		t.Run(p.says, func(t *testing.T) { p.holds(newRig(t, open)) })
	}
}
