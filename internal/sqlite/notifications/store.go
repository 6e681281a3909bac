// Package notifications keeps whom people want told of what, and what is on its way to them: notify.Store on SQLite.
package notifications

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/event"
	"purser.example/internal/notify"
	"purser.example/internal/sqlite"
	"purser.example/internal/tenant"
)

// Store implements notify.Store.
type Store struct{ db *sqlite.DB }

// New gives the store of a database.
func New(db *sqlite.DB) *Store { return &Store{db: db} }

// Written implements notify.Store.
func (s *Store) Written() uint64 { return s.db.Written() }

const ruleColumns = `SELECT id, name, is_on, kinds, tenants, contacts, morning, minute, zone, version, created_at, created_by, modified_at, modified_by FROM notify_rules`

func scanRule(row sqlite.Row) (r notify.Rule, err error) {
	var kinds, tenants, contacts string
	var created, modified int64
	err = row.Scan(&r.ID, &r.Name, &r.On, &kinds, &tenants, &contacts, &r.Morning, &r.Minute, &r.Zone, &r.Version, &created, &r.Created.By, &modified, &r.Modified.By)
	if err != nil {
		return r, err
	}
	r.Created.At, r.Modified.At = sqlite.Moment(created), sqlite.Moment(modified)
	if err := errors.Join(json.Unmarshal([]byte(kinds), &r.Kinds), json.Unmarshal([]byte(tenants), &r.Tenants), json.Unmarshal([]byte(contacts), &r.Contacts)); err != nil {
		return r, fmt.Errorf("read the rule %s: %w", r.ID, err)
	}
	return r, nil
}

// Rules implements notify.Store.
func (s *Store) Rules(ctx context.Context) ([]notify.Rule, error) {
	return sqlite.All(s.db.Query(ctx, ruleColumns+` ORDER BY name_key, id`), scanRule)
}

// SaveRule implements notify.Store.
func (s *Store) SaveRule(ctx context.Context, r notify.Rule, over int64, e audit.Entry) error {
	kinds, err := sqlite.List(append([]event.Kind{}, r.Kinds...))
	if err != nil {
		return err
	}
	tenants, err := sqlite.List(append([]tenant.ID{}, r.Tenants...))
	if err != nil {
		return err
	}
	contacts, err := sqlite.List(append([]notify.ContactID{}, r.Contacts...))
	if err != nil {
		return err
	}
	return s.save(ctx, `notify_rules`, string(r.ID), over, e, func(tx *sqlite.Tx) error {
		_, err := tx.Exec(`INSERT INTO notify_rules (id, name, name_key, is_on, kinds, tenants, contacts, morning, minute, zone, version, created_at, created_by, modified_at, modified_by)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name, name_key = excluded.name_key, is_on = excluded.is_on,
			kinds = excluded.kinds, tenants = excluded.tenants, contacts = excluded.contacts, morning = excluded.morning, minute = excluded.minute, zone = excluded.zone,
			version = excluded.version, modified_at = excluded.modified_at, modified_by = excluded.modified_by`,
			r.ID, r.Name, account.Fold(r.Name), r.On, kinds, tenants, contacts, r.Morning, r.Minute, r.Zone, r.Version,
			r.Created.At.UnixMilli(), r.Created.By, r.Modified.At.UnixMilli(), r.Modified.By)
		return err
	})
}

// save stores a row over a version of it, with its entry.
func (s *Store) save(ctx context.Context, table, id string, over int64, e audit.Entry, write func(*sqlite.Tx) error) error {
	err := s.db.Write(ctx, func(tx *sqlite.Tx) error {
		if err := standing(tx, table, id, over); err != nil {
			return err
		}
		if err := write(tx); err != nil {
			return err
		}
		return tx.Record(e)
	})
	if errors.Is(err, sqlite.ErrUnique) {
		return notify.ErrTaken
	}
	return err
}

// standing looks whether a row has the version that somebody saw; 0: there is none.
func standing(tx *sqlite.Tx, table, id string, over int64) error {
	var version int64
	err := tx.QueryRow(`SELECT version FROM `+table+` WHERE id = ?`, id).Scan(&version)
	switch {
	case errors.Is(err, sql.ErrNoRows) && over == 0:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return notify.ErrGone
	case err == nil && version != over:
		return notify.ErrChanged
	}
	return err
}

// RemoveRule implements notify.Store.
func (s *Store) RemoveRule(ctx context.Context, id notify.RuleID, version int64, e audit.Entry) error {
	return s.save(ctx, `notify_rules`, string(id), version, e, func(tx *sqlite.Tx) error {
		_, err := tx.Exec(`DELETE FROM notify_rules WHERE id = ?`, id)
		return err
	})
}

const contactColumns = `SELECT id, name, way, mail, role, host, usernames, address, signing_key, former_key, former_until, took_at, failing_at, reason,
	version, created_at, created_by, modified_at, modified_by FROM notify_contacts`

func scanContact(row sqlite.Row) (c notify.KeptContact, err error) {
	var former, took, failing, created, modified int64
	err = row.Scan(&c.ID, &c.Name, &c.Way, &c.Mail, &c.Role, &c.Host, &c.Usernames, &c.Address, &c.Key, &c.Former, &former, &took, &failing, &c.Reason,
		&c.Version, &created, &c.Created.By, &modified, &c.Modified.By)
	c.FormerUntil, c.Took, c.Failing, c.Created.At, c.Modified.At = sqlite.Moment(former), sqlite.Moment(took), sqlite.Moment(failing), sqlite.Moment(created), sqlite.Moment(modified)
	return c, err
}

