package profiles

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/profile"
	"purser.example/internal/sqlite"
)

// called asks the index by name for as many profiles as an import judges at a time.
const called = `SELECT id, kind, name, description, tenant_id, username, admin_center_url, version, services, created_at, created_by, status, verdict, password
	FROM profiles WHERE name_key ` + sqlite.InList

// Called implements profile.Store.
func (s *Store) Called(ctx context.Context, names []string) ([]profile.Sharer, error) {
	list, err := sqlite.List(names)
	if err != nil || len(names) == 0 {
		return nil, err
	}
	return sqlite.All(s.db.Query(ctx, called, list), func(row sqlite.Row) (p profile.Sharer, err error) {
		var services, text string
		var created int64
		if err := row.Scan(&p.ID, &p.Kind, &p.Name, &p.Description, &p.Tenant, &p.Username, &p.AdminCenterURL, &p.Version, &services, &created, &p.Created.By, &p.Status, &text, &p.Sealed); err != nil {
			return p, err
		}
		p.Services, p.Created.At = inCatalogueOrder(strings.Fields(services)), sqlite.Moment(created)
		if err := json.Unmarshal([]byte(text), &p.Verdict); err != nil {
			return p, fmt.Errorf("read the verdict of profile %s: %w", p.ID, err)
		}
		return p, nil
	})
}

// Bring implements profile.Store. What keeps a profile out is asked before anything is written of it, so that it takes back nothing of
// another.
func (s *Store) Bring(ctx context.Context, list []profile.Brought, told func(failed []error) audit.Entry) (failed []error, err error) {
	err = s.db.Write(ctx, func(tx *sqlite.Tx) error {
		failed = make([]error, len(list))
		for i, b := range list {
			failed[i] = bring(tx, b)
			if failed[i] != nil && !refused(failed[i]) {
				return failed[i]
			}
		}
		if told == nil {
			return nil
		}
		return tx.Record(told(failed))
	})
	return failed, err
}

// refused reports whether an error is about one profile only.
func refused(err error) bool {
	for _, known := range []error{profile.ErrNameTaken, profile.ErrNoTenant, profile.ErrChanged, profile.ErrGone} {
		if errors.Is(err, known) {
			return true
		}
	}
	return false
}

func bring(tx *sqlite.Tx, b profile.Brought) error {
	p := b.Profile
	var taken, there bool
	if err := tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM profiles WHERE name_key = ? AND id <> ?), EXISTS (SELECT 1 FROM tenants WHERE id = ?)`, account.Fold(p.Name), p.ID, p.Tenant).Scan(&taken, &there); err != nil {
		return err
	}
	switch {
	case taken:
		return profile.ErrNameTaken
	case !there:
		return profile.ErrNoTenant
	case b.Was == 0:
		if err := Insert(tx, p, b.Password); err != nil {
			return err
		}
	default:
		if err := change(tx, p, searchKey(p), b.Was, b.Password, b.Anew); err != nil {
			return err
		}
	}
	return tx.Record(b.Entry)
}

// ImportLog implements profile.Store.
func (s *Store) ImportLog(ctx context.Context, id profile.ImportID, limit int) ([]audit.Link, error) {
	return s.db.ActivityOf(ctx, profile.ImportTarget, string(id), limit, profile.ImportBegun, profile.ImportStored, profile.ImportEnded)
}
