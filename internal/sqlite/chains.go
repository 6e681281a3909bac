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

// chains reads the chains of the activity log as they stand, and opens their keys. One whose key does not open is a
// *audit.Broken: somebody altered it, or put another's in its place.
func chains(ctx context.Context, from querier, ring *secret.Keyring) (audit.Chains, error) {
	rows, err := from.QueryContext(ctx, `SELECT id, key, start, seq, mac, seal FROM chains ORDER BY id`)
	if err != nil {
		return nil, translate(err)
	}
	defer func() { _ = rows.Close() }()
	var found audit.Chains
	for rows.Next() {
		var c audit.Chain
		var sealed []byte
		if err := rows.Scan(&c.ID, &sealed, &c.Start, &c.Head.Seq, &c.Head.MAC, &c.Head.Seal); err != nil {
			return nil, translate(err)
		}
		if c.Key, err = ring.Open(sealed, chainKey(c.ID)); err != nil {
			return nil, &audit.Broken{Seq: c.Head.Seq, Reason: fmt.Sprintf("the key of chain %d does not open", c.ID)}
		}
		found = append(found, c)
	}
	return found, translate(rows.Err())
}

// querier is the pool of readers, or one state of the database that they look at.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// chainKey is the record that the key of a chain is bound to.
func chainKey(id audit.ChainID) secret.Record {
	return secret.Record{Table: "chain", ID: strconv.FormatInt(int64(id), 10), Field: "key"}
}

// keepChain stores a chain, its key sealed.
func keepChain(tx *Tx, ring *secret.Keyring, c audit.Chain) error {
	sealed, err := ring.Seal(c.Key, chainKey(c.ID))
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO chains (id, key, start, seq, mac, seal) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET key = excluded.key, seq = excluded.seq, mac = excluded.mac, seal = excluded.seal`,
		c.ID, sealed, c.Start, c.Head.Seq, c.Head.MAC, c.Head.Seal)
	return err
}

// follow begins a chain that follows the last one, with a fresh key, and stores both.
func follow(tx *Tx, ring *secret.Keyring, last audit.Chain) error {
	*tx.log = logEnd{} // last says where the log ends, and the entries from here on belong to another chain
	followed, next, err := last.Next(secret.Random(audit.KeySize))
	if err != nil {
		return err
	}
	if err := keepChain(tx, ring, followed); err != nil {
		return err
	}
	return keepChain(tx, ring, next)
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
	if err := db.Write(ctx, func(tx *Tx) error { return follow(tx, ring, old) }); err != nil {
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
