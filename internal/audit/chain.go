package audit

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"purser.example/internal/secret"
)

// KeySize is how many bytes the key of a chain has.
const KeySize = sha256.Size

// ChainID numbers the chains of a log from 1, in the order in which they were begun.
type ChainID int64

// Link is an entry in its place: numbered from 1 without gaps among all of the log, and sealed to its predecessor in its chain.
type Link struct {
	Seq   int64
	Chain ChainID
	Entry
	MAC []byte
}

// Head is the end of a chain, kept apart from the entries: without it, cutting off the last ones would leave a chain that
// is whole. Its Seal keeps whoever writes to the database from moving it.
type Head struct {
	Seq  int64 // of the last entry; of the last one before the chain, while it has none
	MAC  []byte
	Seal []byte
}

// Chain is a chain of entries without the entries: what is kept of it, its key opened. Entries go to the last chain of the log;
// one that is followed by another takes no more.
type Chain struct {
	ID    ChainID
	Key   secret.Value // its own, KeySize random bytes
	Start []byte       // what its first entry is chained to: the end of the chain before it, or nothing
	Head  Head

	Checkpoint []byte // signs that its entries may be gone, of a chain that is closed; nil: all of them must be there
}

// First is the chain that a log begins with.
func First(key secret.Value) Chain {
	return Chain{ID: 1, Key: key, Start: make([]byte, sha256.Size)}.ending(0, make([]byte, sha256.Size))
}

// Next begins the chain that follows c, and gives c with a seal that names it. From then on neither holds without the other: the
// new one starts from c's end, which therefore stays proved even if c's key gets out, and c's seal tells if the new one is removed.
func (c Chain) Next(key secret.Value) (followed, next Chain, err error) {
	if err := c.check(nil); err != nil {
		return c, Chain{}, err
	}
	next = Chain{ID: c.ID + 1, Key: key}
	next.Start = next.startAfter(c.Head)
	next = next.ending(c.Head.Seq, next.Start)
	c.Head.Seal = c.seal(next.Start)
	return c, next, nil
}

// Append gives e a place at the end of the chain, and the chain with its new end. What is no text in e is replaced. A stored end
// that does not hold is not built upon, or the next entry would seal what somebody moved: then it returns a *Broken.
func (c Chain) Append(seq int64, e Entry) (Link, Chain, error) {
	if err := c.check(nil); err != nil {
		return Link{}, c, err
	}
	link := Link{Seq: seq, Chain: c.ID, Entry: e.clean()}
	link.MAC = c.mac(c.Head.MAC, link)
	return link, c.ending(seq, link.MAC), nil
}

// Closed reports whether the chain has a checkpoint; Check says whether it holds.
func (c Chain) Closed() bool { return c.Checkpoint != nil }

// Close gives a chain that is followed the signature under which its entries may be removed. Only those of the first chains of a log may.
func (c Chain) Close() Chain {
	c.Checkpoint = c.sum(message{}.text("checkpoint").number(int64(c.ID)).number(c.Head.Seq).bytes(c.Start).bytes(c.Head.MAC))
	return c
}

// check compares the end with its seal. next is the start of the chain that follows, nil for the last one.
func (c Chain) check(next []byte) error {
	if !hmac.Equal(c.Head.Seal, c.seal(next)) {
		return &Broken{Seq: c.Head.Seq, Reason: "the stored end of the log was altered, or what followed it was removed"}
	}
	return nil
}

// ending moves the end of the last chain.
func (c Chain) ending(seq int64, mac []byte) Chain {
	c.Head = Head{Seq: seq, MAC: mac}
	c.Head.Seal = c.seal(nil)
	return c
}

func (c Chain) seal(next []byte) []byte {
	if next == nil {
		return c.sum(message{}.text("head").number(c.Head.Seq).bytes(c.Head.MAC))
	}
	return c.sum(message{}.text("followed").number(c.Head.Seq).bytes(c.Head.MAC).bytes(next))
}

func (c Chain) startAfter(before Head) []byte {
	return c.sum(message{}.text("start").number(int64(c.ID)).number(before.Seq).bytes(before.MAC))
}

// mac covers every part of the link. The chain that it is in is covered by the key.
func (c Chain) mac(previous []byte, l Link) []byte {
	return c.sum(make(message, 0, 1024).link(previous, l))
}

// link adds every part of a link and what it is chained to.
func (m message) link(previous []byte, l Link) message {
	m = m.text("entry").bytes(previous).number(l.Seq).number(l.At.UnixMilli())
	for _, text := range l.Texts() {
		m = m.text(*text)
	}
	m = m.number(int64(len(l.Details)))
	var some [16]string // more of them are on the heap
	for _, name := range sortedNames(some[:0], l.Details) {
		m = m.text(name).text(l.Details[name])
	}
	return m
}

func sortedNames(names []string, details map[string]string) []string {
	for name := range details {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (c Chain) sum(m message) []byte {
	h := hmac.New(sha256.New, c.Key.Reveal())
	_, _ = h.Write(m)
	return h.Sum(nil)
}

// message is what a MAC is made over: each part with its length, so that nothing can slide from one part to the next.
type message []byte

func (m message) text(s string) message { return append(m.number(int64(len(s))), s...) }

func (m message) bytes(b []byte) message { return append(m.number(int64(len(b))), b...) }

func (m message) number(n int64) message { return binary.BigEndian.AppendUint64(m, uint64(n)) } //nolint:gosec // Bits are all that is asked for.
