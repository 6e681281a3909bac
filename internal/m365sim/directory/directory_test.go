package directory

import (
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"purser.example/internal/m365sim/fixture"
	"purser.example/internal/m365sim/guid"
	"purser.example/internal/m365sim/strictjson"
)

const (
	tenantID   = "6f1c0000-0000-4000-8000-000000000001"
	appID      = "a0000000-0000-4000-8000-000000000001"
	bigFixture = `{"tenants": [{"id": "` + tenantID + `", "initialDomain": "contoso.onmicrosoft.com",
  "generate": {"users": 20000, "first": 1, "upn": "u%05d@contoso.com", "password": "Gen-%05d!", "group": "Big pool"}}]}`
)

func mustNew(t testing.TB, text string) *Directory {
	t.Helper()
	f, err := fixture.Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	d, err := New(f, time.Now(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestFixtureMistakes covers what a fixture can have wrong: each is told with its path, and never with a password.
func TestFixtureMistakes(t *testing.T) {
	tenant := func(rest string) string {
		return `{"tenants": [{"id": "` + tenantID + `", "initialDomain": "contoso.onmicrosoft.com", ` + rest + `}]}`
	}
	user := func(rest string) string {
		return tenant(`"users": [{"userPrincipalName": "a@contoso.com", "password": "hunter2", ` + rest + `}]`)
	}
	cases := map[string]struct{ json, want string }{
		"a tenant id that is no GUID":          {`{"tenants": [{"id": "1", "initialDomain": "a.b"}]}`, "tenants[0].id: must be a GUID"},
		"a tenant without a domain":            {`{"tenants": [{"id": "` + tenantID + `"}]}`, "tenants[0].initialDomain: must be a domain"},
		"a tenant twice":                       {`{"tenants": [{"id": "` + tenantID + `", "initialDomain": "a.b"}, {"id": "` + tenantID + `", "initialDomain": "c.d"}]}`, "tenants[1].id: stands twice"},
		"a domain of two tenants":              {`{"tenants": [{"id": "` + tenantID + `", "initialDomain": "a.b"}, {"id": "` + appID + `", "initialDomain": "A.B"}]}`, "domain a.b belongs to another tenant"},
		"a cloud that does not exist":          {tenant(`"cloud": "moon"`), "tenants[0].cloud: must be one of worldwide, gcc, gccHigh, dod, china"},
		"a latency below zero":                 {tenant(`"latencyMs": -1`), "tenants[0].latencyMs: must not be below 0"},
		"a domain listed twice":                {tenant(`"domains": [{"id": "a.b"}, {"id": "A.b"}]`), "tenants[0].domains[1].id: stands twice"},
		"a kind of domain":                     {tenant(`"domains": [{"id": "a.b", "authenticationType": "managed"}]`), "must be one of Managed, Federated"},
		"an app id that is no GUID":            {tenant(`"apps": [{"appId": "x"}]`), "tenants[0].apps[0].appId: must be a GUID"},
		"an app twice":                         {tenant(`"apps": [{"appId": "` + appID + `"}, {"appId": "` + appID + `"}]`), "tenants[0].apps[1].appId: stands twice"},
		"an expiry that is no time":            {tenant(`"apps": [{"appId": "` + appID + `", "secrets": [{"value": "x", "expires": "soon"}]}]`), "secrets[0].expires: must be a time"},
		"a secret without a value":             {tenant(`"apps": [{"appId": "` + appID + `", "secrets": [{"expires": "+1d"}]}]`), "secrets[0].value: is needed"},
		"a certificate that is none":           {tenant(`"apps": [{"appId": "` + appID + `", "certificates": ["x"]}]`), "certificates[0]: must be one PEM certificate"},
		"a state of policy":                    {tenant(`"policies": [{"state": "on"}]`), "policies[0].state: must be one of"},
		"a username without a domain":          {tenant(`"users": [{"userPrincipalName": "a", "password": "x"}]`), "users[0].userPrincipalName: must be a username"},
		"a username twice":                     {tenant(`"users": [{"userPrincipalName": "a@b.c", "password": "x"}, {"userPrincipalName": "A@b.c", "password": "x"}]`), "users[1]: another user has this"},
		"a kind of MFA":                        {user(`"mfa": "sms"`), "users[0].mfa: must be one of none, perUser"},
		"a role that nobody knows":             {user(`"roles": ["SharePoint Admin"]`), `users[0].roles[0]: "SharePoint Admin" is no directory role`},
		"a policy that the tenant lacks":       {user(`"signInError": {"code": 53003, "policy": "None"}`), `signInError.policy: the tenant has no policy "None"`},
		"a status that is no error":            {user(`"signInError": {"code": 53003, "status": 200}`), "signInError.status: must be from 400 to 599"},
		"a time that is no time":               {user(`"lastPasswordChangeDateTime": "-30x"`), "lastPasswordChangeDateTime: must be a time such as"},
		"a group without a name":               {tenant(`"groups": [{"mail": "a@b.c"}]`), "groups[0].displayName: is needed"},
		"a group with a member it lacks":       {tenant(`"groups": [{"displayName": "A", "members": ["x@b.c"]}]`), `groups[0].members[0]: the tenant has no user "x@b.c"`},
		"a group within a group of two names":  {tenant(`"groups": [{"displayName": "A"}, {"displayName": "A"}, {"displayName": "B", "memberGroups": ["A"]}]`), `groups[2].memberGroups[0]: "A" is the name of several groups`},
		"a group within a group that is not":   {tenant(`"groups": [{"displayName": "B", "memberGroups": ["A"]}]`), `"A" is no group of the tenant`},
		"an address of two groups":             {tenant(`"groups": [{"displayName": "A", "mail": "a@b.c"}, {"displayName": "B", "mail": "A@b.c"}]`), "groups[1]: another group has this mail address or id"},
		"a security group with an address":     {tenant(`"groups": [{"displayName": "A", "mail": "a@b.c", "kind": "security"}]`), "groups[0].mail: a security group has no mail address"},
		"a team that is a security group":      {tenant(`"groups": [{"displayName": "A", "team": true}]`), "groups[0].team: only a microsoft365 group"},
		"a member of a kind that is none":      {tenant(`"groups": [{"displayName": "A", "otherMembers": [{"type": "cat"}]}]`), "otherMembers[0].type: must be one of device"},
		"generated names without a number":     {tenant(`"generate": {"users": 1, "upn": "u@b.c"}`), "generate.upn: must hold one number"},
		"generated passwords with two numbers": {tenant(`"generate": {"users": 1, "password": "%d%d"}`), "generate.password: must hold one number"},
		"more users than a machine can hold":   {tenant(`"generate": {"users": 10000000}`), "generate: users must be from 0"},
		"a page size below zero":               {`{"pageSize": -1}`, "pageSize: must not be below 0"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f, err := fixture.Read(strings.NewReader(c.json))
			if err == nil {
				_, err = New(f, time.Now(), slog.New(slog.DiscardHandler))
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want %q", err, c.want)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error holds a password: %v", err)
			}
		})
	}
}

// TestFixtureDefaults shows what a fixture that names only what is needed stands for.
func TestFixtureDefaults(t *testing.T) {
	d := mustNew(t, `{"tenants": [{"id": "`+strings.ToUpper(tenantID)+`", "initialDomain": "contoso.onmicrosoft.com", "apps": [{"appId": "`+appID+`"}],
	  "users": [{"userPrincipalName": "a@contoso.com", "password": "x"}], "groups": [{"displayName": "A"}, {"displayName": "B", "mail": "b@contoso.com"}]}]}`)
	tenant := d.tenants[0]
	u, a := tenant.users[0], tenant.apps[appID]
	switch {
	case tenant.ID != tenantID || tenant.DisplayName != "contoso" || tenant.cloud.Name != "worldwide":
		t.Errorf("tenant: %s %s %s", tenant.ID, tenant.DisplayName, tenant.cloud.Name)
	case !u.Enabled() || u.UserType != "Member" || u.MFA != fixture.MFANone || !guid.Valid(u.ID) || !u.changed.IsZero():
		t.Errorf("user: %+v", u.User)
	case !fixture.IsTrue(a.Enabled) || !fixture.IsTrue(a.PublicClient) || !fixture.IsTrue(a.Consented) || a.Permissions != nil:
		t.Errorf("app: %+v", a.App)
	case tenant.groups[0].Kind != fixture.KindSecurity || tenant.groups[1].Kind != fixture.KindMailEnabledSecurity:
		t.Errorf("groups: %s %s", tenant.groups[0].Kind, tenant.groups[1].Kind)
	}
	for _, name := range []string{"contoso.onmicrosoft.com", "contoso.com"} {
		d := tenant.Domain(name)
		if d == nil || d.AuthenticationType != "Managed" || d.validityDays() != never || *d.PasswordNotificationWindowInDays != 14 {
			t.Errorf("domain %s: %+v", name, d)
		}
	}
	again := mustNew(t, `{"tenants": [{"id": "`+tenantID+`", "initialDomain": "contoso.onmicrosoft.com", "users": [{"userPrincipalName": "A@contoso.com", "password": "x"}]}]}`)
	if again.tenants[0].users[0].ID != u.ID {
		t.Error("a user without an id has another one each time")
	}
}

func TestFixtureGenerates20000Users(t *testing.T) {
	d := mustNew(t, bigFixture)
	tenant := d.tenants[0]
	pool, _ := tenant.Group("Big pool")
	if len(tenant.users) != 20000 || len(pool.members) != 20000 || pool.Kind != fixture.KindSecurity {
		t.Fatalf("%d users, %d members, %s", len(tenant.users), len(pool.members), pool.Kind)
	}
	if u := tenant.User("U20000@contoso.com"); u == nil || u.Password != "Gen-20000!" {
		t.Errorf("the last user is %+v", u)
	}
	listed := strings.Replace(bigFixture, `"generate"`, `"users": [{"userPrincipalName": "u00007@contoso.com", "password": "mine"}], "generate"`, 1)
	tenant = mustNew(t, listed).tenants[0]
	if u := tenant.User("u00007@contoso.com"); u.Password != "mine" || len(tenant.users) != 20000 {
		t.Errorf("a user who is listed too has password %q among %d users", u.Password, len(tenant.users))
	}
}

// FuzzRead looks for fixtures that crash the loader or the building of the directory.
func FuzzRead(f *testing.F) {
	f.Add(`{"tenants": [{"id": "` + tenantID + `", "initialDomain": "contoso.onmicrosoft.com", "domains": [{"id": "fed.contoso.com", "authenticationType": "Federated"}],
	  "apps": [{"appId": "` + appID + `", "secrets": [{"value": "s", "expires": "+180d"}]}], "policies": [{"displayName": "P", "state": "disabled"}],
	  "users": [{"userPrincipalName": "a@contoso.com", "password": "x", "roles": ["Reports Reader"], "servicePlans": ["SHAREPOINTENTERPRISE"], "signInError": {"code": 53003, "policy": "P"}}],
	  "groups": [{"displayName": "A", "members": ["a@contoso.com"], "otherMembers": [{"type": "device"}]}, {"displayName": "B", "mail": "b@contoso.com", "memberGroups": ["A"]}]}]}`)
	f.Add(`{"tenants": [{"id": "` + tenantID + `", "initialDomain": "a.b", "generate": {"users": 3, "upn": "%03d@a.b", "group": "X"}}], "pageSize": 3}`)
	f.Add(`{"tenants": [{"users": [{"signInError": {"codes": [1, 2]}, "lastPasswordChangeDateTime": "-30d"}]}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		words, err := fixture.Read(strings.NewReader(text))
		if err != nil {
			return
		}
		for i := range words.Tenants {
			if g := words.Tenants[i].Generate; g != nil && g.Users > 1000 {
				return // a valid wish, and a slow one
			}
		}
		d, err := New(words, time.Now(), slog.New(slog.DiscardHandler))
		if err != nil {
			return
		}
		for _, tenant := range d.tenants {
			for _, u := range tenant.users {
				if tenant.User(u.UserPrincipalName) != u || u.domain == nil {
					t.Fatalf("user %q is not to be found", u.UserPrincipalName)
				}
			}
		}
	})
}

// TestFixtureOfATenant writes a tenant in the words of a fixture again, which a change merges with.
func TestFixtureOfATenant(t *testing.T) {
	d := mustNew(t, `{"tenants": [{"id": "`+tenantID+`", "initialDomain": "contoso.onmicrosoft.com", "apps": [{"appId": "`+appID+`", "permissions": []}],
	  "users": [{"userPrincipalName": "a@contoso.com", "password": "x", "signInError": 50057, "accountEnabled": true}]}]}`)
	text, err := json.Marshal(d.tenants[0].fixture())
	if err != nil {
		t.Fatal(err)
	}
	var again fixture.Tenant
	if err := strictjson.Decode(text, &again); err != nil || again.Apps[0].Permissions == nil || again.Users[0].SignInError.Code != 50057 {
		t.Errorf("%v %s", err, text)
	}
}

// TestPatchMergesNestedObjects changes one key of an object and leaves the others.
func TestPatchMergesNestedObjects(t *testing.T) {
	d := mustNew(t, bigFixture)
	for _, patch := range []string{`{"sharePoint": {"legacyRetired": false}}`, `{"sharePoint": {"legacyAuthEnabled": true}}`} {
		if err := d.PatchTenant(tenantID, []byte(patch)); err != nil {
			t.Fatal(err)
		}
	}
	if got := d.byID[tenantID].SharePoint; !got.LegacyAuthEnabled || fixture.IsTrue(got.LegacyRetired) {
		t.Errorf("%+v", got)
	}
}
