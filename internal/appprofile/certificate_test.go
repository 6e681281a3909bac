package appprofile_test

import (
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"software.sslmate.com/src/go-pkcs12"

	"purser.example/internal/account"
	"purser.example/internal/app"
	"purser.example/internal/appprofile"
	"purser.example/internal/problem"
	"purser.example/internal/secret"
	"purser.example/internal/verdict"
)

const hour = time.Hour

func certDraft(n appprofile.NewCredential) appprofile.Draft {
	return appprofile.Draft{Name: "Contoso", Tenant: "contoso.com", ApplicationID: certApp, Credential: n}
}

// R71: a certificate of theirs is taken in every form that openssl and Windows write, with a chain beside it, and serves for tokens of
// the app and for sign-ins with a password.
func TestACertificateOfTheirs(t *testing.T) {
	p, ca := newPair(t, 2048, -hour, 48*hour), newPair(t, 3072, -hour, 48*hour)
	leaf, err := x509.ParseCertificate(p.cert)
	must(t, err)
	above, err := x509.ParseCertificate(ca.cert)
	must(t, err)
	pfx := func(e *pkcs12.Encoder, chain []*x509.Certificate, password string) string {
		file, err := e.Encode(p.key, leaf, chain, password)
		must(t, err)
		return string(file)
	}
	for name, n := range map[string]appprofile.NewCredential{
		"PEM, PKCS #1":                    withFile(p.public()+p.pkcs1(), ""),
		"PEM, PKCS #8, the key first":     withFile(p.pkcs8(t)+p.public(), ""),
		"PEM with a chain, its end first": withFile(ca.public()+p.public()+p.pkcs8(t), ""),
		"PFX":                             withFile(pfx(pkcs12.Modern, nil, "Pfx-Wörd"), "Pfx-Wörd"),
		"PFX as Windows writes it":        withFile(pfx(pkcs12.LegacyDES, nil, "word"), "word"),
		"PFX with a chain":                withFile(pfx(pkcs12.Modern, []*x509.Certificate{above}, "word"), "word"),
		"PFX with an empty password":      withFile(pfx(pkcs12.Modern, nil, ""), ""),
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, p.public())
			made, err := r.Create(ctx, adele, here, certDraft(n))
			must(t, err)
			c := made.Credentials[0]
			if made.Status != appprofile.Active || c.Kind != appprofile.Certificate || !c.Expires.Equal(leaf.NotAfter) || string(c.Public) != string(p.cert) || len(c.Thumbprint()) != 40 {
				t.Errorf("%+v", made)
			}
			r.steer(t, "PATCH", "/_sim/tenants/"+string(contoso), `{"securityDefaults": false}`)
			validator, _ := app.Microsoft(r.client)
			found, err := r.tenants.Find(ctx, contoso)
			must(t, err)
			a, err := r.Credentials(ctx, contoso)
			must(t, err)
			v := validator.Validate(ctx, account.Account{Tenant: found, App: a, Username: "svc@contoso.com", Password: secret.FromString("Marked-Secret-2026!")})
			if v.Status != verdict.Valid {
				t.Errorf("a sign-in by it: %s %s %s", v.Status, v.Code, v.Detail)
			}
			if strings.Contains(r.log.String(), "PRIVATE") {
				t.Error("a key is in the log")
			}
		})
	}
}