// Contacts implements notify.Store.
func (s *Store) Contacts(ctx context.Context) ([]notify.Contact, error) {
	return sqlite.All(s.db.Query(ctx, contactColumns+` ORDER BY name_key, id`), func(row sqlite.Row) (notify.Contact, error) {
		c, err := scanContact(row)
		return c.Contact, err
	})
}

// Contact implements notify.Store.
func (s *Store) Contact(ctx context.Context, id notify.ContactID) (notify.KeptContact, error) {
	c, err := scanContact(s.db.QueryRow(ctx, contactColumns+` WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return c, notify.ErrGone
	}
	return c, err
}

// SaveContact implements notify.Store. What the contact took is not somebody's to enter; a new address is one that has not failed yet.
func (s *Store) SaveContact(ctx context.Context, c notify.KeptContact, over int64, e audit.Entry) error {
	return s.save(ctx, `notify_contacts`, string(c.ID), over, e, func(tx *sqlite.Tx) error {
		_, err := tx.Exec(`INSERT INTO notify_contacts (id, name, name_key, way, mail, role, host, usernames, address, signing_key, former_key, former_until, took_at, failing_at, reason,
				version, created_at, created_by, modified_at, modified_by)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, '', ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name, name_key = excluded.name_key,
			mail = excluded.mail, role = excluded.role, host = excluded.host, usernames = excluded.usernames, address = coalesce(excluded.address, address),
			signing_key = coalesce(excluded.signing_key, signing_key), former_key = coalesce(excluded.former_key, former_key),
			former_until = excluded.former_until, failing_at = CASE WHEN excluded.address IS NULL THEN failing_at ELSE 0 END, reason = CASE WHEN excluded.address IS NULL THEN reason ELSE '' END,
			version = excluded.version, modified_at = excluded.modified_at, modified_by = excluded.modified_by`,
			c.ID, c.Name, account.Fold(c.Name), c.Way, c.Mail, c.Role, c.Host, c.Usernames, sqlite.Blob(c.Address), sqlite.Blob(c.Key), sqlite.Blob(c.Former), sqlite.Milliseconds(c.FormerUntil),
			c.Version, c.Created.At.UnixMilli(), c.Created.By, c.Modified.At.UnixMilli(), c.Modified.By)
		return err
	})
}

// RemoveContact implements notify.Store.
func (s *Store) RemoveContact(ctx context.Context, id notify.ContactID, version int64, e audit.Entry) error {
	return s.save(ctx, `notify_contacts`, string(id), version, e, func(tx *sqlite.Tx) error {
		if _, err := tx.Exec(`DELETE FROM notify_bundles WHERE contact_id = ?`, id); err != nil {
			return err
		}
		_, err := tx.Exec(`DELETE FROM notify_contacts WHERE id = ?`, id)
		return err
	})
}

// DropFormer implements notify.Store. It writes only where there is something to remove.
func (s *Store) DropFormer(ctx context.Context, now time.Time) error {
	var n int
	err := s.db.QueryRow(ctx, `SELECT count(*) FROM notify_contacts WHERE former_key IS NOT NULL AND former_until <= ?`, now.UnixMilli()).Scan(&n)
	if err != nil || n == 0 {
		return err
	}
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		_, err := tx.Exec(`UPDATE notify_contacts SET former_key = NULL, former_until = 0 WHERE former_key IS NOT NULL AND former_until <= ?`, now.UnixMilli())
		return err
	})
}

// Note implements notify.Store.
func (s *Store) Note(ctx context.Context, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error { return tx.Record(e) })
}

// Marks implements notify.Store.
func (s *Store) Marks(ctx context.Context, objects []event.Object) ([]notify.Mark, error) {
	ids := make([]string, len(objects))
	wanted := map[[2]string]bool{}
	for i, o := range objects {
		ids[i], wanted[[2]string{o.Kind, o.ID}] = o.Kind+"/"+o.ID, true
	}
	list, err := sqlite.List(ids)
	if err != nil {
		return nil, err
	}
	return sqlite.All(s.db.Query(ctx, `SELECT m.object_kind, m.object_id, m.object_name, m.acknowledged, m.until_at, m.because, m.by_name, m.at FROM (SELECT DISTINCT value FROM `+sqlite.ListRows+`) o
		JOIN notify_marks m ON m.object_kind = substr(o.value, 1, instr(o.value, '/') - 1) AND m.object_id = substr(o.value, instr(o.value, '/') + 1)`, list), func(row sqlite.Row) (m notify.Mark, err error) {
		var until, at int64
		err = row.Scan(&m.Object.Kind, &m.Object.ID, &m.Object.Name, &m.Acknowledged, &until, &m.Because, &m.By, &at)
		m.Until, m.At = sqlite.Moment(until), sqlite.Moment(at)
		return m, err
	})
}

// SetMark implements notify.Store.
func (s *Store) SetMark(ctx context.Context, m notify.Mark, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		if _, err := tx.Exec(`INSERT INTO notify_marks (object_kind, object_id, object_name, acknowledged, until_at, because, by_name, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (object_kind, object_id) DO UPDATE SET object_name = excluded.object_name, acknowledged = excluded.acknowledged, until_at = excluded.until_at,
			because = excluded.because, by_name = excluded.by_name, at = excluded.at`,
			m.Object.Kind, m.Object.ID, m.Object.Name, m.Acknowledged, sqlite.Milliseconds(m.Until), m.Because, m.By, m.At.UnixMilli()); err != nil {
			return err
		}
		return tx.Record(e)
	})
}

// RemoveMark implements notify.Store.
func (s *Store) RemoveMark(ctx context.Context, o event.Object, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		if n, err := tx.Exec(`DELETE FROM notify_marks WHERE object_kind = ? AND object_id = ?`, o.Kind, o.ID); err != nil || n == 0 {
			return err
		}
		return tx.Record(e)
	})
}
