package doctor_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/app"
	"purser.example/internal/appprofile"
	"purser.example/internal/audit"
	"purser.example/internal/backup"
	"purser.example/internal/certificate/certtest"
	"purser.example/internal/demo/idp"
	"purser.example/internal/doctor"
	"purser.example/internal/m365sim"
	"purser.example/internal/mail/mailtest"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/sqlitetest"
)

const (
	tenantID = "6f1c0000-0000-4000-8000-000000000001"
	appID    = "a0000000-0000-4000-8000-000000000001"

	appSecret    = "Marked-App-Secret~2026"
	clientSecret = "Marked-Client-Secret~2026"
)

var adele = access.Caller{Issuer: "https://idp.contoso.com", Subject: "s1", Name: "Adele Vance", SignIn: "adele@contoso.com", Roles: []access.Role{access.ServiceAdministrator}}

// fixture is a tenant with one app; what differs of the app is given.
func fixture(tenant, of string) string {
	return `{"tenants": [{"id": "` + tenant + `", "displayName": "Contoso", "initialDomain": "contoso.onmicrosoft.com", "domains": [{"id": "contoso.com"}],
		"apps": [{"appId": "` + appID + `", ` + of + `}]}]}`
}

func secretFor(days string) string {
	return `"secrets": [{"value": "` + appSecret + `", "expires": "` + days + `"}]`
}

// rig is an installation with everything real around it: a database with one app profile, a provider and a simulator over HTTP.
type rig struct {
	t        *testing.T
	env      map[string]string
	folder   string
	key      secret.Key
	examined doctor.Examination
}

func newRig(t *testing.T) *rig {
	t.Helper()
	addr := freeAddress(t)
	r := &rig{t: t, folder: filepath.Join(t.TempDir(), "data"), key: secret.NewKey()}
	r.examined = doctor.Examination{
		Now:     func() time.Time { return time.Now().UTC() },
		Space:   func(string) (doctor.Space, error) { return doctor.Space{Free: 100 << 30, Total: 200 << 30}, nil },
		Network: func(string) string { return "" },
	}
	r.env = map[string]string{
		"PURSER_BASE_URL": "http://" + addr, "PURSER_ADDR": addr, "PURSER_DATA": r.folder, "PURSER_KEY": r.key.Text(),
		"PURSER_OIDC_CLIENT_ID": "purser", "PURSER_OIDC_CLIENT_SECRET": clientSecret,
		"PURSER_OIDC_ISSUER": identityProvider(t, addr, "roles"), "PURSER_M365_SIMULATOR": simulated(t, fixture(tenantID, secretFor("+200d"))),
	}
	a := r.open()
	_, err := a.Apps.Create(t.Context(), adele, audit.Origin{Request: "r1", Address: "127.0.0.1"}, appprofile.Draft{
		Name: "Reader", Tenant: "contoso.com", ApplicationID: appID, Credential: appprofile.NewCredential{Choice: appprofile.ASecret, Secret: secret.FromString(appSecret)},
	})
	must(t, errors.Join(err, a.Close()))
	return r
}

func (r *rig) environ() (list []string) {
	for _, name := range slices.Sorted(maps.Keys(r.env)) {
		list = append(list, name+"="+r.env[name])
	}
	return list
}

// open starts the Purser of the installation, without its address.
func (r *rig) open() *app.App {
	r.t.Helper()
	cfg, err := app.Checks().Load(r.environ())
	must(r.t, err)
	a, err := app.Open(r.t.Context(), cfg, app.Options{Log: slog.New(slog.DiscardHandler)})
	must(r.t, err)
	return a
}

// examine runs all checks, and wants no secret in what they say.
func (r *rig) examine() doctor.Report {
	r.t.Helper()
	r.examined.Environ = r.environ()
	report := r.examined.Run(r.t.Context())
	var text bytes.Buffer
	must(r.t, report.Write(&text))
	written, err := json.Marshal(report)
	must(r.t, err)
	for _, hidden := range []string{appSecret, clientSecret, r.key.Text(), r.env["PURSER_KEY"], "PRIVATE KEY"} {
		if hidden != "" && (strings.Contains(text.String(), hidden) || bytes.Contains(written, []byte(hidden))) {
			r.t.Errorf("a secret is shown:\n%s", &text)
		}
	}
	return report
}

