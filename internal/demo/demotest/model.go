package demotest

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"purser.example/internal/config"
	"purser.example/internal/demo"
)

// model is the data folder of a demo that knows no tenant, with the keys beside it, as a demo left it: by their names behind that of
// the folder. Making one takes a key of the identity provider and each migration with a flush of its own, which no test of a page is
// about; so it is made once for all houses of a process, and each begins with a copy.
var model = sync.OnceValues(func() (files map[string][]byte, err error) {
	folder, err := os.MkdirTemp("", "purser-model-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	data, fixture := filepath.Join(folder, "data"), filepath.Join(folder, "fixture.json")
	cfg, err := config.LoadDemo(nil)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(fixture, []byte(`{"tenants": []}`), 0o600); err != nil {
		return nil, err
	}
	d, err := demo.Open(context.Background(), demo.Options{Addr: "127.0.0.1:0", Config: cfg, Data: data, Fixture: fixture, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	if err := d.Close(); err != nil {
		return nil, err
	}
	return left(data)
})

// left reads what a demo left: its folder, and what lies beside it under the same name.
func left(data string) (map[string][]byte, error) {
	files := map[string][]byte{}
	beside, err := filepath.Glob(data + ".*")
	if err != nil {
		return nil, err
	}
	inside, err := filepath.Glob(filepath.Join(data, "*"))
	if err != nil {
		return nil, err
	}
	for _, path := range append(beside, inside...) {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		files[path[len(data):]] = text
	}
	return files, nil
}

// furnish makes a data folder for a house, as the model is.
func furnish(t testing.TB) (data string) {
	t.Helper()
	files, err := model()
	if err != nil {
		t.Fatal(err)
	}
	data = t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(data+name, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return data
}
