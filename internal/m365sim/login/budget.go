package login

import (
	"purser.example/internal/m365sim/throttle"
)

// checkBudget refuses a token request beyond the budget of its app. It stands after the tenant is found and before anything
// is looked up in it.
func (g *grant) checkBudget() *refusal {
	f := g.tenant.Throttle
	if f == nil {
		return nil
	}
	use := g.service.budgets.Spend(throttle.Key{Tenant: g.tenant.ID, App: g.client.id}, f.TokenRequests, f.Window(), g.call.At)
	if use.Wait <= 0 {
		return nil
	}
	r := refuse(90055)
	r.retryAfter = throttle.RetryAfter(f, use.Wait, g.call.At, false)
	return r
}
