package microsoft_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"purser.example/internal/microsoft"
	"purser.example/internal/secret"
	"purser.example/internal/verdict"
)

// R17: one validation asks where the domain signs in, asks for a token once, and reads account, roles and domains.
func TestAValidAccountIsReadWhole(t *testing.T) {
	s := newStandIn(t)
	account := svc()
	account.Correlation = uuid.NewString()
	v := s.client().Validate(t.Context(), account)

	if v.Status != verdict.Valid || v.Code != "" || !v.Attempted || v.CorrelationID != account.Correlation || v.TraceID != traceID {
		t.Errorf("%+v", v)
	}
	all := verdict.Proof{User: verdict.Proved, Password: verdict.Proved, Policy: verdict.Proved, Roles: verdict.Proved, Licence: verdict.Proved}
	if v.Proof != all || v.UserID != "99999999-0000-0000-0000-000000000001" || v.At.IsZero() || v.Answered.IsZero() {
		t.Errorf("%+v", v)
	}
	roles := []verdict.Role{{TemplateID: verdict.GlobalAdministrator, Name: "Global Administrator"}, {TemplateID: "f28a1f50-f6e7-4571-818b-6a12f2af6b6c", Name: "SharePoint Administrator"}}
	if !v.RolesRead || !slices.Equal(v.Roles, roles) || len(v.Warnings) != 0 {
		t.Errorf("roles %v, warnings %v", v.Roles, v.Warnings)
	}
	if end := time.Date(2026, 11, 28, 9, 14, 22, 0, time.UTC); v.Expiry.Kind != verdict.ExpiresOn || !v.Expiry.At.Equal(end) {
		t.Errorf("expiry %+v", v.Expiry)
	}
	s.keepsSecrets(t, v)
}

// R17: what is sent, to which host, and nothing beyond it.
func TestTheRequestsAreThoseOfTheProtocol(t *testing.T) {
	s := newStandIn(t)
	account := svc()
	account.Correlation = "5a0c7a6e-7a4b-4c9d-9d8a-0a0f5f9a3c11"
	s.client().Validate(t.Context(), account)

	requests, ids := s.seen(), map[string]bool{}
	if len(requests) != 5 || s.attempts() != 1 {
		t.Fatalf("%d requests, %d attempts", len(requests), s.attempts())
	}
	for i, r := range requests {
		host := "graph.microsoft.com"
		if i < 2 {
			host = "login.microsoftonline.com"
		}
		id := r.header.Get("client-request-id")
		if r.host != host || uuid.Validate(id) != nil || ids[id] || r.header.Get("return-client-request-id") != "true" || r.header.Get("Cookie") != "" {
			t.Errorf("request %d to %s: %v", i, r.host, r.header)
		}
		ids[id] = true
		if bearer := r.header.Get("Authorization"); (bearer == "Bearer "+accessToken) != (i >= 2) {
			t.Errorf("request %d has authorization %q", i, bearer)
		}
	}
	if requests[0].path != "/common/UserRealm/svc@contoso.com?api-version=1.0" {
		t.Errorf("realm at %s", requests[0].path)
	}
	token := requests[1]
	if token.path != "/"+tenantID+"/oauth2/v2.0/token" || !ids[account.Correlation] || token.header.Get("Content-Type") != "application/x-www-form-urlencoded" {
		t.Errorf("token at %s", token.path)
	}
	for name, want := range map[string]string{
		"client_id": account.App.ID, "grant_type": "password", "scope": "https://graph.microsoft.com/.default",
		"username": "svc@contoso.com", "password": password, "client_secret": clientSecret,
	} {
		if got := token.form[name]; len(got) != 1 || got[0] != want {
			t.Errorf("%s is %q", name, got)
		}
	}
	if len(token.form) != 6 {
		t.Errorf("more was sent than needed: %d fields", len(token.form))
	}
}

