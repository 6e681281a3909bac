package horizon

import (
	"context"
	"time"
)

// Store tells of what Purser keeps of profiles, pool members and app profiles. Other kinds it doesn't know: asked for them it has nothing.
// Package storetest holds a store to what is promised here.
type Store interface {
	// Endings gives those that a query asks for, the first one first.
	Endings(ctx context.Context, q Query) ([]Ending, error)
	// Breaks gives those that a query asks for, the last one first. From and To are of since when it is broken.
	Breaks(ctx context.Context, q Query) ([]Break, error)
	// Counts counts what ends, and Failing what is broken, by kind and tenant.
	Counts(ctx context.Context, now time.Time) ([]Count, error)
	Failing(ctx context.Context) ([]Failing, error)
	// Days counts what ends on each of the days of a query; those on which nothing does are left out. After and Limit mean nothing.
	Days(ctx context.Context, q Query) ([]OnDay, error)
}
