package appprofile

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"math/big"
	"strings"
	"testing"
	"time"

	"software.sslmate.com/src/go-pkcs12"

	"purser.example/internal/problem"
	"purser.example/internal/secret"
)

// R71: a file that somebody brings as PFX, which no other program need have written, is opened, or refused as the sender's mistake. Nothing
// of the file or of its password is repeated.
func FuzzOpenPFX(f *testing.F) {
	for _, seed := range pfxSeeds(f) {
		f.Add(seed, "word")
		f.Add(seed[:len(seed)/2], "word")
		f.Add(seed, "Marked-Secret-2026!")
	}
	f.Add([]byte("\x30\x82\x01\x00garbage"), "")
	f.Add([]byte("\x30\x80\x02\x01\x03\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\xa0\x80"), "") // of no length that is told
	f.Fuzz(func(t *testing.T, file []byte, password string) {
		if len(file) > 1<<16 {
			return
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second) // the file says itself how much work it is
		defer cancel()
		chain, key, err := (&Service{}).openPFX(ctx, file, secret.FromString(password))
		if err == nil {
			if len(chain) == 0 || chain[0] == nil || key == nil {
				t.Errorf("%d certificates, key %t, and no error", len(chain), key != nil)
			}
			return
		}
		if problem.KindOf(err) != problem.Invalid || key != nil {
			t.Errorf("%v", err)
		}
		if said := err.Error() + problem.Message(err); len(password) > 7 && strings.Contains(said, password) || len(file) > 20 && strings.Contains(said, string(file[8:20])) {
			t.Errorf("the error repeats what was sent: %s", said)
		}
	})
}

// pfxSeeds are files as libraries of today and of former times write them.
func pfxSeeds(f *testing.F) (seeds [][]byte) {
	f.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		f.Fatal(err)
	}
	sheet := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, sheet, sheet, key.Public(), key)
	if err != nil {
		f.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		f.Fatal(err)
	}
	for _, e := range []*pkcs12.Encoder{pkcs12.Modern.WithIterations(2), pkcs12.LegacyDES.WithIterations(2), pkcs12.LegacyRC2.WithIterations(2), pkcs12.Passwordless} {
		word := "word"
		if e == pkcs12.Passwordless {
			word = ""
		}
		file, err := e.Encode(key, leaf, nil, word)
		if err != nil {
			f.Fatal(err)
		}
		seeds = append(seeds, file)
	}
	return seeds
}
