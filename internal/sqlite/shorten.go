package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"purser.example/internal/audit"
)

const (
	// removedAtOnce is how many old entries one transaction removes, so that nobody waits for it.
	removedAtOnce = 500
	// shares is into how many chains the time is cut for which entries are kept: the log is shortened by a chain at a time.
	shares = 12
)

// Keeping says which entries of the log are to be kept.
type Keeping struct {
	For   time.Duration // at least
	Up    int64         // those behind this number in any case, because somebody has yet to get them
	Entry func(chain audit.ChainID, entries int64, until time.Time) audit.Entry
}

// Shorten does one step of keeping the log as long as it is to be, and reports whether there is more to do at once. It ends the last chain
// where that is old enough to be closed one day; closes the first chain with a signed checkpoint where all of its entries are old and hold; and
// removes entries of closed chains, some at a time.
func (db *DB) Shorten(ctx context.Context, k Keeping) (more bool, err error) {
	if db.chain.Load() == nil {
		return false, errLocked
	}
	if !db.kept.TryLock() { // somebody reads the whole log
		return false, nil
	}
	defer db.kept.Unlock()
	all, first, last, err := db.extent(ctx)
	if err != nil {
		return false, err
	}
	if err := all.Check(); err != nil {
		return false, err
	}
	if closed := all.Closed(); first <= closed && last > 0 {
		return true, db.removeUpTo(ctx, closed)
	}
	if done, err := db.closeFirst(ctx, all, k); done || err != nil {
		return done, err
	}
	return false, db.endLast(ctx, all, k)
}

// removeUpTo removes some entries of chains that are closed.
func (db *DB) removeUpTo(ctx context.Context, seq int64) error {
	return db.Write(ctx, func(tx *Tx) error {
		_, err := tx.Exec(`DELETE FROM activity WHERE seq IN (SELECT seq FROM activity WHERE seq <= ? ORDER BY seq LIMIT ?)`, seq, removedAtOnce)
		return err
	})
}

// closeFirst closes the first chain that is not, where it may be. Its entries are verified before: nobody could do it afterwards.
func (db *DB) closeFirst(ctx context.Context, all opened, k Keeping) (done bool, err error) {
	i := all.FirstOpen()
	c := all.Chains[i]
	if i == len(all.Chains)-1 || c.Head.Seq > k.Up {
		return false, nil
	}
	before := all.Closed()
	newest, err := db.writtenAt(ctx, c.Head.Seq)
	if err != nil || c.Head.Seq > before && db.now().Sub(newest) < k.For {
		return false, err
	}
	if c.Head.Seq > before {
		if err := db.verifyPart(ctx, all, before+1, c.Head.Seq+1, before+1, c.Head.Seq); err != nil {
			return false, err
		}
	}
	err = db.Write(ctx, func(tx *Tx) error {
		if _, err := tx.Exec(`UPDATE chains SET checkpoint = ? WHERE id = ?`, c.Close().Checkpoint, c.ID); err != nil {
			return err
		}
		if c.Head.Seq == before {
			return nil // it has no entries
		}
		return tx.Record(k.Entry(c.ID, c.Head.Seq-before, newest))
	})
	return err == nil, err
}

// endLast begins another chain where the last one has entries of long enough.
func (db *DB) endLast(ctx context.Context, all opened, k Keeping) error {
	last := all.Last()
	before := int64(0)
	if n := len(all.Chains); n > 1 {
		before = all.Chains[n-2].Head.Seq
	}
	if last.Head.Seq == before {
		return nil
	}
	oldest, err := db.writtenAt(ctx, before+1)
	if err != nil || db.now().Sub(oldest) < k.For/shares {
		return err
	}
	return db.Write(ctx, func(tx *Tx) error {
		chain, _, err := db.end(tx)
		if err != nil {
			return err
		}
		if chain.ID != last.ID {
			return fmt.Errorf("end chain %d: chain %d is the last one", last.ID, chain.ID)
		}
		return follow(tx, db.ring, chain, db.bound)
	})
}

// writtenAt is when an entry was written; long ago for one that is not there.
func (db *DB) writtenAt(ctx context.Context, seq int64) (time.Time, error) {
	var at sql.NullInt64
	err := db.QueryRow(ctx, `SELECT (SELECT at FROM activity WHERE seq = ?)`, seq).Scan(&at)
	return Moment(at.Int64), err
}
