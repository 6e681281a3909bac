package m365sim

import (
	"net"

	"purser.example/internal/m365sim/guid"
)

// noSuchUser stands in the log for a user whom the tenant does not have.
const noSuchUser = "00000000-0000-0000-0000-000000000000"

// log notes the outcome of a sign-in, once the tenant and the app are known. Apps that sign in as themselves, and sign-ins that
// are only renewed, stand in other logs of Microsoft's.
func (g *grant) log(refused *refusal) {
	if g.tenant == nil || g.app == nil || !g.delegated() || g.kind == grantRefresh {
		return
	}
	host, _, _ := net.SplitHostPort(g.call.r.RemoteAddr)
	e := &signIn{
		id: guid.New(), correlationID: g.call.correlationID, address: host, at: g.call.at, userID: noSuchUser, upn: clip(g.username()),
		app: g.app.App, reason: "Other.", caStatus: "notApplied", policies: g.appliedPolicies(refused),
	}
	if g.user != nil {
		e.userID, e.userName = g.user.ID, g.user.DisplayName
	}
	if refused != nil {
		e.code, e.reason = refused.code, refused.text(aadstsFor(refused.code))
		if refused.policy != "" {
			e.caStatus = "failure"
		}
	}
	g.service.signIns.add(g.tenant.ID, e)
}

// appliedPolicies is what each policy of the tenant did: the one that the refusal names stood in the way, the others did not
// apply.
func (g *grant) appliedPolicies(refused *refusal) []appliedPolicy {
	list := make([]appliedPolicy, 0, len(g.tenant.Policies))
	for _, p := range g.tenant.Policies {
		a := appliedPolicy{ID: p.ID, DisplayName: p.DisplayName, GrantControls: []string{}, SessionControls: []string{}, Result: "notApplied"}
		switch {
		case p.State == "disabled":
			a.Result = "notEnabled"
		case p.State != "enabled":
			a.Result = "reportOnlyNotApplied"
		case refused != nil && p.ID == refused.policy:
			a.Result, a.GrantControls = "failure", []string{controlOf(refused.code)}
		}
		list = append(list, a)
	}
	return list
}

// controlOf is what a policy asked for that refused with the code.
func controlOf(code int) string {
	switch code {
	case 50072, 50074, 50076, 50079:
		return "Mfa"
	case 53000:
		return "RequireCompliantDevice"
	case 53001:
		return "RequireDomainJoinedDevice"
	case 53002:
		return "RequireApprovedApp"
	}
	return "Block"
}
