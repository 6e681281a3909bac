package login_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/login"
	"purser.example/internal/problem"
	"purser.example/internal/whose"
)

const (
	homeTenant  = "6f1c0000-0000-4000-8000-000000000001"
	otherTenant = "6f1c0000-0000-4000-8000-000000000002"

	clocksDiffer = "This sign-in could not be verified: the clocks of Purser and of the identity provider are too far apart. Your server administrator needs to set the clock. The log says how far."
	elsewhere    = "This account belongs to another organization than the one that signs in to Purser. Sign in with an account of that organization."
)

// newEntra is a provider whose addresses and tokens have the shape of Microsoft Entra ID's, version 2.0, and a client of it.
func newEntra(t *testing.T, change func(map[string]any), options ...func(*login.Config)) (*fakeProvider, *login.Client) {
	t.Helper()
	p := newProvider(t)
	issuer := p.URL + "/" + homeTenant + "/v2.0"
	p.document["issuer"] = issuer
	p.instead("/"+homeTenant+"/v2.0/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		p.answer(w, http.StatusOK, p.document)
	})
	p.claims = func(c map[string]any) {
		c["iss"], c["tid"], c["ver"], c["nbf"] = issuer, homeTenant, "2.0", c["iat"]
		c["oid"], c["sid"], c["uti"], c["rh"] = "99999999-0000-0000-0000-0000000000aa", "0f0e", "u", "1.A"
		if change != nil {
			change(c)
		}
	}
	return p, newClient(p, append([]func(*login.Config){func(cfg *login.Config) { cfg.Issuer = issuer }}, options...)...)
}

func TestTokensOfEntraShapeR1(t *testing.T) {
	_, c := newEntra(t, nil)
	who, err := signIn(t, c)
	if err != nil || who.Caller.Role() != access.TenantOwner || who.Caller.SignIn != "adele@contoso.com" {
		t.Errorf("%+v, %v", who.Caller, err)
	}
}

// R1: the tenant is pinned, and who comes with an account of another one is told so.
func TestAnotherTenantIsRefusedR1(t *testing.T) {
	issuer := func(c map[string]any, tenant string) {
		c["iss"] = strings.Replace(c["iss"].(string), homeTenant, tenant, 1)
	}
	for name, tc := range map[string]struct {
		change   func(map[string]any)
		sentence string
		fault    whose.Fault
	}{
		"issuer and tid of another tenant":   {func(c map[string]any) { issuer(c, otherTenant); c["tid"] = otherTenant }, elsewhere, whose.Account},
		"the right issuer, another tid":      {func(c map[string]any) { c["tid"] = otherTenant }, elsewhere, whose.Account},
		"the right issuer, a tid of no text": {func(c map[string]any) { c["tid"] = 7 }, elsewhere, whose.Account},
		"a token of version 1.0":             {func(c map[string]any) { c["iss"] = "https://sts.windows.net/" + homeTenant + "/" }, notVerified, whose.Untold},
	} {
		t.Run(name, func(t *testing.T) {
			p, c := newEntra(t, tc.change)
			_, err := signIn(t, c)
			p.refuses(t, err, problem.BadRequest, tc.sentence)
			if got := login.Whose(err); got != tc.fault {
				t.Errorf("the fault is %q", got)
			}
		})
	}
}

// R1: clocks that differ by a few minutes are put up with, and more is told as such.
func TestClocksThatDifferR1(t *testing.T) {
	at := func(name string, offset time.Duration) func(map[string]any) {
		return func(c map[string]any) { c[name] = c["iat"].(int64) + int64(offset/time.Second) }
	}
	for name, tc := range map[string]struct {
		change func(map[string]any)
		good   bool
	}{
		"issued five minutes ahead":            {at("iat", 5*time.Minute), true},
		"valid from in five minutes on":        {at("nbf", 5*time.Minute), true},
		"ends in a second":                     {at("exp", time.Second), true},
		"issued more than five minutes ahead":  {at("iat", 5*time.Minute+time.Second), false},
		"valid from in more than five minutes": {at("nbf", 5*time.Minute+time.Second), false},
		"ended this second":                    {at("exp", 0), false},
		"ended a second ago":                   {at("exp", -time.Second), false},
	} {
		t.Run(name, func(t *testing.T) {
			p, c := newEntra(t, tc.change)
			_, err := signIn(t, c)
			if tc.good {
				if err != nil {
					t.Error(err)
				}
				return
			}
			p.refuses(t, err, problem.BadRequest, clocksDiffer)
			if !login.SetUpWrongly(err) || login.Whose(err) != whose.Purser {
				t.Errorf("the fault is %q", login.Whose(err))
			}
		})
	}
}

