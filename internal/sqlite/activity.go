package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"time"

	"purser.example/internal/audit"
)

var errLocked = errors.New("sqlite: the activity log is written before Unlock")

// record appends the entry to the activity log, in the transaction of what it records (R61).
func (db *DB) record(tx *Tx, e audit.Entry) error {
	if db.chain == nil {
		return errLocked
	}
	var head audit.Head
	if err := tx.QueryRow(`SELECT seq, mac, seal FROM activity_head WHERE id = 1`).Scan(&head.Seq, &head.MAC, &head.Seal); err != nil {
		return fmt.Errorf("read the end of the activity log: %w", err)
	}
	e.At = db.now().UTC().Truncate(time.Millisecond)
	link, head := db.chain.Append(head, e)
	details, err := json.Marshal(e.Details)
	if err != nil {
		return fmt.Errorf("write details of %s: %w", e.Action, err)
	}
	if _, err := tx.Exec(`INSERT INTO activity (seq, at, issuer, subject, name, sign_in, action, target_kind, target_id, target_name, request, address, details, mac)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		link.Seq, e.At.UnixMilli(), e.Actor.Issuer, e.Actor.Subject, e.Actor.Name, e.Actor.SignIn, string(e.Action),
		e.Target.Kind, e.Target.ID, e.Target.Name, e.Origin.Request, e.Origin.Address, string(details), link.MAC); err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE activity_head SET seq = ?, mac = ?, seal = ? WHERE id = 1`, head.Seq, head.MAC, head.Seal)
	return err
}

// Record writes one entry that stands alone, such as a denial.
func (db *DB) Record(ctx context.Context, e audit.Entry) error {
	return db.Write(ctx, func(tx *Tx) error { return db.record(tx, e) })
}

// VerifyActivity reads the whole activity log and returns a *audit.Broken for the first place that does not hold. Entries
// written meanwhile are left out: it reads one state of the database.
func (db *DB) VerifyActivity(ctx context.Context) error {
	if db.chain == nil {
		return errLocked
	}
	tx, err := db.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return translate(err)
	}
	defer func() { _ = tx.Rollback() }()
	var head audit.Head
	err = tx.QueryRowContext(ctx, `SELECT seq, mac, seal FROM activity_head WHERE id = 1`).Scan(&head.Seq, &head.MAC, &head.Seal)
	if errors.Is(err, sql.ErrNoRows) {
		return &audit.Broken{Reason: "the stored end of the log is missing"}
	}
	if err != nil {
		return translate(err)
	}
	return db.chain.Verify(links(ctx, tx), head)
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

const linkColumns = `SELECT seq, at, issuer, subject, name, sign_in, action, target_kind, target_id, target_name, request, address, details, mac FROM activity`

func links(ctx context.Context, tx *sql.Tx) iter.Seq2[audit.Link, error] {
	return func(yield func(audit.Link, error) bool) {
		rows, err := tx.QueryContext(ctx, linkColumns+` ORDER BY seq`)
		if err != nil {
			yield(audit.Link{}, translate(err))
			return
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			link, err := scanLink(rows)
			if !yield(link, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(audit.Link{}, translate(err))
		}
	}
}

func scanLink(rows *sql.Rows) (audit.Link, error) {
	var l audit.Link
	var at int64
	var details string
	err := rows.Scan(&l.Seq, &at, &l.Actor.Issuer, &l.Actor.Subject, &l.Actor.Name, &l.Actor.SignIn, &l.Action,
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
