package pools

import (
	"context"

	"purser.example/internal/account"
	"purser.example/internal/pool"
	"purser.example/internal/sqlite"
)

// foldedAtOnce is how many members are read, and written at most, in one step.
const foldedAtOnce = 2000

// Fold folds the names of members that a former release has read, once, so that they are found and sorted as those of new readings
// are. It is called before anybody asks; what the end of the process leaves, the next start folds.
func (s *Store) Fold(ctx context.Context) error {
	var due bool
	if err := s.db.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM to_fold WHERE what = 'pool_members')`).Scan(&due); err != nil || !due {
		return err
	}
	for last := (unfolded{}); ; {
		list, err := s.foldSome(ctx, last)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			break
		}
		last = list[len(list)-1]
	}
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		_, err := tx.Exec(`DELETE FROM to_fold WHERE what = 'pool_members'`)
		return err
	})
}

// unfolded is the name of a member with the key that it has.
type unfolded struct {
	reading   pool.ReadingID
	user      pool.UserID
	name, key string
}

func (s *Store) foldSome(ctx context.Context, after unfolded) ([]unfolded, error) {
	rows := s.db.Query(ctx, `SELECT reading_id, user_id, name, name_key FROM pool_members WHERE (reading_id, user_id) > (?, ?) ORDER BY reading_id, user_id LIMIT ?`,
		after.reading, after.user, foldedAtOnce)
	list, err := sqlite.All(rows, func(row sqlite.Row) (u unfolded, err error) {
		err = row.Scan(&u.reading, &u.user, &u.name, &u.key)
		return u, err
	})
	if err != nil {
		return nil, err
	}
	return list, s.db.Write(ctx, func(tx *sqlite.Tx) error {
		for _, u := range list {
			key := account.SearchKey(u.name)
			if key == u.key {
				continue
			}
			if _, err := tx.Exec(`UPDATE pool_members SET name_key = ? WHERE reading_id = ? AND user_id = ?`, key, u.reading, u.user); err != nil {
				return err
			}
		}
		return nil
	})
}