// R2: groups that were left out are told as such, and roles go on without them.
func TestTooManyGroupsForATokenR2(t *testing.T) {
	over := func(c map[string]any) {
		c["_claim_names"] = map[string]any{"groups": "src1"}
		c["_claim_sources"] = map[string]any{"src1": map[string]any{"endpoint": "https://graph.microsoft.com/v1.0/users/x/getMemberObjects"}}
	}
	_, c := newEntra(t, over)
	if who, err := signIn(t, c); err != nil || who.Caller.Role() != access.TenantOwner {
		t.Errorf("by roles: %q, %v", who.Caller.Role(), err)
	}
	_, c = newEntra(t, over, func(cfg *login.Config) { cfg.RoleClaim = "groups" })
	who, err := signIn(t, c)
	if err != nil || who.Caller.Role() != "" || who.Claim.Finding != login.LeftOut {
		t.Errorf("by groups: %q, %q, %v", who.Caller.Role(), who.Claim.Finding, err)
	}
	_, c = newEntra(t, func(c map[string]any) { c["groups"] = []string{"g1", "TenantOwner"} }, func(cfg *login.Config) { cfg.RoleClaim = "groups" })
	if who, err = signIn(t, c); err != nil || !slices.Equal(who.Caller.Roles, []access.Role{access.TenantOwner}) {
		t.Errorf("by groups that fit: %q, %v", who.Caller.Roles, err)
	}
}

// R7: tid and oid are believed from the tenant's own issuer alone, and the groups claim where it is whole; a second address is told beside the
// sign-in.
func TestWhatEntraCallsSomebodyR7(t *testing.T) {
	const object = "99999999-0000-0000-0000-0000000000aa"
	for name, tc := range map[string]struct {
		change  func(map[string]any)
		want    login.Entra
		groups  []string
		grouped bool
		address string
	}{
		"as it is":      {func(map[string]any) {}, login.Entra{Tenant: homeTenant, Object: object}, nil, false, ""},
		"with groups":   {func(c map[string]any) { c["groups"] = []string{"g1", "g2"} }, login.Entra{Tenant: homeTenant, Object: object}, []string{"g1", "g2"}, true, ""},
		"with no group": {func(c map[string]any) { c["groups"] = []string{} }, login.Entra{Tenant: homeTenant, Object: object}, nil, true, ""},
		"too many groups": {func(c map[string]any) {
			c["_claim_names"], c["_claim_sources"] = map[string]string{"groups": "src1"}, map[string]any{"src1": map[string]string{"endpoint": "https://graph.windows.net/x/getMemberObjects"}}
		}, login.Entra{Tenant: homeTenant, Object: object}, nil, false, ""},
		"groups of a shape": {func(c map[string]any) { c["groups"] = map[string]any{"a": 1} }, login.Entra{Tenant: homeTenant, Object: object}, nil, false, ""},
		"without oid":       {func(c map[string]any) { delete(c, "oid") }, login.Entra{}, nil, false, ""},
		"an oid of a shape": {func(c map[string]any) { c["oid"] = "' OR 1=1" }, login.Entra{}, nil, false, ""},
		"another address":   {func(c map[string]any) { c["email"] = "adele.vance@contoso.com" }, login.Entra{Tenant: homeTenant, Object: object}, nil, false, "adele.vance@contoso.com"},
	} {
		_, c := newEntra(t, tc.change)
		who, err := signIn(t, c)
		if err != nil || who.Entra != tc.want || !slices.Equal(who.Groups, tc.groups) || who.Grouped != tc.grouped || tc.address != "" && who.Address != tc.address {
			t.Errorf("%s: %+v %v %v %q, %v", name, who.Entra, who.Groups, who.Grouped, who.Address, err)
		}
	}
	p := newProvider(t)
	p.claims = func(c map[string]any) { c["tid"], c["oid"] = homeTenant, object }
	if who, err := signIn(t, newClient(p)); err != nil || who.Entra != (login.Entra{}) {
		t.Errorf("another provider that says so: %+v, %v", who.Entra, err)
	}
}
