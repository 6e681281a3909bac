// Package profiles keeps service account profiles: profile.Store on SQLite.
//
// What only SQLite can say is in four files. search.go looks terms up in a search index of trigrams, which triggers keep, and letters.go
// tells which rows a walk for a term need not read; counts.go reads counters that triggers keep; plan.go chooses by these how a page of the
// list is read, and names the index for each way (docs/decisions/0011-list.md; the triggers stand in migrations/0003_list.sql and
// 0011_search.sql). A second engine answers these four in its own way; what is left is plain SQL.
package profiles

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	"purser.example/internal/audit"
	"purser.example/internal/catalogue"
	"purser.example/internal/profile"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/accounts"
	"purser.example/internal/verdict"
)

// Store implements profile.Store.
type Store struct {
	db      *sqlite.DB
	limits  limits
	counts  sqlite.Kept[counting, counted]
	finds   sqlite.Kept[string, found]
	tallies sqlite.Kept[tallying, profile.Counts]

	lettered atomic.Int64 // see letterSome: profiles up to this row have their letters

	keepers accounts.Keepers
}

// New gives the store of a database.
func New(db *sqlite.DB) *Store { return &Store{db: db, limits: usual} }

// KeptBy tells the store who writes a password at the account's other places. It gives the store itself.
func (s *Store) KeptBy(keepers accounts.Keepers) *Store {
	s.keepers = keepers
	return s
}

const columns = `SELECT id, kind, name, description, tenant_id, username, admin_center_url, version, validated_at, services, created_at, created_by, modified_at, modified_by,
	status, verdict, failed FROM profiles`

// Profile implements profile.Store.
func (s *Store) Profile(ctx context.Context, id profile.ID) (profile.Profile, error) {
	p, err := scanProfile(s.db.QueryRow(ctx, columns+` WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return profile.Profile{}, profile.ErrGone
	}
	return p, err
}

// scanProfile reads one row of columns.
func scanProfile(row sqlite.Row) (profile.Profile, error) {
	var p profile.Profile
	var validated, created, modified int64
	var services, text string
	var failed sql.NullString
	if err := row.Scan(&p.ID, &p.Kind, &p.Name, &p.Description, &p.Tenant, &p.Username, &p.AdminCenterURL, &p.Version, &validated, &services,
		&created, &p.Created.By, &modified, &p.Modified.By, &p.Status, &text, &failed); err != nil {
		return p, err
	}
	if err := json.Unmarshal([]byte(text), &p.Verdict); err != nil {
		return p, fmt.Errorf("read the verdict of profile %s: %w", p.ID, err)
	}
	var err error
	if p.Failed, err = sqlite.FromJSON[verdict.Verdict](failed); err != nil {
		return p, fmt.Errorf("read the failed attempt of profile %s: %w", p.ID, err)
	}
	p.Validated = sqlite.Moment(validated)
	p.Created.At, p.Modified.At = sqlite.Moment(created), sqlite.Moment(modified)
	p.Services = inCatalogueOrder(strings.Fields(services))
	return p, nil
}

func inCatalogueOrder(ids []string) []string {
	if len(ids) < 2 {
		return ids
	}
	ordered := make([]string, 0, len(ids))
	for s := range catalogue.Named(ids) {
		ordered = append(ordered, s.ID)
	}
	return ordered
}

// HasClassic implements profile.Store. The index holds nothing but these.
func (s *Store) HasClassic(ctx context.Context) (bool, error) {
	var classic bool
	err := s.db.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM profiles INDEXED BY profiles_classic WHERE kind = 'mfa')`).Scan(&classic)
	return classic, err
}

// NameTaken implements profile.Store.
func (s *Store) NameTaken(ctx context.Context, folded string, except profile.ID) (bool, error) {
	var taken bool
	err := s.db.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM profiles WHERE name_key = ? AND id <> ?)`, folded, except).Scan(&taken)
	return taken, err
}

// Password implements profile.Store.
func (s *Store) Password(ctx context.Context, id profile.ID) ([]byte, error) {
	var sealed []byte
	err := s.db.QueryRow(ctx, `SELECT password FROM profiles WHERE id = ?`, id).Scan(&sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, profile.ErrGone
	}
	return sealed, err
}

// History implements profile.Store.
func (s *Store) History(ctx context.Context, id profile.ID, limit int) ([]profile.Validation, error) {
	rows := s.db.Query(ctx, `SELECT at, by_name, verdict FROM validations WHERE profile_id = ? ORDER BY id DESC LIMIT ?`, id, limit)
	return sqlite.All(rows, func(row sqlite.Row) (profile.Validation, error) {
		var v profile.Validation
		var at int64
		var text string
		if err := row.Scan(&at, &v.By, &text); err != nil {
			return v, err
		}
		if err := json.Unmarshal([]byte(text), &v.Verdict); err != nil {
			return v, fmt.Errorf("read a verdict of profile %s: %w", id, err)
		}
		v.At = sqlite.Moment(at)
		return v, nil
	})
}

// Changes implements profile.Store.
func (s *Store) Changes(ctx context.Context, id profile.ID, limit int) ([]audit.Link, error) {
	return s.db.ActivityOf(ctx, "profile", string(id), limit, profile.Created, profile.Changed, profile.Converted, profile.Deleted)
}

// Note implements profile.Store.
func (s *Store) Note(ctx context.Context, e audit.Entry) error { return s.db.Record(ctx, e) }
