package login

import (
	"net"

	"purser.example/internal/m365sim/call"
	"purser.example/internal/m365sim/guid"
	"purser.example/internal/m365sim/signin"
)

// noSuchUser stands in the log for a user whom the tenant does not have.
const noSuchUser = "00000000-0000-0000-0000-000000000000"

// log notes the outcome of a sign-in, once the tenant and the app are known. Apps that sign in as themselves, and sign-ins that
// are only renewed, stand in other logs of Microsoft's.
func (g *grant) log(refused *refusal) {
	if g.tenant == nil || g.app == nil || !g.delegated() || g.kind == grantRefresh {
		return
	}
	host, _, _ := net.SplitHostPort(g.call.Request.RemoteAddr)
	e := &signin.Entry{
		ID: guid.New(), CorrelationID: g.call.CorrelationID, Address: host, At: g.call.At, UserID: noSuchUser, UPN: call.Clip(g.username()),
		AppID: g.app.AppID, AppName: g.app.DisplayName, Reason: "Other.", ConditionalAccess: "notApplied", Policies: g.appliedPolicies(refused),
	}
	if g.user != nil {
		e.UserID, e.UserName = g.user.ID, g.user.DisplayName
	}
	if refused != nil {
		e.Code, e.Reason = refused.code, refused.text(aadstsFor(refused.code))
		if refused.policy != "" {
			e.ConditionalAccess = "failure"
		}
	}
	g.service.signIns.Add(g.tenant.ID, e)
}

// appliedPolicies is what each policy of the tenant did: the one that the refusal names stood in the way, the others did not
// apply.
func (g *grant) appliedPolicies(refused *refusal) []signin.AppliedPolicy {
	list := make([]signin.AppliedPolicy, 0, len(g.tenant.Policies))
	for _, p := range g.tenant.Policies {
		a := signin.AppliedPolicy{ID: p.ID, DisplayName: p.DisplayName, GrantControls: []string{}, SessionControls: []string{}, Result: "notApplied"}
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
