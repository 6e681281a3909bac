package login

import (
	"math"
	"strconv"

	"purser.example/internal/m365sim/throttle"
)

// checkBudget refuses a token request beyond the budget of its app. It stands after the tenant is found and before anything
// is looked up in it.
func (g *grant) checkBudget() *refusal {
	f := g.tenant.Throttle
	if f == nil {
		return nil
	}
	wait := g.service.budgets.Spend(throttle.Key{Tenant: g.tenant.ID, App: g.client.id}, f.TokenRequests, f.Window(), g.call.At)
	if wait <= 0 {
		return nil
	}
	r := refuse(90055)
	r.retryAfter = strconv.Itoa(int(math.Ceil(wait.Seconds())))
	return r
}
