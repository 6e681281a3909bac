package sharepoint

import (
	"net/http"

	"purser.example/internal/m365sim/call"
	"purser.example/internal/m365sim/throttle"
)

// within answers a request as long as the budgets of the app and of the user last. Near their end the answer says so.
func (r *request) within(answer func() call.Answer) call.Answer {
	f, who := r.tenant.Throttle, throttle.Key{Tenant: r.tenant.ID, App: r.app}
	if r.user != nil {
		who.User = r.user.ID
	}
	use := r.service.budgets.AtSharePoint(f, who, r.At)
	var a call.Answer
	if use.Wait <= 0 {
		a = answer()
	} else {
		status := throttle.Status(f)
		a = call.Text(status, "text/plain; charset=utf-8", http.StatusText(status))
		a.Header.Set("Retry-After", throttle.RetryAfter(f, use.Wait, r.At, false))
	}
	use.RateLimit(a.Header)
	return a
}
