package config

import (
	"strings"
	"testing"
)

// R60: whatever the settings say, they are taken or refused, and no message repeats a secret of theirs.
func FuzzLoad(f *testing.F) {
	for _, c := range [][2]string{
		{"PURSER_BASE_URL", "https://purser.contoso.com"},
		{"PURSER_ADDR", ":443"},
		{"PURSER_TRUSTED_PROXIES", "10.0.0.0/8, ::1/129"},
		{"PURSER_SESSION_IDLE", "1e9h"},
		{"PURSER_OIDC_ISSUER", "https://login.microsoftonline.com/{tenantid}/v2.0"},
		{"PURSER_KEY", "pk1_short"},
		{"PURSER_OIDC_CLIENT_SECRET", "\ufeffsecret\r"},
		{"PURSER_ADMIN_CENTER_HOSTS", "a b,*.x"},
		{"PURSER_LOG_LEVEL", "loud"},
		{"PURSER_M365_SIMULATOR", "http://[::1"},
		{"PURSER_METRICS_ADDR", "0.0.0.0:1"},
	} {
		f.Add(c[0], c[1])
	}
	f.Fuzz(func(t *testing.T, name, value string) {
		if strings.ContainsRune(name+value, 0) || strings.Contains(name, "=") || strings.HasSuffix(name, "_FILE") {
			return // no environment holds those, and what a file says is read as any other value
		}
		const secret = "Marked-Secret-2026!"
		environ := []string{
			"PURSER_BASE_URL=https://purser.contoso.com", "PURSER_DATA=data", "PURSER_OIDC_ISSUER=https://idp.contoso.com", "PURSER_OIDC_CLIENT_ID=purser",
			"PURSER_KEY=" + secret, "PURSER_OIDC_CLIENT_SECRET=" + secret, name + "=" + value,
		}
		for _, load := range []func([]string) (Config, error){Load, LoadDemo} {
			if _, err := load(environ); err != nil && strings.Contains(err.Error(), secret) {
				t.Errorf("%s=%q: %v", name, value, err)
			}
		}
	})
}
