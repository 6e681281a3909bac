package drifts

import (
	"context"
	"fmt"

	"purser.example/internal/drift"
	"purser.example/internal/sqlite"
)

// kept says that Purser still keeps the account.
const kept = `EXISTS (SELECT 1 FROM watch_places w WHERE w.tenant_id = a.tenant_id AND w.account = a.account)`

// usual is how many drifts a page has where nobody says.
const usual = 50

// List implements drift.Store.
func (s *Store) List(ctx context.Context, q drift.Query) (drift.Page, error) {
	limit := q.Limit
	if limit <= 0 || limit > usual {
		limit = usual
	}
	var at, id int64
	if _, err := fmt.Sscanf(q.After, "%d.%d", &at, &id); err != nil {
		at, id = int64(^uint64(0)>>1), 0
	}
	rows, err := sqlite.All(s.db.Query(ctx, driftColumns+` WHERE (d.first_at < ?1 OR d.first_at = ?1 AND d.id < ?2) AND (?3 = '' OR a.tenant_id = ?3) AND (?4 = '' OR d.topic = ?4) AND `+kept+`
		ORDER BY d.first_at DESC, d.id DESC LIMIT ?5`, at, id, q.Tenant, q.Topic, limit+1), scanDrift)
	if err != nil {
		return drift.Page{}, err
	}
	p := drift.Page{Rows: rows}
	if len(rows) > limit {
		p.Rows = rows[:limit]
		last := p.Rows[limit-1]
		p.Next = fmt.Sprintf("%d.%d", last.First.UnixMilli(), last.ID)
	}
	for i := range p.Rows {
		if p.Rows[i].Places, err = s.places(ctx, p.Rows[i]); err != nil {
			return drift.Page{}, err
		}
	}
	return p, nil
}
