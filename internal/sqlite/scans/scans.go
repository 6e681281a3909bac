package scans

import (
	"context"
	"errors"
	"time"

	"purser.example/internal/audit"
	"purser.example/internal/scan"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/pools"
	"purser.example/internal/tenant"
)

// Conditions on scans, called s.
const (
	goesOn    = `s.state NOT IN ('finished', 'exception', 'failed', 'stopped', 'skipped')` // as the index scans_active has it
	registers = `EXISTS (SELECT 1 FROM runs r WHERE r.kind = '` + scan.GrantRun + `' AND r.scope = s.id AND r.state NOT IN ('finished', 'cancelled'))`
)

const scanColumns = `SELECT id, profile_id, profile_name, tenant_id, method, read_by, attended, issuer, subject, name, sign_in, request, address,
	state, code, detail, begun_at, ended_at, grants FROM scans s`

func scanScan(row sqlite.Row) (s scan.Scan, err error) {
	var begun, ended int64
	err = row.Scan(&s.ID, &s.Profile, &s.Name, &s.Tenant, &s.Method, &s.By, &s.Attended, &s.Actor.Issuer, &s.Actor.Subject, &s.Actor.Name, &s.Actor.SignIn,
		&s.Origin.Request, &s.Origin.Address, &s.State, &s.Code, &s.Detail, &begun, &ended, &s.Grants)
	s.Begun, s.Ended = sqlite.Moment(begun), sqlite.Moment(ended)
	return s, err
}

// Begin implements scan.Store.
func (s *Store) Begin(ctx context.Context, of scan.Scan, next time.Time, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		if err := insert(tx, of, next); err != nil {
			return err
		}
		if err := tx.Enqueue(scan.ObjectScan, string(of.ID)); err != nil {
			return err
		}
		return tx.Record(e)
	})
}

// Skip implements scan.Store.
func (s *Store) Skip(ctx context.Context, of scan.Scan, next time.Time, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		if err := insert(tx, of, next); err != nil {
			return err
		}
		return tx.Record(e)
	})
}

