package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"purser.example/internal/audit"
	"purser.example/internal/catalogue"
	"purser.example/internal/profile"
	"purser.example/internal/verdict"
)

// Profiles implements profile.Store.
type Profiles struct{ db *DB }

// Profiles gives the store of profiles.
func (db *DB) Profiles() *Profiles { return &Profiles{db} }

// countsMemory keeps the counts above the list until a profile changes. They are counted again after a minute too, because
// passwords come nearer to their end without anybody's doing.
type countsMemory struct {
	changes atomic.Int64 // grows with every write that touches profiles, before and after its commit

	mu     sync.Mutex
	counts profile.Counts
	of     int64 // changes when they were counted
	until  time.Time
}

// write is DB.Write for what touches profiles.
func (s *Profiles) write(ctx context.Context, fn func(*Tx) error) error {
	s.db.counts.changes.Add(1)
	defer s.db.counts.changes.Add(1)
	return s.db.Write(ctx, fn)
}

// noExpiry stands for a password whose end is not known, or never comes; it sorts last.
const noExpiry = math.MaxInt64

const profileColumns = `SELECT p.id, p.kind, p.name, p.description, p.tenant_id, p.username, p.version, p.status, p.validated_at, p.verdict, p.failed,
	p.created_at, p.created_by, p.modified_at, p.modified_by,
	(SELECT group_concat(service, ' ') FROM profile_services WHERE profile_id = p.id), t.display_name, t.initial_domain
	FROM profiles p JOIN tenants t ON t.id = p.tenant_id`