// finds wants a finding of a check about something, with a status, that says something and how to mend it.
func finds(t *testing.T, r doctor.Report, w want) {
	t.Helper()
	for _, f := range r.Findings {
		if f.Check == w.check && f.Status == w.status && (w.about == "" || f.About == w.about) && strings.Contains(f.Says, w.says) {
			if f.Remedy == "" && f.Status != doctor.OK {
				t.Errorf("%s has no remedy", f.Check)
			}
			return
		}
	}
	var text bytes.Buffer
	must(t, r.Write(&text))
	t.Errorf("no %+v in\n%s", w, &text)
}

type want struct {
	check  string
	about  string
	status doctor.Status
	says   string
}

// signing is the provider's key: to make one takes a while.
var signing = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func identityProvider(t *testing.T, base, claim string) string {
	t.Helper()
	var provider http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { provider.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	made, err := idp.New(idp.Config{
		Issuer: server.URL + "/idp", ClientID: "purser", ClientSecret: clientSecret, RedirectURI: "http://" + base + "/auth/callback", RoleClaim: claim, SigningKey: signing(), CryptoKey: [32]byte{1},
		People: []idp.Person{{Subject: "1", Email: "adele@contoso.com", Name: "Adele Vance", Password: "hidden"}},
	})
	must(t, err)
	provider = made
	return server.URL + "/idp"
}

// document is a provider that has nothing but a discovery document of its own.
func document(t *testing.T, change map[string]any) string {
	t.Helper()
	var said []byte
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(said) })
	mux.HandleFunc("/token", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"error": "invalid_grant"}`))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	fields := map[string]any{
		"issuer": server.URL, "authorization_endpoint": server.URL + "/authorize", "token_endpoint": server.URL + "/token", "jwks_uri": server.URL + "/keys",
		"id_token_signing_alg_values_supported": []string{"RS256"}, "claims_supported": []string{"roles"}, "end_session_endpoint": server.URL + "/end",
	}
	maps.Copy(fields, change)
	var err error
	said, err = json.Marshal(fields)
	must(t, err)
	return server.URL
}

func simulated(t *testing.T, fixture string) string {
	t.Helper()
	read, err := m365sim.Read(strings.NewReader(fixture))
	must(t, err)
	sim, err := m365sim.New(read, m365sim.Options{})
	must(t, err)
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	return server.URL
}

func freeAddress(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	must(t, ln.Close())
	return ln.Addr().String()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// hashes are the files of a folder by what is in them.
func hashes(t *testing.T, folder string) map[string]string {
	t.Helper()
	found := map[string]string{}
	must(t, filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		sum := sha256.Sum256(b)
		info, _ := e.Info()
		found[path] = hex.EncodeToString(sum[:]) + info.Mode().String() + info.ModTime().String()
		return err
	}))
	return found
}

// R81: where everything is fine, doctor says so, and changes nothing. That a simulator answers is the one thing it warns of.
func TestEverythingIsFineR81(t *testing.T) {
	r := newRig(t)
	before := hashes(t, r.folder)
	report := r.examine()
	if report.Wrong != 0 || report.Warnings != 1 || len(report.NotChecked) != 0 {
		var text bytes.Buffer
		must(t, report.Write(&text))
		t.Errorf("not everything is fine:\n%s", &text)
	}
	for _, name := range []string{"settings", "listening", "data-folder", "database", "key", "provider", "provider-client", "provider-roles", "provider-sign-out", "tenant", "app-profile", "app-credential", "clock", "disk"} {
		finds(t, report, want{check: name, status: doctor.OK})
	}
	if after := hashes(t, r.folder); !maps.Equal(before, after) {
		t.Errorf("the folder was changed:\n%v\n%v", before, after)
	}
}

// R81: doctor works beside a Purser that runs.
func TestDoctorWorksBesideAPurserR81(t *testing.T) {
	r := newRig(t)
	cfg, err := app.Checks().Load(r.environ())
	must(t, err)
	log := slog.New(slog.DiscardHandler)
	a, err := app.Open(t.Context(), cfg, app.Options{Log: log})
	must(t, err)
	ln, err := a.Listen(t.Context())
	must(t, err)
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- app.Serve(ctx, ln, a.Handler, log) }()
	defer func() {
		stop()
		must(t, errors.Join(<-served, a.Close()))
	}()
	report := r.examine()
	finds(t, report, want{check: "listening", status: doctor.OK, says: "runs and is ready"})
	finds(t, report, want{check: "app-profile", status: doctor.OK})
	if report.Wrong != 0 {
		t.Errorf("%+v", report)
	}
	// What an open database keeps in its log is not emptied beside it.
	wal := filepath.Join(r.folder, sqlite.File+"-wal")
	must(t, os.Truncate(wal, 100<<20))
	finds(t, r.examine(), want{check: "write-ahead-log", status: doctor.Warning, says: "100 MiB"})
}

// R81: every mistake in the settings is found by the name of its setting, on an installation that does not start.
func TestEachSettingIsFoundR81(t *testing.T) {
	none := filepath.Join(t.TempDir(), "none") // the folder of a subtest would have the value in its name
	for _, tc := range []struct{ name, value, about string }{
		{"PURSER_ADDR", "nowhere", ""},
		{"PURSER_BASE_URL", "", ""},
		{"PURSER_BASE_URL", "https://purser.contoso.com/sub", ""},
		{"PURSER_TLS_CERT", "pem", ""},
		{"PURSER_TLS_KEY", "pem", "PURSER_TLS_CERT"},
		{"PURSER_REDIRECT_ADDR", "nowhere", ""},
		{"PURSER_METRICS_ADDR", "203.0.113.1:9090", ""},
		{"PURSER_DATA", "", ""},
		{"PURSER_KEY", "", ""},
		{"PURSER_KEY", "pk1_cut-off", ""},
		{"PURSER_OIDC_ISSUER", "http://login.contoso.com", ""},
		{"PURSER_OIDC_CLIENT_ID", "", ""},
		{"PURSER_OIDC_CLIENT_SECRET", "", ""},
		{"PURSER_OIDC_CLIENT_SECRET_FILE", "/nowhere/secret", "PURSER_OIDC_CLIENT_SECRET"},
		{"PURSER_ROLE_SERVICE_ADMINISTRATOR", "TenantOwner", ""},
		{"PURSER_ROLE_TENANT_OWNER", "ServiceAdministrator", "PURSER_ROLE_SERVICE_ADMINISTRATOR"},
		{"PURSER_SESSION_IDLE", "soon", ""},
		{"PURSER_SESSION_MAX", "0s", ""},
		{"PURSER_SERVICE_PROVIDER", "perhaps", ""},
		{"PURSER_PASSWORD_RULES", "lax", ""},
		{"PURSER_HEALTH_CHECKS", "maybe", ""},
		{"PURSER_ADMIN_CENTER_HOSTS", "https://a/b", ""},
		{"PURSER_VERDICT_CODES", "/nowhere/codes.tsv", ""},
		{"PURSER_M365_SIMULATOR", "http://sim.contoso.com", ""},
		{"PURSER_TRUSTED_PROXIES", "everyone", ""},
		{"PURSER_LOG_LEVEL", "loud", ""},
		{"PURSER_LOG_FORMAT", "xml", ""},
	} {
		t.Run(tc.name+"="+tc.value, func(t *testing.T) {
			r := &rig{t: t, env: map[string]string{
				"PURSER_BASE_URL": "http://127.0.0.1:1", "PURSER_ADDR": freeAddress(t), "PURSER_DATA": none, "PURSER_KEY": secret.NewKey().Text(),
				"PURSER_OIDC_ISSUER": "http://127.0.0.1:1/idp", "PURSER_OIDC_CLIENT_ID": "purser", "PURSER_OIDC_CLIENT_SECRET": clientSecret,
			}}
			r.key = secret.NewKey()
			r.env[tc.name] = tc.value
			about := tc.name
			if tc.about != "" {
				about = tc.about
			}
			report := r.examine()
			finds(t, report, want{check: "settings", about: about, status: doctor.Wrong})
			if report.Status != doctor.Wrong {
				t.Errorf("status %s", report.Status)
			}
		})
	}
}

// R81: what is wrong beyond the settings is found by the name of its check.
func TestPlantedMistakesAreFoundR81(t *testing.T) {
	const ok, warning, wrong = doctor.OK, doctor.Warning, doctor.Wrong
	for name, tc := range map[string]struct {
		plant func(*rig)
		want  want
	}{
		"a setting is misspelled":        {func(r *rig) { r.env["PURSER_SESION_IDLE"] = "5m" }, want{"unknown-settings", "PURSER_SESION_IDLE", warning, "misspelled"}},
		"the key lies inside the data":   {keyInside, want{"settings", "PURSER_KEY_FILE", wrong, "inside PURSER_DATA"}},
		"the key file is open to others": {exposedKey, want{"secret-files", "PURSER_KEY_FILE", warning, "Every account"}},
		"a simulator is set":             {func(*rig) {}, want{"simulator", "", warning, "simulator"}},
		"another key":                    {func(r *rig) { r.env["PURSER_KEY"] = secret.NewKey().Text() }, want{"key", "", wrong, "does not fit"}},
		"a proxy is not believed":        {func(r *rig) { r.env["PURSER_BASE_URL"] = "https://purser.contoso.com" }, want{"base-address", "", warning, "believes none"}},
		"no proxy, and networks": {func(r *rig) {
			r.env["PURSER_BASE_URL"], r.env["PURSER_TRUSTED_NETWORKS"] = "https://purser.contoso.com", "10.0.0.0/8"
		}, want{"trusted-networks", "PURSER_TRUSTED_NETWORKS", warning, "everyone or to no one"}},
		"networks keep everybody out":     {func(r *rig) { r.env["PURSER_TRUSTED_NETWORKS"] = "10.0.0.0/8" }, want{"trusted-networks", "PURSER_TRUSTED_NETWORKS", wrong, "no one can open it"}},
		"networks keep nobody out":        {func(r *rig) { r.env["PURSER_TRUSTED_NETWORKS"] = "0.0.0.0/0" }, want{"trusted-networks", "PURSER_TRUSTED_NETWORKS", warning, "every address"}},
		"plain http for the network":      {func(r *rig) { r.env["PURSER_ADDR"] = ":" + portOf(freeAddress(r.t)) }, want{"base-address", "", warning, "whole network"}},
		"the port is another program's":   {func(r *rig) { r.env["PURSER_ADDR"] = other(r.t) }, want{"listening", "", wrong, "not ready, or is not Purser"}},
		"the port is no web server's":     {func(r *rig) { r.env["PURSER_ADDR"] = silent(r.t) }, want{"listening", "", wrong, "cannot listen"}},
		"the address of metrics is taken": {func(r *rig) { r.env["PURSER_METRICS_ADDR"] = silent(r.t) }, want{"further-addresses", "PURSER_METRICS_ADDR", wrong, "cannot listen"}},
		"a certificate has expired":       {func(r *rig) { r.serve(-2*time.Hour, -time.Hour) }, want{"tls-certificate", "", wrong, "expired"}},
		"a certificate expires soon":      {func(r *rig) { r.serve(-time.Hour, 6*24*time.Hour) }, want{"tls-certificate", "", warning, "in 6 days"}},
		"a certificate is not valid yet":  {func(r *rig) { r.serve(time.Hour, 48*time.Hour) }, want{"tls-certificate", "", wrong, "not valid before"}},
		"a certificate is for another host": {func(r *rig) {
			r.serve(-time.Hour, 90*24*time.Hour)
			r.env["PURSER_BASE_URL"] = "https://purser.contoso.com"
		}, want{"tls-names", "", wrong, "not for purser.contoso.com"}},
		"a certificate of no authority": {func(r *rig) { r.serve(-time.Hour, 90*24*time.Hour) }, want{"tls-chain", "", warning, "vouches for itself"}},
		"a certificate that is trusted": {func(r *rig) {
			r.examined.Roots = x509.NewCertPool()
			r.examined.Roots.AppendCertsFromPEM([]byte(r.serve(-time.Hour, 90*24*time.Hour)))
		}, want{"tls-chain", "", ok, "trusts"}},
		"the data folder is not there": {func(r *rig) { r.env["PURSER_DATA"] = filepath.Join(r.t.TempDir(), "none") }, want{"data-folder", "", warning, "not there"}},
		"the data folder is a file": {func(r *rig) {
			r.env["PURSER_DATA"] = filepath.Join(r.t.TempDir(), "file")
			must(r.t, os.WriteFile(r.env["PURSER_DATA"], nil, 0o600))
		}, want{"data-folder", "", wrong, "is a file"}},
		"the data folder is not Purser's": {foreignFolder, want{"data-folder", "", wrong, "not Purser's own"}},
		"the database is another account's": {func(r *rig) {
			r.examined.Owner = func(info fs.FileInfo) (int, bool) {
				if info.IsDir() {
					return 990, true
				}
				return 0, true
			}
		}, want{"data-folder", "", wrong, "belongs to account 0"}},
		"the disk is another machine's":       {func(r *rig) { r.examined.Network = func(string) string { return "NFS" } }, want{"file-system", "", wrong, "NFS"}},
		"the disk is nearly full":             {func(r *rig) { r.space(20 << 20) }, want{"disk", "", wrong, "20 MiB are free"}},
		"the disk is getting full":            {func(r *rig) { r.space(500 << 20) }, want{"disk", "", warning, "500 MiB are free"}},
		"the database is newer":               {statement(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)`), want{"database", "", wrong, "newer version"}},
		"the database was changed":            {statement(`ALTER TABLE runs DROP COLUMN attended`), want{"database", "", wrong, "changed by hand"}},
		"the keyring is lost":                 {statement(`DELETE FROM installation`), want{"key", "", wrong, "keyring"}},
		"the database is damaged":             {damage, want{"database", "", wrong, "damaged"}},
		"the database is lost":                {func(r *rig) { must(r.t, os.Truncate(filepath.Join(r.folder, sqlite.File), 0)) }, want{"database", "", wrong, "empty or missing"}},
		"the database is older":               {older, want{"database", "", warning, "older version"}},
		"the copy of an upgrade does not fit": {func(r *rig) { older(r); r.space(1 << 10) }, want{"database", "", wrong, "does not fit"}},
		"there is no database":                {func(r *rig) { r.env["PURSER_DATA"] = r.t.TempDir() }, want{"database", "", warning, "no database yet"}},
		"the log is not one": {func(r *rig) {
			must(r.t, os.WriteFile(filepath.Join(r.folder, sqlite.File+"-wal"), bytes.Repeat([]byte{7}, 100), 0o600))
		}, want{"write-ahead-log", "", wrong, "cannot be read"}},
		"a copy of before an upgrade": {func(r *rig) {
			must(r.t, os.WriteFile(filepath.Join(r.folder, "purser-version-3.db"), []byte("x"), 0o600))
		}, want{"upgrade-copy", "", ok, "purser-version-3.db"}},
		"backups are made":                    {shelved(3*time.Hour, nil), want{"backups", "", ok, "The newest of 1 backup is 3 hours old and can be restored."}},
		"the newest backup is three days old": {shelved(75*time.Hour, nil), want{"backups", "", wrong, "3 days old"}},
		"the newest backup is damaged":        {shelved(time.Hour, func(r *rig, path string) { must(r.t, os.Truncate(path, 50_000)) }), want{"backups", "", wrong, "can't be restored"}},
		"the newest backup is of another key": {shelved(time.Hour, func(r *rig, _ string) { r.env["PURSER_KEY"] = secret.NewKey().Text() }), want{"backups", "", wrong, "another key"}},
		"there is no backup yet":              {func(r *rig) { r.env["PURSER_BACKUP_DIR"] = r.t.TempDir() }, want{"backups", "", warning, "no scheduled backup"}},
		"the folder for backups is gone":      {func(r *rig) { r.env["PURSER_BACKUP_DIR"] = filepath.Join(r.t.TempDir(), "none") }, want{"backups", "", wrong, "is not there"}},
		"the continuous copy goes on":         {copiedContinuously(0), want{"continuous-copy", "", ok, "is up to date"}},
		"the continuous copy stands still":    {copiedContinuously(30 * time.Minute), want{"continuous-copy", "", wrong, "30 minutes behind"}},
		"there is no continuous copy":         {func(r *rig) { r.env["PURSER_REPLICA_DIR"] = r.t.TempDir() }, want{"continuous-copy", "", wrong, "no continuous copy"}},
		"the log's file has no folder":        {func(r *rig) { r.env["PURSER_AUDIT_FILE"] = filepath.Join(r.t.TempDir(), "none", "log.jsonl") }, want{"log-shipping", "file", wrong, "can't be written"}},
		"the log's receiver is away": {func(r *rig) {
			r.env["PURSER_AUDIT_SYSLOG"] = "tcp://127.0.0.1:9"
			statement(`INSERT INTO activity_receivers VALUES ('syslog', 'tcp://127.0.0.1:9', 3, 1, 1700000000000, 'The syslog receiver does not answer.')`)(r)
		}, want{"log-shipping", "syslog", warning, "hasn't been shipped to tcp://127.0.0.1:9"}},
		"the log is shipped": {func(r *rig) {
			r.env["PURSER_AUDIT_SYSLOG"] = "tcp://127.0.0.1:9"
			statement(`INSERT INTO activity_receivers VALUES ('syslog', 'tcp://127.0.0.1:9', 3, 1, 0, '')`)(r)
		}, want{"log-shipping", "syslog", ok, "entry 3 was the last one"}},
		"mail can be sent":                {mailing(mailtest.Options{Username: "purser", Password: "hidden-Q~3"}, nil), want{"mail", "", ok, "Purser can send mail by 127.0.0.1:"}},
		"the mail server refuses sign-in": {mailing(mailtest.Options{Username: "purser", Password: "another"}, nil), want{"mail", "", wrong, "refused the username or the password (code 535)"}},
		"the mail server isn't trusted":   {mailing(mailtest.Options{Username: "purser", Password: "hidden-Q~3"}, func(r *rig) { delete(r.env, "PURSER_SMTP_CA") }), want{"mail", "", wrong, "doesn't trust the certificate"}},
		"the mail server is down":         {mailing(mailtest.Options{}, func(r *rig) { _, r.env["PURSER_SMTP_PORT"], _ = net.SplitHostPort(freeAddress(r.t)) }), want{"mail", "", wrong, "can't be reached"}},
		"webhooks go to named hosts":      {func(r *rig) { r.env["PURSER_WEBHOOK_HOSTS"] = "hooks.contoso.com, 10.0.0.5" }, want{"webhook-hosts", "", ok, "2 hosts: hooks.contoso.com, 10.0.0.5"}},
		"the provider is down":            {func(r *rig) { r.env["PURSER_OIDC_ISSUER"] = "http://" + freeAddress(r.t) + "/idp" }, want{"provider", "", wrong, "cannot connect"}},
		"the issuer is another one": {func(r *rig) {
			r.env["PURSER_OIDC_ISSUER"] = document(r.t, map[string]any{"issuer": "https://other.contoso.com"})
		}, want{"provider", "", wrong, "must agree to the letter"}},
		"the client is unknown":           {func(r *rig) { r.env["PURSER_OIDC_CLIENT_ID"] = "another" }, want{"provider-client", "", wrong, "client id or its secret"}},
		"the client secret is wrong":      {func(r *rig) { r.env["PURSER_OIDC_CLIENT_SECRET"] = "another" }, want{"provider-client", "", wrong, "client id or its secret"}},
		"the role claim is absent":        {func(r *rig) { r.env["PURSER_OIDC_ROLE_CLAIM"] = "groups" }, want{"provider-roles", "", warning, "does not list the claim groups"}},
		"the provider has no sign-out":    {func(r *rig) { r.env["PURSER_OIDC_ISSUER"] = document(r.t, map[string]any{"end_session_endpoint": ""}) }, want{"provider-sign-out", "", warning, "no address for signing out"}},
		"the clock is ten minutes ahead":  {clockBy(10 * time.Minute), want{"clock", "", wrong, "10m"}},
		"the clock is ten minutes behind": {clockBy(-10 * time.Minute), want{"clock", "", wrong, "behind"}},
		"the clock is two minutes ahead":  {clockBy(2 * time.Minute), want{"clock", "", warning, "ahead"}},
		"no one tells the time": {func(r *rig) {
			r.env["PURSER_OIDC_ISSUER"] = "http://" + freeAddress(r.t) + "/idp"
			r.env["PURSER_M365_SIMULATOR"] = "http://" + freeAddress(r.t)
		}, want{"clock", "", warning, "cannot be compared"}},
		"Microsoft cannot be reached": {func(r *rig) { r.env["PURSER_M365_SIMULATOR"] = "http://" + freeAddress(r.t) }, want{"tenant", "Contoso", wrong, "could not be asked"}},
		"the tenant is gone":          {microsoft(fixture("6f1c0000-0000-4000-8000-000000000009", secretFor("+200d"))), want{"tenant", "Contoso", wrong, "knows this tenant"}},
		"an app secret has expired":   {microsoft(fixture(tenantID, secretFor("-2d"))), want{"app-profile", "Reader", wrong, "AADSTS7000222"}},
		"a replaced secret has expired": {func(r *rig) {
			r.second("Second-Secret~2026")
			statement(fmt.Sprintf(`UPDATE app_credentials SET expires_at = %d WHERE added_at = (SELECT min(added_at) FROM app_credentials)`, time.Now().Add(-48*time.Hour).UnixMilli()))(r)
			microsoft(fixture(tenantID, `"secrets": [{"value": "`+appSecret+`", "expires": "-2d"}, {"value": "Second-Secret~2026", "expires": "+200d"}]`))(r)
		}, want{"app-credential", "Reader", warning, "expired"}},
		"an app secret expires soon":  {microsoft(fixture(tenantID, secretFor("+6d"))), want{"app-credential", "Reader", warning, "in 6 days"}},
		"an app secret was replaced":  {microsoft(fixture(tenantID, `"clientSecret": "Another-Secret~1"`)), want{"app-profile", "Reader", wrong, "AADSTS7000215"}},
		"a permission is missing":     {microsoft(fixture(tenantID, secretFor("+200d")+`, "permissions": ["Organization.Read.All", "User.Read.All"]`)), want{"app-profile", "Reader", wrong, "GroupMember.Read.All"}},
		"the consent was withdrawn":   {microsoft(fixture(tenantID, secretFor("+200d")+`, "permissions": [], "consented": false`)), want{"app-profile", "Reader", wrong, "withdrawn"}},
		"the app profile was altered": {statement(`UPDATE app_profiles SET application_id = 'a0000000-0000-4000-8000-000000000099'`), want{"app-profile", "Reader", wrong, "changed outside of Purser"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			tc.plant(r)
			before := hashes(t, r.folder)
			finds(t, r.examine(), tc.want)
			after := hashes(t, r.folder)
			delete(after, filepath.Join(r.folder, sqlite.File+"-shm")) // SQLite makes it where a log waits
			if !maps.Equal(before, after) {
				t.Errorf("the folder was changed:\n%v\n%v", before, after)
			}
		})
	}
}

