package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	"purser.example/internal/audit"
	"purser.example/internal/secret"
)

// opened are the chains of the activity log with their keys opened, and in which way these are sealed.
type opened struct {
	audit.Chains
	bound []Bound // of each chain
}

// Bound is how far the rows of a database are bound to what they are used for, as the keys of its chains tell.
type Bound int

// What a Purser bound, in the order in which it learned to.
const (
	Unbound   Bound = iota
	ToAccount       // rights, and passwords to what they are sent for
	ToKind          // and passwords of profiles to their kind, too
)

// newestBound is how this program leaves a database.
const newestBound = ToKind

// chains reads the chains of the activity log as they stand, and opens their keys. One whose key does not open is a
// *audit.Broken: somebody altered it, or put another's in its place.
func chains(ctx context.Context, from querier, ring *secret.Keyring) (found opened, err error) {
	return chainsIn(ctx, from, ring, "checkpoint")
}

// chainsIn also reads the chains of a former version, which has no column for what signs that entries may be gone.
func chainsIn(ctx context.Context, from querier, ring *secret.Keyring, checkpoint string) (found opened, err error) {
	rows, err := from.QueryContext(ctx, `SELECT id, key, start, seq, mac, seal, `+checkpoint+` FROM chains ORDER BY id`)
	if err != nil {
		return found, translate(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var c audit.Chain
		var sealed []byte
		if err := rows.Scan(&c.ID, &sealed, &c.Start, &c.Head.Seq, &c.Head.MAC, &c.Head.Seal, &c.Checkpoint); err != nil {
			return found, translate(err)
		}
		bound, err := openChain(ring, &c, sealed)
		if err != nil {
			return found, &audit.Broken{Seq: c.Head.Seq, Reason: fmt.Sprintf("the key of chain %d does not open", c.ID)}
		}
		found.Chains, found.bound = append(found.Chains, c), append(found.bound, bound)
	}
	return found, translate(rows.Err())
}

// openChain opens the key of a chain, and tells which Purser sealed it.
func openChain(ring *secret.Keyring, c *audit.Chain, sealed []byte) (bound Bound, err error) {
	for bound = newestBound; bound >= Unbound; bound-- {
		if c.Key, err = ring.Open(sealed, chainKey(c.ID, bound)); err == nil {
			return bound, nil
		}
	}
	return Unbound, err
}

// querier is the pool of readers, or one state of the database that they look at.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// chainKey is the record that the key of a chain is bound to. Its facts tell a database in which all rows are bound to what they are used
// for from one that is yet to be taken over: the last chain's key, which the takeover makes, is sealed in no other way, so nobody who has
// only the database can make it be taken over again, with rows of theirs in it.
func chainKey(id audit.ChainID, bound Bound) secret.Record {
	return chainRecord(strconv.FormatInt(int64(id), 10), bound)
}

func chainRecord(id string, bound Bound) secret.Record {
	record := secret.Record{Table: "chain", ID: id, Field: "key"}
	if bound > Unbound {
		record.Facts = secret.FactsOf([]string{"rows are bound", "passwords are bound to their kind"}[:bound]...)
	}
	return record
}

// keepChain stores a chain, its key sealed for the record.
func keepChain(tx *Tx, ring *secret.Keyring, c audit.Chain, record secret.Record) error {
	sealed, err := ring.Seal(c.Key, record)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO chains (id, key, start, seq, mac, seal) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET key = excluded.key, seq = excluded.seq, mac = excluded.mac, seal = excluded.seal`,
		c.ID, sealed, c.Start, c.Head.Seq, c.Head.MAC, c.Head.Seal)
	return err
}

// follow begins a chain that follows the last one, with a fresh key, and stores both, their keys sealed as in a database that is so bound.
func follow(tx *Tx, ring *secret.Keyring, last audit.Chain, bound Bound) error {
	*tx.log = logEnd{} // last says where the log ends, and the entries from here on belong to another chain
	followed, next, err := last.Next(secret.Random(audit.KeySize))
	if err != nil {
		return err
	}
	if err := keepChain(tx, ring, followed, chainKey(followed.ID, bound)); err != nil {
		return err
	}
	return keepChain(tx, ring, next, chainKey(next.ID, bound))
}

// Bound tells how far the Purser that wrote the database bound its rows to what they are used for. Those who keep rows that it did not bind
// take them over then, and TakenOver ends it.
func (db *DB) Bound() Bound { return db.bound }

// Former reports whether there is anything to take over.
func (db *DB) Former() bool { return db.bound < newestBound }

// TakenOver seals the keys of all chains in the way of today and begins another chain, in one transaction: from then on no row that is
// not bound is believed.
func (db *DB) TakenOver(ctx context.Context) error {
	all, err := chains(ctx, db.read, db.ring)
	if err != nil {
		return err
	}
	err = db.Write(ctx, func(tx *Tx) error {
		for _, c := range all.Chains[:len(all.Chains)-1] {
			if err := keepChain(tx, db.ring, c, chainKey(c.ID, newestBound)); err != nil {
				return err
			}
		}
		return follow(tx, db.ring, all.Last(), newestBound)
	})
	if err != nil {
		return fmt.Errorf("take over the rows of before: %w", err)
	}
	_, err = db.openLog(ctx, db.ring)
	return err
}

// takeOver makes the log of an older Purser one like any other: its one chain, whose key came from the operator's, keeps this
// key under the keyring's seal, so that its entries are proved without the operator's key from now on, and is followed by a
// chain with a key of its own. One transaction does it at the first unlock after the migration; a Purser that is killed before
// finds the log as the migration left it. An end that does not hold is not taken over: a new seal would hide what was done to it.
func (db *DB) takeOver(ctx context.Context, ring *secret.Keyring, former secret.Value) error {
	old, err := db.formerChain(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return translate(err)
	}
	old.Key = former
	if err := db.Write(ctx, func(tx *Tx) error { return follow(tx, ring, old, Unbound) }); err != nil {
		return fmt.Errorf("take over the activity log: %w", err)
	}
	db.log.Info("the activity log has a key of its own now", "entries", old.Head.Seq)
	return nil
}

// formerChain reads the chain that waits to be taken over, and gives sql.ErrNoRows where none does. One that others follow does
// not wait: it had a key, and somebody took it away.
func (db *DB) formerChain(ctx context.Context) (audit.Chain, error) {
	c := audit.Chain{ID: 1}
	err := db.read.QueryRowContext(ctx, `SELECT start, seq, mac, seal FROM chains WHERE id = 1 AND key IS NULL AND (SELECT count(*) FROM chains) = 1`).
		Scan(&c.Start, &c.Head.Seq, &c.Head.MAC, &c.Head.Seal)
	return c, err
}
