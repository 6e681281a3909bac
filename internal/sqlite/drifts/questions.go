package drifts

import (
	"context"
	"encoding/json"
	"time"

	"purser.example/internal/drift"
	"purser.example/internal/sqlite"
	"purser.example/internal/verdict"
)

// Ask implements drift.Store.
func (s *Store) Ask(ctx context.Context, q drift.Question) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		_, err := tx.Exec(`INSERT INTO sign_in_questions (tenant_id, correlation, account, rule, at, due_at, tries) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE EXISTS (SELECT 1 FROM tenants WHERE id = ?1)
			ON CONFLICT (tenant_id, correlation) DO UPDATE SET due_at = excluded.due_at, tries = excluded.tries`,
			q.Key.Tenant, q.Correlation, q.Key.Username, q.Rule, q.At.UnixMilli(), q.Due.UnixMilli(), q.Tries)
		return err
	})
}

// Questions implements drift.Store.
func (s *Store) Questions(ctx context.Context, now time.Time, limit int) ([]drift.Question, error) {
	return sqlite.All(s.db.Query(ctx, `SELECT tenant_id, correlation, account, rule, at, due_at, tries FROM sign_in_questions WHERE due_at <= ? ORDER BY due_at LIMIT ?`, now.UnixMilli(), limit),
		func(row sqlite.Row) (q drift.Question, err error) {
			var at, due int64
			err = row.Scan(&q.Key.Tenant, &q.Correlation, &q.Key.Username, &q.Rule, &at, &due, &q.Tries)
			q.At, q.Due = sqlite.Moment(at), sqlite.Moment(due)
			return q, err
		})
}

// blamed are the verdicts of one sign-in, wherever they are kept: those of profiles with their history, and those of pool members.
var blamed = []string{
	`UPDATE profiles SET verdict = json_set(verdict, '$.blame', json(?1)) WHERE tenant_id = ?2 AND username_key = ?3 AND json_extract(verdict, '$.correlationId') = ?4`,
	`UPDATE profiles SET failed = json_set(failed, '$.blame', json(?1)) WHERE tenant_id = ?2 AND username_key = ?3 AND failed IS NOT NULL AND json_extract(failed, '$.correlationId') = ?4`,
	`UPDATE validations SET verdict = json_set(verdict, '$.blame', json(?1)) WHERE profile_id IN (SELECT id FROM profiles WHERE tenant_id = ?2 AND username_key = ?3)
		AND json_extract(verdict, '$.correlationId') = ?4`,
	`UPDATE pool_credentials SET failed = json_set(failed, '$.blame', json(?1)) WHERE tenant_id = ?2 AND failed IS NOT NULL AND json_extract(failed, '$.correlationId') = ?4`,
}

// Answer implements drift.Store.
func (s *Store) Answer(ctx context.Context, q drift.Question, b *verdict.Blame) error {
	text, err := json.Marshal(b)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		if b != nil {
			for _, statement := range blamed {
				if _, err := tx.Exec(statement, string(text), q.Key.Tenant, q.Key.Username, q.Correlation); err != nil {
					return err
				}
			}
		}
		_, err := tx.Exec(`DELETE FROM sign_in_questions WHERE tenant_id = ? AND correlation = ?`, q.Key.Tenant, q.Correlation)
		return err
	})
}
