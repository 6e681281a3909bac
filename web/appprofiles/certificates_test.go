package appprofiles_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"purser.example/internal/demo/demotest"
)

// pair makes a certificate and its private key, PEM.
func pair(t *testing.T) (certificate, key string) {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "Purser"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(300 * 24 * time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	inside, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: inside}))
}

// R71: a certificate of one's own with its key is tried and kept; without its key, and with that of another, it is refused. The key comes
// back on no page and in no log, and the public part alone can be downloaded.
func TestACertificateOfYours(t *testing.T) {
	certificate, key := pair(t)
	_, other := pair(t)
	quoted, err := json.Marshal(certificate)
	if err != nil {
		t.Fatal(err)
	}
	h := demotest.OpenFixture(t, `{"tenants": [{"id": "`+contoso+`", "displayName": "Contoso", "initialDomain": "contoso.onmicrosoft.com", "domains": [{"id": "contoso.com"}],
		"apps": [{"appId": "`+app+`", "certificates": [`+string(quoted)+`]}]}]}`)
	b := h.SignedIn(t, "owner@purser.test")
	form := typed(url.Values{"credential": {"certificate"}, "client_secret": nil})
	for file, says := range map[string]string{certificate: "no private key", key: "no certificate", certificate + other: "belongs to another certificate"} {
		res := upload(t, b, form, file)
		if note := res.Page(t).Find("#certificate_file-notes .field-error"); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(note.Text(), says) {
			t.Errorf("%d, %q, want %q", res.StatusCode, note.Text(), says)
		}
	}
	res := upload(t, b, form, certificate+key)
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("not saved: %d %s", res.StatusCode, plain(res.Page(t).Find("#outcome")))
	}
	of := row(t, b, "Contoso app")
	details := b.Get(of.Find("a").AttrOr("href", "/nowhere"))
	if plain(of.Find(".badge")) != "Active" || plain(cell(of, "Credential")) != "Certificate" || !strings.Contains(plain(of.Find("td[data-label='Credential expires']")), "months") {
		t.Errorf("the row says %s", plain(of))
	}
	file := b.Get(details.Page(t).Find("a:contains('Download certificate')").AttrOr("href", "/nowhere"))
	secret := strings.Split(key, "\n")[15] // of its primes; the modulus before them is in the certificate too
	if file.Text() != certificate {
		t.Errorf("the download is %d %s", file.StatusCode, file.Text())
	}
	if strings.Contains(details.Text(), secret) || strings.Contains(h.Log.String(), secret) {
		t.Error("the key is where it must not be")
	}
}
