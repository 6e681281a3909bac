// Package pools keeps account pools, what was read of their groups, and their members' credentials: pool.Store on SQLite.
//
// How many members of a reading stand where is kept by triggers (migrations/0006_pools.sql). A page of members is found in one index,
// which page.go names.
package pools

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/pool"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/accounts"
)

// Store implements pool.Store.
type Store struct {
	db      *sqlite.DB
	keepers accounts.Keepers
}

// New gives the store of a database.
func New(db *sqlite.DB) *Store { return &Store{db: db} }

// KeptBy tells the store who writes a password at the account's other places. It gives the store itself.
func (s *Store) KeptBy(keepers accounts.Keepers) *Store {
	s.keepers = keepers
	return s
}

// ClassesWith implements pool.Store.
func (s *Store) ClassesWith(ctx context.Context, k account.Key) ([]pool.Class, error) {
	return sqlite.All(s.db.Query(ctx, classesWith, k.Tenant, k.Username), sqlite.Only[pool.Class])
}

// classesWith is the question which pools an account is in. It looks each reading up in the index by username, however many
// members it has.
const classesWith = `SELECT p.class FROM pools p WHERE p.tenant_id = ?
	AND EXISTS (SELECT 1 FROM pool_members m WHERE m.reading_id IN (p.reading_id, p.force_reading) AND m.username_key = ?)`

// Note implements pool.Store.
func (s *Store) Note(ctx context.Context, e audit.Entry) error { return s.db.Record(ctx, e) }

// Pool implements pool.Store.
func (s *Store) Pool(ctx context.Context, key pool.Key) (pool.Pool, error) {
	p := pool.Pool{Key: key}
	var group, forced string
	var saved, force int64
	err := s.db.QueryRow(ctx, `SELECT version, group_text, reading_id, admin_url, objects, saved_at, saved_by,
		force_version, force_group, force_reading, force_url, force_at, force_by FROM pools WHERE tenant_id = ? AND class = ?`, key.Tenant, key.Class).
		Scan(&p.Number, &group, &p.Reading, &p.AdminURL, &p.Objects, &saved, &p.By.By,
			&p.InForce.Number, &forced, &p.InForce.Reading, &p.InForce.AdminURL, &force, &p.InForce.By.By)
	if errors.Is(err, sql.ErrNoRows) {
		return p, nil
	}
	if err != nil {
		return p, err
	}
	p.By.At, p.InForce.By.At = sqlite.Moment(saved), sqlite.Moment(force)
	if err := errors.Join(readGroup(group, &p.Group), readGroup(forced, &p.InForce.Group)); err != nil {
		return p, err
	}
	for _, v := range []*pool.Version{&p.Version, &p.InForce} {
		counts, err := s.counts(ctx, v.Reading)
		if err != nil {
			return p, err
		}
		v.Members = counts.Members
	}
	return p, nil
}

// writeGroup is a group as a column has it; empty for none.
func writeGroup(g pool.Group) (string, error) {
	if g.ID == "" {
		return "", nil
	}
	text, err := json.Marshal(g)
	return string(text), err
}

func readGroup(text string, g *pool.Group) error {
	if text == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(text), g); err != nil {
		return fmt.Errorf("read the group of a pool: %w", err)
	}
	return nil
}
