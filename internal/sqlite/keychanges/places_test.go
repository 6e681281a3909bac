package keychanges_test

import (
	"maps"
	"slices"
	"testing"

	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/keychanges"
	"purser.example/internal/sqlite/sqlitetest"
)

// open are the columns of bytes that hold nothing sealed by the keyring, and what they hold.
var open = map[string]string{
	"activity.mac":           "the chain of the log, proved by the keys of chains",
	"chains.start":           "as activity.mac",
	"chains.mac":             "as activity.mac",
	"chains.seal":            "as activity.mac",
	"chains.checkpoint":      "as activity.mac",
	"installation.keyset":    "the keyring, closed by the key",
	"key_changes.next":       "the keyring, closed by the next key",
	"key_changes.after":      "as key_changes.next",
	"app_credentials.public": "a certificate",
}

// R64: every column that can hold something sealed is a place that is sealed anew, and every place is a column. A new column of bytes
// belongs to one of the two lists.
func TestEveryColumnOfBytesIsKnownR64(t *testing.T) {
	db, _ := sqlitetest.Open(t, sqlitetest.NewClock().Now)
	columns, err := sqlite.All(db.Query(t.Context(), `SELECT m.name || '.' || c.name FROM sqlite_schema m JOIN pragma_table_xinfo(m.name) c
		WHERE m.type = 'table' AND c.type = 'BLOB' AND m.name NOT LIKE 'river\_%' ESCAPE '\'
		AND m.name NOT IN (SELECT name FROM pragma_table_list WHERE type IN ('shadow', 'virtual'))`), sqlite.Only[string])
	if err != nil || len(columns) < 15 {
		t.Fatalf("%d columns, %v", len(columns), err)
	}
	sealed := map[string]bool{}
	for _, p := range keychanges.Places {
		for _, column := range p.Columns {
			sealed[p.Table+"."+column] = true
		}
		facts := make([]string, len(p.Facts))
		if records := p.Records(facts); len(records) != len(p.Columns) {
			t.Errorf("%s: records for %d of %d columns", p.Table, len(records), len(p.Columns))
		}
	}
	for _, column := range columns {
		if sealed[column] == (open[column] != "") {
			t.Errorf("%s is sealed: %v, and known not to be: %q", column, sealed[column], open[column])
		}
	}
	for _, column := range append(slices.Collect(maps.Keys(sealed)), slices.Collect(maps.Keys(open))...) {
		if !slices.Contains(columns, column) {
			t.Errorf("there is no column %s", column)
		}
	}
}
