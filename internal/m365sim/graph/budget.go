package graph

import (
	"math"
	"net/http"
	"strconv"

	"purser.example/internal/m365sim/throttle"
)

// overBudget answers the refusal of a request to Graph beyond the budget of its app, or nil. Graph says how long to wait in
// seconds and parts of them.
func (g *request) overBudget() *refusal {
	f := g.tenant.Throttle
	if f == nil {
		return nil
	}
	wait := g.service.budgets.Spend(throttle.Key{Tenant: g.tenant.ID, App: g.caller.appID}, f.GraphRequests, f.Window(), g.At)
	if wait <= 0 {
		return nil
	}
	return &refusal{
		status: http.StatusTooManyRequests, code: "TooManyRequests", message: "Too many requests.",
		retryAfter: strconv.FormatFloat(math.Ceil(wait.Seconds()*1000)/1000, 'f', 3, 64),
	}
}
