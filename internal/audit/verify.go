package audit

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"iter"
)

// Broken says where the log does not hold, and why.
type Broken struct {
	Seq    int64
	Reason string
}

func (b *Broken) Error() string { return fmt.Sprintf("activity log: entry %d: %s", b.Seq, b.Reason) }

// Chains are all chains of a log, in the order of their numbers.
type Chains []Chain

// Last is the chain that entries go to. There is one wherever Check found nothing.
func (cs Chains) Last() Chain { return cs[len(cs)-1] }

// Check looks at the ends of the chains alone: that none is missing, that each starts where the one before it ended, and that no end
// was moved. It returns a *Broken for the first place that does not hold.
func (cs Chains) Check() error {
	if len(cs) == 0 {
		return &Broken{Reason: "the stored end of the log is missing"}
	}
	var before Head
	start := make([]byte, sha256.Size)
	for i, c := range cs {
		if want := ChainID(i + 1); c.ID != want {
			return &Broken{Seq: before.Seq, Reason: fmt.Sprintf("the stored end of chain %d is missing", want)}
		}
		if i > 0 {
			start = c.startAfter(before)
		}
		if !hmac.Equal(c.Start, start) {
			return &Broken{Seq: before.Seq, Reason: fmt.Sprintf("chain %d does not start from here, although it follows", c.ID)}
		}
		if err := c.check(cs.startOf(i + 1)); err != nil {
			return err
		}
		before = c.Head
	}
	return nil
}

func (cs Chains) startOf(i int) []byte {
	if i == len(cs) {
		return nil
	}
	return cs[i].Start
}

// Verify reads all entries in order and compares the ends of their chains with those that are kept. It returns a *Broken for
// the first place that does not hold, and the source's own error where reading failed.
func (cs Chains) Verify(links iter.Seq2[Link, error]) error {
	if err := cs.Check(); err != nil {
		return err
	}
	reached := make([][]byte, len(cs)) // the MAC that the next entry of each chain is chained to
	for i, c := range cs {
		reached[i] = c.Start
	}
	var last int64
	for link, err := range links {
		if err != nil {
			return fmt.Errorf("read activity log after entry %d: %w", last, err)
		}
		if link.Seq != last+1 {
			return &Broken{Seq: last + 1, Reason: fmt.Sprintf("missing; entry %d follows", link.Seq)}
		}
		i := int(link.Chain) - 1
		if i < 0 || i >= len(cs) {
			return &Broken{Seq: link.Seq, Reason: fmt.Sprintf("in chain %d, which doesn't exist", link.Chain)}
		}
		if !hmac.Equal(link.MAC, cs[i].mac(reached[i], link)) {
			return &Broken{Seq: link.Seq, Reason: "altered, or not the one that was written here"}
		}
		reached[i], last = link.MAC, link.Seq
	}
	for i, c := range cs {
		if !hmac.Equal(reached[i], c.Head.MAC) {
			return &Broken{Seq: last + 1, Reason: fmt.Sprintf("the log ends here, but %d entries were written", cs.Last().Head.Seq)}
		}
	}
	return nil
}
