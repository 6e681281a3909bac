package config_test

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"purser.example/internal/certificate/certtest"
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
		cfg.ServiceProvider || cfg.StrictPasswords || !cfg.HealthChecks || cfg.LogJSON || cfg.BaseURL.Scheme != "https" {
		t.Errorf("defaults = %+v", cfg)
	}
}

func TestEveryMistakeIsListedAtOnce(t *testing.T) {
	_, err := config.Load([]string{
		"PURSER_ADDR=nowhere", "PURSER_BASE_URL=http://purser.contoso.com/sub", "PURSER_TLS_CERT=pem", "PURSER_SESSION_IDLE=soon",
		"PURSER_SESSION_MAX=0s", "PURSER_SERVICE_PROVIDER=perhaps", "PURSER_PASSWORD_RULES=lax", "PURSER_HEALTH_CHECKS=maybe", "PURSER_TRUSTED_PROXIES=everyone", "PURSER_TRUSTED_NETWORKS=10.0.0.0/8, 10.0.0.0/33",
		"PURSER_LOG_LEVEL=loud", "PURSER_LOG_FORMAT=xml", "PURSER_OIDC_ISSUER=http://login.contoso.com", "PURSER_M365_SIMULATOR=http://sim.contoso.com", "PURSER_KEY=something else",
		"PURSER_ADMIN_CENTER_HOSTS=https://a/b", "PURSER_ROLE_TENANT_OWNER=x", "PURSER_ROLE_SERVICE_ADMINISTRATOR=x",
		"PURSER_VERDICT_CODES=/nowhere/codes.tsv", "PURSER_BACKUP_AT=noon", "PURSER_BACKUP_KEEP=0", "PURSER_BACKUP_DIR=~/backups",
		"PURSER_SMTP_HOST=smtp.contoso.com:25", "PURSER_SMTP_PORT=0", "PURSER_SMTP_FROM=nobody", "PURSER_SMTP_TLS=ssl", "PURSER_SMTP_CA=none", "PURSER_WEBHOOK_HOSTS=https://hooks.contoso.com",
	})
	mistakes, ok := errors.AsType[config.Mistakes](err)
	if !ok {
		t.Fatalf("err = %v", err)
	}
	for _, name := range []string{
		"PURSER_ADDR", "PURSER_BASE_URL", "PURSER_TLS_CERT", "PURSER_DATA", "PURSER_KEY", "PURSER_OIDC_ISSUER", "PURSER_OIDC_CLIENT_ID",
		"PURSER_OIDC_CLIENT_SECRET", "PURSER_SESSION_IDLE", "PURSER_SESSION_MAX", "PURSER_SERVICE_PROVIDER", "PURSER_PASSWORD_RULES", "PURSER_HEALTH_CHECKS",
		"PURSER_ADMIN_CENTER_HOSTS", "PURSER_M365_SIMULATOR", "PURSER_TRUSTED_PROXIES", "PURSER_TRUSTED_NETWORKS", "PURSER_LOG_LEVEL", "PURSER_LOG_FORMAT",
		"PURSER_ROLE_SERVICE_ADMINISTRATOR", "PURSER_VERDICT_CODES", "PURSER_BACKUP_AT", "PURSER_BACKUP_KEEP", "PURSER_BACKUP_DIR",
		"PURSER_SMTP_HOST", "PURSER_SMTP_PORT", "PURSER_SMTP_FROM", "PURSER_SMTP_TLS", "PURSER_SMTP_CA", "PURSER_WEBHOOK_HOSTS",
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

// X30: whoever gives the path of a file where its contents belong hears of the setting for paths, once, and not that they should
// make another key.
func TestAPathInThePlaceOfAValueIsRecognised(t *testing.T) {
	folder := t.TempDir()
	there := filepath.Join(folder, "client-secret")
	if err := os.WriteFile(there, []byte("hush"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ name, value string }{
		{"PURSER_KEY", "/etc/purser/key"},
		{"PURSER_KEY", "./key"},
		{"PURSER_KEY", "purser.key"},
		{"PURSER_KEY", "%d/key"},
		{"PURSER_KEY", "$CREDENTIALS_DIRECTORY/key"},
		{"PURSER_KEY", " /run/secrets/key\n"},
		{"PURSER_TLS_CERT", "/etc/ssl/purser.pem"},
		{"PURSER_TLS_CERT", "purser.crt"},
		{"PURSER_TLS_KEY", "~/tls/purser.key"},
		{"PURSER_OIDC_CLIENT_SECRET", "/etc/purser/client-secret"},
		{"PURSER_OIDC_CLIENT_SECRET", there},
		{"PURSER_OIDC_CLIENT_ID", "/etc/purser/client-id"},
		{"PURSER_OIDC_ISSUER", "/etc/purser/issuer"},
		{"PURSER_BASE_URL", "/etc/purser/base-url"},
		{"PURSER_ADDR", "/etc/purser/addr"},
		{"PURSER_SESSION_IDLE", "/etc/purser/idle"},
		{"PURSER_LOG_LEVEL", "/etc/purser/level"},
		{"PURSER_TRUSTED_PROXIES", "/etc/purser/proxies"},
		{"PURSER_ROLE_TENANT_OWNER", there},
	} {
		_, err := config.Load(environ(map[string]string{tc.name: tc.value}))
		mistakes, _ := errors.AsType[config.Mistakes](err)
		if want := tc.name + ": looks like the path of a file; to read the value from a file, set " + tc.name + "_FILE instead."; len(mistakes) != 1 || mistakes[0] != want {
			t.Errorf("%s=%q: %q", tc.name, tc.value, mistakes)
		}
	}
	for name, value := range map[string]string{
		"PURSER_OIDC_CLIENT_SECRET": "/x8Yt/Q3b", "PURSER_ROLE_TENANT_OWNER": "/purser/owners", "PURSER_OIDC_ROLE_CLAIM": "https://contoso.com/roles",
		"PURSER_OIDC_ISSUER": "https://login.contoso.com/.well-known/key.pem", "PURSER_OIDC_CLIENT_ID": "config_test.go",
	} {
		if _, err := config.Load(environ(map[string]string{name: value})); err != nil {
			t.Errorf("%s=%q is refused: %v", name, value, err)
		}
	}
}

// X30: the other way round, the value never shows in what is said of it.
func TestAValueInThePlaceOfAPathIsRecognised(t *testing.T) {
	for _, tc := range []struct{ name, value, want string }{
		{"PURSER_KEY", aKey, "contains the value itself, but must be the path of a file; set PURSER_KEY instead."},
		{"PURSER_TLS_KEY", "-----BEGIN PRIVATE KEY-----\nhidden", "contains the value itself, but must be the path of a file; set PURSER_TLS_KEY instead."},
		{"PURSER_BASE_URL", "https://purser.contoso.com", "contains the value itself, but must be the path of a file; set PURSER_BASE_URL instead."},
		{"PURSER_OIDC_CLIENT_SECRET", "hidden-Q~3", "doesn't name a file that can be read: no such file or directory."},
		{"PURSER_OIDC_CLIENT_SECRET", "/nowhere/client-secret", "the file /nowhere/client-secret cannot be read: no such file or directory."},
		{"PURSER_DATA", t.TempDir(), "is a directory."},
		{"PURSER_KEY", "/dev/zero", "the file /dev/zero cannot be read: it is longer than 1 MiB."},
		{"PURSER_KEY", "/etc/purser/key\r", "has a carriage return (CR); save it with Unix line endings (LF)."},
		{"PURSER_KEY", `"/etc/purser/key"`, "is in quotation marks, which only a shell understands; remove them."},
		{"PURSER_KEY", "~/key", "begins with ~, which only a shell understands; write the full path."},
	} {
		_, err := config.Load(environ(map[string]string{tc.name: "", tc.name + "_FILE": tc.value}))
		mistakes, _ := errors.AsType[config.Mistakes](err)
		if len(mistakes) != 1 || !strings.HasPrefix(mistakes[0], tc.name+"_FILE: ") || !strings.HasSuffix(mistakes[0], tc.want) || strings.Contains(mistakes[0], "hidden") || strings.Contains(mistakes[0], aKey) {
			t.Errorf("%s_FILE=%q: %q", tc.name, tc.value, mistakes)
		}
	}
}

// X30: what nobody sees in a value is named, for every setting, given directly or by a file, and each is complained about once.
func TestWhatCannotBeSeenInAValueIsNamed(t *testing.T) {
	codes := filepath.Join(t.TempDir(), "codes.tsv")
	if err := os.WriteFile(codes, []byte("# ours\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	good := complete()
	maps.Copy(good, map[string]string{
		"PURSER_ADDR": "127.0.0.1:8080", "PURSER_OIDC_ROLE_CLAIM": "roles", "PURSER_ROLE_TENANT_OWNER": "Owner", "PURSER_ROLE_SERVICE_ADMINISTRATOR": "Admin",
		"PURSER_SESSION_IDLE": "10m", "PURSER_SESSION_MAX": "11h", "PURSER_SERVICE_PROVIDER": "true", "PURSER_PASSWORD_RULES": "strict", "PURSER_VERDICT_CODES": codes,
		"PURSER_M365_SIMULATOR": "http://127.0.0.1:9400", "PURSER_LOG_LEVEL": "warn", "PURSER_LOG_FORMAT": "json",
		"PURSER_TRUSTED_PROXIES": "127.0.0.1", "PURSER_ADMIN_CENTER_HOSTS": "admin.contoso.com",
		"PURSER_BACKUP_DIR": t.TempDir(), "PURSER_BACKUP_AT": "03:15 Europe/Berlin", "PURSER_BACKUP_KEEP": "7", "PURSER_REPLICA_DIR": t.TempDir(),
		"PURSER_SMTP_HOST": "smtp.contoso.com", "PURSER_SMTP_PORT": "587", "PURSER_SMTP_FROM": "purser@contoso.com", "PURSER_SMTP_USERNAME": "purser", "PURSER_SMTP_PASSWORD": "hush", "PURSER_SMTP_TLS": "starttls", "PURSER_WEBHOOK_HOSTS": "hooks.contoso.com",
	})
	blankMayStand := []string{"PURSER_KEY", "PURSER_KEY_NEW", "PURSER_TRUSTED_PROXIES", "PURSER_ADMIN_CENTER_HOSTS", "PURSER_WEBHOOK_HOSTS"}
	file := filepath.Join(t.TempDir(), "value")
	for name, value := range good {
		for _, tc := range []struct{ text, want string }{
			{"\ufeff" + value, "begins with a byte order mark; save it as UTF-8 without one."},
			{value + "\x00", "is not UTF-8; save it as UTF-8 without a byte order mark."},
			{"\xff\xfe" + value, "is not UTF-8; save it as UTF-8 without a byte order mark."},
			{`"` + value + `"`, "is in quotation marks, which only a shell understands; remove them."},
			{value + "\a", "has the invisible character U+0007; remove it."},
			{value + " ", "begins or ends with a space; remove it."},
			{" " + value, "begins or ends with a space; remove it."},
			{value + "\r", "has a carriage return (CR); save it with Unix line endings (LF)."},
			{value + "\r\n\r\n", "has a carriage return (CR); save it with Unix line endings (LF)."},
			{value + "\n\n", "has more than one line."},
		} {
			if slices.Contains(blankMayStand, name) && strings.TrimSpace(tc.text) == value {
				tc.want = ""
			}
			if err := os.WriteFile(file, []byte(tc.text), 0o600); err != nil {
				t.Fatal(err)
			}
			byFile := maps.Clone(good)
			byFile[name], byFile[name+"_FILE"] = "", file
			directly := maps.Clone(good)
			directly[name] = tc.text
			if !strings.HasSuffix(tc.text, "\r") { // of a file this is the one line end that is dropped
				complains(t, byFile, name+"_FILE: the file "+file+" ", tc.want)
			}
			complains(t, directly, name+": ", tc.want)
		}
	}
}

// complains wants one mistake, or none where the sentence is empty.
func complains(t *testing.T, env map[string]string, where, sentence string) {
	t.Helper()
	_, err := config.Load(environ(env))
	mistakes, _ := errors.AsType[config.Mistakes](err)
	if sentence == "" && err != nil || sentence != "" && (len(mistakes) != 1 || mistakes[0] != where+sentence) {
		t.Errorf("%q, want %q", mistakes, where+sentence)
	}
}

// A line end of Windows at the end of a file is one line end. Within PEM there may be many of either kind, but no mark.
func TestFilesOfWindows(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte("hush\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(environ(map[string]string{"PURSER_OIDC_CLIENT_SECRET": "", "PURSER_OIDC_CLIENT_SECRET_FILE": file}))
	if err != nil || cfg.OIDC.ClientSecret != "hush" {
		t.Errorf("secret %q, err = %v", cfg.OIDC.ClientSecret, err)
	}
	borrowed := httptest.NewTLSServer(nil)
	defer borrowed.Close()
	pair := borrowed.TLS.Certificates[0]
	der, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	windows := func(b *pem.Block) string { return strings.ReplaceAll(string(pem.EncodeToMemory(b)), "\n", "\r\n") }
	cert, key := windows(&pem.Block{Type: "CERTIFICATE", Bytes: pair.Certificate[0]}), windows(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	for _, tc := range []struct{ cert, key, want string }{
		{cert, key, ""},
		{"\ufeff" + cert, key, "PURSER_TLS_CERT: begins with a byte order mark; save it as UTF-8 without one."},
		{cert + "\ufeff" + cert, key, "PURSER_TLS_CERT: has a byte order mark in the middle; remove it."},
		{cert, "\ufeff" + key, "PURSER_TLS_KEY: begins with a byte order mark; save it as UTF-8 without one."},
		{key, cert, "PURSER_TLS_CERT: contains no PEM certificate, which begins with -----BEGIN CERTIFICATE-----."},
		{cert, strings.ReplaceAll(key, "PRIVATE", "ENCRYPTED PRIVATE"), "PURSER_TLS_KEY: is encrypted; Purser needs a key without a passphrase."},
		{cert, cert, "PURSER_TLS_CERT: is not a PEM certificate that matches PURSER_TLS_KEY."},
	} {
		complains(t, map[string]string{"PURSER_TLS_CERT": tc.cert, "PURSER_TLS_KEY": tc.key}, "", tc.want)
	}
}

// X31: a secret's file that every account of the machine can open is named; one in a closed folder, and one that is no secret, is not.
func TestOpenFilesOfSecretsAreNamed(t *testing.T) {
	outer, err := os.MkdirTemp("/tmp", "purser-open-") // t.TempDir is closed to others already
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(outer) })
	key, id := filepath.Join(outer, "key"), filepath.Join(outer, "id")
	for file, text := range map[string]string{key: aKey, id: "purser"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	env := environ(map[string]string{"PURSER_KEY": "", "PURSER_KEY_FILE": key, "PURSER_OIDC_CLIENT_ID": "", "PURSER_OIDC_CLIENT_ID_FILE": id})
	for _, tc := range []struct {
		folder, file os.FileMode
		open         bool
	}{
		{0o755, 0o644, true},
		{0o711, 0o604, true},
		{0o755, 0o602, true},
		{0o755, 0o640, false},
		{0o755, 0o400, false},
		{0o700, 0o644, false},
		{0o750, 0o644, false},
	} {
		for path, mode := range map[string]os.FileMode{key: tc.file, id: tc.file, outer: tc.folder} {
			if err := os.Chmod(path, mode); err != nil {
				t.Fatal(err)
			}
		}
		cfg, err := config.Load(env)
		want := []string{"PURSER_KEY_FILE"}
		if !tc.open {
			want = nil
		}
		if err != nil || !slices.Equal(cfg.Exposed, want) {
			t.Errorf("folder %o, file %o: %q %v", tc.folder, tc.file, cfg.Exposed, err)
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

// R82: the address that leads from http to the base address.
func TestTheAddressOfTheRedirectR82(t *testing.T) {
	cfg, err := config.Load(environ(map[string]string{"PURSER_REDIRECT_ADDR": ":80"}))
	if err != nil || cfg.Redirect != ":80" {
		t.Errorf("%q, %v", cfg.Redirect, err)
	}
	for _, tc := range []struct {
		changes map[string]string
		want    string
	}{
		{map[string]string{"PURSER_REDIRECT_ADDR": "80"}, "must be an address such as :80."},
		{map[string]string{"PURSER_REDIRECT_ADDR": ":443", "PURSER_ADDR": ":443"}, "must differ from PURSER_ADDR."},
		{map[string]string{"PURSER_REDIRECT_ADDR": ":80", "PURSER_BASE_URL": "http://127.0.0.1:8080"}, "needs a PURSER_BASE_URL that begins with https://, to which it leads."},
	} {
		complains(t, tc.changes, "", "PURSER_REDIRECT_ADDR: "+tc.want)
	}
}

// R84: the metrics are open to whoever reaches them, so that nobody may reach them from outside.
func TestPublicAddressesOfMetricsAreRefusedR84(t *testing.T) {
	for address, good := range map[string]bool{
		"": true, "127.0.0.1:9090": true, "[::1]:9090": true, "localhost:9090": true, "10.1.2.3:9090": true, "172.16.0.1:9090": true, "192.168.1.1:9090": true,
		"169.254.1.1:9090": true, "[fe80::1%eth0]:9090": true, "[fd00::1]:9090": true, "[::ffff:10.0.0.1]:9090": true,
		":9090": false, "0.0.0.0:9090": false, "[::]:9090": false, "203.0.113.7:9090": false, "172.32.0.1:9090": false, "[2001:db8::1]:9090": false,
		"[::ffff:203.0.113.7]:9090": false, "purser.contoso.com:9090": false, "127.0.0.1": false, "9090": false, "127.0.0.1:http": false,
	} {
		cfg, err := config.Load(environ(map[string]string{"PURSER_METRICS_ADDR": address}))
		if (err == nil) != good || good && cfg.MetricsAddr != address || !good && !strings.Contains(err.Error(), "PURSER_METRICS_ADDR: must be a loopback, private or link-local address") {
			t.Errorf("%q: %q, %v", address, cfg.MetricsAddr, err)
		}
	}
}

// R82: where the two were read from is known, and only where they were read from files.
func TestTheFilesOfTheCertificateAreKnownR82(t *testing.T) {
	cert, key := certtest.Issue(t, certtest.Spec{Serial: 1})
	folder := t.TempDir()
	files := config.TLSFiles{Cert: filepath.Join(folder, "cert"), Key: filepath.Join(folder, "key")}
	for path, text := range map[string]string{files.Cert: cert, files.Key: key} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cfg, err := config.Load(environ(map[string]string{"PURSER_TLS_CERT_FILE": files.Cert, "PURSER_TLS_KEY_FILE": files.Key}))
	if err != nil || cfg.TLSFiles != files || cfg.TLSCert+"\n" != cert {
		t.Errorf("%+v, %v", cfg.TLSFiles, err)
	}
	if cfg, err = config.Load(environ(map[string]string{"PURSER_TLS_CERT": cert, "PURSER_TLS_KEY": key})); err != nil || cfg.TLSFiles != (config.TLSFiles{}) {
		t.Errorf("by value: %+v, %v", cfg.TLSFiles, err)
	}
}

// R65: backups have a time by the clocks of a zone, UTC where none is named, and a folder that is not lost together with the data.
func TestBackupsAreRead(t *testing.T) {
	data := t.TempDir()
	load := func(more map[string]string) (config.Config, error) {
		maps.Copy(more, map[string]string{"PURSER_DATA": data})
		return config.Load(environ(more))
	}
	folder := t.TempDir()
	for at, want := range map[string]config.Backup{
		"":                    {Dir: folder, Minute: 150, Zone: "UTC", Keep: 14},
		"00:00":               {Dir: folder, Minute: 0, Zone: "UTC", Keep: 14},
		"23:59 Europe/Berlin": {Dir: folder, Minute: 1439, Zone: "Europe/Berlin", Keep: 14},
	} {
		cfg, err := load(map[string]string{"PURSER_BACKUP_DIR": folder, "PURSER_BACKUP_AT": at})
		if err != nil || cfg.Backup != want {
			t.Errorf("%q: %+v %v", at, cfg.Backup, err)
		}
	}
	for _, at := range []string{"24:00", "2:30pm", "02:30 Europe/Atlantis", "02:30 Local", "02:30  UTC", "Europe/Berlin"} {
		if _, err := load(map[string]string{"PURSER_BACKUP_DIR": folder, "PURSER_BACKUP_AT": at}); err == nil || !strings.Contains(err.Error(), "PURSER_BACKUP_AT: must be a time of day") {
			t.Errorf("%q: %v", at, err)
		}
	}
	for _, dir := range []string{data, filepath.Join(data, "backups")} {
		if _, err := load(map[string]string{"PURSER_BACKUP_DIR": dir}); err == nil || !strings.Contains(err.Error(), "PURSER_BACKUP_DIR: must not be inside PURSER_DATA") {
			t.Errorf("%q: %v", dir, err)
		}
	}
	if cfg, err := load(map[string]string{"PURSER_REPLICA_DIR": folder}); err != nil || cfg.Backup.Replica != folder || cfg.Backup.Dir != "" {
		t.Errorf("%+v %v", cfg.Backup, err)
	}
	if _, err := load(map[string]string{"PURSER_REPLICA_DIR": data}); err == nil || !strings.Contains(err.Error(), "PURSER_REPLICA_DIR: must not be inside PURSER_DATA") {
		t.Errorf("%v", err)
	}
	if _, err := load(map[string]string{"PURSER_BACKUP_KEEP": "3"}); err == nil || !strings.Contains(err.Error(), "PURSER_BACKUP_KEEP: needs PURSER_BACKUP_DIR") {
		t.Errorf("%v", err)
	}
}

// R64: a key at a key service needs what that service wants to see; each thing that is missing is told by its own setting, and who knows the
// addresses of services is asked only when all is there.
func TestAKeyAtAServiceR64(t *testing.T) {
	asked := 0
	checks := config.Checks{KeyService: func(string, config.KeyLogin) error { asked++; return errors.New("must be the address of a key") }}
	for name, tc := range map[string]struct {
		env  map[string]string
		says []string
		asks int
	}{
		"no token":                  {map[string]string{"PURSER_KEY": "vault+https://bao.contoso.com/transit/purser"}, []string{"PURSER_KEY_TOKEN: is missing"}, 0},
		"no app":                    {map[string]string{"PURSER_KEY": "https://contoso.vault.azure.net/keys/purser", "PURSER_KEY_CLIENT_ID": "app"}, []string{"PURSER_KEY_TENANT_ID: is missing", "PURSER_KEY_CLIENT_SECRET: is missing"}, 0},
		"all there":                 {map[string]string{"PURSER_KEY": "vault+https://bao.contoso.com/transit/purser", "PURSER_KEY_TOKEN": "s.hush"}, []string{"PURSER_KEY: must be the address of a key."}, 1},
		"the next one":              {map[string]string{"PURSER_KEY_NEW": "vault+https://bao.contoso.com/transit/purser", "PURSER_KEY_TOKEN": "s.hush"}, []string{"PURSER_KEY_NEW_TOKEN: is missing"}, 0},
		"a token beside what opens": {map[string]string{"PURSER_KEY": "vault+https://bao.contoso.com/transit/purser", "PURSER_KEY_TOKEN_FILE": "/srv/purser/token"}, []string{"PURSER_KEY_TOKEN_FILE: the file /srv/purser/token cannot be read", "PURSER_KEY_TOKEN_FILE: must not be inside PURSER_DATA"}, 0},
		"no authority":              {map[string]string{"PURSER_KEY_CA": "hush"}, []string{"PURSER_KEY_CA: contains no PEM certificate"}, 0},
	} {
		asked = 0
		_, err := checks.Load(environ(tc.env))
		mistakes, _ := errors.AsType[config.Mistakes](err)
		for _, want := range tc.says {
			if !slices.ContainsFunc(mistakes, func(m string) bool { return strings.HasPrefix(m, want) }) {
				t.Errorf("%s: no line begins with %q: %v", name, want, err)
			}
		}
		if len(mistakes) != len(tc.says) || asked != tc.asks || err != nil && strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: asked %d times: %v", name, asked, err)
		}
	}
}