// insert stores a new scan with its sections, and when the next one of its profile begins. That another one of the profile goes on is
// known by the index scans_active.
func insert(tx *sqlite.Tx, s scan.Scan, next time.Time) error {
	n, err := tx.Exec(`UPDATE scan_profiles SET next_at = ? WHERE id = ?`, sqlite.Milliseconds(next), s.Profile)
	if err != nil {
		return err
	}
	if n == 0 {
		return scan.ErrGone
	}
	_, err = tx.Exec(`INSERT INTO scans (id, profile_id, profile_name, tenant_id, method, read_by, attended, issuer, subject, name, sign_in, request, address,
		state, code, detail, begun_at, ended_at, grants) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		s.ID, s.Profile, s.Name, s.Tenant, s.Method, s.By, s.Attended, s.Actor.Issuer, s.Actor.Subject, s.Actor.Name, s.Actor.SignIn, s.Origin.Request, s.Origin.Address,
		s.State, s.Code, s.Detail, sqlite.Milliseconds(s.Begun), sqlite.Milliseconds(s.Ended), s.Grants)
	if errors.Is(err, sqlite.ErrUnique) {
		return scan.ErrBusy
	}
	if err != nil {
		return err
	}
	for no, section := range s.Sections {
		if _, err := tx.Exec(`INSERT INTO scan_sections (scan_id, type, no, state, found, fresh, gone, failed, code, detail, begun_at, ended_at, next_page, first_reading, reading)
			VALUES (?, ?, ?, ?, 0, 0, 0, 0, ?, ?, 0, ?, '', 0, 0)`, s.ID, section.Type, no, section.State, section.Code, section.Detail, sqlite.Milliseconds(section.Ended)); err != nil {
			return err
		}
	}
	return nil
}

// Scan implements scan.Store.
func (s *Store) Scan(ctx context.Context, id scan.ID) (scan.Scan, error) {
	of, err := scanScan(s.db.QueryRow(ctx, scanColumns+` WHERE id = ?`, id))
	if err != nil {
		return of, gone(err)
	}
	return of, s.addSections(ctx, []*scan.Scan{&of}, true)
}

// Scans implements scan.Store.
func (s *Store) Scans(ctx context.Context, q scan.ScanQuery) ([]scan.Scan, error) {
	query, args := scanColumns+` WHERE true`, []any{}
	narrow := func(condition string, value any) {
		query, args = query+condition, append(args, value)
	}
	switch {
	case q.Profile != "":
		narrow(` AND profile_id = ?`, q.Profile)
		if q.Tenant != "" {
			narrow(` AND +tenant_id = ?`, q.Tenant)
		}
	case q.Tenant != "":
		narrow(` AND tenant_id = ?`, q.Tenant)
	}
	if q.Before != "" {
		narrow(` AND id < ?`, q.Before)
	}
	return s.scans(ctx, query+` ORDER BY id DESC LIMIT ?`, append(args, q.Limit)...)
}

// Active implements scan.Store.
func (s *Store) Active(ctx context.Context, t tenant.ID) ([]scan.Scan, error) {
	return s.scans(ctx, scanColumns+` WHERE `+goesOn+` AND (? = '' OR tenant_id = ?) ORDER BY id DESC`, t, t)
}

// scans reads scans with their sections, and without cursors.
func (s *Store) scans(ctx context.Context, query string, args ...any) ([]scan.Scan, error) {
	list, err := sqlite.All(s.db.Query(ctx, query, args...), scanScan)
	if err != nil || len(list) == 0 {
		return list, err
	}
	of := make([]*scan.Scan, len(list))
	for i := range list {
		of[i] = &list[i]
	}
	return list, s.addSections(ctx, of, false)
}

const sectionColumns = `type, state, found, fresh, gone, failed, code, detail, begun_at, ended_at, next_page`

func scanSection(row sqlite.Row, before ...any) (s scan.Section, err error) {
	var begun, ended int64
	err = row.Scan(append(before, &s.Type, &s.State, &s.Found, &s.New, &s.Gone, &s.Failed, &s.Code, &s.Detail, &begun, &ended, &s.From)...)
	s.Begun, s.Ended = sqlite.Moment(begun), sqlite.Moment(ended)
	return s, err
}

// addSections gives scans their sections.
func (s *Store) addSections(ctx context.Context, scans []*scan.Scan, cursors bool) error {
	ids, by := make([]scan.ID, len(scans)), map[scan.ID]*scan.Scan{}
	for i, of := range scans {
		ids[i], by[of.ID] = of.ID, of
	}
	list, err := sqlite.List(ids)
	if err != nil {
		return err
	}
	return s.db.Query(ctx, `SELECT scan_id, `+sectionColumns+` FROM scan_sections WHERE scan_id `+sqlite.InList+` ORDER BY scan_id, no`, list).Each(func(row sqlite.Row) error {
		var id scan.ID
		section, err := scanSection(row, &id)
		if err != nil {
			return err
		}
		if !cursors {
			section.From = ""
		}
		by[id].Sections = append(by[id].Sections, section)
		return nil
	})
}

// Progress implements scan.Store.
func (s *Store) Progress(ctx context.Context, of scan.Scan) (state scan.State, err error) {
	err = s.db.Write(ctx, func(tx *sqlite.Tx) error {
		if _, err := tx.Exec(`UPDATE scans AS s SET state = CASE state WHEN 'stopping' THEN state ELSE ? END, read_by = ?, grants = ? WHERE id = ? AND `+goesOn,
			of.State, of.By, of.Grants, of.ID); err != nil {
			return err
		}
		return gone(tx.QueryRow(`SELECT state FROM scans WHERE id = ?`, of.ID).Scan(&state))
	})
	return state, err
}

// Stop implements scan.Store.
func (s *Store) Stop(ctx context.Context, id scan.ID, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		n, err := tx.Exec(`UPDATE scans AS s SET state = 'stopping' WHERE id = ? AND state <> 'stopping' AND `+goesOn, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return scanChanged(tx, id)
		}
		return tx.Record(e)
	})
}

// scanChanged tells a scan that is further than somebody thought from one that is gone.
func scanChanged(tx *sqlite.Tx, id scan.ID) error {
	var there bool
	if err := tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM scans WHERE id = ?)`, id).Scan(&there); err != nil {
		return err
	}
	if there {
		return scan.ErrChanged
	}
	return scan.ErrGone
}

