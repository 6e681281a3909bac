package pools

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"

	"purser.example/internal/account"
	"purser.example/internal/pool"
	"purser.example/internal/shown"
)

// memberFilters are the conditions of the filters. They ask for nothing of a member that is not in the index by name.
var memberFilters = map[pool.Filter]string{
	pool.NeedsAttention:  ` AND standing NOT IN ('ready', 'unverified', 'checking')`,
	pool.WithoutPassword: ` AND standing = 'no-password'`,
	pool.WithMFA:         ` AND mfa = 1`,
	pool.WithUnchecked:   ` AND mfa = 1 AND standing = 'unverified'`,
	pool.ServiceAccounts: ` AND EXISTS (SELECT 1 FROM profiles p WHERE p.username_key = s.username_key AND p.tenant_id = (SELECT tenant_id FROM pool_readings WHERE id = s.reading_id))`,
}

// memberCursor is a place in the order by name. It is opaque to everybody else, and not to be trusted when it comes back.
type memberCursor struct {
	Name string      `json:"n"`
	User pool.UserID `json:"u"`
}

func (c memberCursor) encode() string {
	b, err := json.Marshal(c)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// decodeMemberCursor reads a cursor; anything else is the beginning of the list.
func decodeMemberCursor(text string) (c memberCursor, ok bool) {
	b, err := base64.RawURLEncoding.DecodeString(text)
	return c, text != "" && err == nil && json.Unmarshal(b, &c) == nil && c.User != ""
}

// Members implements pool.Store.
func (s *Store) Members(ctx context.Context, q pool.Query) (pool.Page, error) {
	after, forth := decodeMemberCursor(q.After)
	before, back := decodeMemberCursor(q.Before)
	back = back && !forth
	query, args := `s.reading_id = ?`+memberFilters[q.Filter], []any{q.Reading}
	if text := account.SearchKey(shown.Trim(q.Text)); text != "" {
		query += ` AND (instr(name_key, ?) > 0 OR instr(username_key, ?) > 0)`
		args = append(args, text, text)
	}
	order := ``
	switch {
	case forth:
		query += ` AND (name_key, user_id) > (?, ?)`
		args = append(args, after.Name, after.User)
	case back:
		query += ` AND (name_key, user_id) < (?, ?)`
		args = append(args, before.Name, before.User)
		order = ` DESC`
	}
	// The page is found in the index alone, and only then are its rows read.
	query = memberFields + `(SELECT user_id FROM pool_members s INDEXED BY pool_members_by_name WHERE ` + query +
		` ORDER BY name_key` + order + `, user_id` + order + ` LIMIT ?) f CROSS JOIN ` + memberTables +
		`WHERE m.reading_id = ? AND m.user_id = f.user_id ORDER BY m.name_key` + order + `, m.user_id` + order
	args = append(args, q.Limit+1, q.Reading)
	rows, err := s.memberRows(ctx, query, args...)
	if err != nil {
		return pool.Page{}, err
	}
	return memberPage(rows, q.Limit, forth, back), nil
}

// memberPage makes a page of the rows, one of which may be there only to tell that more follow.
func memberPage(rows []memberRow, limit int, forth, back bool) pool.Page {
	more := len(rows) > limit
	if more {
		rows = rows[:limit]
	}
	if back {
		slices.Reverse(rows)
	}
	var page pool.Page
	for _, row := range rows {
		page.Rows = append(page.Rows, row.Member)
	}
	if len(rows) == 0 {
		return page
	}
	if more || back {
		page.Next = rows[len(rows)-1].at.encode()
	}
	if more && back || forth {
		page.Previous = rows[0].at.encode()
	}
	return page
}
