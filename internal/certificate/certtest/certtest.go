// Package certtest makes certificates for tests, each of its own authority.
package certtest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"testing"
	"time"
)

// Spec says which certificate to make. What is left out is as usual: ECDSA, valid since an hour ago and for another one.
type Spec struct {
	Serial      int64
	RSA         bool
	From, Until time.Duration // from now
	Names       []string      // of hosts beside 127.0.0.1
}

// Issue makes a certificate for 127.0.0.1 that vouches for itself, and its key, in PEM.
func Issue(t testing.TB, s Spec) (cert, key string) {
	t.Helper()
	if s.From == 0 {
		s.From = -time.Hour
	}
	if s.Until == 0 {
		s.Until = time.Hour
	}
	signer := signerOf(t, s.RSA)
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(s.Serial), NotBefore: now.Add(s.From), NotAfter: now.Add(s.Until), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: s.Names,
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, signer.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(signer)
	if err != nil {
		t.Fatal(err)
	}
	return encoded("CERTIFICATE", der), encoded("PRIVATE KEY", secret)
}

func signerOf(t testing.TB, likeRSA bool) crypto.Signer {
	t.Helper()
	var signer crypto.Signer
	var err error
	if likeRSA {
		signer, err = rsa.GenerateKey(rand.Reader, 2048)
	} else {
		signer, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	}
	if err != nil {
		t.Fatal(err)
	}
	return signer
}

func encoded(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}
