package contract

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/confidential"
)

// newAppCertificate makes a certificate for an app, in PEM for the fixture too.
func newAppCertificate(t *testing.T) (text string, certificate *x509.Certificate, key *rsa.PrivateKey) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err = x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw})), certificate, key
}

func secret(t *testing.T, value string) confidential.Credential {
	t.Helper()
	credential, err := confidential.NewCredFromSecret(value)
	if err != nil {
		t.Fatal(err)
	}
	return credential
}

func (w *world) signInApp(t *testing.T, app string, credential confidential.Credential) (confidential.AuthResult, error) {
	t.Helper()
	client, err := confidential.New(login+tenantID, app, credential, confidential.WithHTTPClient(w.http), confidential.WithInstanceDiscovery(false))
	if err != nil {
		t.Fatal(err)
	}
	return client.AcquireTokenByCredential(t.Context(), []string{graph})
}

// TestApp signs an app in as itself, by secret and by certificate, and shows its token to Graph.
func TestApp(t *testing.T) {
	text, certificate, key := newAppCertificate(t)
	w := newWorld(t)
	pinned, err := json.Marshal([]any{map[string]any{"appId": daemonID, "publicClient": false, "clientSecret": "good-secret", "certificates": []string{text}, "permissions": []string{"User.Read.All"}}})
	if err != nil {
		t.Fatal(err)
	}
	w.change(t, "tenants/"+tenantID, `{"apps": `+string(pinned)+`}`)
	byCertificate, err := confidential.NewCredFromCert([]*x509.Certificate{certificate}, key)
	if err != nil {
		t.Fatal(err)
	}
	for name, credential := range map[string]confidential.Credential{"secret": secret(t, "good-secret"), "certificate": byCertificate} {
		t.Run("by "+name, func(t *testing.T) {
			result, err := w.signInApp(t, daemonID, credential)
			if err != nil {
				t.Fatal(err)
			}
			if status, body := w.get(t, result.AccessToken, "/users/svc@contoso.com"); status != http.StatusOK || body["userPrincipalName"] != "svc@contoso.com" {
				t.Errorf("%d %v", status, body)
			}
			if status, body := w.get(t, result.AccessToken, "/groups"); status != http.StatusForbidden {
				t.Errorf("a permission that the app has not: %d %v", status, body)
			}
		})
	}
}

// TestRefusalInTheLog finds a refusal in the tenant's log by the correlation id that MSAL was given, as support would.
func TestRefusalInTheLog(t *testing.T) {
	w := newWorld(t)
	w.change(t, "tenants/"+tenantID, `{"apps": [{"appId": "`+appID+`"}, {"appId": "`+daemonID+`", "clientSecret": "good-secret", "permissions": ["AuditLog.Read.All", "Policy.Read.All"]}]}`)
	_, err := signIn(t, w.client(t, appID, tenantID), "blocked@contoso.com", password)
	got := refused(t, err)
	app, err := w.signInApp(t, daemonID, secret(t, "good-secret"))
	if err != nil {
		t.Fatal(err)
	}
	status, body := w.get(t, app.AccessToken, "/auditLogs/signIns?$filter=correlationId%20eq%20'"+got.CorrelationID+"'")
	text, err := json.Marshal(body["value"])
	if err != nil {
		t.Fatal(err)
	}
	if status != http.StatusOK || !strings.Contains(string(text), `"errorCode":53003`) || !strings.Contains(string(text), "Block all but managed devices") {
		t.Errorf("%d %s", status, text)
	}
}

// TestAppRefusals is each way in which an app cannot prove itself.
func TestAppRefusals(t *testing.T) {
	w := newWorld(t)
	_, certificate, key := newAppCertificate(t)
	unknown, err := confidential.NewCredFromCert([]*x509.Certificate{certificate}, key)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		app        string
		credential confidential.Credential
		code       int
		status     int
	}{
		"a wrong secret":               {daemonID, secret(t, "x"), 7000215, 401},
		"a certificate nobody knows":   {daemonID, unknown, 700027, 401},
		"an app nobody knows":          {unknownID, secret(t, "good-secret"), 700016, 400},
		"an app without any of either": {appID, secret(t, "good-secret"), 7000215, 401},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.signInApp(t, c.app, c.credential)
			if got := refused(t, err); !slices.Equal(got.Codes, []int{c.code}) || got.Status != c.status {
				t.Errorf("%+v", got)
			}
		})
	}
}
