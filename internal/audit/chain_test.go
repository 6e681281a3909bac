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
)

var chain = audit.NewChain(bytes.Repeat([]byte{7}, 32))

func written(n int) ([]audit.Link, audit.Head) {
	head := chain.Start()
	var links []audit.Link
	for i := range n {
		caller := access.Caller{Issuer: "https://idp.contoso.com", Subject: "s1", Name: "Adele Vance"}
		e := audit.By(caller, audit.Origin{Request: "r1"}, audit.SignIn, audit.Target{Kind: "session", ID: string(rune('a' + i))}).With("role", "Tenant Owner")
		e.At = time.UnixMilli(int64(1000 * i)).UTC()
		var link audit.Link
		link, head = chain.Append(head, e)
		links = append(links, link)
	}
	return links, head
}

func all(links []audit.Link) iter.Seq2[audit.Link, error] {
	return func(yield func(audit.Link, error) bool) {
		for _, l := range links {
			if !yield(l, nil) {
				return
			}
		}
	}
}

// R61: an entry that was removed or altered is found.
func TestVerifyFindsEveryTampering(t *testing.T) {
	for name, tc := range map[string]struct {
		tamper func(links []audit.Link, head *audit.Head) []audit.Link
		at     int64
	}{
		"an edited name": {func(l []audit.Link, _ *audit.Head) []audit.Link { l[2].Actor.Name = "Mallory"; return l }, 3},
		"an edited time": {func(l []audit.Link, _ *audit.Head) []audit.Link { l[2].At = l[2].At.Add(time.Hour); return l }, 3},
		"an edited detail": {func(l []audit.Link, _ *audit.Head) []audit.Link {
			l[2].Details = map[string]string{"role": "none"}
			return l
		}, 3},
		"an added detail": {func(l []audit.Link, _ *audit.Head) []audit.Link { l[2].Entry = l[2].With("x", "y"); return l }, 3},
		"text moved next door": {func(l []audit.Link, _ *audit.Head) []audit.Link {
			l[2].Actor.Issuer, l[2].Actor.Subject = "https://idp.contoso.coms", "1"
			return l
		}, 3},
		"a deleted entry":       {func(l []audit.Link, _ *audit.Head) []audit.Link { return slices.Delete(l, 2, 3) }, 3},
		"a deleted, renumbered": {func(l []audit.Link, _ *audit.Head) []audit.Link { l = slices.Delete(l, 2, 3); l[2].Seq = 3; return l }, 3},
		"two swapped":           {func(l []audit.Link, _ *audit.Head) []audit.Link { l[1], l[2] = l[2], l[1]; return l }, 2},
		"two swapped, numbered": {func(l []audit.Link, _ *audit.Head) []audit.Link {
			l[1].Entry, l[2].Entry = l[2].Entry, l[1].Entry
			return l
		}, 2},
		"the end cut off":    {func(l []audit.Link, _ *audit.Head) []audit.Link { return l[:3] }, 4},
		"everything cut off": {func([]audit.Link, *audit.Head) []audit.Link { return nil }, 1},
		"the end and the head moved back": {func(l []audit.Link, h *audit.Head) []audit.Link {
			h.Seq, h.MAC = 3, l[2].MAC
			return l[:3]
		}, 3},
		"an entry forged with another key": {func(l []audit.Link, h *audit.Head) []audit.Link {
			forged, _ := audit.NewChain(make([]byte, 32)).Append(audit.Head{Seq: 4, MAC: l[3].MAC}, l[4].Entry)
			return append(l[:4], forged)
		}, 5},
	} {
		t.Run(name, func(t *testing.T) {
			links, head := written(5)
			if err := chain.Verify(all(links), head); err != nil {
				t.Fatalf("control: the untouched log does not verify: %v", err)
			}
			links = tc.tamper(links, &head)
			broken, ok := errors.AsType[*audit.Broken](chain.Verify(all(links), head))
			if !ok || broken.Seq != tc.at {
				t.Errorf("found %v, want a break at entry %d", broken, tc.at)
			}
		})
	}
}

func TestVerifyTellsAReadingErrorFromTampering(t *testing.T) {
	_, head := written(2)
	gone := errors.New("disk gone")
	err := chain.Verify(func(yield func(audit.Link, error) bool) { yield(audit.Link{}, gone) }, head)
	if _, broken := errors.AsType[*audit.Broken](err); broken || !errors.Is(err, gone) {
		t.Errorf("err = %v", err)
	}
}

func BenchmarkAppend(b *testing.B) {
	links, head := written(1)
	for b.Loop() {
		_, head = chain.Append(head, links[0].Entry)
	}
}
