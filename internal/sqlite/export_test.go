package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"testing/fstest"

	"purser.example/internal/audit"
	"purser.example/internal/profile"
	"purser.example/migrations"
)

// Append lets tests write an entry beside other things in one transaction, as the stores do.
func (db *DB) Append(tx *Tx, e audit.Entry) error { return db.record(tx, e) }

// ClassesWith is the question which pools an account is in, for a look at its plan.
const ClassesWith = classesWith

// MakeOld makes a database as the steps up to a version left it, and runs the statements of fill in it.
func MakeOld(ctx context.Context, folder string, version int, fill func(*sql.DB) error) error {
	old := fstest.MapFS{}
	names, err := fs.Glob(migrations.Files, "*.sql")
	if err != nil {
		return err
	}
	for _, name := range names[:version] {
		text, err := migrations.Files.ReadFile(name)
		if err != nil {
			return err
		}
		old[name] = &fstest.MapFile{Data: text}
	}
	db, err := sql.Open("sqlite", dsn(filepath.Join(folder, File), "journal_mode(WAL)"))
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	return errors.Join(migrateTo(ctx, db, old), fill(db), db.Close())
}

// Closer gives the store with limits that a small database reaches.
func (s *Profiles) Closer(narrow, looked int) *Profiles {
	return &Profiles{s.db, limits{narrow, looked}}
}

// Explain gives SQLite's plan for the page that List would read, and for its count where it makes one.
func (s *Profiles) Explain(ctx context.Context, q profile.Query) (page, count string, err error) {
	c, err := s.counted(ctx, q)
	if err != nil {
		return "", "", err
	}
	p, err := s.planOf(ctx, q, c)
	if err != nil {
		return "", "", err
	}
	var from *cursor
	if at, placed := decodeCursor(q.After, q.Sort); placed {
		from = &at
	}
	if page, err = s.explain(ctx, p.page(listColumns, q.Down, from, q.Limit+1)); err != nil || len(p.filters) < 2 {
		return page, "", err
	}
	statement, _ := p.count(s.limits)
	count, err = s.explain(ctx, statement)
	return page, count, err
}

func (s *Profiles) explain(ctx context.Context, query *statement) (string, error) {
	rows, err := s.db.read.QueryContext(ctx, "EXPLAIN QUERY PLAN "+query.String(), query.args...)
	if err != nil {
		return "", err
	}
	defer func() { _ = rows.Close() }()
	var lines []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			return "", err
		}
		lines = append(lines, detail)
	}
	return strings.Join(lines, "\n"), rows.Err()
}

// Counter gives what the kept counters say of one kind.
func (s *Profiles) Counter(ctx context.Context, kind string) (map[string]int, error) {
	return s.tallied(ctx, `SELECT value, n FROM profile_counts WHERE kind = ? AND n <> 0`, kind)
}

// Counted counts anew what a query groups.
func (s *Profiles) Counted(ctx context.Context, query string) (map[string]int, error) {
	return s.tallied(ctx, query)
}

func (s *Profiles) tallied(ctx context.Context, query string, args ...any) (map[string]int, error) {
	rows, err := s.db.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	found := map[string]int{}
	for rows.Next() {
		var value string
		var n int
		if err := rows.Scan(&value, &n); err != nil {
			return nil, err
		}
		found[value] = n
	}
	return found, rows.Err()
}
