package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"purser.example/internal/audit"
)

var errLocked = errors.New("sqlite: the activity log is written before Unlock")

// record appends the entry to the activity log, in the transaction of what it records (R61).
func (db *DB) record(tx *Tx, e audit.Entry) error {
	if db.chain.Load() == nil {
		return errLocked
	}
	chain, last, err := db.end(tx)
	if err != nil {
		return err
	}
	e.At = db.now().UTC().Truncate(time.Millisecond)
	link, chain, err := chain.Append(last+1, e)
	if err != nil {
		return err
	}
	if err := insertLink(tx, link); err != nil {
		return err
	}
	*tx.log = logEnd{chain: chain, last: link.Seq, known: true, moved: true}
	if db.recorded == nil {
		return nil
	}
	return db.recorded(tx, link.Entry)
}

// Recorded has something done with each entry, in the transaction that records it: either both are kept, or neither. It is called once, before
// anything writes.
func (db *DB) Recorded(do func(tx *Tx, e audit.Entry) error) { db.recorded = do }

// logEnd is the end of the activity log during one transaction of the writer: read by the first entry and stored behind the
// last one, because most writes bring one entry each, and many share a transaction.
type logEnd struct {
	chain audit.Chain
	last  int64 // the number of the last entry of all
	known bool
	moved bool // and not stored yet
}

// store writes where the log ends now, if it has moved.
func (l *logEnd) store(tx *Tx) error {
	if !l.moved {
		return nil
	}
	l.moved = false
	head := l.chain.Head
	_, err := tx.Exec(`UPDATE chains SET seq = ?, mac = ?, seal = ? WHERE id = ?`, head.Seq, head.MAC, head.Seal, l.chain.ID)
	return err
}

// end gives the chain that is written to, as it stands, and the number of the last entry of all.
func (db *DB) end(tx *Tx) (chain audit.Chain, last int64, err error) {
	if tx.log.known {
		return tx.log.chain, tx.log.last, nil
	}
	chain = *db.chain.Load()
	known := chain.ID
	var sealed []byte
	err = tx.QueryRow(`SELECT id, key, start, seq, mac, seal, (SELECT max(seq) FROM chains) FROM chains ORDER BY id DESC LIMIT 1`).
		Scan(&chain.ID, &sealed, &chain.Start, &chain.Head.Seq, &chain.Head.MAC, &chain.Head.Seal, &last)
	if errors.Is(err, sql.ErrNoRows) {
		return chain, 0, &audit.Broken{Reason: fmt.Sprintf("the stored end of chain %d is missing", chain.ID)}
	}
	if err != nil {
		return chain, 0, fmt.Errorf("read the end of the activity log: %w", err)
	}
	if chain.ID != known {
		return db.another(chain, sealed, last)
	}
	return chain, last, nil
}

// another is the end of the log in a chain that was begun since the last entry.
func (db *DB) another(chain audit.Chain, sealed []byte, last int64) (audit.Chain, int64, error) {
	if _, err := openChain(db.ring, &chain, sealed); err != nil {
		return chain, 0, &audit.Broken{Seq: chain.Head.Seq, Reason: fmt.Sprintf("the key of chain %d does not open", chain.ID)}
	}
	known := chain
	db.chain.Store(&known)
	return chain, last, nil
}

// insertLink stores what was chained, to the letter.
func insertLink(tx *Tx, l audit.Link) error {
	details, err := json.Marshal(l.Details)
	if err != nil {
		return fmt.Errorf("write details of %s: %w", l.Action, err)
	}
	_, err = tx.Exec(`INSERT INTO activity (seq, chain, at, issuer, subject, name, sign_in, action, target_kind, target_id, target_name, request, address, details, mac)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		l.Seq, l.Chain, l.At.UnixMilli(), l.Actor.Issuer, l.Actor.Subject, l.Actor.Name, l.Actor.SignIn, string(l.Action),
		l.Target.Kind, l.Target.ID, l.Target.Name, l.Origin.Request, l.Origin.Address, string(details), l.MAC)
	if errors.Is(err, ErrUnique) {
		return &audit.Broken{Seq: l.Seq, Reason: "there already, although the log ended before it"}
	}
	return err
}

// Record writes one entry that stands alone, such as a denial.
func (db *DB) Record(ctx context.Context, e audit.Entry) error {
	return db.Write(ctx, func(tx *Tx) error { return db.record(tx, e) })
}

// VerifyActivity reads the whole activity log and returns a *audit.Broken for the first place that does not hold. Entries
// written meanwhile are left out: it reads one state of the database.
func (db *DB) VerifyActivity(ctx context.Context) error {
	if db.chain.Load() == nil {
		return errLocked
	}
	tx, err := db.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return translate(err)
	}
	defer func() { _ = tx.Rollback() }()
	all, err := chains(ctx, tx, db.ring)
	if err != nil {
		return err
	}
	return all.Verify(links(ctx, tx, 0))
}

// Activity gives the newest entries first, at most limit of them, for tests and, later, the page.
func (db *DB) Activity(ctx context.Context, limit int) ([]audit.Link, error) {
	rows, err := db.read.QueryContext(ctx, linkColumns+` ORDER BY seq DESC LIMIT ?`, limit)
	if err != nil {
		return nil, translate(err)
	}
	return scanLinks(rows)
}

func scanLinks(rows *sql.Rows) ([]audit.Link, error) {
	defer func() { _ = rows.Close() }()
	var found []audit.Link
	for rows.Next() {
		link, err := scanLink(rows)
		if err != nil {
			return nil, err
		}
		found = append(found, link)
	}
	return found, translate(rows.Err())
}

const linkColumns = `SELECT seq, chain, at, issuer, subject, name, sign_in, action, target_kind, target_id, target_name, request, address, details, mac FROM activity`

func scanLink(rows *sql.Rows) (audit.Link, error) {
	var l audit.Link
	var at int64
	var details string
	err := rows.Scan(&l.Seq, &l.Chain, &at, &l.Actor.Issuer, &l.Actor.Subject, &l.Actor.Name, &l.Actor.SignIn, &l.Action,
		&l.Target.Kind, &l.Target.ID, &l.Target.Name, &l.Origin.Request, &l.Origin.Address, &details, &l.MAC)
	if err != nil {
		return l, translate(err)
	}
	l.At = time.UnixMilli(at).UTC()
	if err := json.Unmarshal([]byte(details), &l.Details); err != nil {
		// Somebody wrote over it: the chain will say so at this entry.
		l.Details = map[string]string{"unreadable": details}
	}
	return l, nil
}
