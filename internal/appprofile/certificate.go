package appprofile

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // Microsoft names certificates by it. // the thumbprint that the portals show, nothing that anybody relies on
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"math/big"
	"strconv"
	"strings"
	"time"

	"software.sslmate.com/src/go-pkcs12"

	"purser.example/internal/problem"
	"purser.example/internal/secret"
)

const (
	// MaxFile is the most bytes of a certificate file: a key with a chain of some certificates has a few thousand.
	MaxFile = 32 << 10
	// openingTime is how long a PFX file may take to be opened. It says itself how many rounds that is.
	openingTime = 5 * time.Second
	// leastBits are those of a key that is worth anything.
	leastBits = 2048
	// madeBits are those of a key that Purser makes.
	madeBits = 3072
)

func thumbprint(der []byte) string {
	sum := sha1.Sum(der) //nolint:gosec // A name, and no proof.
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

func fileMistake(text string) error { return problem.Field(FieldFile, text) }

// readCertificate reads a certificate with its key from a file, in memory only, and looks whether it is of use.
func (s *Service) readCertificate(ctx context.Context, m material, n NewCredential) (material, error) {
	m.Kind = Certificate
	file := n.File.Reveal()
	switch {
	case len(file) == 0:
		return m, fileMistake("Choose a file with the certificate and its private key: PEM or PFX.")
	case len(file) > MaxFile:
		return m, fileMistake("The file is larger than 32 KB. A certificate with its key and its chain takes only a few KB.")
	}
	chain, key, err := s.openFile(ctx, file, n.Password)
	if err != nil {
		return m, err
	}
	leaf, err := leafOf(chain, key, s.now())
	if err != nil {
		return m, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return m, fileMistake("The private key in this file cannot be used.")
	}
	defer clear(der)
	m.secret, m.Public, m.Expires = secret.NewValue(der), leaf.Raw, leaf.NotAfter.UTC()
	return m, nil
}

// openFile takes the certificates and the private key out of a file.
func (s *Service) openFile(ctx context.Context, file []byte, password secret.Value) ([]*x509.Certificate, *rsa.PrivateKey, error) {
	if bytes.Contains(file, []byte("-----BEGIN ")) {
		return openPEM(file)
	}
	return s.openPFX(ctx, file, password)
}

func openPEM(file []byte) (chain []*x509.Certificate, key *rsa.PrivateKey, err error) {
	for block, rest := pem.Decode(file); block != nil; block, rest = pem.Decode(rest) {
		switch {
		case block.Type == "CERTIFICATE":
			cert, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				return nil, nil, fileMistake("A certificate in this file cannot be read.")
			}
			chain = append(chain, cert)
		case block.Type == "ENCRYPTED PRIVATE KEY", block.Headers["DEK-Info"] != "":
			return nil, nil, fileMistake("The private key in this file is encrypted. Purser reads encrypted keys from PFX files only. Convert it: openssl pkcs12 -export -in file.pem -out file.pfx")
		case strings.HasSuffix(block.Type, "PRIVATE KEY"):
			if key != nil {
				return nil, nil, fileMistake("This file has several private keys. Keep only the one that belongs to the certificate.")
			}
			key, err = parseKey(block)
			clear(block.Bytes)
			if err != nil {
				return nil, nil, err
			}
		}
	}
	return chain, key, nil
}

// parseKey reads a private key of any of the forms that openssl writes.
func parseKey(block *pem.Block) (*rsa.PrivateKey, error) {
	var parsed any
	var err error
	switch block.Type {
	case "RSA PRIVATE KEY":
		parsed, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	case "EC PRIVATE KEY":
		parsed, err = x509.ParseECPrivateKey(block.Bytes)
	default:
		parsed, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	}
	if err != nil {
		if strings.Contains(err.Error(), "too small") || strings.Contains(err.Error(), "insecure") {
			return nil, weak(0)
		}
		return nil, fileMistake("The private key in this file cannot be read.")
	}
	return rsaKey(parsed)
}

// rsaKey refuses keys that are not RSA: Microsoft Entra ID takes client assertions signed by RSA keys alone.
func rsaKey(parsed any) (*rsa.PrivateKey, error) {
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, fileMistake("The private key in this file is not an RSA key. Microsoft Entra ID accepts app certificates with RSA keys only. Create one of 2048 bits or more.")
	}
	return key, nil
}

func weak(bits int) error {
	has := ""
	if bits > 0 {
		has = " has " + strconv.Itoa(bits) + " bits, which"
	}
	return fileMistake("The key of this certificate" + has + " is too short. Use an RSA key of 2048 bits or more.")
}

