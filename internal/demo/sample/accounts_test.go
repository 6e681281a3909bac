package sample_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/catalogue"
	"purser.example/internal/demo/sample"
	"purser.example/internal/secret"
	"purser.example/internal/verdict"
)

// codes are what the refused accounts are to answer with, so that each shows what its text says.
var codes = map[string]string{
	"svc-wrong@contoso.com": "AADSTS50126", "svc-gone@contoso.com": "AADSTS50034", "svc-valid@fabrikam.com": "AADSTS50020",
	"svc-backup@northwind.example": "REALM-UNKNOWN", "svc-disabled@contoso.com": "AADSTS50057", "svc-nopassword@contoso.com": "AADSTS50056",
	"svc-locked@contoso.com": "AADSTS50053", "svc-expired@contoso.com": "AADSTS50055", "svc-mfa@contoso.com": "AADSTS50076",
	"svc-mfa-register@contoso.com": "AADSTS50079", "svc-mfa-policy@contoso.com": "AADSTS50076", "svc-defaults@contoso.com": "AADSTS530035",
	"svc-blocked@contoso.com": "AADSTS53003", "svc-federated@fed.contoso.com": "REALM-FEDERATED", "svc-odd@contoso.com": "AADSTS599999",
	"svc-noconsent@contoso.com": "AADSTS65001", "svc-unassigned@contoso.com": "AADSTS50105", "svc-appsecret@contoso.com": "AADSTS7000222",
	"svc-backup@contosofederal.onmicrosoft.us": "REALM-OTHER-CLOUD", "svc-outage@contoso.com": "AADSTS90033", "svc-agent@contoso.com": "AADSTS80001",
}

// R17, R62: each account to try by hand gives the verdict that the table promises.
func TestEveryAccountAnswersAsTheTableSays(t *testing.T) {
	r := newRig(t)
	r.connect(t)
	r.tryAll(t)
}

func (r *rig) tryAll(t *testing.T) {
	t.Helper()
	for _, a := range sample.Accounts() {
		v := r.try(t, a)
		if v.Status != a.Status || !v.Valid() && v.Code != codes[a.Username] {
			t.Errorf("%s in %s: %s %s, want %s %s", a.Username, a.Tenant, v.Status, v.Code, a.Status, codes[a.Username])
		}
	}
}

func TestAccountsShowEveryStatusThatASignInCanHave(t *testing.T) {
	shown := map[verdict.Status]bool{verdict.LegacyRetired: true, verdict.NotValidated: true} // not by a sign-in
	for _, a := range sample.Accounts() {
		shown[a.Status] = true
		if a.What == "" || !strings.HasSuffix(a.What, ".") {
			t.Errorf("%s is not described by a sentence: %q", a.Username, a.What)
		}
	}
	for _, status := range verdict.Statuses() {
		if !shown[status] {
			t.Errorf("no account shows %s", status)
		}
	}
}

// R17: a valid account may still be short of something, and each such case has its account.
func TestValidAccountsWarnAsTheTableSays(t *testing.T) {
	r := newRig(t)
	r.connect(t)
	var needs []verdict.Need
	for _, s := range catalogue.Services(false) {
		if s.ID == "cense" {
			needs = append(needs, verdict.Need{Service: s.Name, Roles: s.Roles})
		}
	}
	for _, test := range []struct {
		username string
		tenant   string
		expiry   verdict.ExpiryKind
		licence  verdict.Proven
		warnings []verdict.WarningKind
	}{
		{"svc-valid@contoso.com", "Contoso", verdict.ExpiresOn, verdict.Proved, nil},
		{"svc-valid@fabrikam.com", "Fabrikam", verdict.ExpiresOn, verdict.Proved, nil},
		{"svc-norole@contoso.com", "Contoso", verdict.ExpiresOn, verdict.Proved, []verdict.WarningKind{verdict.RoleMissing, verdict.RoleMissing}},
		{"svc-global@contoso.com", "Contoso", verdict.ExpiresOn, verdict.Proved, []verdict.WarningKind{verdict.TooPowerful}},
		{"svc-expiring@contoso.com", "Contoso", verdict.ExpiresOn, verdict.Proved, []verdict.WarningKind{verdict.ExpiresSoon}},
		{"svc-forever@contoso.com", "Contoso", verdict.ExpiresNever, verdict.Proved, nil},
		{"svc-synced@contoso.com", "Contoso", verdict.ExpiresElsewhere, verdict.Proved, nil},
		{"svc-unlicensed@contoso.com", "Contoso", verdict.ExpiresOn, verdict.Refuted, nil},
	} {
		v := r.try(t, sample.Account{Tenant: test.tenant, Username: test.username, Password: sample.Password})
		var kinds []verdict.WarningKind
		for _, w := range v.Review(needs, time.Now()) {
			kinds = append(kinds, w.Kind)
		}
		if v.Expiry.Kind != test.expiry || v.Proof.Licence != test.licence || !slices.Equal(kinds, test.warnings) {
			t.Errorf("%s: expiry %q, licence %d, warnings %v", test.username, v.Expiry.Kind, v.Proof.Licence, kinds)
		}
	}
	soon := r.try(t, sample.Account{Tenant: "Contoso", Username: "svc-expiring@contoso.com", Password: sample.Password})
	if left := time.Until(soon.Expiry.At); left < 4*24*time.Hour || left > 6*24*time.Hour {
		t.Errorf("the password that expires in 5 days has %s left", left)
	}
}

// R18: the refusal names the policy.
func TestThePolicyIsNamed(t *testing.T) {
	r := newRig(t)
	r.connect(t)
	v := r.try(t, sample.Account{Tenant: "Contoso", Username: "svc-blocked@contoso.com", Password: sample.Password})
	mfa := r.try(t, sample.Account{Tenant: "Contoso", Username: "svc-mfa-policy@contoso.com", Password: sample.Password})
	if len(v.Policies) != 1 || len(mfa.Policies) != 1 || v.Policies[0] == mfa.Policies[0] {
		t.Errorf("policies %v and %v, want one each, two in all", v.Policies, mfa.Policies)
	}
}

// The simulator itself, without the client between: a token for the valid accounts and for nobody else.
func TestTheTokenEndpointAgrees(t *testing.T) {
	r := newRig(t)
	r.connect(t)
	for _, a := range sample.Accounts() {
		home := r.tenantNamed(t, a.Tenant)
		app, err := r.apps.Credentials(t.Context(), home.ID)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.PostForm(r.address.String()+"/"+string(home.ID)+"/oauth2/v2.0/token", url.Values{
			"client_id": {app.ApplicationID}, "client_secret": {string(app.Secret.Reveal())}, "grant_type": {"password"},
			"scope": {"https://graph.microsoft.com/.default"}, "username": {a.Username}, "password": {a.Password},
		})
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if (resp.StatusCode == http.StatusOK) != (a.Status == verdict.Valid) {
			t.Errorf("%s in %s: HTTP %d, want it %s", a.Username, a.Tenant, resp.StatusCode, a.Status)
		}
	}
}

// try validates an account of the table by the app profile that Connect made.
func (r *rig) try(tb testing.TB, a sample.Account) verdict.Verdict {
	tb.Helper()
	home := r.tenantNamed(tb, a.Tenant)
	app, err := r.apps.Credentials(tb.Context(), home.ID)
	if err != nil {
		tb.Fatal(err)
	}
	return r.Validate(tb.Context(), account.Account{Tenant: home, App: app, Username: a.Username, Password: secret.FromString(a.Password)})
}
