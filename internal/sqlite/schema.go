package sqlite

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/pressly/goose/v3"

	"purser.example/migrations"
)

// ErrNewer says that the database was written by a newer Purser than this one.
var ErrNewer = errors.New("this database was written by a newer version of Purser; start that version, or restore the backup made before the upgrade")

// ErrForeign says that the database does not have the shape that its version says. Nothing in it was changed.
var ErrForeign = errors.New("this database was not made by a released version of Purser, or its tables were changed by hand; restore a backup, or start the program that made it. Nothing was changed")

// ErrDamaged says that the file does not hold a database that can be read whole.
var ErrDamaged = errors.New("the database is damaged; stop Purser and restore a backup (docs/backup.md)")

// examine looks at a database file before anything is written to it, and gives its version: 0 for a new one. One of a newer Purser is
// ErrNewer. One whose tables are not those that the steps up to its version make is ErrForeign: a step that is applied to it may fail
// half-way to where it can neither go on nor back, or seem to work (X26).
func examine(ctx context.Context, path string) (version int64, err error) {
	if info, err := os.Stat(path); err != nil || info.Size() == 0 {
		return 0, err
	}
	db, err := sql.Open("sqlite", dsn(path, "busy_timeout(5000)", "query_only(1)"))
	if err != nil {
		return 0, fmt.Errorf("open %s: %w", path, err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	if version, err = versionOf(ctx, db); err != nil {
		return 0, damaged(err)
	}
	if newest := newestVersion(); version > newest {
		return version, fmt.Errorf("%w (database %d, program %d)", ErrNewer, version, newest)
	}
	return version, damaged(compare(ctx, db, version))
}

// damaged says of a file that is no database, or none that can be read, what it is.
func damaged(err error) error {
	if breaksConnection(err) {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return err
}

// versionOf gives the number of the last step that was applied; 0 where none was.
func versionOf(ctx context.Context, db *sql.DB) (version int64, err error) {
	var counted bool
	if err := db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'goose_db_version')`).Scan(&counted); err != nil || !counted {
		return 0, err
	}
	err = db.QueryRowContext(ctx, `SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied`).Scan(&version)
	return version, err
}

// newestVersion is what this program brings a database to.
func newestVersion() int64 {
	names, err := fs.Glob(migrations.Files, "*.sql")
	if err != nil || len(names) == 0 {
		panic("sqlite: no migrations")
	}
	version, err := goose.NumericComponent(slices.Max(names))
	if err != nil {
		panic("sqlite: migrations: " + err.Error())
	}
	return version
}

// compare looks whether the database has everything that the steps up to the version make, in the same shape. Beside that it may have
// more, such as the queue's tables. An empty version may have nothing but those: a start may have been cut off after them.
func compare(ctx context.Context, db *sql.DB, version int64) error {
	have, err := schemaOf(ctx, db)
	if err != nil {
		return err
	}
	if version == 0 {
		maps.DeleteFunc(have, func(name string, _ shape) bool { return ofOthers(name) })
		if len(have) > 0 {
			return fmt.Errorf("%w (it holds %s)", ErrForeign, slices.Sorted(maps.Keys(have))[0])
		}
		return nil
	}
	if fingerprint(have) == fingerprints[version] {
		return nil
	}
	want, err := freshSchema(version)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if difference := want[name].difference(have[name]); difference != "" {
			return fmt.Errorf("%w (version %d: %s %s)", ErrForeign, version, name, difference)
		}
	}
	return nil
}

// fingerprints are those of the shapes that the steps up to each version make. To make a database for comparison takes longer than
// everything else at a start, so it is made only where a fingerprint differs: because something does, or because there is more.
var fingerprints = map[int64]string{
	1:  "8b3ad4279bc0f3d949c81233",
	2:  "1e9e73ac905dca9bb90d2734",
	3:  "49838527bfde2cc01174fa1c",
	4:  "3b0f4477bcac1f1da190511e",
	5:  "52fad090c78d8c2fd8164535",
	6:  "d905fd2f796e1189b923b736",
	7:  "f2760334e5b631739ebb305d",
	8:  "8b07479c860c8b2447f00c16",
	9:  "e1dafe0b7b2f0b6f7fbe4e34",
	10: "b1fedf2552ec16c563ee2631",
	11: "318e9d83a780504b4e457b9d",
	12: "4289a42b033f856b48bafff7",
	13: "41f857c3c8859141e0bb67a9",
	14: "c4903c800fc3a3a9f2a174b0",
	15: "628f96073b8845b414c27419",
	16: "95039c4ea4cfac4d987a3951",
	17: "97a1f72df8aeda23b64fbe86",
	18: "3ea4b63c3886288e641bbb3f",
	19: "914596ab63514c2ae2610d2e",
	20: "85e248b3ae8f46bc24b5968f",
	21: "a04afc0aaa4ddee017e5995c",
	22: "1bd9b203c2894f5ef932d743",
	23: "9506099d83046e27a124b44b",
	24: "fc18512c675ef041e3beadad",
	25: "d5ab4c929730c14e04a25b55",
	26: "bf1c704bd4dfda0000ad51c1",
	27: "f1eaefff78e0a7505ab76cb6",
	28: "5c7db0393a11c93ce239ee69",
	29: "3b170bba9550a4f64351f848",
	30: "f4dcf79f1413b30476210ab7",
	31: "55dea47bf09ed4584c737bf8",
	32: "ccb754103632a74c618d44f6",
	33: "737ba46b250b7a8be09e6108",
	34: "d97383160e6b13dac9a5e709",
	35: "34fac14400afd672741849f0",
	36: "56c5c3cc1ea7df7ff866bcfb",
	37: "20f7312a907b4274fb11034d",
}

// ofOthers reports whether a table or an index, named as in schemaOf, is the queue's, or of Litestream, which copies the database beside
// Purser and keeps two tables in it.
func ofOthers(name string) bool {
	_, bare, _ := strings.Cut(name, " ")
	return strings.HasPrefix(bare, "river_") || strings.HasPrefix(bare, "_litestream_")
}

// fingerprint is one value for all shapes but those of others, which are their programs'.
func fingerprint(shapes map[string]shape) string {
	sum := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(shapes)) {
		if ofOthers(name) {
			continue
		}
		_, _ = fmt.Fprintf(sum, "%q %q %q\n", name, shapes[name].text, shapes[name].columns)
	}
	return hex.EncodeToString(sum.Sum(nil)[:12])
}

// shape is a table, index or trigger.
type shape struct {
	text    string // the statement that made it, without what SQLite may write in another way
	columns []string
}

// difference says how other differs from s; empty for not at all.
func (s shape) difference(other shape) string {
	if other.text == "" {
		return "is missing"
	}
	for _, column := range s.columns {
		if !slices.Contains(other.columns, column) {
			return "has no column " + column
		}
	}
	if s.text != other.text {
		return "is another one"
	}
	return ""
}

// schemaOf reads the shapes of all that migrations may make, by kind and name.
func schemaOf(ctx context.Context, db *sql.DB) (map[string]shape, error) {
	rows, err := db.QueryContext(ctx, `SELECT s.type || ' ' || s.name, coalesce(s.sql, ''),
			CASE s.type WHEN 'table' THEN (SELECT coalesce(group_concat(name, char(10)), '') FROM pragma_table_xinfo(s.name)) ELSE '' END
		FROM sqlite_schema s WHERE s.name NOT LIKE 'sqlite\_%' ESCAPE '\' AND s.tbl_name <> 'goose_db_version'
		AND s.name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow')`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	found := map[string]shape{}
	for rows.Next() {
		var name, text, columns string
		if err := rows.Scan(&name, &text, &columns); err != nil {
			return nil, err
		}
		found[name] = shape{plain(text), strings.Split(columns, "\n")}
	}
	return found, rows.Err()
}

// plain is a statement without comments, blanks and quotes around names, which SQLite writes in its own way where it renames something.
// Texts in it stay as they are.
func plain(statement string) string {
	var b strings.Builder
	for rest := statement; rest != ""; {
		switch {
		case strings.HasPrefix(rest, "--"):
			_, rest, _ = strings.Cut(rest, "\n")
		case strings.HasPrefix(rest, "/*"):
			_, rest, _ = strings.Cut(rest[2:], "*/")
		case rest[0] == '\'':
			end := strings.IndexByte(rest[1:], '\'') + 2
			if end == 1 {
				end = len(rest)
			}
			b.WriteString(rest[:end])
			rest = rest[end:]
		case strings.IndexByte(" \t\r\n\"`[]", rest[0]) >= 0:
			rest = rest[1:]
		default:
			b.WriteString(strings.ToLower(rest[:1]))
			rest = rest[1:]
		}
	}
	return b.String()
}

// freshSchemas are the shapes of new databases by version: they are the same for every database of this process.
var freshSchemas struct {
	sync.Mutex
	of map[int64]map[string]shape
}

// freshSchema makes a database in memory by the steps up to the version, and gives its shapes.
func freshSchema(version int64) (map[string]shape, error) {
	freshSchemas.Lock()
	defer freshSchemas.Unlock()
	if known := freshSchemas.of[version]; known != nil {
		return known, nil
	}
	made, err := makeSchema(context.Background(), version)
	if err != nil {
		return nil, fmt.Errorf("make a database of version %d to compare with: %w", version, err)
	}
	if freshSchemas.of == nil {
		freshSchemas.of = map[int64]map[string]shape{}
	}
	freshSchemas.of[version] = made
	return made, nil
}

func makeSchema(ctx context.Context, version int64) (_ map[string]shape, err error) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	steps, err := stepsOf(db)
	if err != nil {
		return nil, err
	}
	if _, err := steps.UpTo(ctx, version); err != nil {
		return nil, err
	}
	return schemaOf(ctx, db)
}

func stepsOf(db *sql.DB) (*goose.Provider, error) {
	steps, err := goose.NewProvider(goose.DialectSQLite3, db, migrations.Files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	return steps, nil
}