// openPFX opens one file at a time, and gives up after a while: the file says itself how much work it is. What goes on behind ends by
// itself, and until then no other one is opened.
func (s *Service) openPFX(ctx context.Context, file []byte, password secret.Value) ([]*x509.Certificate, *rsa.PrivateKey, error) {
	if !s.reading.TryLock() {
		return nil, nil, fileMistake("Another certificate file is being opened. Try again in a moment.")
	}
	type opened struct {
		chain []*x509.Certificate
		key   *rsa.PrivateKey
		err   error
	}
	done := make(chan opened, 1)
	file, word := bytes.Clone(file), string(password.Reveal())
	go func() {
		defer s.reading.Unlock()
		defer clear(file)
		var o opened
		if err := problem.Guard(func() error {
			o.chain, o.key, o.err = decodePFX(file, word)
			return nil
		}); err != nil {
			o.err = fileMistake(unreadable)
		}
		done <- o
	}()
	ctx, cancel := context.WithTimeout(ctx, openingTime)
	defer cancel()
	select {
	case o := <-done:
		return o.chain, o.key, o.err
	case <-ctx.Done():
		return nil, nil, fileMistake("This file takes too long to open. Export it again with fewer iterations of key derivation.")
	}
}

const unreadable = "This file is neither PEM nor PFX, or it is damaged."

func decodePFX(file []byte, password string) ([]*x509.Certificate, *rsa.PrivateKey, error) {
	parsed, leaf, others, err := pkcs12.DecodeChain(file, password)
	switch {
	case errors.Is(err, pkcs12.ErrIncorrectPassword):
		return nil, nil, problem.Field(FieldPassword, "The password does not open this PFX file.")
	case err != nil && strings.Contains(err.Error(), "no MAC"):
		return nil, nil, fileMistake("This PFX file has no integrity check. Export it again with a password.")
	case err != nil && (strings.Contains(err.Error(), "private key missing") || strings.Contains(err.Error(), "exactly one")):
		return nil, nil, fileMistake("This file has no private key. Export the certificate together with its private key.")
	case err != nil:
		return nil, nil, fileMistake(unreadable)
	}
	key, err := rsaKey(parsed)
	return append([]*x509.Certificate{leaf}, others...), key, err
}

// leafOf finds the certificate that the key belongs to among those of the file, and looks whether it is of use now.
func leafOf(chain []*x509.Certificate, key *rsa.PrivateKey, now time.Time) (*x509.Certificate, error) {
	switch {
	case len(chain) == 0 && key == nil:
		return nil, fileMistake("This file has no certificate and no private key.")
	case len(chain) == 0:
		return nil, fileMistake("This file has a private key but no certificate.")
	case key == nil:
		return nil, fileMistake("This file has a certificate but no private key. Put both into one file.")
	}
	var leaf *x509.Certificate
	for _, cert := range chain {
		if key.PublicKey.Equal(cert.PublicKey) {
			leaf = cert
			break
		}
	}
	switch {
	case leaf == nil:
		return nil, fileMistake("The private key in this file belongs to another certificate.")
	case key.N.BitLen() < leastBits:
		return nil, weak(key.N.BitLen())
	case now.Before(leaf.NotBefore):
		return nil, fileMistake("This certificate is not valid until " + leaf.NotBefore.UTC().Format("2006-01-02 15:04") + " UTC.")
	case !now.Before(leaf.NotAfter):
		return nil, fileMistake("This certificate expired on " + leaf.NotAfter.UTC().Format("2006-01-02") + ".")
	}
	return leaf, nil
}

// makeCertificate makes a key with a certificate for two years. It is RSA, because Microsoft Entra ID takes no other signature of apps;
// the certificate vouches for nothing but the key, so it signs itself.
func (s *Service) makeCertificate(m material, applicationID string) (material, error) {
	m.Kind, m.Made = Certificate, true
	if !guid.MatchString(applicationID) { // there is nobody to make it for, which another field says
		return m, nil
	}
	key, err := rsa.GenerateKey(rand.Reader, madeBits)
	if err != nil {
		return m, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return m, err
	}
	now := s.now().UTC().Truncate(time.Second)
	template := &x509.Certificate{
		SerialNumber: serial.Add(serial, big.NewInt(1)), Subject: pkix.Name{CommonName: "Purser " + applicationID},
		NotBefore: now.Add(-5 * time.Minute), NotAfter: now.Add(lasts), // a clock that is a little behind
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}, BasicConstraintsValid: true,
		SignatureAlgorithm: x509.SHA256WithRSA,
	}
	public, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return m, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return m, err
	}
	defer clear(der)
	m.secret, m.Public, m.Expires = secret.NewValue(der), public, template.NotAfter
	return m, nil
}
