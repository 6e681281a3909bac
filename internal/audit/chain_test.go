package audit_test

import (
	"bytes"
	"errors"
	"iter"
	"slices"
	"testing"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/secret"
)

func key(b byte) secret.Value { return secret.NewValue(bytes.Repeat([]byte{b}, audit.KeySize)) }

// book is a log as a store keeps it.
type book struct {
	chains audit.Chains
	links  []audit.Link
}

// written gives a log of two chains, with so many entries in each.
func written(t testing.TB, first, second int) *book {
	t.Helper()
	b := &book{chains: audit.Chains{audit.First(key(7))}}
	b.write(t, first)
	followed, next, err := b.chains.Last().Next(key(8))
	if err != nil {
		t.Fatal(err)
	}
	b.chains = audit.Chains{followed, next}
	b.write(t, second)
	return b
}

func (b *book) write(t testing.TB, n int) {
	t.Helper()
	for range n {
		seq := int64(len(b.links) + 1)
		link, chain, err := b.chains.Last().Append(seq, entry(seq))
		if err != nil {
			t.Fatal(err)
		}
		b.links, b.chains[len(b.chains)-1] = append(b.links, link), chain
	}
}

func entry(seq int64) audit.Entry {
	caller := access.Caller{Issuer: "https://idp.contoso.com", Subject: "s1", Name: "Adele Vance"}
	e := audit.By(caller, audit.Origin{Request: "r1"}, audit.SignIn, audit.Target{Kind: "session", ID: string(rune('a' + seq))}).With("role", "Tenant Owner")
	e.At = time.UnixMilli(1000 * seq).UTC()
	return e
}

func (b *book) verify() error { return b.chains.Verify(all(b.links)) }

func all(links []audit.Link) iter.Seq2[audit.Link, error] {
	return func(yield func(audit.Link, error) bool) {
		for _, l := range links {
			if !yield(l, nil) {
				return
			}
		}
	}
}

// R61: an entry that was removed or altered is found, in a chain that is written to and in one that others follow.
func TestVerifyFindsEveryTampering(t *testing.T) {
	for name, tc := range map[string]struct {
		tamper func(b *book)
		at     int64
	}{
		"an edited name": {func(b *book) { b.links[2].Actor.Name = "Mallory" }, 3},
		"an edited time": {func(b *book) { b.links[2].At = b.links[2].At.Add(time.Hour) }, 3},
		"an edited detail": {func(b *book) {
			b.links[2].Details = map[string]string{"role": "none"}
		}, 3},
		"an added detail": {func(b *book) { b.links[2].Entry = b.links[2].With("x", "y") }, 3},
		"text moved next door": {func(b *book) {
			b.links[2].Actor.Issuer, b.links[2].Actor.Subject = "https://idp.contoso.coms", "1"
		}, 3},
		"a deleted entry":       {func(b *book) { b.links = slices.Delete(b.links, 2, 3) }, 3},
		"a deleted, renumbered": {func(b *book) { b.links = slices.Delete(b.links, 2, 3); b.links[2].Seq = 3 }, 3},
		"two swapped":           {func(b *book) { b.links[1], b.links[2] = b.links[2], b.links[1] }, 2},
		"two swapped, numbered": {func(b *book) {
			b.links[1].Entry, b.links[2].Entry = b.links[2].Entry, b.links[1].Entry
		}, 2},
		"the end cut off":             {func(b *book) { b.links = b.links[:7] }, 8},
		"everything cut off":          {func(b *book) { b.links = nil }, 1},
		"the second chain cut off":    {func(b *book) { b.links = b.links[:5] }, 6},
		"the end of the first":        {func(b *book) { b.links = slices.Delete(b.links, 4, 5) }, 5},
		"the end of the first, moved": {func(b *book) { b.chains[0].Head.Seq, b.chains[0].Head.MAC = 4, b.links[3].MAC }, 4},
		"the end moved back": {func(b *book) {
			b.chains[1].Head.Seq, b.chains[1].Head.MAC, b.links = 7, b.links[6].MAC, b.links[:7]
		}, 7},
		"an entry forged with another key": {func(b *book) {
			forger := b.chains[0]
			forger.Key = key(0)
			forged, _, _ := forger.Append(5, b.links[4].Entry)
			forged.MAC = bytes.Clone(b.links[3].MAC)
			b.links[4] = forged
		}, 5},
		"an entry in the other chain":       {func(b *book) { b.links[5].Chain = 1 }, 6},
		"an entry in no chain":              {func(b *book) { b.links[5].Chain = 3 }, 6},
		"an entry in chain 0":               {func(b *book) { b.links[5].Chain = 0 }, 6},
		"the first chain removed":           {func(b *book) { b.chains, b.links = b.chains[1:], b.links[5:] }, 0},
		"the first removed, renumbered":     {func(b *book) { b.chains, b.links = b.chains[1:], b.links[5:]; b.chains[0].ID = 1 }, 0},
		"the last chain removed":            {func(b *book) { b.chains = b.chains[:1] }, 5},
		"the last removed with its entries": {func(b *book) { b.chains, b.links = b.chains[:1], b.links[:5] }, 5},
		"all chains removed":                {func(b *book) { b.chains = nil }, 0},
		"two keys swapped":                  {func(b *book) { b.chains[0].Key, b.chains[1].Key = b.chains[1].Key, b.chains[0].Key }, 5},
		"another start":                     {func(b *book) { b.chains[1].Start = make([]byte, audit.KeySize) }, 5},
		"another last chain": {func(b *book) {
			_, forged, _ := written(t, 5, 0).chains[0].Next(key(9))
			b.chains[1], b.links = forged, b.links[:5]
		}, 5},
	} {
		t.Run(name, func(t *testing.T) {
			b := written(t, 5, 4)
			if err := b.verify(); err != nil {
				t.Fatalf("control: the untouched log does not verify: %v", err)
			}
			tc.tamper(b)
			broken, ok := errors.AsType[*audit.Broken](b.verify())
			if !ok || broken.Seq != tc.at {
				t.Errorf("found %v, want a break at entry %d", broken, tc.at)
			}
		})
	}
}

