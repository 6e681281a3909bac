package m365sim

import (
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"
)

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
	wait := g.sim.budgets.spend(budgetKey{"token", g.tenant.ID, g.client.id}, f.TokenRequests, f.Window(), g.call.at)
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
	wait := g.sim.budgets.spend(budgetKey{"graph", g.tenant.ID, g.caller.appID}, f.GraphRequests, f.Window(), g.at)
	if wait <= 0 {
		return nil
	}
	return &graphFailure{
		status: http.StatusTooManyRequests, code: "TooManyRequests", message: "Too many requests.",
		retryAfter: strconv.FormatFloat(math.Ceil(wait.Seconds()*1000)/1000, 'f', 3, 64),
	}
}
