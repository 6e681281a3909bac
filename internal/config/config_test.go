package config_test

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"purser.example/internal/config"
)

const aKey = "pk1_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

func complete() map[string]string {
	return map[string]string{
		"PURSER_BASE_URL": "https://purser.contoso.com", "PURSER_DATA": "/srv/purser", "PURSER_KEY": aKey,
		"PURSER_OIDC_ISSUER": "https://login.contoso.com/v2.0", "PURSER_OIDC_CLIENT_ID": "purser", "PURSER_OIDC_CLIENT_SECRET": "hush",
	}
}

func environ(changes map[string]string) []string {
	env := complete()
	maps.Copy(env, changes)
	var lines []string
	for name, value := range env {
		lines = append(lines, name+"="+value)
	}
	return lines
}

func TestDefaultsAreThoseOfTheContract(t *testing.T) {
	cfg, err := config.Load(environ(nil))
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Addr != "127.0.0.1:8080" || cfg.OIDC.RoleClaim != "roles" || cfg.OIDC.TenantOwner != "TenantOwner" ||
		cfg.OIDC.ServiceAdministrator != "ServiceAdministrator" || cfg.Session.Idle != 15*time.Minute || cfg.Session.Max != 12*time.Hour ||
		cfg.ServiceProvider || cfg.StrictPasswords || cfg.LogJSON || cfg.BaseURL.Scheme != "https" {
		t.Errorf("defaults = %+v", cfg)
	}
}

func TestEveryMistakeIsListedAtOnce(t *testing.T) {
	_, err := config.Load([]string{
		"PURSER_ADDR=nowhere", "PURSER_BASE_URL=http://purser.contoso.com/sub", "PURSER_TLS_CERT=pem", "PURSER_SESSION_IDLE=soon",
		"PURSER_SESSION_MAX=0s", "PURSER_SERVICE_PROVIDER=perhaps", "PURSER_PASSWORD_RULES=lax", "PURSER_TRUSTED_PROXIES=everyone",
		"PURSER_LOG_LEVEL=loud", "PURSER_LOG_FORMAT=xml", "PURSER_OIDC_ISSUER=http://login.contoso.com", "PURSER_M365_SIMULATOR=http://sim.contoso.com", "PURSER_KEY=something else",
		"PURSER_ADMIN_CENTER_HOSTS=https://a/b", "PURSER_ROLE_TENANT_OWNER=x", "PURSER_ROLE_SERVICE_ADMINISTRATOR=x",
		"PURSER_VERDICT_CODES=/nowhere/codes.tsv",
	})
	mistakes, ok := errors.AsType[config.Mistakes](err)
	if !ok {
		t.Fatalf("err = %v", err)
	}
	for _, name := range []string{
		"PURSER_ADDR", "PURSER_BASE_URL", "PURSER_TLS_CERT", "PURSER_DATA", "PURSER_KEY", "PURSER_OIDC_ISSUER", "PURSER_OIDC_CLIENT_ID",
		"PURSER_OIDC_CLIENT_SECRET", "PURSER_SESSION_IDLE", "PURSER_SESSION_MAX", "PURSER_SERVICE_PROVIDER", "PURSER_PASSWORD_RULES",
		"PURSER_ADMIN_CENTER_HOSTS", "PURSER_M365_SIMULATOR", "PURSER_TRUSTED_PROXIES", "PURSER_LOG_LEVEL", "PURSER_LOG_FORMAT",
		"PURSER_ROLE_SERVICE_ADMINISTRATOR", "PURSER_VERDICT_CODES",
	} {
		if n := len(slices.DeleteFunc(slices.Clone(mistakes), func(m string) bool { return !strings.HasPrefix(m, name+": ") })); n != 1 {
			t.Errorf("%s is complained about %d times, want once:\n%v", name, n, err)
		}
	}
}

