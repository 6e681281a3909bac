package secret_test

import (
	"context"
	"errors"
	"testing"

	"purser.example/internal/secret"
)

// R64: while the key is changed either key opens what both seal, and at the end only the next one; what the keys of before sealed opens
// until then.
func TestAKeyringIsChangedR64(t *testing.T) {
	ctx, former, next := context.Background(), secret.NewKey(), secret.NewKey()
	ring, kept, err := secret.CreateKeyring(ctx, former, "installation-1")
	if err != nil {
		t.Fatal(err)
	}
	record := secret.Record{Table: "profile", ID: "p1", Field: "password", Facts: secret.FactsOf("svc@contoso.com")}
	old, err := ring.Seal(secret.FromString(marked), record)
	if err != nil {
		t.Fatal(err)
	}
	change, err := ring.Change(ctx, former, next)
	if err != nil {
		t.Fatal(err)
	}
	both, err := ring.Changed(change)
	if err != nil || !both.Changing() || ring.Changing() || both.Newly(old) || !ring.Newly(old) {
		t.Fatalf("prepared: %v", err)
	}
	anew, err := both.Reseal(old, record)
	if err != nil || !both.Newly(anew) {
		t.Fatalf("sealed anew: %v", err)
	}
	opens := func(k secret.Keeper, s secret.SealedKeyring, sealed []byte) error {
		ring, err := secret.OpenKeyring(ctx, k, s)
		if err != nil {
			return err
		}
		v, err := ring.Open(sealed, record)
		if err == nil && string(v.Reveal()) != marked {
			t.Error("it opens as another one")
		}
		return err
	}
	for name, tc := range map[string]struct {
		keeper secret.Keeper
		closed secret.SealedKeyring
		sealed []byte
		want   error
	}{
		"while it goes on, the former key, an old seal":         {former, change.Former, old, nil},
		"while it goes on, the former key, a new seal":          {former, change.Former, anew, nil},
		"while it goes on, the next key, an old seal":           {next, change.Next, old, nil},
		"while it goes on, the next key, a new seal":            {next, change.Next, anew, nil},
		"afterwards, the next key, a new seal":                  {next, change.After, anew, nil},
		"afterwards, the next key, an old seal":                 {next, change.After, old, secret.ErrDamaged},
		"afterwards, the former key":                            {former, change.After, anew, secret.ErrWrongKey},
		"the keyring of before, a new seal":                     {former, kept, anew, secret.ErrDamaged},
		"what the next key closed, called the former key's own": {former, secret.SealedKeyring{Installation: kept.Installation, KeyID: former.ID(), Keyset: change.Next.Keyset}, old, secret.ErrDamaged},
	} {
		if err := opens(tc.keeper, tc.closed, tc.sealed); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v, want %v", name, err, tc.want)
		}
	}
	stranger, _, err := secret.CreateKeyring(ctx, former, "installation-1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stranger.Changed(change); !errors.Is(err, secret.ErrDamaged) {
		t.Errorf("another keyring takes the change: %v", err)
	}
	ring.Become(both)
	if marks := ring.FormerMarks(); len(marks) != 1 || string(marks[0]) != string(old[:5]) {
		t.Errorf("marks of before: %x", marks)
	}
	newest, err := ring.Newest()
	if err != nil {
		t.Fatal(err)
	}
	ring.Become(newest)
	if _, err := ring.Open(old, record); !errors.Is(err, secret.ErrDamaged) || ring.Changing() {
		t.Errorf("the former key is still there: %v", err)
	}
	if sealed, err := ring.Seal(secret.FromString(marked), record); err != nil || string(sealed[:5]) != string(anew[:5]) {
		t.Errorf("another key seals: %v", err)
	}
}
