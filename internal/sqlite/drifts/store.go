// Package drifts keeps what is known of accounts as Microsoft 365 has them, and what of it is not as expected: drift.Store on SQLite.
package drifts

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/drift"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/events"
	"purser.example/internal/tenant"
)

// Store implements drift.Store.
type Store struct{ db *sqlite.DB }

// New gives the store of a database.
func New(db *sqlite.DB) *Store { return &Store{db: db} }

// Account implements drift.Store.
func (s *Store) Account(ctx context.Context, k account.Key) (drift.Account, error) {
	a := drift.Account{Key: k}
	var looked int64
	var expected, facts, lacks string
	err := s.db.QueryRow(ctx, `SELECT no, username, version, looked_at, expected, facts, lacks FROM drift_accounts WHERE tenant_id = ? AND account = ?`, k.Tenant, k.Username).
		Scan(&a.No, &a.Username, &a.Version, &looked, &expected, &facts, &lacks)
	if errors.Is(err, sql.ErrNoRows) {
		return a, nil
	}
	if err != nil {
		return a, err
	}
	a.Looked = sqlite.Moment(looked)
	if err := errors.Join(json.Unmarshal([]byte(expected), &a.Expected), json.Unmarshal([]byte(facts), &a.Read), json.Unmarshal([]byte(lacks), &a.Lacks)); err != nil {
		return a, err
	}
	a.Open, err = sqlite.All(s.db.Query(ctx, driftColumns+` WHERE d.no = ? ORDER BY d.id`, a.No), scanDrift)
	return a, err
}

const driftColumns = `SELECT d.id, a.tenant_id, a.username, d.topic, d.item, d.name, d.way, d.first_at, d.last_at FROM drifts d JOIN drift_accounts a ON a.no = d.no`

func scanDrift(row sqlite.Row) (drift.Drift, error) {
	var d drift.Drift
	var first, last int64
	err := row.Scan(&d.ID, &d.Tenant, &d.Username, &d.Topic, &d.Item.Key, &d.Item.Name, &d.Way, &first, &last)
	d.First, d.Last = sqlite.Moment(first), sqlite.Moment(last)
	return d, err
}

// texts are facts and permissions as they are stored.
func texts(expected, facts drift.Facts, lacks []string) (list [3]string, err error) {
	if expected == nil {
		expected = drift.Facts{}
	}
	if facts == nil {
		facts = drift.Facts{}
	}
	for i, each := range []any{expected, facts, lacks} {
		text, err := json.Marshal(each)
		if err != nil {
			return list, err
		}
		list[i] = string(text)
	}
	return list, nil
}

// Keep implements drift.Store.
func (s *Store) Keep(ctx context.Context, c drift.Change) error {
	a := c.Account
	stored, err := texts(a.Expected, a.Read, a.Lacks)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		no, err := put(tx, a, stored)
		if err != nil {
			return err
		}
		if !c.Snapshot.At.IsZero() {
			if _, err := tx.Exec(`INSERT INTO drift_snapshots (no, at, facts) VALUES (?, ?, ?) ON CONFLICT (no, at) DO UPDATE SET facts = excluded.facts`, no, c.Snapshot.At.UnixMilli(), stored[1]); err != nil {
				return err
			}
		}
		for _, id := range c.Over {
			if _, err := tx.Exec(`DELETE FROM drifts WHERE id = ? AND no = ?`, id, no); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(`UPDATE drifts SET last_at = ? WHERE no = ?`, c.Seen.UnixMilli(), no); err != nil {
			return err
		}
		for _, d := range c.New {
			if _, err := tx.Exec(`INSERT INTO drifts (no, topic, item, name, way, first_at, last_at) VALUES (?, ?, ?, ?, ?, ?, ?)`, no, d.Topic, d.Item.Key, d.Item.Name, d.Way, d.First.UnixMilli(), d.Last.UnixMilli()); err != nil {
				return err
			}
		}
		return events.Put(tx, c.Events...)
	})
}

// put stores the account itself, where it is as it was read, and gives its number.
func put(tx *sqlite.Tx, a drift.Account, stored [3]string) (no int64, err error) {
	if a.No == 0 {
		err = tx.QueryRow(`INSERT INTO drift_accounts (tenant_id, account, username, version, looked_at, expected, facts, lacks) VALUES (?, ?, ?, 1, ?, ?, ?, ?)
			ON CONFLICT (tenant_id, account) DO NOTHING RETURNING no`, a.Key.Tenant, a.Key.Username, a.Username, sqlite.Milliseconds(a.Looked), stored[0], stored[1], stored[2]).Scan(&no)
		if errors.Is(err, sql.ErrNoRows) {
			return 0, drift.ErrChanged
		}
		return no, err
	}
	n, err := tx.Exec(`UPDATE drift_accounts SET username = ?, version = version + 1, looked_at = ?, expected = ?, facts = ?, lacks = ? WHERE no = ? AND version = ?`,
		a.Username, sqlite.Milliseconds(a.Looked), stored[0], stored[1], stored[2], a.No, a.Version)
	if err == nil && n == 0 {
		return 0, drift.ErrChanged
	}
	return a.No, err
}

