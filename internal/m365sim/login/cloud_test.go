package login_test

import (
	"net/http"
	"testing"

	"purser.example/internal/m365sim/simtest"
)

// TestClouds asks tenants on the hosts of their own cloud and of others.
func TestClouds(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	cases := []struct {
		name, host, tenant, user, scope, secret string
		code                                    int
	}{
		{"GCC High on its own host", "login.microsoftonline.us", "fabrikam.us", "svc@fabrikam.us", "https://graph.microsoft.us/.default", "", 0},
		{"GCC High on an alias of its host", "login.usgovcloudapi.net:443", "fabrikam.us", "svc@fabrikam.us", "https://graph.microsoft.us/.default", "", 0},
		{"GCC High asks for the worldwide Graph", "login.microsoftonline.us", "fabrikam.us", "svc@fabrikam.us", simtest.GraphDefault, "", 500011},
		{"GCC High on the worldwide host", simtest.LoginHost, "fabrikam.us", "svc@fabrikam.us", "https://graph.microsoft.us/.default", "", 90038},
		{"GCC High on the worldwide host with a secret", simtest.LoginHost, "fabrikam.us", "svc@fabrikam.us", "https://graph.microsoft.us/.default", "us", 900382},
		{"Worldwide on the government host", "login.microsoftonline.us", simtest.TenantID, "svc@contoso.com", simtest.GraphDefault, "", 90002},
		{"China on its own host", "login.partner.microsoftonline.cn", "litware.partner.onmschina.cn", "svc@litware.partner.onmschina.cn", "https://microsoftgraph.chinacloudapi.cn/.default", "", 0},
		{"China on its older host", "login.chinacloudapi.cn", "litware.partner.onmschina.cn", "svc@litware.partner.onmschina.cn", "https://microsoftgraph.chinacloudapi.cn/.default", "", 0},
		{"China on the worldwide host", simtest.LoginHost, "litware.partner.onmschina.cn", "svc@litware.partner.onmschina.cn", "https://microsoftgraph.chinacloudapi.cn/.default", "", 90038},
		{"Worldwide on this machine", "127.0.0.1:9400", simtest.TenantID, "svc@contoso.com", simtest.GraphDefault, "", 0},
		{"Worldwide on localhost", "localhost", simtest.TenantID, "svc@contoso.com", simtest.GraphDefault, "", 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			fields := []string{"username", c.user, "scope", c.scope, "client_secret", c.secret}
			if c.secret == "" {
				fields[5] = "-"
			}
			r := w.TokenAt(c.host, c.tenant, fields...)
			if c.code == 0 && r.Status != http.StatusOK || c.code != 0 && r.Code(t) != c.code {
				t.Errorf("%d %s", r.Status, r.Body)
			}
		})
	}
}
