package notifications

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"purser.example/internal/event"
	"purser.example/internal/notify"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/events"
)

// Untold implements notify.Store.
func (s *Store) Untold(ctx context.Context, limit int) ([]event.Stored, error) {
	return sqlite.All(s.db.Query(ctx, `SELECT `+events.Columns+` FROM events WHERE told = 0 ORDER BY no LIMIT ?`, limit), events.Scan)
}

const bundleColumns = `SELECT no, contact_id, morning, kind, tenant_id, cause, minute, zone, began_at, waiting_at, last_at, due_at, sent_at, told, messages FROM notify_bundles`

func scanBundle(row sqlite.Row) (b notify.Bundle, err error) {
	var began, waiting, last, due, sent int64
	err = row.Scan(&b.No, &b.Contact, &b.Morning, &b.Kind, &b.Tenant, &b.Cause, &b.Minute, &b.Zone, &began, &waiting, &last, &due, &sent, &b.Told, &b.Messages)
	b.Began, b.Waiting, b.Last, b.Due, b.Sent = sqlite.Moment(began), sqlite.Moment(waiting), sqlite.Moment(last), sqlite.Moment(due), sqlite.Moment(sent)
	return b, err
}

// Route implements notify.Store.
func (s *Store) Route(ctx context.Context, r notify.Routing, hold func(notify.Bundle) notify.Bundle) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		for _, no := range r.Events {
			if _, err := tx.Exec(`UPDATE events SET told = 1 WHERE no = ?`, no); err != nil {
				return err
			}
		}
		for _, o := range r.Recovered {
			if _, err := tx.Exec(`DELETE FROM notify_marks WHERE object_kind = ? AND object_id = ? AND acknowledged = 1`, o.Kind, o.ID); err != nil {
				return err
			}
		}
		for _, p := range r.Parcels {
			if err := put(tx, p, hold); err != nil {
				return err
			}
		}
		return nil
	})
}