func TestValuesComeFromFilesToo(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "key")
	if err := os.WriteFile(file, []byte(aKey+"\n\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(environ(map[string]string{"PURSER_KEY": "", "PURSER_KEY_FILE": file}))
	if err != nil || cfg.Key != aKey+"\n" {
		t.Errorf("key = %q, err = %v; exactly one newline is dropped", cfg.Key, err)
	}
	for name, env := range map[string]map[string]string{
		"both given":              {"PURSER_KEY_FILE": file},
		"no such file":            {"PURSER_KEY": "", "PURSER_KEY_FILE": filepath.Join(folder, "none")},
		"a key beside its data":   {"PURSER_KEY": "", "PURSER_KEY_FILE": file, "PURSER_DATA": folder},
		"a key below its data":    {"PURSER_KEY": "", "PURSER_KEY_FILE": file, "PURSER_DATA": filepath.Dir(folder)},
		"an empty file for a key": {"PURSER_KEY": "", "PURSER_KEY_FILE": os.DevNull},
	} {
		_, err := config.Load(environ(env))
		if mistakes, _ := errors.AsType[config.Mistakes](err); len(mistakes) != 1 {
			t.Errorf("%s: err = %v, want one mistake", name, err)
		}
	}
}

func TestLoopbackMayDoWithoutHTTPS(t *testing.T) {
	for _, base := range []string{"http://127.0.0.1:8080", "http://localhost:8080/", "http://[::1]:8080"} {
		if _, err := config.Load(environ(map[string]string{"PURSER_BASE_URL": base})); err != nil {
			t.Errorf("%s: %v", base, err)
		}
	}
}

func TestMisspeltSettingsAreNoticed(t *testing.T) {
	cfg, err := config.Load(environ(map[string]string{"PURSER_SESION_IDLE": "5m", "PURSER_SERVICE_HOST": "10.0.0.1", "PURSER_PORT_80_TCP": "x"}))
	if err != nil || !slices.Equal(cfg.Unknown, []string{"PURSER_SESION_IDLE"}) {
		t.Errorf("unknown = %v, err = %v", cfg.Unknown, err)
	}
}

func TestNoMistakeShowsASecret(t *testing.T) {
	_, err := config.Load(environ(map[string]string{"PURSER_KEY": "hidden-key", "PURSER_TLS_KEY": "hidden-pem", "PURSER_OIDC_CLIENT_SECRET": "hidden-client", "PURSER_ADDR": "x"}))
	if err == nil || strings.Contains(err.Error(), "hidden") {
		t.Errorf("err = %v", err)
	}
}

// R17: an operator's own rows are read from their file, and their mistakes are listed with those of all settings.
func TestOwnRowsAreReadAndChecked(t *testing.T) {
	file := filepath.Join(t.TempDir(), "codes.tsv")
	if err := os.WriteFile(file, []byte("# ours\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(environ(map[string]string{"PURSER_VERDICT_CODES": file}))
	if err != nil || cfg.VerdictCodes != "# ours\n" {
		t.Errorf("rows %q, err = %v", cfg.VerdictCodes, err)
	}
	checks := config.Checks{VerdictCodes: func(rows string) []string { return []string{"line 1: says " + rows[2:6] + ".", "line 2: is missing."} }}
	_, err = checks.Load(environ(map[string]string{"PURSER_VERDICT_CODES": file, "PURSER_ADDR": "nowhere"}))
	mistakes, _ := errors.AsType[config.Mistakes](err)
	if len(mistakes) != 3 || mistakes[1] != "PURSER_VERDICT_CODES: "+file+", line 1: says ours." {
		t.Errorf("%q", mistakes)
	}
	if err := os.WriteFile(file, make([]byte, 1<<20+1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := config.Load(environ(map[string]string{"PURSER_VERDICT_CODES": file})); err == nil || !strings.Contains(err.Error(), "longer than 1 MiB") {
		t.Errorf("err = %v", err)
	}
}
