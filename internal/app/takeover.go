package app

import (
	"context"
	"fmt"
	"time"

	"purser.example/internal/sqlite"
)

// takeOver binds the rows of a database that an older Purser wrote to what they are used for, before anybody works with them: who is
// signed in with which rights, where each password is sent, and as which kind (X43). It can be cut off anywhere and goes on at the next start. Its last
// step makes it the only time: from then on a row that is not bound was written by somebody else.
func (a *App) takeOver(ctx context.Context) error {
	if !a.DB.Former() {
		return nil
	}
	begun := time.Now()
	a.log.Info("the rows of an older version are taken over; with many profiles this takes a while")
	for what, takeOver := range a.unbound() {
		if err := takeOver(ctx); err != nil {
			return fmt.Errorf("take over the %s of an older version: %w", what, err)
		}
	}
	if err := a.DB.TakenOver(ctx); err != nil {
		return err
	}
	a.log.Info("the rows of an older version were taken over", "took", time.Since(begun).Round(time.Millisecond))
	return nil
}

// unbound is what the Purser that wrote the database did not bind yet. What it did bind is not believed where it is not.
func (a *App) unbound() map[string]func(context.Context) error {
	if a.DB.Bound() == sqlite.ToAccount {
		return map[string]func(context.Context) error{"profiles": a.Profiles.TakeOverKinds}
	}
	return map[string]func(context.Context) error{
		"sessions": a.sessions.TakeOver, "tenants": a.Tenants.TakeOver, "app profiles": a.Apps.TakeOver, "profiles": a.Profiles.TakeOver, "pools": a.Pools.TakeOver,
	}
}
