package activity

import (
	"context"
	"database/sql"
	"errors"

	"purser.example/internal/activity"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/sqlite"
)

const verifications = `SELECT id, state, by, begun_at, ended_at, entries, chains, broken, reason FROM activity_verifications `

func readVerification(row sqlite.Row) (v activity.Verification, err error) {
	var begun, ended int64
	err = row.Scan(&v.ID, &v.State, &v.By, &begun, &ended, &v.Entries, &v.Chains, &v.Broken, &v.Reason)
	v.Begun, v.Ended = sqlite.Moment(begun), sqlite.Moment(ended)
	return v, err
}

// Begin implements activity.Verifications.
func (s *Store) Begin(ctx context.Context, v activity.Verification, e audit.Entry) (begun activity.Verification, err error) {
	err = s.db.Write(ctx, func(tx *sqlite.Tx) error {
		begun, err = readVerification(tx.QueryRow(verifications + `WHERE ended_at = 0 ORDER BY begun_at DESC LIMIT 1`))
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		begun = v
		if _, err := tx.Exec(`INSERT INTO activity_verifications (id, state, by, begun_at, ended_at, entries, chains, broken, reason) VALUES (?, ?, ?, ?, 0, 0, 0, 0, '')`,
			v.ID, v.State, v.By, sqlite.Milliseconds(v.Begun)); err != nil {
			return err
		}
		// A log whose end is broken takes no entry, and is to be verified all the more.
		if err := tx.Record(e); err != nil && !broken(err) {
			return err
		}
		return tx.Enqueue(activity.Verifying, string(v.ID))
	})
	return begun, err
}

// Verification implements activity.Verifications.
func (s *Store) Verification(ctx context.Context, id activity.VerificationID) (activity.Verification, error) {
	v, err := readVerification(s.db.QueryRow(ctx, verifications+`WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return v, problem.New(problem.NotFound, "There is no such verification.")
	}
	return v, err
}

// Latest implements activity.Verifications.
func (s *Store) Latest(ctx context.Context) (*activity.Verification, error) {
	v, err := readVerification(s.db.QueryRow(ctx, verifications+`ORDER BY begun_at DESC LIMIT 1`))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // None is an answer.
	}
	return &v, err
}

// kept is how many verifications stay.
const kept = 100

// End implements activity.Verifications. A log that is broken at its end takes no more entries; the verification is kept all the same.
func (s *Store) End(ctx context.Context, v activity.Verification, e audit.Entry) error {
	store := func(tx *sqlite.Tx) error {
		if _, err := tx.Exec(`UPDATE activity_verifications SET state = ?, ended_at = ?, entries = ?, chains = ?, broken = ?, reason = ? WHERE id = ?`,
			v.State, sqlite.Milliseconds(v.Ended), v.Entries, v.Chains, v.Broken, v.Reason, v.ID); err != nil {
			return err
		}
		_, err := tx.Exec(`DELETE FROM activity_verifications WHERE ended_at > 0 AND begun_at < (SELECT begun_at FROM activity_verifications ORDER BY begun_at DESC LIMIT 1 OFFSET ?)`, kept)
		return err
	}
	err := s.db.Write(ctx, func(tx *sqlite.Tx) error {
		if err := store(tx); err != nil {
			return err
		}
		return tx.Record(e)
	})
	if broken(err) {
		return s.db.Write(ctx, store)
	}
	return err
}

func broken(err error) bool {
	_, is := errors.AsType[*audit.Broken](err)
	return is
}

// Verify implements activity.Verifications.
func (s *Store) Verify(ctx context.Context, told func(read, of int64)) (entries int64, chains int, err error) {
	proved, err := s.db.VerifyParts(ctx, told)
	return proved.Entries, proved.Chains, err
}

// ExportActivity implements activity.Lines.
func (s *Store) ExportActivity(ctx context.Context, begin func(audit.Header) error, each func([]audit.Link) error) error {
	return s.db.ExportActivity(ctx, begin, each)
}

// Record implements activity.Lines.
func (s *Store) Record(ctx context.Context, e audit.Entry) error { return s.db.Record(ctx, e) }

var (
	_ activity.Verifications = (*Store)(nil)
	_ activity.Lines         = (*Store)(nil)
)