// End implements scan.Store.
func (s *Store) End(ctx context.Context, of scan.Scan, force []scan.Force, entries ...audit.Entry) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		n, err := tx.Exec(`UPDATE scans AS s SET state = ?, code = ?, detail = ?, ended_at = ? WHERE id = ? AND `+goesOn, of.State, of.Code, of.Detail, sqlite.Milliseconds(of.Ended), of.ID)
		if err != nil {
			return err
		}
		if n == 0 {
			return scanChanged(tx, of.ID)
		}
		if _, err := tx.Exec(`UPDATE scan_sections SET state = ?, ended_at = ? WHERE scan_id = ? AND state IN ('waiting', 'reading')`,
			scan.SectionStopped, sqlite.Milliseconds(of.Ended), of.ID); err != nil {
			return err
		}
		for _, f := range force {
			if err := pools.BringIntoForce(tx, f.Pool, f.By, f.Entry); err != nil {
				return err
			}
		}
		return tx.Record(entries...)
	})
}

// Warnings implements scan.Store.
func (s *Store) Warnings(ctx context.Context, id scan.ID, after, limit int) ([]scan.Warning, error) {
	rows := s.db.Query(ctx, `SELECT type, object, name, address, code, detail FROM scan_warnings WHERE scan_id = ? ORDER BY no LIMIT ? OFFSET ?`, id, limit, max(0, after))
	return sqlite.All(rows, func(row sqlite.Row) (w scan.Warning, err error) {
		return w, row.Scan(&w.Type, &w.Key, &w.Name, &w.Address, &w.Code, &w.Detail)
	})
}

// prunedAtOnce is how many items of a run go in one transaction: others' writes get in between.
const prunedAtOnce = 2000

// Prune implements scan.Store. A scan goes last, after the items of its runs: what the end of the process leaves is found by the next call.
func (s *Store) Prune(ctx context.Context, id scan.ProfileID, keep int, before time.Time) error {
	old, err := sqlite.All(s.db.Query(ctx, `SELECT id FROM scans s WHERE profile_id = ?1 AND ended_at > 0 AND ended_at < ?2 AND NOT (`+goesOn+`) AND NOT `+registers+`
		AND id NOT IN (SELECT id FROM scans WHERE profile_id = ?1 ORDER BY id DESC LIMIT ?3)`, id, before.UnixMilli(), keep), sqlite.Only[scan.ID])
	if err != nil {
		return err
	}
	for _, each := range old {
		if err := s.drop(ctx, each); err != nil {
			return err
		}
	}
	return nil
}

// drop removes a scan that is over.
func (s *Store) drop(ctx context.Context, id scan.ID) error {
	const idle = `EXISTS (SELECT 1 FROM scans s WHERE s.id = ?1 AND NOT ` + registers + `)`
	for {
		var n int64
		err := s.db.Write(ctx, func(tx *sqlite.Tx) (err error) {
			n, err = tx.Exec(`DELETE FROM run_items WHERE (run_id, no) IN (SELECT i.run_id, i.no FROM runs r JOIN run_items i ON i.run_id = r.id
				WHERE r.kind = ?2 AND r.scope = ?1 LIMIT ?3) AND `+idle, id, scan.GrantRun, prunedAtOnce)
			return err
		})
		if err != nil {
			return err
		}
		if n == 0 {
			break
		}
	}
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		if n, err := tx.Exec(`DELETE FROM scans AS s WHERE id = ? AND NOT `+registers, id); err != nil || n == 0 {
			return err
		}
		_, err := tx.Exec(`DELETE FROM runs WHERE kind = ? AND scope = ?`, scan.GrantRun, id)
		return err
	})
}