// R71: a certificate that is of no use is refused with what is wrong with it, and Microsoft is not asked.
func TestACertificateThatIsOfNoUse(t *testing.T) {
	t.Setenv("GODEBUG", "rsa1024min=0")
	good, other := newPair(t, 2048, -hour, 48*hour), newPair(t, 3072, -hour, 48*hour)
	leaf, err := x509.ParseCertificate(good.cert)
	must(t, err)
	pfx, err := pkcs12.Modern.Encode(good.key, leaf, nil, "right")
	must(t, err)
	trust, err := pkcs12.Modern.EncodeTrustStore([]*x509.Certificate{leaf}, "right")
	must(t, err)
	ec, ecPEM := ecKey(t)
	ecCert := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificateOf(t, ec, ec.Public(), -hour, hour)}))
	short := newPair(t, 1024, -hour, 48*hour)
	encrypted := "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n"
	older := "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nMIIB\n-----END RSA PRIVATE KEY-----\n"
	for name, tc := range map[string]struct {
		file, password, field, says string
	}{
		"nothing":                        {"", "", appprofile.FieldFile, "Choose a file"},
		"a certificate without its key":  {good.public(), "", appprofile.FieldFile, "no private key"},
		"a key without its certificate":  {good.pkcs8(t), "", appprofile.FieldFile, "no certificate"},
		"the key of another certificate": {good.public() + other.pkcs8(t), "", appprofile.FieldFile, "another certificate"},
		"two keys":                       {good.public() + good.pkcs8(t) + other.pkcs8(t), "", appprofile.FieldFile, "several private keys"},
		"an encrypted key":               {good.public() + encrypted, "", appprofile.FieldFile, "encrypted"},
		"a key encrypted as formerly":    {good.public() + older, "", appprofile.FieldFile, "encrypted"},
		"an expired one":                 {newPair(t, 2048, -48*hour, -hour).public() + good.pkcs8(t), "", appprofile.FieldFile, "expired"},
		"one that is not valid yet":      {newPair(t, 2048, hour, 48*hour).public() + good.pkcs8(t), "", appprofile.FieldFile, "not valid until"},
		"1024 bits":                      {short.public() + short.pkcs8(t), "", appprofile.FieldFile, "too short"},
		"an elliptic curve":              {ecCert + ecPEM, "", appprofile.FieldFile, "not an RSA key"},
		"a wrong password":               {string(pfx), "wrong", appprofile.FieldPassword, "password"},
		"a PFX without a key":            {string(trust), "right", appprofile.FieldFile, "private key"},
		"a damaged PFX":                  {string(pfx[:len(pfx)/2]), "right", appprofile.FieldFile, "damaged"},
		"garbage":                        {"\x30\x82\x01\x00garbage", "", appprofile.FieldFile, "damaged"},
		"a megabyte":                     {good.public() + strings.Repeat("#", 1<<20), "", appprofile.FieldFile, "larger than"},
		"a certificate cut short":        {"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n" + good.pkcs8(t), "", appprofile.FieldFile, "cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, good.public())
			_, err := r.Create(ctx, adele, here, certDraft(withFile(tc.file, tc.password)))
			fields := problem.Fields(err)
			if len(fields) != 1 || fields[0].Field != tc.field || !strings.Contains(fields[0].Message, tc.says) {
				t.Errorf("err = %v, fields %+v", err, fields)
			}
			if len(r.sim.Requests()) != 0 {
				t.Error("Microsoft was asked")
			}
		})
	}
}

// R71: a certificate that the app registration does not have is refused by Microsoft.
func TestACertificateThatMicrosoftDoesNotKnow(t *testing.T) {
	p, other := newPair(t, 2048, -hour, 48*hour), newPair(t, 3072, -hour, 48*hour)
	r := newRig(t, other.public())
	_, err := r.Create(ctx, adele, here, certDraft(withFile(p.public()+p.pkcs8(t), "")))
	if fields := problem.Fields(err); len(fields) != 1 || fields[0].Field != appprofile.FieldFile || !strings.Contains(fields[0].Message, "AADSTS700027") {
		t.Errorf("err = %v", err)
	}
	if n, m := r.kept(t); n != 0 || m != 0 {
		t.Errorf("%d app profiles, %d tenants", n, m)
	}
}

