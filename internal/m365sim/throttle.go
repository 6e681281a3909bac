package m365sim

import (
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Throttle is how many requests an app may send for a tenant within a window that moves with the time. A request that is
// refused counts too, as it does at Microsoft: who does not wait is never let in. A budget of 0 has no end.
type Throttle struct {
	TokenRequests int `json:"tokenRequests,omitempty"`
	GraphRequests int `json:"graphRequests,omitempty"`
	// WindowSeconds left out is 10, the window of Graph's limits for identity and access.
	WindowSeconds int `json:"windowSeconds,omitempty"`
}

// maxBudget keeps the times of the last requests few.
const maxBudget = 100_000

func (f *Throttle) check(path string, m *mistakes) {
	if f == nil {
		return
	}
	m.notNegative(path, f.TokenRequests, f.GraphRequests, f.WindowSeconds)
	if f.TokenRequests > maxBudget || f.GraphRequests > maxBudget {
		m.add(path, "must not be above %d requests", maxBudget)
	}
}

func (f *Throttle) window() time.Duration {
	if f.WindowSeconds == 0 {
		return 10 * time.Second
	}
	return time.Duration(f.WindowSeconds) * time.Second
}

// budgets remembers the times of the last requests, as many as the budget has, by who sent them.
type budgets struct {
	mu   sync.Mutex
	last map[budgetKey][]time.Time
}

type budgetKey struct{ kind, tenant, app string }

// spend counts a request. It answers 0 for one within the budget, or else how long to wait.
func (b *budgets) spend(key budgetKey, limit int, window time.Duration, now time.Time) time.Duration {
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
		b.last = map[budgetKey][]time.Time{}
	}
	times = append(times, now)
	b.last[key] = times
	if !full {
		return 0
	}
	return window - now.Sub(times[0])
}

// checkBudget refuses a token request beyond the budget of its app. It stands after the tenant is found and before anything
// is looked up in it.
func (g *grant) checkBudget() *refusal {
	f := g.tenant.Throttle
	if f == nil {
		return nil
	}
	wait := g.sim.budgets.spend(budgetKey{"token", g.tenant.ID, g.client.id}, f.TokenRequests, f.window(), g.call.at)
	if wait <= 0 {
		return nil
	}
	r := refuse(90055)
	r.retryAfter = strconv.Itoa(int(math.Ceil(wait.Seconds())))
	return r
}

// overBudget answers the refusal of a request to Graph beyond the budget of its app, or nil. Graph says how long to wait in
// seconds and parts of them.
func (g *graphCall) overBudget() *graphFailure {
	f := g.tenant.Throttle
	if f == nil {
		return nil
	}
	wait := g.sim.budgets.spend(budgetKey{"graph", g.tenant.ID, g.caller.appID}, f.GraphRequests, f.window(), g.at)
	if wait <= 0 {
		return nil
	}
	return &graphFailure{
		status: http.StatusTooManyRequests, code: "TooManyRequests", message: "Too many requests.",
		retryAfter: strconv.FormatFloat(math.Ceil(wait.Seconds()*1000)/1000, 'f', 3, 64),
	}
}