// R61: whoever comes by the key of a chain that is followed already cannot write it anew: the one that follows vouches for its end.
func TestAChainVouchesForTheOneBefore(t *testing.T) {
	b, forged := written(t, 5, 4), &book{chains: audit.Chains{audit.First(key(7))}}
	forged.write(t, 5)
	forged.links[2].Actor.Name = "Mallory"
	rewritten := &book{chains: audit.Chains{audit.First(key(7))}}
	for _, l := range forged.links {
		link, chain, err := rewritten.chains[0].Append(l.Seq, l.Entry)
		if err != nil {
			t.Fatal(err)
		}
		rewritten.links, rewritten.chains[0] = append(rewritten.links, link), chain
	}
	if err := rewritten.verify(); err != nil {
		t.Fatalf("control: with the key a chain of its own can be written: %v", err)
	}
	followed, _, err := rewritten.chains[0].Next(key(9))
	if err != nil {
		t.Fatal(err)
	}
	for name, first := range map[string]audit.Chain{"open": rewritten.chains[0], "followed by another": followed} {
		chains := audit.Chains{first, b.chains[1]}
		if _, ok := errors.AsType[*audit.Broken](chains.Verify(all(slices.Concat(rewritten.links, b.links[5:])))); !ok {
			t.Errorf("%s: the forged chain was not found", name)
		}
	}
}

// R61: chains that nobody wrote to hold too, and so does a log with many.
func TestEmptyAndManyChainsVerify(t *testing.T) {
	for _, entries := range [][2]int{{0, 0}, {0, 3}, {3, 0}} {
		b := written(t, entries[0], entries[1])
		for i := range 5 {
			if err := b.verify(); err != nil {
				t.Errorf("%v, %d chains: %v", entries, len(b.chains), err)
			}
			followed, next, err := b.chains.Last().Next(key(byte(20 + i)))
			if err != nil {
				t.Fatal(err)
			}
			b.chains[len(b.chains)-1] = followed
			b.chains = append(b.chains, next)
			b.write(t, i%2)
		}
	}
}

// R61: an entry that comes after a tampering does not hide it.
func TestAnEndThatDoesNotHoldIsNotBuiltUpon(t *testing.T) {
	b := written(t, 5, 4)
	moved := b.chains[1]
	moved.Head.Seq, moved.Head.MAC = 7, b.links[6].MAC
	unkeyed := b.chains[1]
	unkeyed.Key = key(0)
	for name, chain := range map[string]audit.Chain{"moved back": moved, "with another key": unkeyed, "followed": b.chains[0]} {
		if _, _, err := chain.Append(10, entry(10)); !broken(err) {
			t.Errorf("%s: an entry was appended: %v", name, err)
		}
		if _, _, err := chain.Next(key(9)); !broken(err) {
			t.Errorf("%s: it was followed: %v", name, err)
		}
	}
}

func broken(err error) bool {
	_, ok := errors.AsType[*audit.Broken](err)
	return ok
}

func TestVerifyTellsAReadingErrorFromTampering(t *testing.T) {
	b := written(t, 1, 1)
	gone := errors.New("disk gone")
	err := b.chains.Verify(func(yield func(audit.Link, error) bool) { yield(audit.Link{}, gone) })
	if broken(err) || !errors.Is(err, gone) {
		t.Errorf("err = %v", err)
	}
}

func BenchmarkAppend(b *testing.B) {
	chain, e := written(b, 1, 1).chains.Last(), entry(1)
	for seq := int64(3); b.Loop(); seq++ {
		_, chain, _ = chain.Append(seq, e)
	}
}
