package sqlite

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"strings"

	"purser.example/internal/account"
	"purser.example/internal/pool"
	"purser.example/internal/profile"
)

// memberFields give a member with its credential and, by the index on usernames, the profile with the same account.
const memberFields = `SELECT m.user_id, m.name, m.name_key, m.username, m.enabled, m.nested, m.unread, m.products, m.standing,
	(SELECT p.id || char(10) || p.name FROM profiles p WHERE p.username_key = m.username_key AND p.tenant_id = r.tenant_id ORDER BY p.place LIMIT 1),
	` + credentialColumns + ` FROM `

// memberTables are what they stand in.
const memberTables = `pool_members m CROSS JOIN pool_readings r ON r.id = m.reading_id
	LEFT JOIN pool_credentials c ON c.tenant_id = r.tenant_id AND c.class = r.class AND c.user_id = m.user_id `

const memberColumns = memberFields + memberTables

// memberFilters are the conditions of the filters. They ask for nothing of a member that is not in the index by name.
var memberFilters = map[pool.Filter]string{
	pool.NeedsAttention:  ` AND standing NOT IN ('ready', 'unverified', 'checking')`,
	pool.WithoutPassword: ` AND standing = 'no-password'`,
	pool.WithMFA:         ` AND mfa = 1`,
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

// memberRow is a member with its place.
type memberRow struct {
	pool.Member
	at memberCursor
}

// Members implements pool.Store.
func (s *Pools) Members(ctx context.Context, q pool.Query) (pool.Page, error) {
	after, forth := decodeMemberCursor(q.After)
	before, back := decodeMemberCursor(q.Before)
	back = back && !forth
	query, args := `s.reading_id = ?`+memberFilters[q.Filter], []any{q.Reading}
	if text := account.Fold(strings.TrimSpace(q.Text)); text != "" {
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
		for i, j := 0, len(rows)-1; i < j; i, j = i+1, j-1 {
			rows[i], rows[j] = rows[j], rows[i]
		}
	}
	var page pool.Page
	for _, row := range rows {
		page.Rows = append(page.Rows, row.Member)
	}
	if len(rows) == 0 {
		return page
	}
	if more && !back || back {
		page.Next = rows[len(rows)-1].at.encode()
	}
	if more && back || forth {
		page.Previous = rows[0].at.encode()
	}
	return page
}

func (s *Pools) memberRows(ctx context.Context, query string, args ...any) ([]memberRow, error) {
	rows, err := s.db.reading.rows(ctx, query, args...)
	if err != nil {
		return nil, translate(err)
	}
	defer func() { _ = rows.Close() }()
	var list []memberRow
	for rows.Next() {
		row, err := scanMember(rows.Scan)
		if err != nil {
			return nil, err
		}
		list = append(list, row)
	}
	return list, translate(rows.Err())
}

func scanMember(scan func(...any) error) (memberRow, error) {
	var row memberRow
	m := &row.Member
	var products string
	var owner sql.NullString
	c, err := scanCredential(scan, &m.User, &m.Name, &row.at.Name, &m.Username, &m.Enabled, &m.Nested, &m.Unread, &products, &m.Standing, &owner)
	if err != nil {
		return row, err
	}
	row.at.User = m.User
	if products != "" {
		m.Products = strings.Split(products, "\n")
	}
	m.MFA, m.Password, m.AppPassword = c.MFA, c.Password != nil, c.AppPassword != nil
	m.Verdict, m.Failed, m.Checked, m.Set = c.Verdict, c.Failed, c.Checked, c.Set
	id, name, _ := strings.Cut(owner.String, "\n")
	m.Profile, m.ProfileName = profile.ID(id), name
	return row, nil
}

// LeftOut implements pool.Store.
func (s *Pools) LeftOut(ctx context.Context, id pool.ReadingID, limit int) ([]pool.Other, error) {
	rows, err := s.db.reading.rows(ctx, `SELECT kind, object_id, name FROM pool_others WHERE reading_id = ? ORDER BY kind, name, object_id LIMIT ?`, id, limit)
	if err != nil {
		return nil, translate(err)
	}
	defer func() { _ = rows.Close() }()
	var list []pool.Other
	for rows.Next() {
		var o pool.Other
		if err := rows.Scan(&o.Kind, &o.ID, &o.Name); err != nil {
			return nil, translate(err)
		}
		list = append(list, o)
	}
	return list, translate(rows.Err())
}

// MembersByID implements pool.Store.
func (s *Pools) MembersByID(ctx context.Context, id pool.ReadingID, users []pool.UserID) (map[pool.UserID]pool.Member, error) {
	list, err := listed(users)
	if err != nil {
		return nil, err
	}
	rows, err := s.memberRows(ctx, memberColumns+`WHERE m.reading_id = ? AND m.user_id IN (SELECT value FROM json_each(?))`, id, list)
	if err != nil {
		return nil, err
	}
	found := make(map[pool.UserID]pool.Member, len(rows))
	for _, row := range rows {
		found[row.User] = row.Member
	}
	return found, nil
}

// Roster implements pool.Store.
func (s *Pools) Roster(ctx context.Context, id pool.ReadingID) (map[string]pool.Member, error) {
	rows, err := s.db.reading.rows(ctx, `SELECT m.user_id, m.username, m.username_key, m.mfa, c.password IS NOT NULL, c.app_password IS NOT NULL
		FROM pool_members m JOIN pool_readings r ON r.id = m.reading_id
		LEFT JOIN pool_credentials c ON c.tenant_id = r.tenant_id AND c.class = r.class AND c.user_id = m.user_id WHERE m.reading_id = ?`, id)
	if err != nil {
		return nil, translate(err)
	}
	defer func() { _ = rows.Close() }()
	roster := map[string]pool.Member{}
	for rows.Next() {
		var m pool.Member
		var key string
		if err := rows.Scan(&m.User, &m.Username, &key, &m.MFA, &m.Password, &m.AppPassword); err != nil {
			return nil, translate(err)
		}
		roster[key] = m
	}
	return roster, translate(rows.Err())
}

// Compare implements pool.Store.
func (s *Pools) Compare(ctx context.Context, old, now pool.ReadingID, limit int) (pool.Difference, error) {
	var d pool.Difference
	const other = `SELECT 1 FROM pool_members o WHERE o.reading_id = ? AND o.user_id = m.user_id`
	for _, part := range []struct {
		condition  string
		in, beside pool.ReadingID
		list       *[]pool.Member
		n          *int
	}{
		{`NOT EXISTS (` + other + `)`, now, old, &d.Joined, &d.JoinedN},
		{`NOT EXISTS (` + other + `)`, old, now, &d.Left, &d.LeftN},
		{`m.enabled = 0 AND EXISTS (` + other + ` AND o.enabled = 1)`, now, old, &d.Disabled, &d.DisabledN},
		{`m.enabled = 1 AND EXISTS (` + other + ` AND o.enabled = 0)`, now, old, &d.Enabled, &d.EnabledN},
	} {
		err := s.db.reading.row(ctx, `SELECT count(*) FROM pool_members m WHERE m.reading_id = ? AND `+part.condition, part.in, part.beside).Scan(part.n)
		if err != nil {
			return d, translate(err)
		}
		if *part.n == 0 {
			continue
		}
		rows, err := s.memberRows(ctx, memberColumns+`WHERE m.reading_id = ? AND `+part.condition+` ORDER BY m.name_key, m.user_id LIMIT ?`, part.in, part.beside, limit)
		if err != nil {
			return d, err
		}
		for _, row := range rows {
			*part.list = append(*part.list, row.Member)
		}
	}
	return d, nil
}
