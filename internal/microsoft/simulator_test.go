package microsoft_test

import (
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"purser.example/internal/m365sim"
	"purser.example/internal/microsoft"
	"purser.example/internal/secret"
	"purser.example/internal/verdict"
)

// simulatorFixture holds a tenant per cloud, an account per way to fail, and one account per row of the table.
func simulatorFixture() string {
	users := []string{
		`{"userPrincipalName":"good@contoso.com","displayName":"Good","password":"Right-1!","roles":["SharePoint Administrator"],"servicePlans":["EXCHANGE_S_ENTERPRISE","EXCHANGE_S_FOUNDATION"],"lastPasswordChangeDateTime":"-30d"}`,
		`{"userPrincipalName":"never@contoso.onmicrosoft.com","displayName":"Never","password":"Right-1!"}`,
		`{"userPrincipalName":"off@contoso.com","displayName":"Off","password":"Right-1!","accountEnabled":false}`,
		`{"userPrincipalName":"mfa@contoso.com","displayName":"MFA","password":"Right-1!","mfa":"perUser"}`,
		`{"userPrincipalName":"register@contoso.com","displayName":"Register","password":"Right-1!","mfa":"register"}`,
		`{"userPrincipalName":"ca@contoso.com","displayName":"CA","password":"Right-1!","mfa":"conditionalAccess"}`,
		`{"userPrincipalName":"defaults@contoso.com","displayName":"Defaults","password":"Right-1!","mfa":"securityDefaults"}`,
		`{"userPrincipalName":"blocked@contoso.com","displayName":"Blocked","password":"Right-1!","signInError":{"code":53003,"policy":"Block all"}}`,
		`{"userPrincipalName":"fed@fed.contoso.com","displayName":"Fed","password":"Right-1!"}`,
	}
	for _, rule := range verdict.Rules() {
		if account, given := refusalOf(rule); given {
			users = append(users, account)
		}
	}
	users = append(users, `{"userPrincipalName":"odd@contoso.com","displayName":"E","password":"Right-1!","signInError":{"code":999999}}`,
		`{"userPrincipalName":"two@contoso.com","displayName":"E","password":"Right-1!","signInError":{"code":70002,"codes":[70002,50126]}}`)
	return `{"tenants":[{"id":"` + tenantID + `","displayName":"Contoso","initialDomain":"contoso.onmicrosoft.com",
		"domains":[{"id":"contoso.com","authenticationType":"Managed","passwordValidityPeriodInDays":90,"passwordNotificationWindowInDays":14},{"id":"fed.contoso.com","authenticationType":"Federated"}],
		"apps":[{"appId":"a0000000-0000-4000-8000-000000000001","displayName":"Purser","publicClient":true,"consented":true,"clientSecret":"` + clientSecret + `"},
			{"appId":"a0000000-0000-4000-8000-000000000002","displayName":"Off","enabled":false,"publicClient":true,"consented":true},
			{"appId":"a0000000-0000-4000-8000-000000000003","displayName":"Confidential","publicClient":false,"consented":true,"clientSecret":"` + clientSecret + `"},
			{"appId":"a0000000-0000-4000-8000-000000000004","displayName":"No consent","publicClient":true,"consented":false}],
		"policies":[{"id":"7f6f0d1c-0000-4000-8000-000000000001","displayName":"Block all","state":"enabled"}],
		"users":[` + strings.Join(users, ",") + `]},
		{"id":"11111111-2222-3333-4444-666666666666","displayName":"China","initialDomain":"china.partner.onmschina.cn","cloud":"china","apps":[{"appId":"a0000000-0000-4000-8000-000000000001","displayName":"Purser","publicClient":true,"consented":true}],
		"users":[{"userPrincipalName":"good@china.partner.onmschina.cn","displayName":"Good","password":"Right-1!"}]},
		{"id":"11111111-2222-3333-4444-888888888888","displayName":"Other","initialDomain":"other.onmicrosoft.com"}]}`
}

