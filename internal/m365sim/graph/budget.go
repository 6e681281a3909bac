package graph

import (
	"net/http"
	"strconv"
	"strings"

	"purser.example/internal/m365sim/call"
	"purser.example/internal/m365sim/throttle"
)

// within answers a request as long as its budget lasts: SharePoint's for what lies there, and the directory's for everything else. Near
// the end of a budget the answer says so.
func (g *request) within(path []string, answer func() call.Answer) call.Answer {
	f := g.tenant.Throttle
	if f == nil {
		return answer()
	}
	who := throttle.Key{Tenant: g.tenant.ID, App: g.caller.appID}
	if liesAtSharePoint(path) {
		who.User = g.caller.userID
		use := g.service.sites.AtSharePoint(f, who, g.At)
		a := g.unless(use, refusal{status: throttle.Status(f), code: "activityLimitReached", message: "The request has been throttled."}, answer)
		use.RateLimit(a.Header)
		return a
	}
	use := g.service.budgets.Spend(who, f.GraphRequests, f.Window(), g.At)
	a := g.unless(use, refusal{status: http.StatusTooManyRequests, code: "TooManyRequests", message: "Too many requests."}, answer)
	if use.Near() {
		a.Header["x-ms-throttle-limit-percentage"] = []string{strconv.FormatFloat(use.Share(), 'f', 2, 64)}
	}
	if use.Wait > 0 {
		a.Header["x-ms-throttle-scope"] = []string{"Tenant_Application/ReadWrite/" + who.App + "/" + who.Tenant}
		a.Header["x-ms-throttle-information"] = []string{"ResourceUnitLimitExceeded"}
	}
	return a
}

// unless answers, or refuses where the budget is spent. Graph says how long to wait in seconds and parts of them.
func (g *request) unless(use throttle.Use, refused refusal, answer func() call.Answer) call.Answer {
	if use.Wait <= 0 {
		return answer()
	}
	if refused.status == http.StatusServiceUnavailable {
		refused.code, refused.message = "serviceNotAvailable", "The service is not available. Try the request again after a delay."
	}
	refused.retryAfter = throttle.RetryAfter(g.tenant.Throttle, use.Wait, g.At, true)
	return refused.answer(g.Call)
}

// liesAtSharePoint says whether an address of Graph is answered by SharePoint.
func liesAtSharePoint(path []string) bool {
	return len(path) > 1 && (strings.EqualFold(path[1], "sites") || strings.EqualFold(path[len(path)-1], "drive"))
}