// put adds an event to the bundle of its topic. One for a contact that is gone is left.
func put(tx *sqlite.Tx, p notify.Parcel, hold func(notify.Bundle) notify.Bundle) error {
	var there bool
	if err := tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM notify_contacts WHERE id = ?)`, p.Contact).Scan(&there); err != nil || !there {
		return err
	}
	t := p.Topic
	b, err := scanBundle(tx.QueryRow(bundleColumns+` WHERE contact_id = ? AND morning = ? AND kind = ? AND tenant_id = ? AND cause = ?`, p.Contact, t.Morning, t.Kind, t.Tenant, t.Cause))
	if errors.Is(err, sql.ErrNoRows) {
		b = notify.Bundle{Contact: p.Contact}
		err = tx.QueryRow(`INSERT INTO notify_bundles (contact_id, morning, kind, tenant_id, cause, minute, zone, began_at, waiting_at, last_at, due_at, sent_at, told, messages)
			VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, 0, 0, 0) RETURNING no`, p.Contact, t.Morning, t.Kind, t.Tenant, t.Cause, t.Minute, t.Zone).Scan(&b.No)
	}
	if err != nil {
		return err
	}
	b.Topic = t
	if _, err := tx.Exec(`INSERT INTO notify_bundled (bundle, event) VALUES (?, ?) ON CONFLICT DO NOTHING`, b.No, p.Event); err != nil {
		return err
	}
	return keep(tx, hold(b))
}

func keep(tx *sqlite.Tx, b notify.Bundle) error {
	_, err := tx.Exec(`UPDATE notify_bundles SET minute = ?, zone = ?, began_at = ?, waiting_at = ?, last_at = ?, due_at = ?, sent_at = ?, told = ?, messages = ? WHERE no = ?`,
		b.Minute, b.Zone, sqlite.Milliseconds(b.Began), sqlite.Milliseconds(b.Waiting), sqlite.Milliseconds(b.Last), sqlite.Milliseconds(b.Due), sqlite.Milliseconds(b.Sent), b.Told, b.Messages, b.No)
	return err
}

// DueBundles implements notify.Store.
func (s *Store) DueBundles(ctx context.Context, now, beyond, morning time.Time, limit int) ([]notify.Bundle, error) {
	return sqlite.All(s.db.Query(ctx, bundleColumns+` WHERE due_at > 0 AND (due_at <= ? OR due_at > CASE morning WHEN 0 THEN ? ELSE ? END) ORDER BY due_at, no LIMIT ?`, now.UnixMilli(), beyond.UnixMilli(), morning.UnixMilli(), limit), scanBundle)
}

// Postpone implements notify.Store.
func (s *Store) Postpone(ctx context.Context, no int64, due time.Time) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		_, err := tx.Exec(`UPDATE notify_bundles SET due_at = ? WHERE no = ?`, sqlite.Milliseconds(due), no)
		return err
	})
}

const ofBundle = ` FROM notify_bundled b JOIN events e ON e.no = b.event WHERE b.bundle = ?`

// Heaps implements notify.Store.
func (s *Store) Heaps(ctx context.Context, no int64, heaps, things int) (list []notify.Heap, n int, through int64, err error) {
	if err := s.db.QueryRow(ctx, `SELECT count(*), coalesce(max(event), 0) FROM notify_bundled WHERE bundle = ?`, no).Scan(&n, &through); err != nil {
		return nil, 0, 0, err
	}
	list, err = sqlite.All(s.db.Query(ctx, `SELECT e.kind, e.tenant_id, e.cause, count(*)`+ofBundle+` AND b.event <= ? GROUP BY e.kind, e.tenant_id, e.cause
		ORDER BY count(*) DESC, min(e.no) LIMIT ?`, no, through, heaps), func(row sqlite.Row) (h notify.Heap, err error) {
		return h, row.Scan(&h.Kind, &h.Tenant, &h.Cause, &h.N)
	})
	if err != nil {
		return nil, 0, 0, err
	}
	for i, h := range list {
		found, err := sqlite.All(s.db.Query(ctx, `SELECT `+events.Columns+ofBundle+` AND b.event <= ? AND e.kind = ? AND e.tenant_id = ? AND e.cause = ? ORDER BY e.no LIMIT ?`,
			no, through, h.Kind, h.Tenant, h.Cause, things), events.Scan)
		if err != nil {
			return nil, 0, 0, err
		}
		for _, e := range found {
			list[i].First = append(list[i].First, e.Event)
		}
	}
	return list, n, through, nil
}

// Post implements notify.Store.
func (s *Store) Post(ctx context.Context, b notify.Bundle, through int64, letters []notify.Letter) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		if _, err := tx.Exec(`DELETE FROM notify_bundled WHERE bundle = ? AND event <= ?`, b.No, through); err != nil {
			return err
		}
		var left bool
		if err := tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM notify_bundled WHERE bundle = ?)`, b.No).Scan(&left); err != nil {
			return err
		}
		if left { // it came meanwhile
			b.Due, b.Waiting = b.Last, b.Last
		}
		if err := keep(tx, b); err != nil {
			return err
		}
		for _, l := range letters {
			if err := write(tx, l); err != nil {
				return err
			}
		}
		return nil
	})
}

// Next implements notify.Store.
func (s *Store) Next(ctx context.Context) (time.Time, error) {
	var at int64
	err := s.db.QueryRow(ctx, `SELECT coalesce(min(at), 0) FROM (SELECT min(due_at) AS at FROM notify_bundles WHERE due_at > 0
		UNION ALL SELECT min(next_at) FROM notify_letters WHERE state = 'waiting')`).Scan(&at)
	return sqlite.Moment(at), err
}

// tidy removes bundles that have been told of long ago: what comes then begins a storm of its own.
func tidy(tx *sqlite.Tx, before time.Time) error {
	_, err := tx.Exec(`DELETE FROM notify_bundles WHERE due_at = 0 AND last_at < ?`, before.UnixMilli())
	return err
}
