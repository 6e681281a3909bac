package appprofile_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/app"
	"purser.example/internal/appprofile"
	"purser.example/internal/audit"
	"purser.example/internal/m365sim"
	"purser.example/internal/microsoft"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/appprofiles"
	"purser.example/internal/sqlite/sqlitetest"
	"purser.example/internal/sqlite/tenants"
	"purser.example/internal/tenant"
)

var (
	ctx   = context.Background()
	adele = access.Caller{Issuer: "https://idp.contoso.com", Subject: "s1", Name: "Adele Vance", SignIn: "adele@contoso.com", Roles: []access.Role{access.ServiceAdministrator}}
	here  = audit.Origin{Request: "r1", Address: "127.0.0.1"}
)

const (
	contoso  = tenant.ID("6f1c0000-0000-4000-8000-000000000001")
	fabrikam = tenant.ID("6f1c0000-0000-4000-8000-000000000002")
	federal  = tenant.ID("6f1c0000-0000-4000-8000-000000000003")

	appID    = "a0000000-0000-4000-8000-000000000001"
	certApp  = "a0000000-0000-4000-8000-000000000002"
	poorApp  = "a0000000-0000-4000-8000-000000000003"
	otherApp = "a0000000-0000-4000-8000-000000000004"
	publicID = "a0000000-0000-4000-8000-000000000005"

	word = "Marked-App-Secret~2026"
)

// rig is the service with everything real around it: simulator over HTTP, client, database file.
type rig struct {
	*appprofile.Service
	sim     *m365sim.Simulator
	server  *httptest.Server
	db      *sqlite.DB
	ring    *secret.Keyring
	tenants *tenant.Service
	client  *microsoft.Client
	log     *bytes.Buffer

	mu     sync.Mutex
	offset time.Duration
}

func (r *rig) now() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return time.Now().UTC().Add(r.offset)
}

func (r *rig) advance(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.offset += d
}

// pair is a key with its certificate.
type pair struct {
	key  *rsa.PrivateKey
	cert []byte // DER
}

var pairs sync.Map // by bits: to make a key takes a while

func newPair(t testing.TB, bits int, from, to time.Duration) pair {
	t.Helper()
	made, known := pairs.Load(bits)
	if !known {
		key, err := rsa.GenerateKey(rand.Reader, bits)
		must(t, err)
		made, _ = pairs.LoadOrStore(bits, key)
	}
	key := made.(*rsa.PrivateKey)
	return pair{key, certificateOf(t, key, key.Public(), from, to)}
}

func certificateOf(t testing.TB, signer crypto.Signer, public any, from, to time.Duration) []byte {
	t.Helper()
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<60))
	must(t, err)
	template := &x509.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: "Test"}, NotBefore: time.Now().Add(from), NotAfter: time.Now().Add(to)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, public, signer)
	must(t, err)
	return der
}

func (p pair) public() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.cert}))
}

func (p pair) pkcs1() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(p.key)}))
}

func (p pair) pkcs8(t testing.TB) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(p.key)
	must(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

func ecKey(t testing.TB) (*ecdsa.PrivateKey, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	der, err := x509.MarshalECPrivateKey(key)
	must(t, err)
	return key, string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}))
}

