package profiles

import (
	"context"
	"strings"

	"purser.example/internal/account"
	"purser.example/internal/catalogue"
	"purser.example/internal/profile"
	"purser.example/internal/sqlite"
)

// searchKey is what a profile is found by, but for the code of its verdict, which has a column of its own.
func searchKey(p profile.Profile) string {
	texts := []string{p.Name, p.Username, p.Description}
	for s := range catalogue.Named(p.Services) {
		texts = append(texts, s.Name)
	}
	var key strings.Builder
	for _, text := range texts {
		if text != "" {
			key.WriteString(account.SearchKey(text))
			key.WriteString(sqlite.FieldEnd)
		}
	}
	return key.String()
}

// foldedAtOnce is how many profiles are read, and written at most, in one step.
const foldedAtOnce = 2000

// Fold folds what a migration could not, once. It is called before anybody asks; what the end of the process leaves, the next start
// folds.
func (s *Store) Fold(ctx context.Context) error {
	var due bool
	if err := s.db.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM to_fold WHERE what = 'profiles')`).Scan(&due); err != nil || !due {
		return err
	}
	for after := int64(0); ; {
		last, err := s.foldSome(ctx, after)
		if err != nil {
			return err
		}
		if last == 0 {
			break
		}
		after = last
	}
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		_, err := tx.Exec(`DELETE FROM to_fold WHERE what = 'profiles'`)
		return err
	})
}

// unfolded is a profile with the keys that it has.
type unfolded struct {
	profile.Profile
	row          int64
	order, found string
}

// foldSome folds a step of profiles behind a row, and gives the last of them; 0 where there is none.
func (s *Store) foldSome(ctx context.Context, after int64) (last int64, err error) {
	rows := s.db.Query(ctx, `SELECT row, name, username, description, services, name_order, search_key FROM profiles WHERE row > ? ORDER BY row LIMIT ?`, after, foldedAtOnce)
	list, err := sqlite.All(rows, func(row sqlite.Row) (u unfolded, err error) {
		var services string
		err = row.Scan(&u.row, &u.Name, &u.Username, &u.Description, &services, &u.order, &u.found)
		u.Services = strings.Fields(services)
		return u, err
	})
	if err != nil || len(list) == 0 {
		return 0, err
	}
	err = s.db.Write(ctx, func(tx *sqlite.Tx) error {
		for _, u := range list {
			order, found := account.SearchKey(u.Name), searchKey(u.Profile)
			if order == u.order && found == u.found {
				continue
			}
			if _, err := tx.Exec(`UPDATE profiles SET name_order = ?, search_key = ?, letters = letters | ? WHERE row = ?`, order, found, sqlite.LettersOf(found), u.row); err != nil {
				return err
			}
		}
		return nil
	})
	return list[len(list)-1].row, err
}
