package microsoft_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"purser.example/internal/m365sim"
	"purser.example/internal/microsoft"
	"purser.example/internal/verdict"
)

// blameFixture is a tenant whose app may do what permissions say.
func blameFixture(permissions string, defaults bool) string {
	return fmt.Sprintf(`{"tenants":[{"id":"%s","displayName":"Contoso","initialDomain":"contoso.onmicrosoft.com","securityDefaults":%t,
		"apps":[{"appId":"a0000000-0000-4000-8000-000000000001","displayName":"Purser","clientSecret":"%s"%s}],
		"policies":[{"id":"7f6f0d1c-0000-4000-8000-000000000001","displayName":"Block all but managed devices","state":"enabled"}],
		"users":[{"userPrincipalName":"blocked@contoso.onmicrosoft.com","password":"Right-1!","signInError":{"code":53003,"policy":"Block all but managed devices"}},
			{"userPrincipalName":"ca@contoso.onmicrosoft.com","password":"Right-1!","mfa":"conditionalAccess"},
			{"userPrincipalName":"mfa@contoso.onmicrosoft.com","password":"Right-1!","mfa":"perUser"},
			{"userPrincipalName":"defaults@contoso.onmicrosoft.com","password":"Right-1!","mfa":"securityDefaults"},
			{"userPrincipalName":"network@contoso.onmicrosoft.com","password":"Right-1!","signInError":500021},
			{"userPrincipalName":"risk@contoso.onmicrosoft.com","password":"Right-1!","signInError":53004},
			{"userPrincipalName":"wrong@contoso.onmicrosoft.com","password":"Other-1!"}]}]}`, tenantID, defaults, clientSecret, permissions)
}

// R18: the policy that refused is named where the tenant lets its app read it, and where it does not, the permission that
// would tell is.
func TestThePolicyIsNamed(t *testing.T) {
	const all = ``
	only := func(permission string) string { return `,"permissions":["` + permission + `"]` }
	name := "Block all but managed devices"
	for title, c := range map[string]struct {
		user, permissions string
		defaults, public  bool
		says              string   // part of the cause
		steps             string   // part of the steps; empty: none about naming
		lacks             []string // permissions
	}{
		"by the id in the refusal":              {user: "blocked", permissions: all, says: "“" + name + "”"},
		"a second factor by conditional access": {user: "ca", permissions: only("Policy.Read.All"), says: "“" + name + "”"},
		"may not read policies":                 {user: "blocked", permissions: only("AuditLog.Read.All"), says: "", steps: "application permission Policy.Read.All", lacks: []string{"Policy.Read.All"}},
		"per-user, by the log":                  {user: "mfa", permissions: all, says: "set on the account itself"},
		"per-user, without the log":             {user: "mfa", permissions: only("Policy.Read.All"), steps: "application permission AuditLog.Read.All", lacks: []string{"AuditLog.Read.All"}},
		"per-user, the log without policies":    {user: "mfa", permissions: only("AuditLog.Read.All"), steps: "application permission Policy.Read.All", lacks: []string{"Policy.Read.All"}},
		"may read nothing":                      {user: "mfa", permissions: only("User.Read.All"), steps: "AuditLog.Read.All and Policy.Read.All", lacks: []string{"AuditLog.Read.All", "Policy.Read.All"}},
		"security defaults by their code":       {user: "defaults", permissions: only("User.Read.All"), says: "security defaults"},
		"security defaults by reading":          {user: "mfa", permissions: all, defaults: true, says: "security defaults"},
		"the network's doing, defaults or not":  {user: "network", permissions: all, defaults: true, says: "Tenant restrictions"},
		"risk, with defaults on":                {user: "risk", permissions: all, defaults: true, says: "suspicious activity"},
		"risk, with defaults off":               {user: "risk", permissions: all, says: "suspicious activity"},
		"no secret":                             {user: "blocked", permissions: all, public: true, steps: "a client secret"},
		"not a policy":                          {user: "wrong", permissions: all},
	} {
		t.Run(title, func(t *testing.T) {
			fixture, err := m365sim.Read(strings.NewReader(blameFixture(c.permissions, c.defaults)))
			if err != nil {
				t.Fatal(err)
			}
			sim, err := m365sim.New(fixture, m365sim.Options{})
			if err != nil {
				t.Fatal(err)
			}
			client := microsoft.New(microsoft.Config{Simulator: serve(t, sim)})
			account := accountOf(c.user+"@contoso.onmicrosoft.com", "Right-1!")
			if c.public {
				account.App.Secret.Clear()
				account.App = microsoft.App{ID: account.App.ID}
			}
			v := client.Validate(t.Context(), account)
			e := v.Explain(verdict.Context{Username: account.Username})
			if !strings.Contains(e.Cause, c.says) || c.says == "" && strings.Contains(e.Cause, "“") {
				t.Errorf("cause %q, want %q", e.Cause, c.says)
			}
			var steps []string
			for _, s := range e.Steps {
				if strings.Contains(s.Text, "policy's name here") || strings.Contains(s.Text, "can't name the policy") {
					steps = append(steps, s.Text)
				}
			}
			if (c.steps == "") != (len(steps) == 0) || !strings.Contains(strings.Join(steps, " "), c.steps) {
				t.Errorf("steps %q, want %q", steps, c.steps)
			}
			if lacks := slices.Sorted(slices.Values(v.Blame.Lacks)); !slices.Equal(lacks, c.lacks) {
				t.Errorf("lacks %v, want %v", v.Blame.Lacks, c.lacks)
			}
			if passwords(sim) != 1 {
				t.Errorf("%d passwords sent", passwords(sim))
			}
		})
	}
}

