package m365sim

import (
	"math"
	"strconv"
)

// checkBudget refuses a token request beyond the budget of its app. It stands after the tenant is found and before anything
// is looked up in it.
func (g *grant) checkBudget() *refusal {
	f := g.tenant.Throttle
	if f == nil {
		return nil
	}
	wait := g.service.budgets.spend(budgetKey{g.tenant.ID, g.client.id}, f.TokenRequests, f.Window(), g.call.at)
	if wait <= 0 {
		return nil
	}
	r := refuse(90055)
	r.retryAfter = strconv.Itoa(int(math.Ceil(wait.Seconds())))
	return r
}
