package app

import (
	"context"
	"sync"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/appprofile"
	"purser.example/internal/drift"
	"purser.example/internal/microsoft"
	"purser.example/internal/problem"
	"purser.example/internal/run"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
	"purser.example/internal/watch"
)

// looker lets drift look at accounts with the Microsoft client without either knowing the other. The policies of a tenant are read once an
// hour, and not for each of its accounts.
type looker struct {
	client *microsoft.Client
	now    func() time.Time

	mu       sync.Mutex
	policies map[tenant.ID]policies
}

// policies are those of a tenant, as they were read.
type policies struct {
	at     time.Time
	list   []drift.Policy
	denied bool
}

// policiesHold is how long the policies of a tenant are taken for what they are.
const policiesHold = time.Hour

// noSecret is what is missing where the app can't ask for itself.
const noSecret = "a client secret or certificate"

// Look implements drift.Directory.
func (l *looker) Look(ctx context.Context, t tenant.Tenant, app appprofile.App, username string, known drift.Facts, groups []drift.Item, fresh bool) (drift.Look, error) {
	opened, err := l.client.ReadAsApp(ctx, ref(t), appOf(app))
	if microsoft.CodeOf(err) == microsoft.NoSecret {
		return drift.Look{Lacks: []string{noSecret}}, nil
	}
	if err != nil {
		return drift.Look{}, err
	}
	seen, err := opened.Look(ctx, username)
	if err != nil {
		return drift.Look{}, err
	}
	look := drift.Look{Facts: seenOf(seen, groups), Lacks: seen.Lacks}
	if seen.ID == "" {
		return look, nil
	}
	found, err := l.ofTenant(ctx, t.ID, opened, fresh)
	switch {
	case err != nil: // not read, and tried again with the next account
	case found.denied:
		look.Lacks = append(look.Lacks, verdict.ReadPolicies)
	default:
		look.Facts[drift.Policies] = drift.Covering(found.list, personOf(seen, known))
	}
	return look, nil
}

// seenOf is what was read of an account.
func seenOf(seen microsoft.Looked, groups []drift.Item) drift.Facts {
	if seen.Gone {
		return drift.Facts{drift.Identity: drift.SetOf()}
	}
	f := drift.FactsOf(verdict.Verdict{
		UserID: seen.ID, Roles: seen.Roles, RolesRead: seen.RolesRead, Products: seen.Products, Proof: verdict.Proof{Licence: seen.Licence}, PasswordSet: seen.Changed,
	})
	if seen.Enabled != nil {
		f[drift.SignIn] = drift.Flag(drift.Blocked, !*seen.Enabled)
	}
	if seen.MFA != nil {
		f[drift.MFA] = drift.Flag(drift.Registered, *seen.MFA)
	}
	if seen.GroupsRead && len(groups) > 0 {
		f[drift.Groups] = drift.Among(groups, seen.Groups)
	}
	return f
}

// personOf is what is known of an account for the question which policies cover it. Roles that the app may not read are those that the
// account itself told when it last signed in.
func personOf(seen microsoft.Looked, known drift.Facts) drift.Person {
	p := drift.Person{ID: seen.ID, Groups: seen.Groups, GroupsRead: seen.GroupsRead, RolesRead: seen.RolesRead}
	for _, r := range seen.Roles {
		p.Roles = append(p.Roles, r.TemplateID)
	}
	if roles, told := known[drift.Roles]; !p.RolesRead && told {
		p.RolesRead = true
		for _, r := range roles.Items {
			p.Roles = append(p.Roles, r.Key)
		}
	}
	return p
}

// Refusal implements drift.Refuser.
func (l *looker) Refusal(ctx context.Context, t tenant.Tenant, app appprofile.App, correlation, rule string) verdict.Blame {
	opened, err := l.client.ReadAsApp(ctx, ref(t), appOf(app))
	if err != nil {
		return verdict.Blame{Later: true}
	}
	return opened.Refusal(ctx, correlation, rule)
}

