package pool_test

import (
	"strings"
	"testing"

	"purser.example/internal/pool"
	"purser.example/internal/tenant"
)

// X50, R44: an address that can be an admin center but is not the usual one of the tenant is doubted, and one of the operator's hosts
// is not.
func TestAnotherTenantsAdminCenterIsDoubted(t *testing.T) {
	worldwide := tenant.Tenant{DisplayName: "Contoso", InitialDomain: "Contoso.onmicrosoft.com", Cloud: tenant.Worldwide}
	high := tenant.Tenant{DisplayName: "Contoso", InitialDomain: "contoso.onmicrosoft.us", Cloud: tenant.GCCHigh}
	for _, c := range []struct {
		of      tenant.Tenant
		address string
		own     string // what the warning names; empty: none
	}{
		{worldwide, "https://contoso-admin.sharepoint.com", ""},
		{worldwide, "https://CONTOSO-admin.sharepoint.com/", ""},
		{worldwide, "https://fabrikam-admin.sharepoint.com", "https://contoso-admin.sharepoint.com"},
		{worldwide, "https://admin.contoso.com", ""},
		{worldwide, "https://no admin center", ""}, // a mistake has words of its own
		{high, "https://contoso-admin.sharepoint.us", ""},
		{high, "https://fabrikam-admin.sharepoint.us", "https://contoso-admin.sharepoint.us"},
	} {
		got := pool.DoubtAdminURL(c.address, c.of, []string{"admin.contoso.com"})
		if (got == "") != (c.own == "") || !strings.Contains(got, c.own) {
			t.Errorf("%s of %s: %q", c.address, c.of.InitialDomain, got)
		}
	}
}
