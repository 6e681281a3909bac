package drifts

import (
	"context"
	"fmt"
	"strings"

	"purser.example/internal/drift"
	"purser.example/internal/sqlite"
)

// kept says that Purser still keeps the account.
var kept = `EXISTS (` + places("a.tenant_id", "a.account") + `)`

// places are where Purser keeps an account of a tenant: profiles, and pool members of whom a password is stored. They are asked of what keeps
// them and not of health checks, which know a place from its first night on.
func places(tenant, account string) string {
	return strings.NewReplacer("{tenant}", tenant, "{account}", account).Replace(`SELECT 'profile' AS kind, p.id AS place FROM profiles p WHERE p.username_key = {account} AND p.tenant_id = {tenant}
		UNION SELECT 'pool member', c.tenant_id || '/' || c.class || '/' || c.user_id FROM pools q JOIN pool_members m ON m.reading_id IN (q.reading_id, q.force_reading) AND m.username_key = {account}
		JOIN pool_credentials c ON c.tenant_id = q.tenant_id AND c.class = q.class AND c.user_id = m.user_id
		WHERE q.tenant_id = {tenant} AND (c.password IS NOT NULL OR c.app_password IS NOT NULL)`)
}

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
