package directory

import (
	"crypto/rsa"
	"crypto/sha1" // the certificate thumbprint of x5t is SHA-1 by RFC 7515
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"time"

	"purser.example/internal/m365sim/fixture"
)

// App is an app registration at work.
type App struct {
	fixture.App
	secrets      []Secret
	certificates []Certificate
}

// Secret is a client secret of an app.
type Secret struct {
	Value   string
	Expires time.Time // zero: never
}

// Certificate is a public key that an app may sign its assertions with.
type Certificate struct {
	Key         *rsa.PublicKey
	X5T, X5T256 string // thumbprints, base64url without padding
	NotAfter    time.Time
}

// Secrets are the app's, expired ones included.
func (a *App) Secrets() []Secret { return a.secrets }

// Certificates are the app's, expired ones included.
func (a *App) Certificates() []Certificate { return a.certificates }

// newApp resolves the fixture's words, noting what is wrong with them.
func (t *Tenant) newApp(f fixture.App, path string, m *fixture.Mistakes) *App {
	f.AppID = m.GUID(path+".appId", f.AppID)
	if f.DisplayName == "" {
		f.DisplayName = "App " + f.AppID[:min(8, len(f.AppID))]
	}
	a := &App{App: f}
	if f.ClientSecret != "" {
		a.secrets = append(a.secrets, Secret{Value: f.ClientSecret})
	}
	for i, s := range f.Secrets {
		at := fmt.Sprintf("%s.secrets[%d]", path, i)
		if s.Value == "" {
			m.Add(at+".value", "is needed")
		}
		a.secrets = append(a.secrets, Secret{s.Value, m.Time(at+".expires", s.Expires)})
	}
	for i, text := range f.Certificates {
		cert, why := readCertificate(text)
		if why != "" {
			m.Add(fmt.Sprintf("%s.certificates[%d]", path, i), "%s", why)
		}
		a.certificates = append(a.certificates, cert)
	}
	return a
}

func readCertificate(text string) (cert Certificate, why string) {
	block, _ := pem.Decode([]byte(text))
	if block == nil || block.Type != "CERTIFICATE" {
		return cert, "must be one PEM certificate"
	}
	parsed, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return cert, "is not a readable certificate"
	}
	key, ok := parsed.PublicKey.(*rsa.PublicKey)
	if !ok {
		return cert, "must hold an RSA key"
	}
	one, two := sha1.Sum(parsed.Raw), sha256.Sum256(parsed.Raw)
	return Certificate{key, thumbprint(one[:]), thumbprint(two[:]), parsed.NotAfter}, ""
}

func thumbprint(sum []byte) string { return base64.RawURLEncoding.EncodeToString(sum) }
