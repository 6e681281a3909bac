// Package throttle keeps budgets: who may ask how often within a window that moves with the time.
package throttle

import (
	"sync"
	"time"
)

// Budgets remembers the times of the last requests, as many as the budget has, by who sent them. Each service has its own; the
// zero value is unspent.
type Budgets struct {
	mu   sync.Mutex
	last map[Key][]time.Time
}

// Key is who has a budget.
type Key struct{ Tenant, App string }

// Spend counts a request. It answers 0 for one within the budget, or else how long to wait.
func (b *Budgets) Spend(key Key, limit int, window time.Duration, now time.Time) time.Duration {
	if limit <= 0 {
		return 0
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
	if !full {
		return 0
	}
	return window - now.Sub(times[0])
}
