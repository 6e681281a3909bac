package scans

import (
	"context"
	"encoding/json"
	"slices"

	"purser.example/internal/scan"
	"purser.example/internal/sqlite"
	"purser.example/internal/tenant"
)

// shelf is where objects stand that are alike in all that a view filters by, and how many they are.
type shelf struct {
	no     int64 // as the generated column has it
	tenant tenant.ID
	kind   scan.Type
	gone   bool
	grant  scan.GrantState
	n      int
}

// grantStates are the states of grants by their number in rows.
var grantStates = []scan.GrantState{scan.NotGranted, scan.Granted, scan.Refused, scan.Left}

func grantNumber(g scan.GrantState) int { return max(0, slices.Index(grantStates, g)) }

// shelfNo is the number of a shelf of a lot, as migrations/0018_scans.sql generates it.
func shelfNo(lot int64, gone bool, grant int) int64 {
	no := lot*16 + int64(grant)
	if gone {
		no += 8
	}
	return no
}

// all gives every shelf that has objects, in the order of types.
func (s *Store) all(ctx context.Context) ([]shelf, error) {
	return s.shelves.Ask(s.db, struct{}{}, func() ([]shelf, error) {
		list, err := sqlite.All(s.db.Query(ctx, `SELECT c.shelf, c.n, l.tenant_id, l.type FROM scan_counts c JOIN scan_lots l ON l.no = c.shelf / 16 WHERE c.n > 0 ORDER BY c.shelf`),
			func(row sqlite.Row) (h shelf, err error) {
				err = row.Scan(&h.no, &h.n, &h.tenant, &h.kind)
				h.gone, h.grant = h.no&8 != 0, grantStates[h.no&7]
				return h, err
			})
		slices.SortStableFunc(list, func(a, b shelf) int { return rank(a.kind) - rank(b.kind) })
		return list, err
	})
}

// counting are changes of the counters, by shelf.
type counting map[int64]int

// write counts on, in one statement.
func (c counting) write(tx *sqlite.Tx) error {
	changes := [][2]int64{}
	for no, n := range c {
		if n != 0 {
			changes = append(changes, [2]int64{no, int64(n)})
		}
	}
	if len(changes) == 0 {
		return nil
	}
	list, err := json.Marshal(changes)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO scan_counts (shelf, n) SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM `+sqlite.ListRows+` WHERE true
		ON CONFLICT (shelf) DO UPDATE SET n = n + excluded.n`, string(list))
	return err
}

// Counts implements scan.Store.
func (s *Store) Counts(ctx context.Context, t tenant.ID) ([]scan.Count, error) {
	list, err := sqlite.All(s.db.Query(ctx, `SELECT l.type, l.read_at, coalesce((SELECT sum(n) FROM scan_counts WHERE shelf >= l.no * 16 AND shelf < l.no * 16 + 8), 0)
		FROM scan_lots l WHERE l.tenant_id = ? AND (l.read_at > 0 OR EXISTS (SELECT 1 FROM scan_counts WHERE shelf >= l.no * 16 AND shelf < l.no * 16 + 16))`, t),
		func(row sqlite.Row) (c scan.Count, err error) {
			var at int64
			err = row.Scan(&c.Type, &at, &c.N)
			c.At = sqlite.Moment(at)
			return c, err
		})
	slices.SortFunc(list, func(a, b scan.Count) int { return rank(a.Type) - rank(b.Type) })
	return list, err
}
