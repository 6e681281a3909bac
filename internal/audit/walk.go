package audit

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"hash"
)

// Walk goes along the entries of a log from the first to the last, and compares each with what it is chained to.
type Walk struct {
	chains  Chains
	sums    []hash.Hash // of each chain, so that its key is taken up once
	reached [][]byte    // the MAC that the next entry of each chain is chained to; nil: not known, behind a checkpoint
	buffer  message
	last    int64 // the number of the entry before
	first   int64 // the first that must be there
	begun   bool
	read    int64
}

// Walk begins at the first entry, after a look at the ends of the chains. Its errors are those of Check.
func (cs Chains) Walk() (*Walk, error) {
	if err := cs.Check(); err != nil {
		return nil, err
	}
	w := &Walk{chains: cs, first: 1}
	for _, c := range cs {
		w.sums = append(w.sums, hmac.New(sha256.New, c.Key.Reveal()))
		w.reached = append(w.reached, c.Start)
		if c.Closed() {
			w.reached[len(w.reached)-1], w.first = nil, c.Head.Seq+1
		}
	}
	return w, nil
}

// Next takes the next entry. It returns a *Broken where that does not hold.
func (w *Walk) Next(link Link) error {
	if !w.begun {
		w.begun, w.last = true, min(link.Seq, w.first)-1
	}
	if link.Seq != w.last+1 {
		return &Broken{Seq: w.last + 1, Reason: fmt.Sprintf("missing; entry %d follows", link.Seq)}
	}
	i := int(link.Chain) - 1
	if i < 0 || i >= len(w.chains) {
		return &Broken{Seq: link.Seq, Reason: fmt.Sprintf("in chain %d, which doesn't exist", link.Chain)}
	}
	switch before := w.reached[i]; {
	case before == nil && link.Seq < w.first:
		// The first that is left of a chain whose entries are being removed: what it is chained to is gone. The next one covers it.
	case before == nil:
		return &Broken{Seq: link.Seq, Reason: fmt.Sprintf("in chain %d, which was closed before it", link.Chain)}
	case !hmac.Equal(link.MAC, w.sum(i, before, link)):
		return &Broken{Seq: link.Seq, Reason: "altered, or not the one that was written here"}
	}
	w.reached[i], w.last = link.MAC, link.Seq
	w.read++
	return nil
}

// WalkFrom begins behind an entry that is taken to hold, for a part of the log; whoever looks at the part before it finds out. Chains are
// written one after the other.
func (cs Chains) WalkFrom(before Link) (*Walk, error) {
	w, err := cs.Walk()
	if err != nil {
		return nil, err
	}
	for i, c := range cs {
		switch {
		case c.ID == before.Chain:
			w.reached[i] = before.MAC
		case c.ID < before.Chain && !c.Closed():
			w.reached[i] = c.Head.MAC
		}
	}
	w.begun, w.last = true, before.Seq
	return w, nil
}

// EndOfPart is End for a part that others follow: it compares those chains that ended in it.
func (w *Walk) EndOfPart() error {
	for i, c := range w.chains {
		if i+1 < len(w.chains) && c.Head.Seq <= w.last && w.reached[i] != nil && !hmac.Equal(w.reached[i], c.Head.MAC) {
			return &Broken{Seq: min(c.Head.Seq, w.last) + 1, Reason: fmt.Sprintf("chain %d ends here, but not as it was written", c.ID)}
		}
	}
	return nil
}

// Last is the number of the entry that was taken last.
func (w *Walk) Last() int64 { return w.last }

// Read is how many entries were taken so far.
func (w *Walk) Read() int64 { return w.read }

// End compares where the chains ended with what is kept of it.
func (w *Walk) End() error {
	if !w.begun {
		w.last = w.first - 1
	}
	for i, c := range w.chains {
		if c.Closed() && w.reached[i] == nil {
			continue // all of its entries were removed, as its checkpoint allows
		}
		if !hmac.Equal(w.reached[i], c.Head.MAC) {
			return &Broken{Seq: w.last + 1, Reason: fmt.Sprintf("the log ends here, but %d entries were written", w.chains.Last().Head.Seq)}
		}
	}
	return nil
}

func (w *Walk) sum(i int, before []byte, link Link) []byte {
	w.buffer = w.buffer[:0].link(before, link)
	w.sums[i].Reset()
	_, _ = w.sums[i].Write(w.buffer)
	return w.sums[i].Sum(nil)
}
