package pools

import (
	"context"

	"purser.example/internal/account"
	"purser.example/internal/pool"
	"purser.example/internal/run"
	"purser.example/internal/sqlite"
	"purser.example/internal/tenant"
)

// Sharing implements pool.Store.
func (s *Store) Sharing(ctx context.Context, t tenant.ID, usernames []string) ([]pool.Sharer, error) {
	list, err := sqlite.List(usernames)
	if err != nil || len(usernames) == 0 {
		return nil, err
	}
	return sqlite.All(s.db.Query(ctx, sharing, t, list), func(row sqlite.Row) (pool.Sharer, error) {
		m := pool.Sharer{Key: pool.Key{Tenant: t}}
		c, err := scanCredential(row, &m.Class, &m.User, &m.Username)
		m.Credential = c
		return m, err
	})
}

// sharing looks each reading up in the index by username, however many members it has.
const sharing = `SELECT f.class, f.user_id, f.username, ` + credentialColumns + ` FROM (
	SELECT p.class AS class, m.user_id AS user_id, max(m.username) AS username FROM pools p
	JOIN pool_members m INDEXED BY pool_members_by_username ON m.reading_id IN (p.reading_id, p.force_reading)
	WHERE p.tenant_id = ? AND m.username_key ` + sqlite.InList + ` GROUP BY p.class, m.user_id) f
	LEFT JOIN pool_credentials c ON c.tenant_id = ?1 AND c.class = f.class AND c.user_id = f.user_id
	ORDER BY CASE f.class WHEN 'sites' THEN 0 WHEN 'project' THEN 1 ELSE 2 END, f.user_id`

// Renew writes a new password that was accepted for the account at another place, where the account is still a member of the pool
// and signs in with its own password. It is the accounts.Keeper of pool.PlaceKind. A new password that waited is pointless now.
func Renew(tx *sqlite.Tx, r account.Renewal) (bool, error) {
	key, user := pool.MemberAt(r.Place)
	var member bool
	if err := tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM pools p JOIN pool_members m ON m.reading_id IN (p.reading_id, p.force_reading)
		WHERE p.tenant_id = ? AND p.class = ? AND m.user_id = ? AND m.username_key = ?)`, key.Tenant, key.Class, user, r.Key.Username).Scan(&member); err != nil || !member {
		return false, err
	}
	have, err := credential(tx, key, user)
	if err != nil || have.MFA {
		return false, err
	}
	if err := replacePending(tx, key, []pool.UserID{user}); err != nil {
		return false, err
	}
	return true, setCredential(tx, key, user, have.Concluded(run.Item{Outcome: run.Confirmed, Verdict: &r.Verdict}, r.Sealed, r.By))
}
