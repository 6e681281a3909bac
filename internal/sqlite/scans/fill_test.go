package scans_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"purser.example/internal/scan"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/sqlitetest"
)

// Large databases are filled with the rows that scans write: all columns, counters and search are the same, and so are the indexes.
func TestFilledObjectsAreThoseOfPages(t *testing.T) {
	const n = 2500
	types, at := []scan.Type{scan.Sites, scan.Users}, time.Now().UTC().Truncate(time.Millisecond)
	scanned, store := scanning(t, types...)
	for no := 0; no*1000 < n; no++ {
		p := scan.Page{Objects: sqlitetest.Specimens(no*1000, min((no+1)*1000, n))}
		_, err := store.AddPage(ctx, "c1", types[no%2], p, at)
		must(t, err)
	}
	for _, each := range types {
		must(t, store.EndSection(ctx, "c1", scan.Section{Type: each, State: scan.SectionRead, Ended: at}))
	}
	for more, err := true, error(nil); more; {
		more, err = store.Index(ctx)
		must(t, err)
	}
	filled, _ := connected(t)
	must(t, sqlitetest.FillObjects(ctx, filled, sqlitetest.FillObjectsOptions{Objects: n, Tenant: contoso, Types: types, Now: at}))

	for what, columns := range map[string]string{
		"scan_objects": `id, lot, shelf, object_key, name, name_order, address, address_key, letters, first_at, last_at, gone_at, made > 0, seen > 0, site_id, locked, archived, grant_state, grant_group, grant_reason, grant_at`,
		"scan_counts":  "shelf, n", "scan_lots": "no, tenant_id, type, read_at", "scan_terms": "term, doc, offset", "scan_search_through": "object", "scan_search_due": "object",
		"sqlite_schema WHERE tbl_name = 'scan_objects'": "type, name, sql",
	} {
		if a, b := rows(t, scanned, what, columns), rows(t, filled, what, columns); !slices.Equal(a, b) || len(a) == 0 && what != "scan_search_due" {
			t.Errorf("%s: %d rows of pages, %d filled, or other ones", what, len(a), len(b))
		}
	}
}

// rows are the rows of a table as text, in order.
func rows(t *testing.T, db *sqlite.DB, table, columns string) []string {
	t.Helper()
	list, err := sqlite.All(db.Query(ctx, fmt.Sprintf(`SELECT json_array(%s) FROM %s ORDER BY 1`, columns, table)), sqlite.Only[string])
	must(t, err)
	return list
}
