package drifts

import (
	"context"
	"fmt"

	"purser.example/internal/drift"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/accounts"
)

// kept says that Purser still keeps the account.
var kept = `EXISTS (` + places("a.tenant_id", "a.account") + `)`

// places are where Purser keeps an account of a tenant: profiles, and pool members of whom a password is stored. They are asked of what keeps
// them and not of health checks, which know a place from its first night on.
func places(tenant, account string) string {
	return `SELECT 'profile' AS kind, f.id AS place FROM profiles f WHERE f.username_key = ` + account + ` AND f.tenant_id = ` + tenant + `
		UNION SELECT 'pool member', ` + accounts.MemberPlace + ` FROM ` + accounts.Members + ` WHERE p.tenant_id = ` + tenant + ` AND m.username_key = ` + account
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
