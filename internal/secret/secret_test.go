package secret_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"purser.example/internal/secret"
)

const marked = "Pa55-word-that-must-not-show"

// R60: a secret hides itself wherever it may be printed.
func TestAValueHidesItself(t *testing.T) {
	type holder struct {
		Shown  secret.Value
		hidden secret.Value
		key    secret.Key
	}
	v := secret.FromString(marked)
	key := secret.NewKey()
	h := holder{Shown: v, hidden: v, key: key}
	var out bytes.Buffer
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&out, format+"\n", v)
		fmt.Fprintf(&out, format+"\n", h)
		fmt.Fprintf(&out, format+"\n", &h)
	}
	for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		slog.New(handler).Info("test", "value", v, "holder", h, "pointer", &h, "key", key)
	}
	if err := json.NewEncoder(&out).Encode(h); err != nil {
		t.Fatal(err)
	}
	for _, trace := range []string{marked, key.Text(), fmt.Sprint([]byte(marked))[1:20], fmt.Sprintf("%x", marked)} {
		if strings.Contains(out.String(), trace) {
			t.Errorf("a secret was printed:\n%s", out.String())
		}
	}
	if string(v.Reveal()) != marked {
		t.Error("the value itself is lost")
	}
}

func TestAValueIsACopyAndCanBeCleared(t *testing.T) {
	b := []byte(marked)
	v := secret.NewValue(b)
	clear(b)
	if string(v.Reveal()) != marked {
		t.Error("the value shares the caller's bytes")
	}
	v.Clear()
	if bytes.Contains(v.Reveal(), []byte("Pa55")) {
		t.Error("cleared bytes are still there")
	}
	if !(secret.Value{}).Empty() || !secret.FromString("").Empty() {
		t.Error("nothing must be empty")
	}
}

func TestKeysTravelAsText(t *testing.T) {
	key := secret.NewKey()
	again, err := secret.ParseKey(" " + key.Text() + "\n")
	if err != nil || again.ID() != key.ID() {
		t.Fatalf("parse own text: %v", err)
	}
	if secret.NewKey().ID() == key.ID() {
		t.Error("two fresh keys are alike")
	}
	for _, text := range []string{"", "pk1_", "pk1_short", "pk2_" + key.Text()[4:], key.Text() + "A", strings.ToUpper(key.Text())} {
		if _, err := secret.ParseKey(text); !errors.Is(err, secret.ErrNotAKey) {
			t.Errorf("ParseKey accepts %d characters that are no key: %v", len(text), err)
		}
	}
}

// R60: sealed at rest, and bound to the record.
func TestSealedValuesOpenOnlyWhereTheyBelong(t *testing.T) {
	ring, _, err := secret.CreateKeyring(context.Background(), secret.NewKey(), "installation-1")
	if err != nil {
		t.Fatal(err)
	}
	home := secret.Record{Table: "profile", ID: "p1", Field: "password"}
	sealed, err := ring.Seal(secret.FromString(marked), home)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed, []byte("Pa55")) {
		t.Fatal("sealed bytes hold the secret")
	}
	opened, err := ring.Open(sealed, home)
	if err != nil || string(opened.Reveal()) != marked {
		t.Fatalf("open at home: %v", err)
	}
	for name, other := range map[string]secret.Record{
		"another row":    {Table: "profile", ID: "p2", Field: "password"},
		"another table":  {Table: "member", ID: "p1", Field: "password"},
		"another column": {Table: "profile", ID: "p1", Field: "app_password"},
		"shifted parts":  {Table: "profile", ID: "p1password", Field: ""},
	} {
		if _, err := ring.Open(sealed, other); !errors.Is(err, secret.ErrDamaged) {
			t.Errorf("%s: err = %v, want damaged", name, err)
		}
	}
	sealed[len(sealed)-1] ^= 1
	if _, err := ring.Open(sealed, home); !errors.Is(err, secret.ErrDamaged) {
		t.Errorf("an altered value opens: %v", err)
	}
}

func TestAKeyringOpensOnlyWithItsKey(t *testing.T) {
	key := secret.NewKey()
	ring, kept, err := secret.CreateKeyring(context.Background(), key, "installation-1")
	if err != nil {
		t.Fatal(err)
	}
	record := secret.Record{Table: "profile", ID: "p1", Field: "password"}
	sealed, _ := ring.Seal(secret.FromString(marked), record)

	again, err := secret.OpenKeyring(context.Background(), key, kept)
	if err != nil {
		t.Fatal(err)
	}
	if v, err := again.Open(sealed, record); err != nil || string(v.Reveal()) != marked {
		t.Errorf("after reopening: %v", err)
	}
	if _, err := secret.OpenKeyring(context.Background(), secret.NewKey(), kept); !errors.Is(err, secret.ErrWrongKey) {
		t.Errorf("another key: err = %v", err)
	}
	_, foreign, _ := secret.CreateKeyring(context.Background(), key, "installation-2")
	swapped := kept
	swapped.Keyset = foreign.Keyset
	if _, err := secret.OpenKeyring(context.Background(), key, swapped); !errors.Is(err, secret.ErrDamaged) {
		t.Errorf("a keyset of another installation: err = %v", err)
	}
	if bytes.Equal(key.FormerChainKey("installation-1").Reveal(), key.FormerChainKey("installation-2").Reveal()) {
		t.Error("two installations share a chain key")
	}
}

// X43: a value opens only beside the facts that it was sealed for, and a proof holds only for its own.
func TestFactsAreBound(t *testing.T) {
	ring, _, err := secret.CreateKeyring(context.Background(), secret.NewKey(), "installation-1")
	if err != nil {
		t.Fatal(err)
	}
	record := func(facts ...string) secret.Record {
		return secret.Record{Table: "session", ID: "s1", Field: "proof", Facts: secret.FactsOf(facts...)}
	}
	home := record("adele", "owner")
	proof, err := ring.Prove(home)
	if err != nil {
		t.Fatal(err)
	}
	if err := ring.Check(proof, home); err != nil {
		t.Fatalf("at home: %v", err)
	}
	other, _, err := secret.CreateKeyring(context.Background(), secret.NewKey(), "installation-1")
	if err != nil {
		t.Fatal(err)
	}
	planted, err := other.Prove(home)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		proof  []byte
		record secret.Record
	}{
		"another fact":      {proof, record("adele", "admin")},
		"shifted facts":     {proof, record("adeleo", "wner")},
		"joined facts":      {proof, record("adeleowner")},
		"a fact more":       {proof, record("adele", "owner", "")},
		"no facts":          {proof, secret.Record{Table: "session", ID: "s1", Field: "proof"}},
		"another row":       {proof, secret.Record{Table: "session", ID: "s2", Field: "proof", Facts: home.Facts}},
		"another keyring's": {planted, home},
		"none":              {nil, home},
	} {
		if err := ring.Check(c.proof, c.record); !errors.Is(err, secret.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if sealed, err := ring.Seal(secret.FromString("x"), home); err != nil || ring.Check(sealed, record("adele")) == nil {
		t.Errorf("a value: %v", err)
	}
}

func BenchmarkCheck(b *testing.B) {
	ring, _, err := secret.CreateKeyring(context.Background(), secret.NewKey(), "installation-1")
	if err != nil {
		b.Fatal(err)
	}
	record := secret.Record{Table: "session", ID: "s1", Field: "proof", Facts: secret.FactsOf("https://idp.contoso.com", "adele", "Adele Vance", "adele@contoso.com", "owner")}
	proof, err := ring.Prove(record)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := ring.Check(proof, record); err != nil {
			b.Fatal(err)
		}
	}
}
