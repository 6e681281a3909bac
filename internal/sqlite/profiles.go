package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"purser.example/internal/audit"
	"purser.example/internal/catalogue"
	"purser.example/internal/profile"
	"purser.example/internal/verdict"
)

// Profiles implements profile.Store.
type Profiles struct {
	db     *DB
	limits limits
}

// Profiles gives the store of profiles.
func (db *DB) Profiles() *Profiles { return &Profiles{db, usual} }

const profileColumns = `SELECT id, kind, name, description, tenant_id, username, version, validated_at, services, created_at, created_by, modified_at, modified_by,
	status, verdict, failed FROM profiles`

// Profile implements profile.Store.
func (s *Profiles) Profile(ctx context.Context, id profile.ID) (profile.Profile, error) {
	p, err := scanProfile(s.db.reading.row(ctx, profileColumns+` WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return profile.Profile{}, profile.ErrGone
	}
	return p, err
}

// NameTaken implements profile.Store.
func (s *Profiles) NameTaken(ctx context.Context, folded string, except profile.ID) (bool, error) {
	var taken bool
	err := s.db.reading.row(ctx, `SELECT EXISTS (SELECT 1 FROM profiles WHERE name_key = ? AND id <> ?)`, folded, except).Scan(&taken)
	return taken, translate(err)
}

// Password implements profile.Store.
func (s *Profiles) Password(ctx context.Context, id profile.ID) ([]byte, error) {
	var sealed []byte
	err := s.db.reading.row(ctx, `SELECT password FROM profiles WHERE id = ?`, id).Scan(&sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, profile.ErrGone
	}
	return sealed, translate(err)
}

// History implements profile.Store.
func (s *Profiles) History(ctx context.Context, id profile.ID, limit int) ([]profile.Validation, error) {
	rows, err := s.db.reading.rows(ctx, `SELECT at, by_name, verdict FROM validations WHERE profile_id = ? ORDER BY id DESC LIMIT ?`, id, limit)
	if err != nil {
		return nil, translate(err)
	}
	defer func() { _ = rows.Close() }()
	var history []profile.Validation
	for rows.Next() {
		var v profile.Validation
		var at int64
		var text string
		if err := rows.Scan(&at, &v.By, &text); err != nil {
			return nil, translate(err)
		}
		if err := json.Unmarshal([]byte(text), &v.Verdict); err != nil {
			return nil, fmt.Errorf("read a verdict of profile %s: %w", id, err)
		}
		v.At = time.UnixMilli(at).UTC()
		history = append(history, v)
	}
	return history, translate(rows.Err())
}

// Changes implements profile.Store.
func (s *Profiles) Changes(ctx context.Context, id profile.ID, limit int) ([]audit.Link, error) {
	rows, err := s.db.reading.rows(ctx, linkColumns+` WHERE target_kind = 'profile' AND target_id = ? AND action IN (?, ?, ?) ORDER BY seq DESC LIMIT ?`,
		id, profile.Created, profile.Changed, profile.Deleted, limit)
	if err != nil {
		return nil, translate(err)
	}
	return scanLinks(rows)
}

// Note implements profile.Store.
func (s *Profiles) Note(ctx context.Context, e audit.Entry) error { return s.db.Record(ctx, e) }

// scanProfile reads one row of profileColumns.
func scanProfile(row *sql.Row) (profile.Profile, error) {
	var p profile.Profile
	var validated, created, modified int64
	var services, text string
	var failed sql.NullString
	if err := row.Scan(&p.ID, &p.Kind, &p.Name, &p.Description, &p.Tenant, &p.Username, &p.Version, &validated, &services,
		&created, &p.Created.By, &modified, &p.Modified.By, &p.Status, &text, &failed); err != nil {
		return p, translate(err)
	}
	if err := json.Unmarshal([]byte(text), &p.Verdict); err != nil {
		return p, fmt.Errorf("read the verdict of profile %s: %w", p.ID, err)
	}
	if failed.Valid {
		p.Failed = new(verdict.Verdict)
		if err := json.Unmarshal([]byte(failed.String), p.Failed); err != nil {
			return p, fmt.Errorf("read the failed attempt of profile %s: %w", p.ID, err)
		}
	}
	p.Validated = moment(validated)
	p.Created.At, p.Modified.At = time.UnixMilli(created).UTC(), time.UnixMilli(modified).UTC()
	p.Services = inCatalogueOrder(strings.Fields(services))
	return p, nil
}

// moment reads a stored time; 0 is none.
func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

func inCatalogueOrder(ids []string) []string {
	if len(ids) < 2 {
		return ids
	}
	ordered := make([]string, 0, len(ids))
	for _, s := range catalogue.Named(ids) {
		ordered = append(ordered, s.ID)
	}
	return ordered
}
