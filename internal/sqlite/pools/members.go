package pools

import (
	"context"
	"database/sql"
	"strings"

	"purser.example/internal/pool"
	"purser.example/internal/profile"
	"purser.example/internal/sqlite"
)

// memberFields give a member with its credential and, by the index on usernames, the profile with the same account.
const memberFields = `SELECT m.user_id, m.name, m.name_key, m.username, m.enabled, m.nested, m.unread, m.products, m.standing,
	(SELECT p.id || char(10) || p.name FROM profiles p WHERE p.username_key = m.username_key AND p.tenant_id = r.tenant_id ORDER BY p.place LIMIT 1),
	` + credentialColumns + ` FROM `

// memberTables are what they stand in.
const memberTables = `pool_members m CROSS JOIN pool_readings r ON r.id = m.reading_id
	LEFT JOIN pool_credentials c ON c.tenant_id = r.tenant_id AND c.class = r.class AND c.user_id = m.user_id `

const memberColumns = memberFields + memberTables

// memberRow is a member with its place.
type memberRow struct {
	pool.Member
	at memberCursor
}

func (s *Store) memberRows(ctx context.Context, query string, args ...any) ([]memberRow, error) {
	return sqlite.All(s.db.Query(ctx, query, args...), scanMember)
}

func scanMember(row sqlite.Row) (memberRow, error) {
	var found memberRow
	m := &found.Member
	var products string
	var owner sql.NullString
	c, err := scanCredential(row, &m.User, &m.Name, &found.at.Name, &m.Username, &m.Enabled, &m.Nested, &m.Unread, &products, &m.Standing, &owner)
	if err != nil {
		return found, err
	}
	found.at.User = m.User
	if products != "" {
		m.Products = strings.Split(products, "\n")
	}
	m.MFA, m.Password, m.AppPassword = c.MFA, c.Password != nil, c.AppPassword != nil
	m.Verdict, m.Failed, m.Checked, m.Set = c.Acceptance(), c.Refusal(), c.Checked, c.Set
	id, name, _ := strings.Cut(owner.String, "\n")
	m.Profile, m.ProfileName = profile.ID(id), name
	return found, nil
}

// LeftOut implements pool.Store.
func (s *Store) LeftOut(ctx context.Context, id pool.ReadingID, limit int) ([]pool.Other, error) {
	rows := s.db.Query(ctx, `SELECT kind, object_id, name FROM pool_others WHERE reading_id = ? ORDER BY kind, name, object_id LIMIT ?`, id, limit)
	return sqlite.All(rows, func(row sqlite.Row) (pool.Other, error) {
		var o pool.Other
		err := row.Scan(&o.Kind, &o.ID, &o.Name)
		return o, err
	})
}

// MembersByID implements pool.Store.
func (s *Store) MembersByID(ctx context.Context, id pool.ReadingID, users []pool.UserID) (map[pool.UserID]pool.Member, error) {
	list, err := sqlite.List(users)
	if err != nil {
		return nil, err
	}
	rows, err := s.memberRows(ctx, memberColumns+`WHERE m.reading_id = ? AND m.user_id `+sqlite.InList, id, list)
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
func (s *Store) Roster(ctx context.Context, id pool.ReadingID) (map[string]pool.Member, error) {
	rows := s.db.Query(ctx, `SELECT m.user_id, m.username, m.username_key, m.mfa, c.password IS NOT NULL, c.app_password IS NOT NULL
		FROM pool_members m JOIN pool_readings r ON r.id = m.reading_id
		LEFT JOIN pool_credentials c ON c.tenant_id = r.tenant_id AND c.class = r.class AND c.user_id = m.user_id WHERE m.reading_id = ?`, id)
	roster := map[string]pool.Member{}
	err := rows.Each(func(row sqlite.Row) error {
		var m pool.Member
		var key string
		if err := row.Scan(&m.User, &m.Username, &key, &m.MFA, &m.Password, &m.AppPassword); err != nil {
			return err
		}
		roster[key] = m
		return nil
	})
	return roster, err
}

// Compare implements pool.Store.
func (s *Store) Compare(ctx context.Context, old, now pool.ReadingID, limit int) (pool.Difference, error) {
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
		err := s.db.QueryRow(ctx, `SELECT count(*) FROM pool_members m WHERE m.reading_id = ? AND `+part.condition, part.in, part.beside).Scan(part.n)
		if err != nil {
			return d, err
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