func newSimulator(t testing.TB) (*m365sim.Simulator, *microsoft.Client) {
	t.Helper()
	fixture, err := m365sim.Read(strings.NewReader(simulatorFixture()))
	if err != nil {
		t.Fatal(err)
	}
	sim, err := m365sim.New(fixture, m365sim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return sim, microsoft.New(microsoft.Config{Simulator: serve(t, sim), Patience: time.Millisecond})
}

func serve(t testing.TB, sim *m365sim.Simulator) *url.URL {
	t.Helper()
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	address, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return address
}

func accountOf(username, password string) microsoft.Account {
	a := svc()
	a.Username, a.Password = username, secret.FromString(password)
	return a
}

func passwords(sim *m365sim.Simulator) int {
	n := 0
	for _, r := range sim.Requests() {
		if r.GrantType == "password" {
			n++
		}
	}
	return n
}

// R17: client and simulator, written apart, agree on every account that can fail.
func TestTheSimulatorsAccounts(t *testing.T) {
	sim, client := newSimulator(t)
	for _, c := range []struct {
		username, password string
		status             verdict.Status
		code               string
		attempts           int
	}{
		{"good@contoso.com", "Right-1!", verdict.Valid, "", 1},
		{"GOOD@contoso.com", "Right-1!", verdict.Valid, "", 1},
		{"never@contoso.onmicrosoft.com", "Right-1!", verdict.Valid, "", 1},
		{"good@contoso.com", "wrong", verdict.WrongPassword, "AADSTS50126", 1},
		{"nobody@contoso.com", "wrong", verdict.AccountNotFound, "AADSTS50034", 1},
		{"nobody@nowhere.example", "wrong", verdict.AccountNotFound, verdict.RealmUnknown, 0},
		{"fed@fed.contoso.com", "Right-1!", verdict.Federated, verdict.RealmFederated, 0},
		{"off@contoso.com", "Right-1!", verdict.AccountBlocked, "AADSTS50057", 1},
		{"mfa@contoso.com", "Right-1!", verdict.MFARequired, "AADSTS50076", 1},
		{"register@contoso.com", "Right-1!", verdict.MFARequired, "AADSTS50079", 1},
		{"ca@contoso.com", "Right-1!", verdict.MFARequired, "AADSTS50076", 1},
		{"defaults@contoso.com", "Right-1!", verdict.PolicyBlocked, "AADSTS530035", 1},
		{"blocked@contoso.com", "Right-1!", verdict.PolicyBlocked, "AADSTS53003", 1},
		{"odd@contoso.com", "Right-1!", verdict.Unknown, "AADSTS999999", 1},
		{"two@contoso.com", "Right-1!", verdict.WrongPassword, "AADSTS50126", 1},
	} {
		sim.ResetRequests()
		v := client.Validate(t.Context(), accountOf(c.username, c.password))
		if v.Status != c.status || v.Code != c.code || passwords(sim) != c.attempts {
			t.Errorf("%s: %+v after %d attempts", c.username, v, passwords(sim))
		}
		named := slices.Contains([]string{"blocked@contoso.com", "ca@contoso.com", "register@contoso.com"}, c.username)
		if named != (len(v.Policies) == 1) {
			t.Errorf("%s: policies %v", c.username, v.Policies)
		}
		if len(v.Warnings) > 0 {
			t.Errorf("%s: warnings %v", c.username, v.Warnings)
		}
	}
	v := client.Validate(t.Context(), accountOf("good@contoso.com", "Right-1!"))
	if v.Expiry.Kind != verdict.ExpiresOn || len(v.Roles) != 1 || v.Proof.Licence != verdict.Proved || !slices.Equal(v.Products, []string{"Exchange Online"}) || v.TraceID == "" || v.UserID == "" {
		t.Errorf("%+v", v)
	}
}

// R17: what is wrong with tenant and app is the set-up's trouble, not the account's.
func TestTheSimulatorsApps(t *testing.T) {
	_, client := newSimulator(t)
	for name, c := range map[string]struct {
		change func(*microsoft.Account)
		status verdict.Status
		code   string
	}{
		"an app nobody knows": {func(a *microsoft.Account) { a.App.ID = "a0000000-0000-4000-8000-00000000000f" }, verdict.AppSetup, "AADSTS700016"},
		"a disabled app":      {func(a *microsoft.Account) { a.App = microsoft.App{ID: "a0000000-0000-4000-8000-000000000002"} }, verdict.AppSetup, "AADSTS7000112"},
		"no secret":           {func(a *microsoft.Account) { a.App = microsoft.App{ID: "a0000000-0000-4000-8000-000000000003"} }, verdict.AppSetup, "AADSTS7000218"},
		"a wrong secret": {func(a *microsoft.Account) {
			a.App = microsoft.App{ID: "a0000000-0000-4000-8000-000000000003", Secret: secret.FromString("x")}
		}, verdict.AppSetup, "AADSTS7000215"},
		"the right secret":      {func(a *microsoft.Account) { a.App.ID = "a0000000-0000-4000-8000-000000000003" }, verdict.Valid, ""},
		"no consent":            {func(a *microsoft.Account) { a.App = microsoft.App{ID: "a0000000-0000-4000-8000-000000000004"} }, verdict.AppSetup, "AADSTS65001"},
		"no tenant":             {func(a *microsoft.Account) { a.Tenant.ID = "11111111-2222-3333-4444-777777777777" }, verdict.TenantNotFound, "AADSTS90002"},
		"by the initial domain": {func(a *microsoft.Account) { a.Tenant.ID = "" }, verdict.Valid, ""},
		"of another cloud":      {func(a *microsoft.Account) { a.Username = "good@china.partner.onmschina.cn" }, verdict.TenantNotFound, verdict.RealmOtherCloud},
		"in another cloud": {func(a *microsoft.Account) {
			a.Username, a.App.Secret = "good@china.partner.onmschina.cn", secret.Value{}
			a.Tenant = microsoft.TenantRef{ID: "11111111-2222-3333-4444-666666666666", Cloud: microsoft.China}
		}, verdict.Valid, ""},
		"the wrong cloud for the tenant": {func(a *microsoft.Account) { a.Tenant.Cloud = microsoft.GCCHigh }, verdict.TenantNotFound, verdict.RealmOtherCloud},
	} {
		a := accountOf("good@contoso.com", "Right-1!")
		c.change(&a)
		if v := client.Validate(t.Context(), a); v.Status != c.status || v.Code != c.code {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

// The client's own time for a validation, the simulator's answers included.
func BenchmarkValidate(b *testing.B) {
	_, client := newSimulator(b)
	account := accountOf("good@contoso.com", "Right-1!")
	for b.Loop() {
		if v := client.Validate(b.Context(), account); !v.Valid() {
			b.Fatal(v)
		}
	}
}
