package microsoft

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"purser.example/internal/verdict"
	"purser.example/internal/whose"
)

// blameTime is how long a person waits, at most, for the name of the policy that refused.
const blameTime = 6 * time.Second

// Where the policies and the sign-in log are (Microsoft Graph v1.0).
const (
	policyPath   = "/v1.0/identity/conditionalAccess/policies/"
	defaultsPath = "/v1.0/policies/identitySecurityDefaultsEnforcementPolicy?$select=isEnabled"
	signInsPath  = "/v1.0/auditLogs/signIns"
)

// blame finds out which policy refused: the account has no token, so the app asks for itself. What the tenant does not let it
// read is noted with the permission that would; nothing here changes the verdict.
func (s *signIn) blame(ctx context.Context, v *verdict.Verdict) {
	if v.Proof.Policy != verdict.Refuted {
		return
	}
	if v.Number() == verdict.ByDefaults {
		v.Blame.Policies = []verdict.Policy{defaults}
		return
	}
	ctx, cancel := context.WithTimeout(ctx, blameTime)
	defer cancel()
	token, err := s.client.appToken(ctx, s.account.Tenant, s.account.App)
	if err != nil {
		noToken(&v.Blame, err)
		v.Detail += " which policy: " + err.Error()
		return
	}
	a := &accuser{graph: graph{client: s.client, host: s.hosts.graph, token: token.token, patience: &s.patience, lane: laneOf(s.account.Tenant, s.account.App.ID, attending)}, v: v}
	a.byID(ctx)
	if len(v.Policies) == 0 {
		a.bySignInLog(ctx)
	}
	if len(v.Blame.Policies) == 0 && slices.Contains(secondFactor, v.Number()) {
		a.byDefaults(ctx)
	}
}

// noToken says why the app could not ask: it has no secret, Microsoft refused it, or nobody could be asked, which is no fault of the
// app's (X5).
func noToken(b *verdict.Blame, err error) {
	switch f, _ := errors.AsType[fault](err); {
	case f.code == NoSecret:
		b.NoSecret = true
	case f.whose.Blamed(), f.whose == whose.Untold && strings.HasPrefix(f.code, "AADSTS"): // Microsoft refused, for whatever reason
		b.NoToken = f.code
	default:
		b.NotAsked, b.NotAskedFault = f.code, f.whose
	}
}

// secondFactor are the codes by which security defaults and per-user MFA ask for a second factor. All others have a reason of their
// own, such as a device, a risk or restrictions of the network, which neither of the two has to do with.
var secondFactor = []string{"50072", "50074", "50076", "50079"}

var (
	defaults = verdict.Policy{Kind: verdict.SecurityDefaults, Name: "Security defaults"}
	perUser  = verdict.Policy{Kind: verdict.PerUserMFA, Name: "Per-user multi-factor authentication"}
)

// accuser asks Graph as the app, and writes down what it is told.
type accuser struct {
	graph
	v         *verdict.Verdict
	acquitted bool // the sign-in log was read, and no conditional access policy refused
}

// withoutPremium is what Graph says of a tenant whose licences do not open the sign-in log to apps, and of an app that may read the
// log and not the directory beside it: one word for both, which cannot be told apart (Microsoft Graph, known issues).
var withoutPremium = []string{"Authentication_RequestFromNonPremiumTenantOrB2CTenant", "Authentication_ApplicationHasNoDirectoryReadAccess"}

// lacks notes the permission where Graph refused for want of it, and reports whether something was read.
func (a *accuser) lacks(permission string, err error) (read bool) {
	if err == nil {
		return true
	}
	switch f, _ := errors.AsType[fault](err); {
	case slices.Contains(withoutPremium, f.reply.Word):
		a.v.Blame.NoPremium = true
	case f.reply.Denied():
		if !slices.Contains(a.v.Blame.Lacks, permission) {
			a.v.Blame.Lacks = append(a.v.Blame.Lacks, permission)
		}
	case f.reply.Gone(): // a policy that was deleted meanwhile
	default:
		a.v.Blame.NotAsked, a.v.Blame.NotAskedFault = f.code, f.whose
	}
	a.v.Detail += " " + permission + ": " + err.Error()
	return false
}

