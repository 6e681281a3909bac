package audit

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"iter"
	"maps"
	"slices"
)

// Link is an entry in its place: numbered from 1 without gaps, and sealed to its predecessor.
type Link struct {
	Seq int64
	Entry
	MAC []byte
}

// Head is the end of the chain, kept apart from the entries: without it, cutting off the last ones would leave a chain that
// is whole. Its Seal keeps whoever writes to the database from moving it.
type Head struct {
	Seq  int64
	MAC  []byte
	Seal []byte
}

// Broken says where the chain does not hold, and why.
type Broken struct {
	Seq    int64
	Reason string
}

func (b *Broken) Error() string { return fmt.Sprintf("activity log: entry %d: %s", b.Seq, b.Reason) }

// Chain links entries with a key of its own (secret.Key.ChainKey).
type Chain struct{ key []byte }

// NewChain takes the key, 32 bytes.
func NewChain(key []byte) Chain { return Chain{key: key} }

// Start is the head of an empty log.
func (c Chain) Start() Head { return c.head(0, make([]byte, sha256.Size)) }

// Append gives e the next place after head, and the new head.
func (c Chain) Append(head Head, e Entry) (Link, Head) {
	link := Link{Seq: head.Seq + 1, Entry: e}
	link.MAC = c.mac(head.MAC, link)
	return link, c.head(link.Seq, link.MAC)
}

// Verify reads all entries in order and compares their end with head. It returns a *Broken for the first place that does
// not hold, and the source's own error where reading failed.
func (c Chain) Verify(links iter.Seq2[Link, error], head Head) error {
	if !hmac.Equal(head.Seal, c.head(head.Seq, head.MAC).Seal) {
		return &Broken{Seq: head.Seq, Reason: "the stored end of the log was altered"}
	}
	last := c.Start()
	for link, err := range links {
		if err != nil {
			return fmt.Errorf("read activity log after entry %d: %w", last.Seq, err)
		}
		if link.Seq != last.Seq+1 {
			return &Broken{Seq: last.Seq + 1, Reason: fmt.Sprintf("missing; entry %d follows", link.Seq)}
		}
		if !hmac.Equal(link.MAC, c.mac(last.MAC, link)) {
			return &Broken{Seq: link.Seq, Reason: "altered, or not the one that was written here"}
		}
		last = Head{Seq: link.Seq, MAC: link.MAC}
	}
	if last.Seq != head.Seq || !hmac.Equal(last.MAC, head.MAC) {
		return &Broken{Seq: last.Seq + 1, Reason: fmt.Sprintf("the log ends here, but %d entries were written", head.Seq)}
	}
	return nil
}

func (c Chain) head(seq int64, mac []byte) Head {
	h := hmac.New(sha256.New, c.key)
	field(h, "head")
	number(h, seq)
	field(h, string(mac))
	return Head{Seq: seq, MAC: mac, Seal: h.Sum(nil)}
}

// mac covers every part of the link with its length, so that nothing can slide from one part to the next.
func (c Chain) mac(previous []byte, l Link) []byte {
	h := hmac.New(sha256.New, c.key)
	field(h, "entry")
	field(h, string(previous))
	number(h, l.Seq)
	number(h, l.At.UnixMilli())
	for _, part := range []string{
		l.Actor.Issuer, l.Actor.Subject, l.Actor.Name, l.Actor.SignIn, string(l.Action),
		l.Target.Kind, l.Target.ID, l.Target.Name, l.Origin.Request, l.Origin.Address,
	} {
		field(h, part)
	}
	number(h, int64(len(l.Details)))
	for _, name := range slices.Sorted(maps.Keys(l.Details)) {
		field(h, name)
		field(h, l.Details[name])
	}
	return h.Sum(nil)
}

func field(h hash.Hash, s string) {
	number(h, int64(len(s)))
	_, _ = h.Write([]byte(s))
}

func number(h hash.Hash, n int64) {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(n))
	_, _ = h.Write(b[:])
}