func keyInside(r *rig) {
	r.env["PURSER_KEY_FILE"] = filepath.Join(r.folder, "key")
	must(r.t, os.WriteFile(r.env["PURSER_KEY_FILE"], []byte(r.key.Text()), 0o600))
	delete(r.env, "PURSER_KEY")
}

// exposedKey puts the key where every account gets at it: folders of tests are closed to others.
func exposedKey(r *rig) {
	folder, err := os.MkdirTemp("/tmp", "purser-doctor-")
	must(r.t, err)
	r.t.Cleanup(func() { _ = os.RemoveAll(folder) })
	r.env["PURSER_KEY_FILE"] = filepath.Join(folder, "key")
	delete(r.env, "PURSER_KEY")
	must(r.t, os.WriteFile(r.env["PURSER_KEY_FILE"], []byte(r.key.Text()), 0o600))
	must(r.t, errors.Join(os.Chmod(folder, 0o755), os.Chmod(r.env["PURSER_KEY_FILE"], 0o644)))
}

func foreignFolder(r *rig) {
	folder := r.t.TempDir()
	must(r.t, os.WriteFile(filepath.Join(folder, "letter.txt"), []byte("x"), 0o644))
	must(r.t, os.Chmod(folder, 0o755))
	r.env["PURSER_DATA"] = folder
}

