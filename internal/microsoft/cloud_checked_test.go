package microsoft_test

import (
	"net/http"
	"strings"
	"testing"

	"purser.example/internal/verdict"
)

// X25: the password of a federated domain goes to Microsoft's host, and only there, where an owner said of that very domain that the
// cloud checks it; the verdict names it.
func TestAFederatedDomainThatTheCloudChecks(t *testing.T) {
	for name, c := range map[string]struct {
		domains  []string
		realm    string
		username string
		attempts int
		status   verdict.Status
	}{
		"said of the domain":      {[]string{"contoso.com"}, "Federated", "svc@CONTOSO.com", 1, verdict.Valid},
		"said of another one":     {[]string{"fabrikam.com"}, "Federated", "svc@contoso.com", 0, verdict.Federated},
		"said of its parent":      {[]string{"contoso.com"}, "Federated", "svc@sub.contoso.com", 0, verdict.Federated},
		"said of none":            {nil, "Federated", "svc@contoso.com", 0, verdict.Federated},
		"a domain nobody knows":   {[]string{"contoso.com"}, "Unknown", "svc@contoso.com", 0, verdict.AccountNotFound},
		"managed all the same":    {[]string{"contoso.com"}, "Managed", "svc@contoso.com", 1, verdict.Valid},
		"a realm of another sort": {[]string{"contoso.com"}, "Other", "svc@contoso.com", 0, verdict.Unreachable},
	} {
		s := newStandIn(t)
		s.says["/common/"] = says(200, `{"account_type":"`+c.realm+`","federation_active_auth_url":"https://sts.contoso.com/adfs"}`)
		a := svc()
		a.Username, a.Tenant.CloudDomains = c.username, c.domains
		v := s.client().Validate(t.Context(), a)
		if v.Status != c.status || s.attempts() != c.attempts || v.CloudChecked != (c.attempts == 1 && c.realm == "Federated") {
			t.Errorf("%s: %+v after %d attempts", name, v, s.attempts())
		}
		for _, r := range s.seen() {
			if r.method == http.MethodPost && r.host != "login.microsoftonline.com" {
				t.Errorf("%s: a password went to %s", name, r.host)
			}
		}
	}
	s := newStandIn(t)
	s.says["/common/"] = says(200, `{"account_type":"Federated"}`)
	s.says["/"+tenantID] = refuses(400, "invalid_grant", "", 50126)
	a := svc()
	a.Tenant.CloudDomains = []string{"contoso.com"}
	if note := s.client().Validate(t.Context(), a).Explain(verdict.Context{}).Note; !strings.Contains(note, "The domain is federated; the password went to Microsoft's sign-in host") {
		t.Errorf("%q", note)
	}
}
