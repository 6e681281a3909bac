package sharepoint_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"purser.example/internal/m365sim/simtest"
)

const spoHost = "contoso.sharepoint.com"

// TestLegacyCookie trades the token at SharePoint, which Microsoft has closed unless a fixture opens it again.
func TestLegacyCookie(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	got, _ := w.Legacy("/extSTS.srf", "user", "mfa@contoso.com", "password", "abcdabcdabcdabcd", "audience", "https://"+spoHost+"/_forms/default.aspx?wa=wsignin1.0")
	idcrl := func(host, token string) simtest.Reply {
		return w.Do(http.MethodGet, host, "/_vti_bin/idcrl.svc/", "", "Authorization", "BPOSIDCRL "+token, "X-IDCRL_ACCEPTED", "t")
	}
	if r := idcrl(spoHost, got.Token); r.Status != 403 || r.Header.Get("X-MSDAVEXT_Error") == "" {
		t.Errorf("retired: %d %s", r.Status, r.Body)
	}
	w.Control("PATCH", "/_sim/tenants/"+simtest.TenantID, `{"sharePoint": {"legacyRetired": false}}`, 204)
	if r := idcrl(spoHost, got.Token); r.Status != 403 {
		t.Errorf("switched off by the tenant: %d", r.Status)
	}
	w.Control("PATCH", "/_sim/tenants/"+simtest.TenantID, `{"sharePoint": {"legacyAuthEnabled": true}}`, 204)
	for _, host := range []string{spoHost, "contoso-admin.sharepoint.com", ""} {
		if r := idcrl(host, got.Token); r.Status != 200 || !strings.HasPrefix(r.Header.Get("Set-Cookie"), "SPOIDCRL=") {
			t.Errorf("%s: %d %s", host, r.Status, r.Body)
		}
	}
	if r := w.Do(http.MethodPost, spoHost, "/_forms/default.aspx?wa=wsignin1.0", got.Token); r.Status != 302 || len(r.Header.Values("Set-Cookie")) != 2 {
		t.Errorf("%d %v", r.Status, r.Header)
	}
	for name, r := range map[string]simtest.Reply{
		"another tenant's host": idcrl("fabrikam.sharepoint.com", got.Token),
		"a token that is none":  idcrl(spoHost, "t=x&p="),
		"a token of Graph":      idcrl(spoHost, "t="+w.AccessToken()+"&p="),
		"no token":              w.Do(http.MethodGet, spoHost, "/_vti_bin/idcrl.svc/", ""),
		"a form without one":    w.Do(http.MethodPost, spoHost, "/_forms/default.aspx?wa=wsignin1.0", "x"),
	} {
		if r.Status != 401 {
			t.Errorf("%s: %d", name, r.Status)
		}
	}
	if r := w.Do(http.MethodGet, spoHost, "/sites/a", ""); r.Status != 404 {
		t.Errorf("%d", r.Status)
	}
	w.Clock.Advance(24 * time.Hour)
	if r := idcrl(spoHost, got.Token); r.Status != 401 {
		t.Errorf("a token of yesterday: %d", r.Status)
	}
	if r := w.Get(strings.TrimSuffix(strings.TrimPrefix(got.Token, "t="), "&p="), "/v1.0/me"); r.Status != 401 {
		t.Errorf("at Graph: %d", r.Status)
	}
}
