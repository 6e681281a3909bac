// Package throttle keeps budgets: who may ask how often within a window that moves with the time.
package throttle

import (
	"slices"
	"sync"
	"time"
)

// Budgets remembers the times of the last requests, as many as the budget has, by who sent them. Each service has its own; the
// zero value is unspent.
type Budgets struct {
	mu   sync.Mutex
	last map[Key][]time.Time
}

// Key is who has a budget: an app in a tenant, or a user whatever the app.
type Key struct{ Tenant, App, User string }

// Use is how a budget stands after a request. The zero value has no end.
type Use struct {
	Limit, Used int
	Wait        time.Duration // until a request is let in again; 0: this one is
	Reset       time.Duration // until the oldest request no longer counts
}

// near is the share of a budget from which Microsoft tells how it stands.
const near = 0.8

// Share is how much of the budget is spent.
func (u Use) Share() float64 {
	if u.Limit == 0 {
		return 0
	}
	return float64(u.Used) / float64(u.Limit)
}

// Near says whether so much is spent that Microsoft tells of it.
func (u Use) Near() bool { return u.Share() >= near }

// worse is the one of two that hinders more.
func worse(a, b Use) Use {
	if b.Wait > a.Wait || a.Wait == 0 && b.Share() > a.Share() {
		return b
	}
	return a
}

// Spend counts a request, within the budget or not: who does not wait is never let in.
func (b *Budgets) Spend(key Key, limit int, window time.Duration, now time.Time) Use {
	if limit <= 0 {
		return Use{}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	times := b.last[key]
	if len(times) > limit { // the budget has become smaller
		times = times[len(times)-limit:]
	}
	full := len(times) == limit && now.Sub(times[0]) < window
	if len(times) == limit {
		times = append(times[:0], times[1:]...)
	}
	if b.last == nil {
		b.last = map[Key][]time.Time{}
	}
	times = append(times, now)
	b.last[key] = times
	counts, _ := slices.BinarySearchFunc(times, now.Add(-window), func(at, end time.Time) int {
		if at.After(end) {
			return 1
		}
		return -1
	})
	use := Use{Limit: limit, Used: len(times) - counts, Reset: window - now.Sub(times[counts])}
	if full {
		use.Wait = window - now.Sub(times[0])
	}
	return use
}
