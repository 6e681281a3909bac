package appprofile

import (
	"strings"
	"testing"

	"purser.example/internal/problem"
)

// R71: a file that somebody brings as PEM is read, or refused as the sender's mistake, and nothing of it is repeated.
func FuzzOpenPEM(f *testing.F) {
	f.Add([]byte("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"))
	f.Add([]byte("-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n"))
	f.Add([]byte("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nMIIB\n-----END RSA PRIVATE KEY-----\n"))
	f.Add([]byte("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n"))
	f.Add([]byte("-----BEGIN "))
	f.Fuzz(func(t *testing.T, file []byte) {
		before := string(file)
		chain, key, err := openPEM(file)
		if err != nil && (problem.KindOf(err) != problem.Invalid || len(chain) > 0 && key != nil) {
			t.Errorf("%v", err)
		}
		if err != nil && len(before) > 40 && strings.Contains(err.Error(), before[28:40]) {
			t.Errorf("the error repeats the file: %v", err)
		}
	})
}