func newRig(t testing.TB, certificates ...string) *rig {
	t.Helper()
	certs, err := json.Marshal(append([]string{}, certificates...))
	must(t, err)
	read, err := m365sim.Read(strings.NewReader(`{"tenants": [
		{"id": "` + string(contoso) + `", "displayName": "Contoso", "initialDomain": "contoso.onmicrosoft.com", "domains": [{"id": "contoso.com"}, {"id": "contoso.example"}],
		 "securityDefaults": true, "sharePoint": {"legacyAuthEnabled": true},
		 "users": [{"userPrincipalName": "svc@contoso.com", "password": "Marked-Secret-2026!", "servicePlans": ["SHAREPOINTENTERPRISE"]}],
		 "apps": [{"appId": "` + appID + `", "secrets": [{"value": "` + word + `", "expires": "+20d"}, {"value": "Old-Secret~0000", "expires": "-2d"}]},
			{"appId": "` + certApp + `", "certificates": ` + string(certs) + `},
			{"appId": "` + poorApp + `", "clientSecret": "Poor-Secret~1", "permissions": [], "consented": false},
			{"appId": "` + otherApp + `", "clientSecret": "Other-Secret~1"},
			{"appId": "` + publicID + `"}]},
		{"id": "` + string(fabrikam) + `", "displayName": "Fabrikam", "initialDomain": "fabrikam.onmicrosoft.com", "cloud": "gcc", "domains": [{"id": "fabrikam.com"}], "apps": [{"appId": "` + otherApp + `", "clientSecret": "Fabrikam-Secret~1"}]},
		{"id": "` + string(federal) + `", "displayName": "Contoso Federal", "initialDomain": "contosofederal.onmicrosoft.us", "cloud": "gccHigh", "apps": [{"appId": "` + appID + `", "clientSecret": "Federal-Secret~1"}]}]}`))
	must(t, err)
	r := &rig{log: &bytes.Buffer{}}
	r.sim, err = m365sim.New(read, m365sim.Options{})
	must(t, err)
	r.server = httptest.NewServer(r.sim)
	t.Cleanup(r.server.Close)
	address, err := url.Parse(r.server.URL)
	must(t, err)
	r.db, r.ring = sqlitetest.Open(t, r.now)
	r.tenants = tenant.NewService(tenants.New(r.db), r.ring, r.now)
	r.client = microsoft.New(microsoft.Config{Simulator: address, Now: r.now, Log: slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug})), CallTimeout: 5 * time.Second, Patience: time.Millisecond})
	r.Service = appprofile.NewService(appprofile.Parts{Store: appprofiles.New(r.db), Tenants: r.tenants, Directory: app.Apps(r.client), Ring: r.ring, Now: r.now})
	return r
}

// steer changes the simulator by its control address.
func (r *rig) steer(t testing.TB, method, path, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, method, r.server.URL+path, strings.NewReader(body))
	must(t, err)
	resp, err := http.DefaultClient.Do(req)
	must(t, err)
	defer func() { must(t, resp.Body.Close()) }()
	if resp.StatusCode/100 != 2 {
		t.Fatalf("%s %s: %d", method, path, resp.StatusCode)
	}
}

// kept is how many app profiles there are, and how many tenants.
func (r *rig) kept(t testing.TB) (profiles, connected int) {
	t.Helper()
	page, err := r.List(ctx, adele, appprofile.Query{})
	must(t, err)
	all, err := r.tenants.All(ctx, adele)
	must(t, err)
	return page.Total, len(all)
}

// asked counts the requests to a path that begins so.
func (r *rig) asked(prefix string) (n int) {
	for _, q := range r.sim.Requests() {
		if strings.Contains(q.Path, prefix) {
			n++
		}
	}
	return n
}

func draft(name, of, application, value string) appprofile.Draft {
	return appprofile.Draft{Name: name, Tenant: of, ApplicationID: application, Credential: withSecret(value)}
}

func withSecret(value string) appprofile.NewCredential {
	return appprofile.NewCredential{Choice: appprofile.ASecret, Secret: secret.FromString(value)}
}

func withFile(file, password string) appprofile.NewCredential {
	return appprofile.NewCredential{Choice: appprofile.Theirs, File: secret.FromString(file), Password: secret.FromString(password)}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// tamper writes into the database behind Purser's back.
func (r *rig) tamper(t testing.TB, statement string) {
	t.Helper()
	must(t, r.db.Write(ctx, func(tx *sqlite.Tx) error {
		_, err := tx.Exec(statement)
		return err
	}))
}

// files are those of the database.
func (r *rig) files(t testing.TB) []string {
	t.Helper()
	var main string
	must(t, r.db.QueryRow(ctx, `SELECT file FROM pragma_database_list WHERE name = 'main'`).Scan(&main))
	found, err := filepath.Glob(main + "*")
	must(t, err)
	return found
}