// serve gives Purser a certificate of its own.
func (r *rig) serve(from, until time.Duration) (cert string) {
	cert, key := certtest.Issue(r.t, certtest.Spec{From: from, Until: until})
	r.env["PURSER_TLS_CERT"], r.env["PURSER_TLS_KEY"] = cert, key
	r.env["PURSER_BASE_URL"] = "https://" + r.env["PURSER_ADDR"]
	return cert
}

// shelved makes a scheduled backup that is so old, and does something about it.
func shelved(age time.Duration, then func(r *rig, path string)) func(*rig) {
	return func(r *rig) {
		r.env["PURSER_BACKUP_DIR"] = r.t.TempDir()
		cfg, err := app.Checks().Load(r.environ())
		must(r.t, err)
		key, err := secret.ParseKey(cfg.Key)
		must(r.t, err)
		source := func(ctx context.Context, to string) (map[string]int64, error) {
			return sqlite.CopyFile(ctx, r.folder, to)
		}
		made, err := backup.Write(r.t.Context(), source, app.ShelfOf(cfg).PathOf(time.Now().Add(-age)), backup.Options{Keys: []secret.Keeper{key}, Program: "test", Now: time.Now})
		must(r.t, err)
		if then != nil {
			then(r, made.File)
		}
	}
}