// Profile implements profile.Store.
func (s *Profiles) Profile(ctx context.Context, id profile.ID) (profile.Profile, error) {
	row, err := scanProfile(s.db.read.QueryRowContext(ctx, profileColumns+` WHERE p.id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return profile.Profile{}, profile.ErrGone
	}
	return row.Profile, err
}

// NameTaken implements profile.Store.
func (s *Profiles) NameTaken(ctx context.Context, folded string, except profile.ID) (bool, error) {
	var taken bool
	err := s.db.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM profiles WHERE name_key = ? AND id <> ?)`, folded, except).Scan(&taken)
	return taken, translate(err)
}

// Password implements profile.Store.
func (s *Profiles) Password(ctx context.Context, id profile.ID) ([]byte, error) {
	var sealed []byte
	err := s.db.read.QueryRowContext(ctx, `SELECT password FROM profiles WHERE id = ?`, id).Scan(&sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, profile.ErrGone
	}
	return sealed, translate(err)
}

// History implements profile.Store.
func (s *Profiles) History(ctx context.Context, id profile.ID, limit int) ([]profile.Validation, error) {
	rows, err := s.db.read.QueryContext(ctx, `SELECT at, by_name, verdict FROM validations WHERE profile_id = ? ORDER BY id DESC LIMIT ?`, id, limit)
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
	rows, err := s.db.read.QueryContext(ctx, linkColumns+` WHERE target_kind = 'profile' AND target_id = ? AND action IN (?, ?, ?) ORDER BY seq DESC LIMIT ?`,
		id, profile.Created, profile.Changed, profile.Deleted, limit)
	if err != nil {
		return nil, translate(err)
	}
	return scanLinks(rows)
}

// Note implements profile.Store.
func (s *Profiles) Note(ctx context.Context, e audit.Entry) error { return s.db.Record(ctx, e) }

// Create implements profile.Store.
func (s *Profiles) Create(ctx context.Context, p profile.Profile, password []byte, v profile.Validation, entries ...audit.Entry) error {
	text, failed, err := verdictTexts(p)
	if err != nil {
		return err
	}
	return unique(s.write(ctx, func(tx *Tx) error {
		if _, err := tx.Exec(`INSERT INTO profiles (id, kind, name, name_key, description, tenant_id, tenant_key, username, username_key, password, version,
			status, expires_at, validated_at, verdict, failed, created_at, created_by, modified_at, modified_by)
			VALUES (?, ?, ?, ?, ?, ?, (SELECT name_key FROM tenants WHERE id = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			p.ID, p.Kind, p.Name, profile.Fold(p.Name), p.Description, p.Tenant, p.Tenant, p.Username, profile.Fold(p.Username), password, p.Version,
			p.Status, expiresAt(p.Verdict), validatedAt(p), text, failed, p.Created.At.UnixMilli(), p.Created.By, p.Modified.At.UnixMilli(), p.Modified.By); err != nil {
			return err
		}
		if err := setServices(tx, p); err != nil {
			return err
		}
		return s.conclude(tx, p.ID, &v, entries)
	}))
}

// Update implements profile.Store.
func (s *Profiles) Update(ctx context.Context, p profile.Profile, was int64, password []byte, v *profile.Validation, entries ...audit.Entry) error {
	text, failed, err := verdictTexts(p)
	if err != nil {
		return err
	}
	return unique(s.write(ctx, func(tx *Tx) error {
		n, err := tx.Exec(`UPDATE profiles SET name = ?, name_key = ?, description = ?, tenant_id = ?, tenant_key = (SELECT name_key FROM tenants WHERE id = ?),
			username = ?, username_key = ?, password = coalesce(?, password), version = ?, modified_at = ?, modified_by = ? WHERE id = ? AND version = ?`,
			p.Name, profile.Fold(p.Name), p.Description, p.Tenant, p.Tenant, p.Username, profile.Fold(p.Username), blob(password), p.Version,
			p.Modified.At.UnixMilli(), p.Modified.By, p.ID, was)
		if err != nil {
			return err
		}
		if n == 0 {
			return missing(tx, p.ID)
		}
		if v != nil {
			if err := setVerdict(tx, p, text, failed); err != nil {
				return err
			}
		}
		if err := setServices(tx, p); err != nil {
			return err
		}
		return s.conclude(tx, p.ID, v, entries)
	}))
}

// Validated implements profile.Store.
func (s *Profiles) Validated(ctx context.Context, p profile.Profile, v profile.Validation, e audit.Entry) error {
	text, err := json.Marshal(v.Verdict)
	if err != nil {
		return fmt.Errorf("write verdict: %w", err)
	}
	var other error
	err = s.write(ctx, func(tx *Tx) error {
		query := `UPDATE profiles SET failed = ? WHERE id = ? AND tenant_id = ? AND username_key = ?`
		args := []any{string(text), p.ID, p.Tenant, profile.Fold(p.Username)}
		if v.Verdict.Status.AboutAccount() {
			query = `UPDATE profiles SET status = ?, expires_at = ?, validated_at = ?, verdict = ?, failed = NULL WHERE id = ? AND tenant_id = ? AND username_key = ?`
			args = []any{v.Verdict.Status, expiresAt(v.Verdict), v.At.UnixMilli(), string(text), p.ID, p.Tenant, profile.Fold(p.Username)}
		}
		n, err := tx.Exec(query, args...)
		if err != nil {
			return err
		}
		if n > 0 {
			return s.conclude(tx, p.ID, &v, []audit.Entry{e})
		}
		if other = missing(tx, p.ID); !errors.Is(other, profile.ErrGone) && !errors.Is(other, profile.ErrChanged) {
			return other
		}
		return s.conclude(tx, "", nil, []audit.Entry{e})
	})
	return cmp.Or(err, other)
}

// Delete implements profile.Store.
func (s *Profiles) Delete(ctx context.Context, profiles []profile.Profile, entries ...audit.Entry) error {
	return s.write(ctx, func(tx *Tx) error {
		for _, p := range profiles {
			n, err := tx.Exec(`DELETE FROM profiles WHERE id = ? AND version = ?`, p.ID, p.Version)
			if err != nil {
				return err
			}
			if n == 0 {
				return missing(tx, p.ID)
			}
		}
		return s.conclude(tx, "", nil, entries)
	})
}

// conclude writes what every change ends with: the validation, if there was one, and the entries.
func (s *Profiles) conclude(tx *Tx, id profile.ID, v *profile.Validation, entries []audit.Entry) error {
	if v != nil {
		text, err := json.Marshal(v.Verdict)
		if err != nil {
			return fmt.Errorf("write verdict: %w", err)
		}
		if _, err := tx.Exec(`INSERT INTO validations (profile_id, at, by_name, verdict) VALUES (?, ?, ?, ?)`, id, v.At.UnixMilli(), v.By, string(text)); err != nil {
			return err
		}
	}
	for _, e := range entries {
		if err := s.db.record(tx, e); err != nil {
			return err
		}
	}
	return nil
}

// missing tells a profile that changed from one that is gone.
func missing(tx *Tx, id profile.ID) error {
	var there bool
	if err := tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM profiles WHERE id = ?)`, id).Scan(&there); err != nil {
		return err
	}
	if there {
		return profile.ErrChanged
	}
	return profile.ErrGone
}

func setVerdict(tx *Tx, p profile.Profile, text string, failed any) error {
	_, err := tx.Exec(`UPDATE profiles SET status = ?, expires_at = ?, validated_at = ?, verdict = ?, failed = ? WHERE id = ?`,
		p.Status, expiresAt(p.Verdict), validatedAt(p), text, failed, p.ID)
	return err
}

func setServices(tx *Tx, p profile.Profile) error {
	if _, err := tx.Exec(`DELETE FROM profile_services WHERE profile_id = ?`, p.ID); err != nil {
		return err
	}
	for _, service := range p.Services {
		if _, err := tx.Exec(`INSERT INTO profile_services (service, profile_id) VALUES (?, ?)`, service, p.ID); err != nil {
			return err
		}
	}
	return nil
}

func unique(err error) error {
	if errors.Is(err, errUnique) {
		return profile.ErrNameTaken
	}
	return err
}

func verdictTexts(p profile.Profile) (text string, failed any, err error) {
	b, err := json.Marshal(p.Verdict)
	if err != nil {
		return "", nil, fmt.Errorf("write verdict: %w", err)
	}
	if p.Failed == nil {
		return string(b), nil, nil
	}
	f, err := json.Marshal(p.Failed)
	if err != nil {
		return "", nil, fmt.Errorf("write verdict: %w", err)
	}
	return string(b), string(f), nil
}

func expiresAt(v verdict.Verdict) int64 {
	if v.Expiry.Kind != verdict.ExpiresOn {
		return noExpiry
	}
	return v.Expiry.At.UnixMilli()
}

func validatedAt(p profile.Profile) int64 {
	if p.Validated.IsZero() {
		return 0
	}
	return p.Validated.UnixMilli()
}

// scanProfile reads one row of profileColumns, and what is beside it into more.
func scanProfile(row interface{ Scan(...any) error }, more ...any) (profile.Row, error) {
	var r profile.Row
	var validated, created, modified int64
	var text string
	var failed, services sql.NullString
	fields := []any{
		&r.ID, &r.Kind, &r.Name, &r.Description, &r.Tenant, &r.Username, &r.Version, &r.Status, &validated, &text, &failed,
		&created, &r.Created.By, &modified, &r.Modified.By, &services, &r.TenantName, &r.Domain,
	}
	if err := row.Scan(append(fields, more...)...); err != nil {
		return r, translate(err)
	}
	if err := json.Unmarshal([]byte(text), &r.Verdict); err != nil {
		return r, fmt.Errorf("read the verdict of profile %s: %w", r.ID, err)
	}
	if failed.Valid {
		r.Failed = new(verdict.Verdict)
		if err := json.Unmarshal([]byte(failed.String), r.Failed); err != nil {
			return r, fmt.Errorf("read the failed attempt of profile %s: %w", r.ID, err)
		}
	}
	if validated != 0 {
		r.Validated = time.UnixMilli(validated).UTC()
	}
	r.Created.At, r.Modified.At = time.UnixMilli(created).UTC(), time.UnixMilli(modified).UTC()
	r.Services = inCatalogueOrder(strings.Fields(services.String))
	return r, nil
}

func inCatalogueOrder(ids []string) []string {
	ordered := make([]string, 0, len(ids))
	for _, s := range catalogue.Named(ids) {
		ordered = append(ordered, s.ID)
	}
	return ordered
}