// Looked implements drift.Store.
func (s *Store) Looked(ctx context.Context, no int64, at time.Time, lacks []string) error {
	stored, err := texts(nil, nil, lacks)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		if _, err := tx.Exec(`UPDATE drift_accounts SET looked_at = ?, lacks = ? WHERE no = ?`, at.UnixMilli(), stored[2], no); err != nil {
			return err
		}
		_, err := tx.Exec(`UPDATE drifts SET last_at = ? WHERE no = ?`, at.UnixMilli(), no)
		return err
	})
}

// Snapshots implements drift.Store.
func (s *Store) Snapshots(ctx context.Context, k account.Key, from, to time.Time) ([]drift.Snapshot, error) {
	return sqlite.All(s.db.Query(ctx, `SELECT s.at, s.facts FROM drift_accounts a JOIN drift_snapshots s ON s.no = a.no WHERE a.tenant_id = ?1 AND a.account = ?2 AND s.at <= ?4
		AND s.at >= coalesce((SELECT max(b.at) FROM drift_snapshots b WHERE b.no = a.no AND b.at <= ?3), 0) ORDER BY s.at`, k.Tenant, k.Username, from.UnixMilli(), to.UnixMilli()),
		func(row sqlite.Row) (shot drift.Snapshot, err error) {
			var at int64
			var facts string
			if err := row.Scan(&at, &facts); err != nil {
				return shot, err
			}
			shot.At = sqlite.Moment(at)
			return shot, json.Unmarshal([]byte(facts), &shot.Facts)
		})
}

// Drift implements drift.Store.
func (s *Store) Drift(ctx context.Context, id drift.ID) (drift.Drift, error) {
	d, err := scanDrift(s.db.QueryRow(ctx, driftColumns+` WHERE d.id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return d, drift.ErrGone
	}
	if err != nil {
		return d, err
	}
	d.Places, err = s.places(ctx, d)
	return d, err
}

// places are where the account of a drift is kept.
func (s *Store) places(ctx context.Context, d drift.Drift) ([]account.Place, error) {
	return sqlite.All(s.db.Query(ctx, places("?1", "?2")+` ORDER BY kind DESC, place`, d.Tenant, account.Fold(d.Username)), func(row sqlite.Row) (p account.Place, err error) {
		return p, row.Scan(&p.Kind, &p.ID)
	})
}

// Alike implements drift.Store.
func (s *Store) Alike(ctx context.Context, d drift.Drift, limit int) ([]drift.Drift, error) {
	return sqlite.All(s.db.Query(ctx, driftColumns+` WHERE d.topic = ? AND d.item = ? AND d.way = ? AND a.tenant_id = ? AND d.id <> ? ORDER BY d.id LIMIT ?`,
		d.Topic, d.Item.Key, d.Way, d.Tenant, d.ID, limit), scanDrift)
}

// Accept implements drift.Store.
func (s *Store) Accept(ctx context.Context, id drift.ID, expected func(drift.Facts) drift.Facts, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		var no int64
		var text string
		err := tx.QueryRow(`SELECT a.no, a.expected FROM drifts d JOIN drift_accounts a ON a.no = d.no WHERE d.id = ?`, id).Scan(&no, &text)
		if errors.Is(err, sql.ErrNoRows) {
			return drift.ErrGone
		}
		if err != nil {
			return err
		}
		var facts drift.Facts
		if err := json.Unmarshal([]byte(text), &facts); err != nil {
			return err
		}
		stored, err := texts(expected(facts), nil, nil)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE drift_accounts SET expected = ?, version = version + 1 WHERE no = ?`, stored[0], no); err != nil {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM drifts WHERE id = ?`, id); err != nil {
			return err
		}
		return tx.Record(e)
	})
}

// Count implements drift.Store.
func (s *Store) Count(ctx context.Context, t tenant.ID) (map[drift.Topic]int, error) {
	counts := map[drift.Topic]int{}
	return counts, s.db.Query(ctx, `SELECT d.topic, count(*) FROM drifts d JOIN drift_accounts a ON a.no = d.no WHERE (?1 = '' OR a.tenant_id = ?1) AND `+kept+` GROUP BY d.topic`, t).Each(func(row sqlite.Row) error {
		var topic drift.Topic
		var n int
		err := row.Scan(&topic, &n)
		counts[topic] = n
		return err
	})
}

// Prune implements drift.Store.
func (s *Store) Prune(ctx context.Context, before time.Time, limit int) (more bool, err error) {
	err = s.db.Write(ctx, func(tx *sqlite.Tx) error {
		n, err := tx.Exec(`DELETE FROM drift_accounts WHERE no IN (SELECT a.no FROM drift_accounts a WHERE NOT `+kept+`
			AND NOT EXISTS (SELECT 1 FROM drift_snapshots s WHERE s.no = a.no AND s.at >= ?1) AND a.looked_at < ?1 LIMIT ?2)`, before.UnixMilli(), limit)
		more = n == int64(limit)
		return err
	})
	return more, err
}