// R62: a Graph that does not answer costs the name of the policy, never the verdict, and little time.
func TestThePolicyIsNotWaitedForLong(t *testing.T) {
	sim, client := newSimulator(t)
	for _, fault := range []m365sim.Fault{{PathPrefix: "/v1.0", Status: 503}, {PathPrefix: "/v1.0", Reset: true}, {PathPrefix: "/v1.0", Status: 200, Body: "<html>", ContentType: "text/html"}, {PathPrefix: "/v1.0", Status: 404}} {
		if err := sim.SetFaults([]m365sim.Fault{fault}); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		v := client.Validate(t.Context(), accountOf("blocked@contoso.com", "Right-1!"))
		if v.Status != verdict.PolicyBlocked || v.Code != "AADSTS53003" || len(v.Blame.Policies) != 0 || len(v.Policies) != 1 {
			t.Errorf("%+v: %+v", fault, v)
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("%+v: it took %s", fault, took)
		}
	}
}

// R18: where the tenant's licences do not open the sign-in log, no permission is asked for that would not help.
func TestTheSignInLogNeedsALicence(t *testing.T) {
	sim, client := newSimulator(t)
	const body = `{"error":{"code":"Authentication_RequestFromNonPremiumTenantOrB2CTenant","message":"Neither tenant is B2C or tenant doesn't have premium license"}}`
	if err := sim.SetFaults([]m365sim.Fault{{PathPrefix: "/v1.0/auditLogs", Status: 403, Body: body, ContentType: "application/json"}}); err != nil {
		t.Fatal(err)
	}
	account := accountOf("mfa@contoso.com", "Right-1!")
	v := client.Validate(t.Context(), account)
	if v.Status != verdict.MFARequired || len(v.Blame.Lacks) != 0 || !v.Blame.NoPremium || len(v.Blame.Policies) != 0 {
		t.Errorf("%+v", v)
	}
	steps := v.Explain(verdict.Context{Username: account.Username}).Steps
	if last := steps[len(steps)-1].Text; !strings.Contains(last, "Microsoft Entra ID P1") {
		t.Errorf("the last step is %q", last)
	}
}