// byID names the policies whose ids came with the refusal, as far as they are still there.
func (a *accuser) byID(ctx context.Context) {
	for _, id := range a.v.Policies {
		var policy struct {
			ID   string `json:"id"`
			Name string `json:"displayName"`
		}
		err := a.get(ctx, policyPath+url.PathEscape(id)+"?$select=id,displayName", &policy)
		if err == nil && !strings.EqualFold(key(policy.ID), key(id)) {
			err = noAnswer(verdict.BadAnswer, a.host+" answered with another policy, or none")
		}
		if !a.lacks(verdict.ReadPolicies, err) {
			continue
		}
		a.v.Blame.Policies = append(a.v.Blame.Policies, verdict.Policy{Kind: verdict.ConditionalAccess, ID: id, Name: toTheLetter(policy.Name)})
	}
}

// loggedSignIn is one sign-in of the tenant's log.
type loggedSignIn struct {
	Applied []struct {
		ID     string `json:"id"`
		Name   string `json:"displayName"`
		Result string `json:"result"`
	} `json:"appliedConditionalAccessPolicies"`
}

// bySignInLog looks the attempt up. Microsoft's log is some minutes late.
func (a *accuser) bySignInLog(ctx context.Context) {
	if a.v.CorrelationID == "" {
		return
	}
	query := url.Values{"$filter": {"correlationId eq '" + a.v.CorrelationID + "'"}, "$top": {"1"}}
	page, _, err := onePage[loggedSignIn](ctx, a.graph, signInsPath+"?"+escaped(query))
	if !a.lacks(verdict.ReadAuditLog, err) {
		return
	}
	if len(page) == 0 {
		a.v.Blame.Later = true
		return
	}
	if page[0].Applied == nil {
		a.v.Blame.Lacks = append(a.v.Blame.Lacks, verdict.ReadPolicies) // the log hides policies from those who may not read them
	}
	a.acquitted = page[0].Applied != nil
	for _, p := range page[0].Applied {
		if strings.EqualFold(p.Result, "failure") && key(p.ID) != "" {
			a.acquitted = false
			a.v.Blame.Policies = append(a.v.Blame.Policies, verdict.Policy{Kind: verdict.ConditionalAccess, ID: key(p.ID), Name: toTheLetter(p.Name)})
		}
	}
}

// Refusal looks a sign-in that was refused with the rule up in the tenant's log, some time after it was made.
func (d *Directory) Refusal(ctx context.Context, correlation, rule string) verdict.Blame {
	v := verdict.Verdict{CorrelationID: correlation, Rule: rule}
	a := &accuser{graph: d.graph(), v: &v}
	a.bySignInLog(ctx)
	if len(v.Blame.Policies) == 0 && !v.Blame.Later && slices.Contains(secondFactor, v.Number()) {
		a.byDefaults(ctx)
	}
	return v.Blame
}

// byDefaults looks whether security defaults are on, which ask everybody for a second factor. Where neither they nor a
// conditional access policy asked for one, it was set on the account itself.
func (a *accuser) byDefaults(ctx context.Context) {
	var policy struct {
		Enabled any `json:"isEnabled"` // what is no truth value is neither on nor off (X47)
	}
	err := a.get(ctx, defaultsPath, &policy)
	on, told := policy.Enabled.(bool)
	if err == nil && !told {
		err = noAnswer(verdict.BadAnswer, a.host+" did not say whether security defaults are on")
	}
	switch read := a.lacks(verdict.ReadPolicies, err); {
	case read && on:
		a.v.Blame.Policies, a.v.Blame.Later = []verdict.Policy{defaults}, false
	case read && a.acquitted:
		a.v.Blame.Policies = []verdict.Policy{perUser}
	}
}
