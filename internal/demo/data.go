package demo

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
)

// dataFolder is where a demo keeps its database and keys.
type dataFolder struct {
	path      string
	key       secret.Key
	signing   *rsa.PrivateKey // of the identity provider
	temporary bool
}

// openData opens the folder, whose key lies beside it, never inside. Without a name everything is temporary.
func openData(path string) (*dataFolder, error) {
	if path == "" {
		return temporaryData()
	}
	path, err := filepath.Abs(path) // "." has no name to put ".key" behind
	if err != nil {
		return nil, fmt.Errorf("find the data folder: %w", err)
	}
	key, err := keyBeside(path)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	signing, err := signingKey(path + ".provider.pem")
	if err != nil {
		return nil, err
	}
	return &dataFolder{path: path, key: key, signing: signing}, nil
}

func temporaryData() (*dataFolder, error) {
	signing, err := newSigningKey()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "demo-of-purser-")
	if err != nil {
		return nil, fmt.Errorf("make a temporary folder: %w", err)
	}
	return &dataFolder{path: folder, key: secret.NewKey(), signing: signing, temporary: true}, nil
}

func (d *dataFolder) close() error {
	if !d.temporary {
		return nil
	}
	return removeAll(d.path)
}

// ErrKeyMissing says that a demo's database is there and its key is not. A fresh key would not open it.
var ErrKeyMissing = errors.New("the key of this data folder is missing; put it back, or remove the folder to start over")

func keyBeside(folder string) (secret.Key, error) {
	file := folder + ".key"
	b, err := os.ReadFile(file)
	if err == nil {
		key, err := secret.ParseKey(string(b))
		if err != nil {
			return secret.Key{}, fmt.Errorf("%s: %w", file, err)
		}
		return key, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return secret.Key{}, fmt.Errorf("read the demo's key: %w", err)
	}
	if _, err := os.Stat(filepath.Join(folder, sqlite.File)); err == nil {
		return secret.Key{}, fmt.Errorf("%s: %w", file, ErrKeyMissing)
	}
	key := secret.NewKey()
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return secret.Key{}, fmt.Errorf("make the folder of the demo's key: %w", err)
	}
	if err := os.WriteFile(file, []byte(key.Text()+"\n"), 0o400); err != nil {
		return secret.Key{}, fmt.Errorf("write the demo's key: %w", err)
	}
	return key, nil
}

// signingKey is kept so that a person signed in before a restart can still sign out at the provider after it.
func signingKey(file string) (*rsa.PrivateKey, error) {
	b, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return keepSigningKey(file)
	}
	if err != nil {
		return nil, fmt.Errorf("read the provider's signing key: %w", err)
	}
	block, _ := pem.Decode(b)
	if block == nil {
		return nil, fmt.Errorf("%s holds no key; remove it to get a new one", file)
	}
	key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s holds no key; remove it to get a new one: %w", file, err)
	}
	return key, nil
}

// keepSigningKey makes the key and writes it down.
func keepSigningKey(file string) (*rsa.PrivateKey, error) {
	key, err := newSigningKey()
	if err != nil {
		return nil, err
	}
	block := &pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}
	if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
		return nil, fmt.Errorf("write the provider's signing key: %w", err)
	}
	return key, nil
}

func newSigningKey() (*rsa.PrivateKey, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, fmt.Errorf("make the provider's signing key: %w", err)
	}
	return key, nil
}