// R71: a certificate that Purser makes waits until somebody has uploaded it; its key is sealed, and in no file of the database.
func TestACertificateThatPurserMakes(t *testing.T) {
	first := newPair(t, 2048, -hour, 48*hour)
	r := newRig(t, first.public())
	p, err := r.Create(ctx, adele, here, certDraft(appprofile.NewCredential{Choice: appprofile.Ours}))
	must(t, err)
	c := p.Credentials[0]
	if p.Status != appprofile.NotChecked || !c.Made || c.Standing != appprofile.Waiting || r.asked("/oauth2/") != 0 {
		t.Errorf("%+v", p)
	}
	block, _ := pem.Decode(c.PEM())
	cert, err := x509.ParseCertificate(block.Bytes)
	must(t, err)
	if years := time.Until(cert.NotAfter).Hours() / 24 / 365; years < 1.99 || years > 2.01 || cert.CheckSignature(cert.SignatureAlgorithm, cert.RawTBSCertificate, cert.Signature) != nil {
		t.Errorf("a certificate until %s", cert.NotAfter)
	}
	p, err = r.Check(ctx, adele, here, p.ID)
	must(t, err)
	if p.Status != appprofile.NotChecked || p.Finding.Code != "AADSTS700027" || !strings.Contains(p.Finding.Remedy, "upload") || p.Credentials[0].Standing != appprofile.Waiting {
		t.Errorf("before the upload: %+v", p)
	}
	r.steer(t, "PATCH", "/_sim/tenants/"+string(contoso), `{"apps": [{"appId": "`+certApp+`", "certificates": ["`+strings.ReplaceAll(string(c.PEM()), "\n", `\n`)+`"]}]}`)
	p, err = r.Check(ctx, adele, here, p.ID)
	must(t, err)
	if p.Status != appprofile.Active || p.Credentials[0].Standing != appprofile.Accepted || p.Finding.Code != "" {
		t.Errorf("after the upload: %+v", p)
	}
	a, err := r.Credentials(ctx, contoso)
	must(t, err)
	key := string(a.Secret.Reveal())
	for _, file := range r.files(t) {
		text, err := os.ReadFile(file)
		must(t, err)
		if strings.Contains(string(text), key[len(key)-120:len(key)-40]) {
			t.Errorf("the key is in %s", filepath.Base(file))
		}
	}
}

// R74: a made certificate beside a secret does not take its place before Microsoft knows it.
func TestAMadeCertificateBesideASecretWaits(t *testing.T) {
	r := newRig(t)
	p, err := r.Create(ctx, adele, here, draft("Contoso", "contoso.com", otherApp, "Other-Secret~1"))
	must(t, err)
	p, err = r.AddCredential(ctx, adele, here, p.ID, p.Version, appprofile.NewCredential{Choice: appprofile.Ours})
	must(t, err)
	if a, err := r.Credentials(ctx, contoso); err != nil || a.Kind != appprofile.Secret || p.Status != appprofile.Active {
		t.Errorf("%v %v %s", a.Kind, err, p.Status)
	}
	made := p.Credentials[1]
	r.steer(t, "PATCH", "/_sim/tenants/"+string(contoso), `{"apps": [{"appId": "`+otherApp+`", "clientSecret": "Other-Secret~1", "certificates": ["`+strings.ReplaceAll(string(made.PEM()), "\n", `\n`)+`"]}]}`)
	before := len(r.sim.Requests())
	p, err = r.Check(ctx, adele, here, p.ID)
	must(t, err)
	if n := len(r.sim.Requests()) - before; n > 6 {
		t.Errorf("%d requests", n)
	}
	if a, err := r.Credentials(ctx, contoso); err != nil || a.Kind != appprofile.Certificate {
		t.Errorf("%v %v", a.Kind, err)
	}
	if _, err := r.RemoveCredential(ctx, adele, here, p.ID, p.Version, p.Credentials[0].ID); err != nil {
		t.Error(err)
	}
}

// R74: the marks are told when they are reached.
func TestEnding(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	day := 24 * hour
	for _, tc := range []struct {
		left       time.Duration
		days, mark int
		ended      bool
	}{
		{31 * day, 31, 0, false},
		{30 * day, 30, 30, false},
		{15 * day, 15, 30, false},
		{14 * day, 14, 14, false},
		{7*day - hour, 7, 7, false},
		{day, 1, 1, false},
		{hour, 1, 1, false},
		{0, 0, 0, true},
		{-day, -1, 0, true},
	} {
		e := appprofile.Credential{Expires: now.Add(tc.left)}.Ending(now)
		if e.Days != tc.days || e.Mark != tc.mark || e.Ended != tc.ended || e.Near() != (tc.mark > 0 || tc.ended) {
			t.Errorf("%s left: %+v", tc.left, e)
		}
	}
	if e := (appprofile.Credential{}).Ending(now); e.Near() {
		t.Errorf("no end: %+v", e)
	}
}