// copiedContinuously makes a copy, as far as its times tell, that is so far behind.
func copiedContinuously(by time.Duration) func(*rig) {
	return func(r *rig) {
		folder := r.t.TempDir()
		r.env["PURSER_REPLICA_DIR"] = folder
		piece := filepath.Join(folder, "0000000000000001-0000000000000001.ltx")
		must(r.t, os.WriteFile(piece, []byte("x"), 0o600))
		copied, written := time.Now().Add(-by), time.Now()
		if by == 0 {
			written = written.Add(-time.Hour)
		}
		must(r.t, os.Chtimes(piece, copied, copied))
		must(r.t, os.Chtimes(filepath.Join(r.folder, sqlite.File), written, written))
	}
}

func (r *rig) space(free uint64) {
	r.examined.Space = func(string) (doctor.Space, error) { return doctor.Space{Free: free, Total: 200 << 30}, nil }
}

func statement(text string) func(*rig) {
	return func(r *rig) {
		db, err := sql.Open("sqlite", filepath.Join(r.folder, sqlite.File))
		must(r.t, err)
		_, err = db.Exec(text)
		must(r.t, errors.Join(err, db.Close()))
	}
}

func older(r *rig) {
	r.env["PURSER_DATA"] = r.t.TempDir()
	sqlitetest.MakeOld(r.t, r.env["PURSER_DATA"], 15, func(*sql.DB) error { return nil })
}

