package sqlitetest

import (
	"context"

	"purser.example/internal/sqlite"
)

// FillPeople lists so many people, called Person 000001 and so on, a third of whom the claim makes Service Administrators and a third Tenant
// Owners. They have no proof, as if they had signed in with an older Purser.
func FillPeople(ctx context.Context, db *sqlite.DB, n int) error {
	return db.Write(ctx, func(tx *sqlite.Tx) error {
		_, err := tx.Exec(`INSERT INTO people (id, kind, name, name_order, sign_in, sign_in_key, mail_key, searched, issuer, subject, tenant_id, object_id, claim, given, given_at, given_by,
				grouped, grouped_by, deactivated, primary_owner, added_at, seen_at, waits_for, asked_at, answered_at)
			WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
			SELECT printf('%08d', i), 'person', printf('Person %06d', i), printf('person %06d', i), printf('p%06d@contoso.com', i), printf('p%06d@contoso.com', i), '',
				printf('person %06d', i) || char(1, 1) || printf('p%06d@contoso.com', i) || char(1, 1), 'https://idp.contoso.com', printf('s%d', i), '', '', i % 3, 0, 0, '', 0, '', i % 50 = 0, 0, 1, i, '', 0, 0 FROM n`, n)
		return err
	})
}
