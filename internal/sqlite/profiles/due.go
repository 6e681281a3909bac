package profiles

import (
	"context"

	"purser.example/internal/sqlite"
)

// indexedAtOnce is how many entries of the search index a transaction renews. In the order of their rows the index takes them as one.
const indexedAtOnce = 64

// Index renews what the search looks up, as much as one transaction takes, and reports whether there may be more. Nobody waits for it: the
// search looks through what is due.
func (s *Store) Index(ctx context.Context) (more bool, err error) {
	if more, err = s.indexSome(ctx); err != nil || more {
		return more, err
	}
	return s.letterSome(ctx)
}

// indexSome renews entries of the search index that are older than their profiles.
func (s *Store) indexSome(ctx context.Context) (more bool, err error) {
	var due bool
	if err := s.db.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM profile_search_due)`).Scan(&due); err != nil || !due {
		return false, err
	}
	err = s.db.Write(ctx, func(tx *sqlite.Tx) error {
		rows, err := sqlite.All(tx.Query(`SELECT row FROM profile_search_due ORDER BY row LIMIT ?`, indexedAtOnce), func(r sqlite.Row) (row int64, err error) {
			return row, r.Scan(&row)
		})
		if err != nil {
			return err
		}
		for _, row := range rows {
			if _, err := tx.Exec(`UPDATE profile_search SET keys = (SELECT substr(search_key, 2) || lower(code) || char(1, 1) FROM profiles WHERE row = ?1) WHERE rowid = ?1`, row); err != nil {
				return err
			}
			if _, err := tx.Exec(`DELETE FROM profile_search_due WHERE row = ?`, row); err != nil {
				return err
			}
		}
		more = len(rows) == indexedAtOnce
		return nil
	})
	return more, err
}