func damage(r *rig) {
	path := filepath.Join(r.folder, sqlite.File)
	b, err := os.ReadFile(path)
	must(r.t, err)
	copy(b[4096:], bytes.Repeat([]byte{0xff}, len(b)-4096))
	must(r.t, os.WriteFile(path, b, 0o600))
}

// second adds a second secret to the app profile, beside the first.
func (r *rig) second(value string) {
	r.t.Helper()
	r.env["PURSER_M365_SIMULATOR"] = simulated(r.t, fixture(tenantID, `"secrets": [{"value": "`+appSecret+`", "expires": "+200d"}, {"value": "`+value+`", "expires": "+200d"}]`))
	a := r.open()
	here := audit.Origin{Request: "r1", Address: "127.0.0.1"}
	page, err := a.Apps.List(r.t.Context(), adele, appprofile.Query{})
	must(r.t, err)
	p := page.Rows[0]
	_, err = a.Apps.AddCredential(r.t.Context(), adele, here, p.ID, p.Version, appprofile.NewCredential{Choice: appprofile.ASecret, Secret: secret.FromString(value)})
	must(r.t, errors.Join(err, a.Close()))
}

func clockBy(d time.Duration) func(*rig) {
	return func(r *rig) { r.examined.Now = func() time.Time { return time.Now().UTC().Add(d) } }
}

func microsoft(fixture string) func(*rig) {
	return func(r *rig) { r.env["PURSER_M365_SIMULATOR"] = simulated(r.t, fixture) }
}

// other is a web server that is not Purser.
func other(t *testing.T) string {
	server := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// silent is a program that hangs up on everyone.
func silent(t *testing.T) string {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { _ = ln.Close() })
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			_ = conn.Close()
		}
	}()
	return ln.Addr().String()
}

func portOf(addr string) string {
	_, port, _ := net.SplitHostPort(addr)
	return port
}

// mailing lets mail go to a server of that kind, with more that is changed.
func mailing(o mailtest.Options, more func(*rig)) func(*rig) {
	return func(r *rig) {
		s := mailtest.Start(r.t, o)
		host, port, err := net.SplitHostPort(s.Addr())
		must(r.t, err)
		for name, value := range map[string]string{"HOST": host, "PORT": port, "FROM": "purser@contoso.com", "USERNAME": "purser", "PASSWORD": "hidden-Q~3", "CA": s.CA} {
			r.env["PURSER_SMTP_"+name] = value
		}
		if more != nil {
			more(r)
		}
	}
}
