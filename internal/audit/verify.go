package audit

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"iter"
	"slices"
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
		if err := cs.checkpoint(i); err != nil {
			return err
		}
		before = c.Head
	}
	return nil
}

// Closed is the number of the last entry that may be gone: that of the last chain with a checkpoint.
func (cs Chains) Closed() (seq int64) {
	for _, c := range cs {
		if c.Closed() {
			seq = c.Head.Seq
		}
	}
	return seq
}

// FirstOpen is the first chain without a checkpoint, by its place. The last one has none where Check found nothing.
func (cs Chains) FirstOpen() int {
	return slices.IndexFunc(cs, func(c Chain) bool { return !c.Closed() })
}

// checkpoint says whether the entries of a chain may be gone, where it claims so.
func (cs Chains) checkpoint(i int) error {
	c := cs[i]
	if !c.Closed() {
		return nil
	}
	switch {
	case !hmac.Equal(c.Checkpoint, c.Close().Checkpoint):
		return &Broken{Seq: c.Head.Seq, Reason: fmt.Sprintf("the checkpoint of chain %d is not one that Purser signed", c.ID)}
	case i == len(cs)-1, i > 0 && !cs[i-1].Closed():
		return &Broken{Seq: c.Head.Seq, Reason: fmt.Sprintf("the checkpoint of chain %d is not at the beginning of the log", c.ID)}
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
	_, err := cs.VerifyAll(links)
	return err
}

// VerifyAll is Verify, and gives the walk that came to the end.
func (cs Chains) VerifyAll(links iter.Seq2[Link, error]) (*Walk, error) {
	walk, err := cs.Walk()
	if err != nil {
		return nil, err
	}
	for link, err := range links {
		if err != nil {
			return nil, fmt.Errorf("read activity log after entry %d: %w", walk.last, err)
		}
		if err := walk.Next(link); err != nil {
			return nil, err
		}
	}
	return walk, walk.End()
}