// ofTenant gives the policies of a tenant, read anew where they were not read for an hour. Nobody waits while another tenant's are read.
func (l *looker) ofTenant(ctx context.Context, t tenant.ID, opened reader, fresh bool) (policies, error) {
	now := l.now()
	if kept, there := l.kept(t); there && !fresh && now.Sub(kept.at).Abs() < policiesHold {
		return kept, nil
	}
	list, denied, err := opened.Policies(ctx)
	if err != nil {
		return policies{}, err
	}
	found := policies{at: now, denied: denied}
	for _, p := range list {
		found.list = append(found.list, drift.Policy{
			ID: p.ID, Name: p.Name, On: p.State == "enabled", Include: drift.Audience{Users: p.Users, Groups: p.Groups, Roles: p.Roles},
			Exclude: drift.Audience{Users: p.NotUsers, Groups: p.NotGroups, Roles: p.NotRoles}, Resources: p.Resources, Spared: p.Spared,
		})
	}
	l.keep(t, found)
	return found, nil
}

// reader reads the policies of a tenant.
type reader interface {
	Policies(ctx context.Context) (list []microsoft.PolicyInfo, denied bool, err error)
}

func (l *looker) kept(t tenant.ID) (policies, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	kept, there := l.policies[t]
	return kept, there
}

func (l *looker) keep(t tenant.ID, found policies) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.policies == nil {
		l.policies = map[tenant.ID]policies{}
	}
	l.policies[t] = found
}

// noticed keeps what a verdict tells of its account. That it could not be kept costs the verdict nothing.
func (a *App) noticed(ctx context.Context, of account.Account, v verdict.Verdict) {
	err := problem.Guard(func() error {
		return a.Drift.Note(ctx, account.KeyOf(of.Tenant.ID, of.Username), of.Username, drift.FactsOf(v))
	})
	if err == nil {
		err = problem.Guard(func() error { return a.Drift.AskLater(ctx, account.KeyOf(of.Tenant.ID, of.Username), v) })
	}
	if err != nil {
		a.log.WarnContext(ctx, "what was read of an account not kept", "tenant", of.Tenant.ID, "error", problem.Told(err))
	}
}

// unasked are the outcomes of a check after which the tenant's app would not be answered either, or is not to ask.
var unasked = map[account.Reason]bool{
	watch.Frozen: true, account.Outage: true, account.AppSetup: true, account.NoApp: true, account.AppAltered: true, run.Gone: true,
}

// looked looks at an account after its health check, whatever became of that.
func (a *App) looked(ctx context.Context, w watch.Watched, found account.Checkup) {
	if v := found.Verdict; unasked[found.Pass] || v != nil && !v.Valid() && !v.Status.AboutAccount() {
		return
	}
	broke := found.Verdict != nil && !found.Verdict.Valid() && w.Bad.IsZero()
	err := problem.Guard(func() error {
		return a.Drift.Look(ctx, account.Key{Tenant: w.Tenant, Username: w.Account}, w.Account, broke)
	})
	if err != nil && ctx.Err() == nil {
		a.log.WarnContext(ctx, "account not looked at", "tenant", w.Tenant, "error", problem.Told(err))
	}
}

// groupsOf gives the groups of pools that an account is expected in.
func (a *App) groupsOf(ctx context.Context, k account.Key) ([]drift.Item, error) {
	groups, err := a.Pools.GroupsOf(ctx, k)
	var items []drift.Item
	for _, g := range groups {
		items = append(items, drift.Item{Key: g.ID, Name: g.Name})
	}
	return items, err
}

// askEvery is how often Purser looks whether a sign-in log is to be asked again.
const askEvery = 15 * time.Second

// askAgain asks the sign-in logs for what they did not have before (R90).
func (a *App) askAgain(ctx context.Context) {
	if err := problem.Guard(func() error { return a.Drift.AskAgain(ctx) }); err != nil && ctx.Err() == nil {
		a.log.Warn("sign-in log not asked again", "error", problem.Told(err))
	}
}

// revisit compares the groups of a tenant's pools with what is saved, as its night begins (R93).
func (a *App) revisit(ctx context.Context, t tenant.ID) {
	if err := problem.Guard(func() error { return a.Pools.Revisit(ctx, t) }); err != nil && ctx.Err() == nil {
		a.log.WarnContext(ctx, "groups of account pools not compared", "tenant", t, "error", problem.Told(err))
	}
}
