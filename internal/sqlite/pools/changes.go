package pools

import (
	"context"

	"purser.example/internal/event"
	"purser.example/internal/pool"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/events"
)

// GroupChanged implements pool.Store.
func (s *Store) GroupChanged(ctx context.Context, c pool.GroupChange, e event.Event) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		if c.None() {
			_, err := tx.Exec(`DELETE FROM pool_drifts WHERE tenant_id = ? AND class = ?`, c.Tenant, c.Class)
			return err
		}
		if _, err := tx.Exec(`INSERT INTO pool_drifts (tenant_id, class, reading_id, joined, departed, blocked, allowed, first_at, last_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (tenant_id, class) DO UPDATE SET first_at = CASE reading_id WHEN excluded.reading_id THEN first_at ELSE excluded.first_at END, reading_id = excluded.reading_id,
			joined = excluded.joined, departed = excluded.departed, blocked = excluded.blocked, allowed = excluded.allowed, last_at = excluded.last_at`,
			c.Tenant, c.Class, c.Saved, c.Joined, c.Left, c.Blocked, c.Allowed, c.First.UnixMilli(), c.Last.UnixMilli()); err != nil {
			return err
		}
		return events.Put(tx, e)
	})
}

// GroupChanges implements pool.Store. What was compared with another version of the pool than the saved one is over.
func (s *Store) GroupChanges(ctx context.Context) ([]pool.GroupChange, error) {
	return sqlite.All(s.db.Query(ctx, `SELECT d.tenant_id, d.class, d.reading_id, d.joined, d.departed, d.blocked, d.allowed, d.first_at, d.last_at FROM pool_drifts d
		JOIN pools p ON p.tenant_id = d.tenant_id AND p.class = d.class AND p.reading_id = d.reading_id ORDER BY d.first_at, d.tenant_id, d.class`), func(row sqlite.Row) (c pool.GroupChange, err error) {
		var first, last int64
		err = row.Scan(&c.Tenant, &c.Class, &c.Saved, &c.Joined, &c.Left, &c.Blocked, &c.Allowed, &first, &last)
		c.First, c.Last = sqlite.Moment(first), sqlite.Moment(last)
		return c, err
	})
}
