package profiles

import (
	"context"

	"purser.example/internal/sqlite"
)

// addLetters gives a profile that has the letters had those of its new search key, too. It takes none away: that would have indexes
// written anew at most edits, and a letter too many costs a search no more than a look at the row.
func addLetters(tx *sqlite.Tx, row, had int64, key string) error {
	has := sqlite.LettersOf(key)
	if has&^had == 0 {
		return nil
	}
	_, err := tx.Exec(`UPDATE profiles SET letters = letters | ? WHERE row = ?`, has, row)
	return err
}

// letteredAtOnce is how many profiles of before get their letters in one transaction.
const letteredAtOnce = 500

// letterSome gives profiles their letters that a migration left without, those of one transaction, and reports whether there may be more.
// Until then the search looks at the rows themselves.
func (s *Store) letterSome(ctx context.Context) (more bool, err error) {
	var due bool
	if err := s.db.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM to_fold WHERE what = 'letters')`).Scan(&due); err != nil || !due {
		return false, err
	}
	rows, err := sqlite.All(s.db.Query(ctx, `SELECT row FROM profiles WHERE row > ? AND letters < 0 ORDER BY row LIMIT ?`, s.lettered.Load(), letteredAtOnce), sqlite.Only[int64])
	if err != nil {
		return false, err
	}
	more = len(rows) == letteredAtOnce
	err = s.db.Write(ctx, func(tx *sqlite.Tx) error {
		for _, row := range rows {
			if err := letter(tx, row); err != nil {
				return err
			}
		}
		if more {
			return nil
		}
		_, err := tx.Exec(`DELETE FROM to_fold WHERE what = 'letters'`)
		return err
	})
	if err == nil && more {
		s.lettered.Store(rows[len(rows)-1])
	}
	return more, err
}

// letter gives a profile its letters, if it is still there.
func letter(tx *sqlite.Tx, row int64) error {
	texts, err := sqlite.All(tx.Query(`SELECT search_key || code FROM profiles WHERE row = ?`, row), sqlite.Only[string])
	for _, text := range texts {
		if _, err := tx.Exec(`UPDATE profiles SET letters = ? WHERE row = ?`, sqlite.LettersOf(text), row); err != nil {
			return err
		}
	}
	return err
}
