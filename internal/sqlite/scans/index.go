package scans

import (
	"context"

	"purser.example/internal/sqlite"
)

// indexedAtOnce is how many entries of the search index a transaction makes, and renewedAtOnce how many it renews. In the order of their
// numbers the index takes many for what a few cost.
const (
	indexedAtOnce = 250
	renewedAtOnce = 64
)

// searched is what an object is found by.
const searched = `name_order || char(1, 1) || coalesce(address_key, lower(address)) || char(1, 1)`

// Index implements scan.Store.
func (s *Store) Index(ctx context.Context) (more bool, err error) {
	var due bool
	if err := s.db.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM scan_search_due) OR EXISTS (SELECT 1 FROM scan_objects WHERE id > (SELECT object FROM scan_search_through))`).Scan(&due); err != nil || !due {
		return false, err
	}
	err = s.db.Write(ctx, func(tx *sqlite.Tx) error {
		renewed, err := renewEntries(tx)
		if err != nil || renewed == renewedAtOnce {
			more = true
			return err
		}
		made, err := makeEntries(tx, indexedAtOnce)
		more = made == indexedAtOnce
		return err
	})
	return more && err == nil, err
}

// renewEntries renews the entries of objects that are called otherwise.
func renewEntries(tx *sqlite.Tx) (n int, err error) {
	objects, err := sqlite.All(tx.Query(`SELECT object FROM scan_search_due ORDER BY object LIMIT ?`, renewedAtOnce), sqlite.Only[int64])
	for _, each := range objects {
		if _, err := tx.Exec(`UPDATE scan_search SET keys = (SELECT `+searched+` FROM scan_objects WHERE id = ?1) WHERE rowid = ?1`, each); err != nil {
			return 0, err
		}
		if _, err := tx.Exec(`DELETE FROM scan_search_due WHERE object = ?`, each); err != nil {
			return 0, err
		}
	}
	return len(objects), err
}

// makeEntries makes the entries of objects that have none yet, so many of them; of all where the limit is negative.
func makeEntries(tx *sqlite.Tx, limit int) (int64, error) {
	n, err := tx.Exec(`INSERT INTO scan_search (rowid, keys) SELECT id, `+searched+` FROM scan_objects WHERE id > (SELECT object FROM scan_search_through) ORDER BY id LIMIT ?`, limit)
	if err != nil || n == 0 {
		return n, err
	}
	_, err = tx.Exec(`UPDATE scan_search_through SET object = (SELECT max(id) FROM (SELECT id FROM scan_objects WHERE id > (SELECT object FROM scan_search_through) ORDER BY id LIMIT ?))`, n)
	return n, err
}
