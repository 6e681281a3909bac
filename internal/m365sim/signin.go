package m365sim

import (
	"net"
	"slices"
	"sync"
	"time"

	"purser.example/internal/m365sim/fixture"
	"purser.example/internal/m365sim/guid"
)

// signIn is one attempt to sign in as the tenant's log keeps it. It never holds a password.
type signIn struct {
	id, correlationID, address string
	at                         time.Time
	userID, userName, upn      string
	app                        fixture.App
	code                       int // 0: signed in
	reason                     string
	caStatus                   string
	policies                   []appliedPolicy
}

// appliedPolicy is what a conditional access policy had to say about a sign-in.
type appliedPolicy struct {
	ID              string   `json:"id"`
	DisplayName     string   `json:"displayName"`
	GrantControls   []string `json:"enforcedGrantControls"`
	SessionControls []string `json:"enforcedSessionControls"`
	Result          string   `json:"result"`
}

// signInLog holds the sign-ins of each tenant, oldest first.
type signInLog struct {
	mu sync.Mutex
	by map[string][]*signIn
}

// maxSignIns is how many sign-ins of a tenant the log remembers.
const maxSignIns = 10_000

func (l *signInLog) add(tenant string, entry *signIn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.by == nil {
		l.by = map[string][]*signIn{}
	}
	list := append(l.by[tenant], entry)
	if len(list) > maxSignIns {
		list = slices.Delete(list, 0, len(list)-maxSignIns)
	}
	l.by[tenant] = list
}

// newestFirst is the log as Graph lists it.
func (l *signInLog) newestFirst(tenant string) []object {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := objects(l.by[tenant])
	slices.Reverse(list)
	return list
}

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
	g.sim.signIns.add(g.tenant.ID, e)
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