func TestAPublicClientSendsNoSecret(t *testing.T) {
	s := newStandIn(t)
	account := svc()
	account.App.Secret = secret.Value{}
	account.Tenant.ID = ""
	s.says["/contoso.onmicrosoft.com/"] = s.says["/"+tenantID]
	if v := s.client().Validate(t.Context(), account); v.Status != verdict.Valid {
		t.Errorf("%+v", v)
	}
	if form := s.seen()[1].form; form.Has("client_secret") {
		t.Error("a client secret was sent")
	}
}

// R62: an account's domain decides before a password leaves.
func TestTheRealmDecidesFirst(t *testing.T) {
	for name, c := range map[string]struct {
		body   string
		status verdict.Status
		code   string
	}{
		"federated":        {`{"account_type":"Federated","domain_name":"corp.example","federation_active_auth_url":"https://sts.corp.example/adfs","cloud_instance_name":"microsoftonline.com"}`, verdict.Federated, verdict.RealmFederated},
		"unknown":          {`{"account_type":"Unknown","cloud_instance_name":"microsoftonline.com"}`, verdict.AccountNotFound, verdict.RealmUnknown},
		"in another cloud": {`{"account_type":"Managed","cloud_instance_name":"microsoftonline.us"}`, verdict.TenantNotFound, verdict.RealmOtherCloud},
		"of another kind":  {`{"account_type":"Novel"}`, verdict.Unreachable, verdict.BadAnswer},
		"not said":         {`{}`, verdict.Unreachable, verdict.BadAnswer},
		"broken":           {`{"account_type":"Mana`, verdict.Unreachable, verdict.BadAnswer},
		"another shape":    {`["Managed"]`, verdict.Unreachable, verdict.BadAnswer},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStandIn(t)
			s.says["/common/"] = says(200, c.body)
			v := s.client().Validate(t.Context(), svc())
			if v.Status != c.status || v.Code != c.code || v.Attempted || s.attempts() != 0 || len(s.seen()) != 1 || v.CorrelationID == "" {
				t.Errorf("%+v after %d requests", v, len(s.seen()))
			}
			s.keepsSecrets(t, v)
		})
	}
}

// R17: each cloud is asked at its own hosts; a cloud that nobody knows is not asked at all.
func TestEveryCloudHasItsHosts(t *testing.T) {
	for cloud, hosts := range map[microsoft.Cloud][2]string{
		"":                  {"login.microsoftonline.com", "graph.microsoft.com"},
		microsoft.GCC:       {"login.microsoftonline.com", "graph.microsoft.com"},
		microsoft.GCCHigh:   {"login.microsoftonline.us", "graph.microsoft.us"},
		microsoft.DoD:       {"login.microsoftonline.us", "dod-graph.microsoft.us"},
		microsoft.China:     {"login.partner.microsoftonline.cn", "microsoftgraph.chinacloudapi.cn"},
		microsoft.Worldwide: {"login.microsoftonline.com", "graph.microsoft.com"},
	} {
		s := newStandIn(t)
		s.says["/common/"] = says(200, `{"account_type":"Managed","cloud_instance_name":"a name that nobody knows"}`)
		account := svc()
		account.Tenant.Cloud = cloud
		v := s.client().Validate(t.Context(), account)
		requests := s.seen()
		if v.Status != verdict.Valid || requests[0].host != hosts[0] || requests[1].host != hosts[0] || requests[4].host != hosts[1] {
			t.Errorf("%s: %s, asked %s and %s", cloud, v.Status, requests[1].host, requests[len(requests)-1].host)
		}
		if scope := requests[1].form.Get("scope"); scope != "https://"+hosts[1]+"/.default" {
			t.Errorf("%s: scope %s", cloud, scope)
		}
	}
	s := newStandIn(t)
	account := svc()
	account.Tenant.Cloud = "germany"
	if v := s.client().Validate(t.Context(), account); v.Status != verdict.AppSetup || len(s.seen()) != 0 {
		t.Errorf("%+v after %d requests", v, len(s.seen()))
	}
}
