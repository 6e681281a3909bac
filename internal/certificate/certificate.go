// Package certificate keeps the certificate with which Purser serves TLS itself (R82), and renews it from its files while connections go
// on: each handshake gets the newest one that was good. It says which TLS is spoken, too.
package certificate

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"purser.example/internal/expiry"
)

// Files are where a certificate and its key are read again. Where one of them is missing, the certificate stays what it was at start.
type Files struct{ Cert, Key string }

// Kept is a certificate in use.
type Kept struct {
	files Files
	now   func() time.Time
	log   *slog.Logger

	current atomic.Pointer[tls.Certificate]

	mu     sync.Mutex
	looked [sha256.Size]byte // what was found by the last look, so that it is judged and told of once
}

// New begins with a certificate and its key in PEM, which have to fit.
func New(cert, key string, files Files, now func() time.Time, log *slog.Logger) (*Kept, error) {
	pair, err := tls.X509KeyPair([]byte(cert), []byte(key))
	if err != nil {
		return nil, err
	}
	k := &Kept{files: files, now: now, log: log}
	k.current.Store(&pair)
	return k, nil
}

// Renewable reports whether there are files to look at.
func (k *Kept) Renewable() bool { return k.files.Cert != "" && k.files.Key != "" }

// Renew looks at the files, and takes what is new and good. It reads them whole, because no date, size or number of a file tells every
// way in which tools put a new one in place: overwritten, moved there, or behind a link that leads elsewhere now. What is half-written,
// does not fit together or is not valid today is told of once, and leaves the one in use.
func (k *Kept) Renew() {
	if !k.Renewable() {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	cert, key, err := k.read()
	found := sumOf(cert, key, err)
	if found == k.looked {
		return
	}
	k.looked = found
	pair, err := k.judged(cert, key, err)
	switch {
	case err != nil:
		k.log.Warn("the new TLS certificate can't be used; the old one stays in use", "error", err, "until", k.current.Load().Leaf.NotAfter)
	case !same(pair, k.current.Load()):
		k.current.Store(pair)
		k.log.Info("the TLS certificate was renewed", "until", pair.Leaf.NotAfter)
	}
}

func (k *Kept) read() (cert, key []byte, err error) {
	cert, certErr := contents(k.files.Cert)
	key, keyErr := contents(k.files.Key)
	return cert, key, errors.Join(certErr, keyErr)
}

// longest is far above every chain of certificates, and keeps a device that never ends from being read to its end.
const longest = 1 << 20

func contents(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return io.ReadAll(io.LimitReader(f, longest))
}

// sumOf is one value for what was found.
func sumOf(cert, key []byte, err error) [sha256.Size]byte {
	one, other := sha256.Sum256(cert), sha256.Sum256(key)
	return sha256.Sum256(fmt.Append(nil, one, other, err))
}

// judged gives the pair where it may take the place of the one in use. One that is not valid today may, where that one is not either.
func (k *Kept) judged(cert, key []byte, err error) (*tls.Certificate, error) {
	if err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return nil, err
	}
	if err := k.today(&pair); err != nil && k.today(k.current.Load()) == nil {
		return nil, err
	}
	return &pair, nil
}

// today says why a certificate is not valid today; nil where it is.
func (k *Kept) today(pair *tls.Certificate) error {
	switch now := k.now(); {
	case now.Before(pair.Leaf.NotBefore):
		return fmt.Errorf("it is valid from %s on", pair.Leaf.NotBefore.UTC().Format(time.RFC3339))
	case now.After(pair.Leaf.NotAfter):
		return fmt.Errorf("it has expired, on %s", pair.Leaf.NotAfter.UTC().Format(time.RFC3339))
	}
	return nil
}

// same reports whether both present the same chain. The key fits both, or they would not be there.
func same(one, other *tls.Certificate) bool {
	if len(one.Certificate) != len(other.Certificate) {
		return false
	}
	for i := range one.Certificate {
		if string(one.Certificate[i]) != string(other.Certificate[i]) {
			return false
		}
	}
	return true
}

// Expiries implements expiry.Source.
func (k *Kept) Expiries(context.Context) ([]expiry.Date, error) {
	leaf := k.current.Load().Leaf
	return []expiry.Date{{Kind: expiry.TLSCertificate, At: leaf.NotAfter, Of: expiry.Object{ID: "tls", Name: named(leaf)}}}, nil
}

// named is what people call a certificate by: the first of the hosts that it is for.
func named(leaf *x509.Certificate) string {
	if len(leaf.DNSNames) > 0 {
		return leaf.DNSNames[0]
	}
	if len(leaf.IPAddresses) > 0 {
		return leaf.IPAddresses[0].String()
	}
	return leaf.Subject.CommonName
}

// Config is how Purser speaks TLS: 1.2 and 1.3, HTTP/2 first, forward secrecy and authenticated encryption alone. Of the suites of TLS 1.2
// those with CBC are left out, which Go offers still; those of TLS 1.3 are all good.
func (k *Kept) Config() *tls.Config {
	return &tls.Config{
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return k.current.Load(), nil },
		MinVersion:     tls.VersionTLS12,
		NextProtos:     []string{"h2", "http/1.1"},
		CipherSuites: []uint16{
			tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
			tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
			tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
		},
	}
}
