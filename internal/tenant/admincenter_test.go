package tenant_test

import (
	"strings"
	"testing"

	"purser.example/internal/tenant"
)

// X50, R44: an address that can be an admin center but is not the usual one of the tenant is doubted, and one of the operator's hosts
// is not. Where no initial domain is known, or several names are the tenant's own, the warning says what is known.
func TestAnotherTenantsAdminCenterIsDoubted(t *testing.T) {
	worldwide := tenant.Tenant{DisplayName: "Contoso", InitialDomain: "Contoso.onmicrosoft.com", Cloud: tenant.Worldwide}
	high := tenant.Tenant{DisplayName: "Contoso", InitialDomain: "contoso.onmicrosoft.us", Cloud: tenant.GCCHigh}
	facts := func(domains ...tenant.Domain) tenant.Facts { return tenant.Facts{Domains: domains} }
	custom := tenant.Tenant{DisplayName: "Contoso", InitialDomain: "contoso.com", Cloud: tenant.Worldwide}
	byID := tenant.Tenant{DisplayName: "Contoso", InitialDomain: "6f1c0000-0000-4000-8000-000000000001", Cloud: tenant.Worldwide, Facts: facts(tenant.Domain{Name: "contoso.com"})}
	china := tenant.Tenant{DisplayName: "Contoso", InitialDomain: "contoso.com", Cloud: tenant.China, Facts: facts(tenant.Domain{Name: "Litware.partner.onmschina.cn", Initial: true})}
	several := tenant.Tenant{DisplayName: "Contoso", InitialDomain: "contoso.com", Cloud: tenant.Worldwide, Facts: facts(
		tenant.Domain{Name: "contoso.com", Default: true}, tenant.Domain{Name: "contoso.onmicrosoft.com"}, tenant.Domain{Name: "contoso.mail.onmicrosoft.com"}, tenant.Domain{Name: "litware.onmicrosoft.com"})}
	old := tenant.Tenant{DisplayName: "Contoso", InitialDomain: "contoso.microsoftonline.com", Cloud: tenant.Worldwide, Facts: facts(tenant.Domain{Name: "contoso.microsoftonline.com", Initial: true})}
	for _, c := range []struct {
		of      tenant.Tenant
		address string
		own     string // what the warning names; empty: none
	}{
		{custom, "https://contoso-admin.sharepoint.com", "doesn't know the initial domain of Contoso"},
		{byID, "https://contoso-admin.sharepoint.com", "doesn't know the initial domain of Contoso"},
		{china, "https://litware-admin.sharepoint.cn", ""},
		{china, "https://contoso-admin.sharepoint.cn", "which is https://litware-admin.sharepoint.cn."},
		{several, "https://contoso-admin.sharepoint.com", ""},
		{several, "https://litware-admin.sharepoint.com", ""},
		{several, "https://fabrikam-admin.sharepoint.com", "which is https://contoso-admin.sharepoint.com or https://litware-admin.sharepoint.com."},
		{old, "https://contoso-admin.sharepoint.com", ""},
		{worldwide, "https://contoso-admin.sharepoint.com", ""},
		{worldwide, "https://CONTOSO-admin.sharepoint.com/", ""},
		{worldwide, "https://fabrikam-admin.sharepoint.com", "https://contoso-admin.sharepoint.com"},
		{worldwide, "https://admin.contoso.com", ""},
		{worldwide, "https://no admin center", ""}, // a mistake has words of its own
		{high, "https://contoso-admin.sharepoint.us", ""},
		{high, "https://fabrikam-admin.sharepoint.us", "https://contoso-admin.sharepoint.us"},
	} {
		got := tenant.DoubtAdminURL(c.address, c.of, []string{"admin.contoso.com"})
		if (got == "") != (c.own == "") || !strings.Contains(got, c.own) {
			t.Errorf("%s of %s: %q", c.address, c.of.InitialDomain, got)
		}
	}
}

// R44: only addresses of the tenant's own cloud, and hosts that the operator allows.
func TestCheckAdminURL(t *testing.T) {
	allowed := []string{"teams-admin.contoso.com"}
	for _, c := range []struct {
		text, cloud, want string
	}{
		{"https://contoso-admin.sharepoint.com", "worldwide", "https://contoso-admin.sharepoint.com"},
		{" HTTPS://CONTOSO-admin.SharePoint.COM:443/ ", "gcc", "https://contoso-admin.sharepoint.com"},
		{"\u200b\u00a0https://contoso-admin.sharepoint.com\u2060\ufeff", "worldwide", "https://contoso-admin.sharepoint.com"}, // X17
		{"https://contoso\u200b-admin.sharepoint.com", "worldwide", ""},
		{"https://contoso-admin.sharepoint.us", "gccHigh", "https://contoso-admin.sharepoint.us"},
		{"https://contoso-admin.sharepoint-mil.us", "dod", "https://contoso-admin.sharepoint-mil.us"},
		{"https://contoso-admin.sharepoint.cn", "china", "https://contoso-admin.sharepoint.cn"},
		{"https://teams-admin.contoso.com", "worldwide", "https://teams-admin.contoso.com"},
		{"", "worldwide", ""},
		{"contoso-admin.sharepoint.com", "worldwide", ""},
		{"http://contoso-admin.sharepoint.com", "worldwide", ""},
		{"https://contoso.sharepoint.com", "worldwide", ""},
		{"https://contoso-admin.sharepoint.us", "worldwide", ""},
		{"https://-admin.sharepoint.com", "worldwide", ""},
		{"https://contoso-admin.sharepoint.com.evil.com", "worldwide", ""},
		{"https://evil.com/contoso-admin.sharepoint.com", "worldwide", ""},
		{"https://contoso-admin.sharepoint.com@evil.com", "worldwide", ""},
		{"https://u:p@contoso-admin.sharepoint.com", "worldwide", ""},
		{"https://contoso-admin.sharepoint.com:8443", "worldwide", ""},
		{"https://contoso-admin.sharepoint.com/_layouts/15/online/AdminHome.aspx", "worldwide", ""},
		{"https://contoso-admin.sharepoint.com?a=b", "worldwide", ""},
		{"https://contoso-admin.sharepoint.com#x", "worldwide", ""},
		{"https://xn--cntoso-dua-admin.sharepoint.com", "worldwide", ""},
		{"https://contoso-admin.sharepoint.com.", "worldwide", ""},
		{"https://cöntoso-admin.sharepoint.com", "worldwide", ""},
		{"https://127.0.0.1", "worldwide", ""},
		{"https://a.b-admin.sharepoint.com", "worldwide", ""},
		{"https://contoso-admin.sharepoint.com\n", "worldwide", "https://contoso-admin.sharepoint.com"},
		{"javascript:alert(1)", "worldwide", ""},
	} {
		got, wrong := tenant.CheckAdminURL(c.text, tenant.Cloud(c.cloud), allowed)
		if got != c.want || (wrong == "") != (c.want != "") {
			t.Errorf("%q in %s: %q %q, want %q", c.text, c.cloud, got, wrong, c.want)
		}
	}
}
