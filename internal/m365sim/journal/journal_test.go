package journal_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"purser.example/internal/m365sim"
	"purser.example/internal/m365sim/simtest"
)

// TestJournal checks what the journal keeps, and that it never keeps a secret (R60).
func TestJournal(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	token := w.AccessToken("client_secret", "good-secret")
	w.Token("password", "marked-secret-1")
	w.Get(token, "/v1.0/me?$select=id&marked-secret-2=1")
	w.Get("marked-secret-3", "/v1.0/me")
	w.Do("GET", simtest.LoginHost, "/common/UserRealm/svc@contoso.com?api-version=1.0", "")
	w.AsApp(simtest.AppID, "good-secret")
	w.Faults(`[{"status": 500, "times": 1}]`)
	w.Token()
	r := w.Control("GET", "/_sim/requests", "", 200)
	var list []m365sim.Request
	r.Decode(t, &list)
	lines := []string{}
	for _, e := range list {
		lines = append(lines, strings.Join([]string{e.Method, e.Host, strings.Replace(e.Path, simtest.TenantID, "T", 1), e.GrantType, e.Username, fmt.Sprint(e.Status)}, " "))
	}
	want := []string{
		"POST login.microsoftonline.com /T/oauth2/v2.0/token password svc@contoso.com 200",
		"POST login.microsoftonline.com /T/oauth2/v2.0/token password svc@contoso.com 400",
		"GET graph.microsoft.com /v1.0/me  svc@contoso.com 200",
		"GET graph.microsoft.com /v1.0/me   401",
		"GET login.microsoftonline.com /common/UserRealm/svc@contoso.com   200",
		"POST login.microsoftonline.com /T/oauth2/v2.0/token client_credentials  200",
		"POST login.microsoftonline.com /T/oauth2/v2.0/token password svc@contoso.com 500",
	}
	if !slices.Equal(lines, want) {
		t.Errorf("%s", strings.Join(lines, "\n"))
	}
	for _, secret := range []string{"Right-1234", "marked-secret", "good-secret", token[:40]} {
		if strings.Contains(r.Body, secret) {
			t.Errorf("the journal holds %q", secret)
		}
	}
	if !strings.Contains(r.Body, `"time":"2026-11-23T14:02:11Z","method":"POST","host":`) {
		t.Errorf("%s", r.Body)
	}
	w.Control("DELETE", "/_sim/requests", "", 204)
	if r := w.Control("GET", "/_sim/requests", "", 200); r.Body != "[]" {
		t.Errorf("%s", r.Body)
	}
}
