package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"purser.example/internal/demo/demotest"
)

// X38: whatever is wrong with a form, and wherever it is sent, it is refused as the sender's mistake or as too much, and no byte of it
// is in the log.
func TestDamagedFormsAreTheSendersMistake(t *testing.T) {
	const secret = "Marked-Secret-2026!"
	h := demotest.Open(t)
	b := h.SignedIn(t, "admin@purser.test")
	part := "--x\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\n" + secret + "\r\n"
	const plain, parts = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"
	for name, c := range map[string]struct {
		body, kind string
		want       int
	}{
		"a bad escape":   {"password=" + secret + "%", plain, http.StatusBadRequest},
		"many fields":    {strings.Repeat("a=1&", 10_000) + "password=" + secret, plain, http.StatusRequestEntityTooLarge},
		"too large":      {"password=" + strings.Repeat(secret, 1<<17), plain, http.StatusRequestEntityTooLarge},
		"no boundary":    {part + "--x--\r\n", "multipart/form-data", http.StatusBadRequest},
		"many parts":     {strings.Repeat(part, 1001) + "--x--\r\n", parts, http.StatusRequestEntityTooLarge},
		"a damaged head": {"--x\r\n" + secret + "\r\n\r\nvalue\r\n--x--\r\n", parts, http.StatusBadRequest},
		"half a form":    {strings.TrimSuffix(part, "\r\n"), parts, http.StatusBadRequest},
		"a damaged type": {part, "multipart/form-data; boundary=\"" + secret, http.StatusBadRequest},
		"a bad version":  {"version=" + secret + "&id=1&seen-sites=" + secret, plain, 0}, // which is not read everywhere
	} {
		for _, path := range []string{
			"/service-accounts", "/service-accounts/1", "/service-accounts/delete", "/service-accounts/validate",
			"/classic/account-pool", "/classic/account-pool/group", "/classic/service-accounts/1/edit", "/tenants/1/cloud-domains", "/tenants/1/cloud-domains/withdraw", "/tenants/1/health", "/tenants/1/health/freeze", "/service-accounts/1/health/freeze", "/classic/account-pool/health/freeze",
			"/app-profiles", "/app-profiles/1", "/app-profiles/1/credentials", "/app-profiles/check", "/app-profiles/delete",
			"/settings/security/end-person", "/settings/sessions/end",
		} {
			res := b.Carry(http.MethodPost, path, strings.NewReader(c.body), http.Header{"Content-Type": {c.kind}, "Sec-Fetch-Site": {"same-origin"}})
			if c.want != 0 && res.StatusCode != c.want || res.StatusCode >= http.StatusInternalServerError || strings.Contains(res.Text(), secret) {
				t.Errorf("%s at %s: %d", name, path, res.StatusCode)
			}
		}
	}
	if res := b.Send(http.MethodPost, "/service-accounts?password="+secret+"%zz", url.Values{"name": {"a"}}, http.Header{"Sec-Fetch-Site": {"same-origin"}}); res.StatusCode != http.StatusBadRequest {
		t.Errorf("a bad escape in the address: %d", res.StatusCode)
	}
	if log := h.Log.String(); strings.Contains(log, "Marked") || strings.Contains(log, "kind=internal") {
		t.Errorf("the log says:\n%s", log)
	}
}
