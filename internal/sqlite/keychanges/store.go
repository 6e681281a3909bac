// Package keychanges keeps changes of the key, and knows everything that is sealed: keychange.Store on SQLite.
package keychanges

import (
	"context"
	"database/sql"
	"errors"
	"strconv"

	"purser.example/internal/audit"
	"purser.example/internal/keychange"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
)

// Store implements keychange.Store.
type Store struct{ db *sqlite.DB }

// New gives the store of a database.
func New(db *sqlite.DB) *Store { return &Store{db} }

const columns = `SELECT id, former_id, next_id, issuer, subject, name, sign_in, begun_at, ended_at, total, done, unreadable FROM key_changes`

func scan(row sqlite.Row) (c keychange.Change, err error) {
	var begun, ended int64
	err = row.Scan(&c.ID, &c.Former, &c.Next, &c.Actor.Issuer, &c.Actor.Subject, &c.Actor.Name, &c.Actor.SignIn, &begun, &ended, &c.Total, &c.Done, &c.Unreadable)
	c.Begun, c.Ended = sqlite.Moment(begun), sqlite.Moment(ended)
	if errors.Is(err, sql.ErrNoRows) {
		return c, keychange.ErrNone
	}
	return c, err
}

// Last implements keychange.Store.
func (s *Store) Last(ctx context.Context) (keychange.Change, error) {
	return scan(s.db.QueryRow(ctx, columns+` ORDER BY id DESC LIMIT 1`))
}

// Begin implements keychange.Store.
func (s *Store) Begin(ctx context.Context, c keychange.Change, sealed secret.Change, both *secret.Keyring, e audit.Entry) error {
	total, err := s.db.StillSealed(ctx, Places, both.Mark())
	if err != nil {
		return err
	}
	err = s.db.BeginKeyChange(ctx, sealed, both, func(tx *sqlite.Tx) error {
		var id int64
		err := tx.QueryRow(`INSERT INTO key_changes (former_id, next_id, next, after, issuer, subject, name, sign_in, begun_at, ended_at, total, done, unreadable)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, 0, 0) RETURNING id`, c.Former, c.Next, sealed.Next.Keyset, sealed.After.Keyset,
			c.Actor.Issuer, c.Actor.Subject, c.Actor.Name, c.Actor.SignIn, c.Begun.UnixMilli(), total).Scan(&id)
		if err != nil {
			return err
		}
		if err := tx.Enqueue(keychange.Work, strconv.FormatInt(id, 10)); err != nil {
			return err
		}
		return tx.Record(e)
	})
	if errors.Is(err, sqlite.ErrKeyChanging) {
		return keychange.ErrUnderWay
	}
	return err
}

// Reseal implements keychange.Store.
func (s *Store) Reseal(ctx context.Context, id keychange.ID, told func()) error {
	return s.db.Reseal(ctx, Places, func(tx *sqlite.Tx, n int) error {
		defer told()
		_, err := tx.Exec(`UPDATE key_changes SET done = done + ? WHERE id = ?`, n, id)
		return err
	})
}

// Finish implements keychange.Store.
func (s *Store) Finish(ctx context.Context, id keychange.ID, entry func(keychange.Change) audit.Entry) error {
	after, err := s.after(ctx, id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	err = s.db.FinishKeyChange(ctx, Places, after, func(tx *sqlite.Tx, resealed, unreadable int) error {
		c, err := scan(tx.QueryRow(columns+` WHERE id = ?`, id))
		if err != nil {
			return err
		}
		c.Ended, c.Done, c.Unreadable = tx.Now(), c.Done+resealed, unreadable
		if _, err := tx.Exec(`UPDATE key_changes SET ended_at = ?, done = ?, unreadable = ?, next = NULL, after = NULL WHERE id = ?`, c.Ended.UnixMilli(), c.Done, c.Unreadable, id); err != nil {
			return err
		}
		return tx.Record(entry(c))
	})
	if err == nil {
		// What the former key sealed is overwritten in the database, and still in its write-ahead log. A reader may keep that from being
		// emptied now; it will be by and by.
		_ = s.db.Pragma(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`)
	}
	return err
}

// after reads what takes the keyring's place at the end.
func (s *Store) after(ctx context.Context, id keychange.ID) (after secret.SealedKeyring, err error) {
	err = s.db.QueryRow(ctx, `SELECT i.installation, c.next_id, c.after FROM key_changes c, installation i WHERE c.id = ? AND c.ended_at = 0`, id).
		Scan(&after.Installation, &after.KeyID, &after.Keyset)
	return after, err
}
