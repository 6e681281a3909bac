package scans

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/run"
	"purser.example/internal/scan"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/runs"
	"purser.example/internal/tenant"
)

// ToGrant implements scan.Store.
func (s *Store) ToGrant(ctx context.Context, t tenant.ID, types []scan.Type, group string, since time.Time, after scan.ObjectID, limit int) ([]scan.Object, error) {
	all, err := s.all(ctx)
	if err != nil {
		return nil, err
	}
	var shelves []int64
	for _, h := range chosen(all, scan.ObjectQuery{Tenant: t}) {
		if slices.Contains(types, h.kind) {
			shelves = append(shelves, h.no)
		}
	}
	if len(shelves) == 0 {
		return nil, nil
	}
	by := inOrder[scan.ByFirst]
	numbers, args := walk{by, shelves, false, []clause{
		{"place > ?", []any{after}},
		{"NOT (grant_state = ? AND grant_group = ? AND grant_at >= ?)", []any{grantNumber(scan.Granted), group, sqlite.Milliseconds(since)}},
	}}.numbers(limit)
	return sqlite.All(s.db.Query(ctx, `SELECT `+objectColumns+objectTables+` WHERE o.id IN (`+numbers+`)`+by.by("o.", false), args...), func(row sqlite.Row) (scan.Object, error) {
		o, err := scanObject(row)
		return o.Object, err
	})
}

// Concluded implements scan.Store.
func (s *Store) Concluded(ctx context.Context, r run.Run, i run.Item, g scan.Grant, e *audit.Entry) error {
	id, err := strconv.ParseInt(i.Subject, 10, 64)
	if err != nil {
		return fmt.Errorf("read the object of an item of run %s: %w", r.ID, err)
	}
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		stands, err := runs.SetItem(tx, r, i)
		if err != nil {
			return err
		}
		if stands && g != (scan.Grant{}) {
			if err := setGrant(tx, id, g); err != nil {
				return err
			}
		}
		if e == nil {
			return nil
		}
		return tx.Record(*e)
	})
}

// setGrant stores what is known of the group at a site.
func setGrant(tx *sqlite.Tx, id int64, g scan.Grant) error {
	var lot int64
	var away bool
	var before int
	err := tx.QueryRow(`SELECT lot, gone_at > 0, grant_state FROM scan_objects WHERE id = ?`, id).Scan(&lot, &away, &before)
	if errors.Is(err, sql.ErrNoRows) {
		return scan.ErrGone
	}
	if err != nil {
		return err
	}
	now := grantNumber(g.State)
	if now == before { // its shelf stays, and with it three indexes
		_, err := tx.Exec(`UPDATE scan_objects SET grant_group = ?, grant_reason = ?, grant_at = ? WHERE id = ?`, g.Group, g.Reason, sqlite.Milliseconds(g.At), id)
		return err
	}
	if _, err := tx.Exec(`UPDATE scan_objects SET grant_state = ?, grant_group = ?, grant_reason = ?, grant_at = ? WHERE id = ?`,
		now, g.Group, g.Reason, sqlite.Milliseconds(g.At), id); err != nil {
		return err
	}
	return counting{shelfNo(lot, away, before): -1, shelfNo(lot, away, now): 1}.write(tx)
}

// TermStore implements scan.Store.
func (s *Store) TermStore(ctx context.Context, t tenant.ID, username string) (entry scan.TermStoreEntry, err error) {
	var at int64
	err = s.db.QueryRow(ctx, `SELECT username, state, code, at, by_name FROM term_store_administrators WHERE tenant_id = ? AND username_key = ?`, t, account.Fold(username)).
		Scan(&entry.Username, &entry.State, &entry.Code, &at, &entry.By.By)
	entry.By.At = sqlite.Moment(at)
	if errors.Is(err, sql.ErrNoRows) {
		return scan.TermStoreEntry{}, nil
	}
	return entry, err
}

// SetTermStore implements scan.Store.
func (s *Store) SetTermStore(ctx context.Context, t tenant.ID, entry scan.TermStoreEntry, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		if _, err := tx.Exec(`INSERT INTO term_store_administrators (tenant_id, username_key, username, state, code, at, by_name) VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (tenant_id, username_key) DO UPDATE SET username = excluded.username, state = excluded.state, code = excluded.code, at = excluded.at, by_name = excluded.by_name`,
			t, account.Fold(entry.Username), entry.Username, entry.State, entry.Code, sqlite.Milliseconds(entry.By.At), entry.By.By); err != nil {
			return err
		}
		return tx.Record(e)
	})
}
