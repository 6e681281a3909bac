package scans

import (
	"context"
	"database/sql"
	"errors"

	"purser.example/internal/account"
	"purser.example/internal/scan"
	"purser.example/internal/sqlite"
	"purser.example/internal/tenant"
)

// There implements scan.Store.
func (s *Store) There(ctx context.Context, t tenant.ID, of scan.Type, keys []string) (n int, err error) {
	list, err := sqlite.List(keys)
	if err != nil || len(keys) == 0 {
		return 0, err
	}
	err = s.db.QueryRow(ctx, `SELECT count(DISTINCT o.id) FROM scan_lots l CROSS JOIN `+sqlite.ListRows+` f CROSS JOIN scan_objects o INDEXED BY scan_objects_by_key
		ON o.lot = l.no AND o.object_key = f.value WHERE l.tenant_id = ? AND l.type = ? AND o.gone_at = 0`, list, t, of).Scan(&n)
	return n, err
}

// SetPlanner implements scan.Store.
func (s *Store) SetPlanner(ctx context.Context, id scan.ID, c scan.PlannerCheck, list []scan.Planner, warnings []scan.Warning) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		var t tenant.ID
		if err := gone(tx.QueryRow(`SELECT tenant_id FROM scans WHERE id = ?`, id).Scan(&t)); err != nil {
			return err
		}
		n, err := tx.Exec(`INSERT INTO planner_checks (scan_id, of_groups, members, known, complete) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`, id, c.Groups, c.Members, c.Known, c.Complete)
		if err != nil || n == 0 {
			return err
		}
		for _, p := range list {
			if err := setPlanner(tx, t, id, p); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(`DELETE FROM planner_members WHERE tenant_id = ? AND scan_id <> ?`, t, id); err != nil {
			return err
		}
		return addWarnings(tx, id, warnings)
	})
}

// setPlanner stores what is known of one account. Numbers of an earlier scan stay where this one could not tell.
func setPlanner(tx *sqlite.Tx, t tenant.ID, id scan.ID, p scan.Planner) error {
	numbers := `in_both = excluded.in_both, of_groups = excluded.of_groups, read_at = excluded.read_at, `
	if p.Code != "" {
		numbers = ""
	}
	_, err := tx.Exec(`INSERT INTO planner_members (tenant_id, username_key, in_both, of_groups, read_at, code, detail, scan_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (tenant_id, username_key) DO UPDATE SET `+numbers+`code = excluded.code, detail = excluded.detail, scan_id = excluded.scan_id`,
		t, account.Fold(p.Username), p.Both, p.Groups, sqlite.Milliseconds(p.At), p.Code, p.Detail, id)
	return err
}

// PlannerOf implements scan.Store.
func (s *Store) PlannerOf(ctx context.Context, id scan.ID) (c scan.PlannerCheck, err error) {
	err = s.db.QueryRow(ctx, `SELECT of_groups, members, known, complete FROM planner_checks WHERE scan_id = ?`, id).Scan(&c.Groups, &c.Members, &c.Known, &c.Complete)
	if errors.Is(err, sql.ErrNoRows) {
		return scan.PlannerCheck{}, nil
	}
	return c, err
}

// Planner implements scan.Store.
func (s *Store) Planner(ctx context.Context, t tenant.ID, usernames []string) (map[string]scan.Planner, error) {
	keys := make([]string, len(usernames))
	for i, username := range usernames {
		keys[i] = account.Fold(username)
	}
	list, err := sqlite.List(keys)
	if err != nil {
		return nil, err
	}
	found := map[string]scan.Planner{}
	err = s.db.Query(ctx, `SELECT username_key, in_both, of_groups, read_at, code, detail FROM planner_members WHERE tenant_id = ? AND username_key `+sqlite.InList, t, list).Each(func(row sqlite.Row) error {
		var p scan.Planner
		var at int64
		err := row.Scan(&p.Username, &p.Both, &p.Groups, &at, &p.Code, &p.Detail)
		p.At = sqlite.Moment(at)
		found[p.Username] = p
		return err
	})
	return found, err
}
