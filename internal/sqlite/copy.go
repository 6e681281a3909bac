package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"time"

	"modernc.org/sqlite"
)

// Copy writes the database as it is at this moment to a file that is there and empty, while everybody works on. It costs changes little: it
// reads one state, a piece at a time, and rests as long as it worked. The copy is on the disk when Copy returns, and needs no file beside it;
// with an error, what is in it is of no use. It gives how many rows there are of each kind.
func (db *DB) Copy(ctx context.Context, to string) (rows map[string]int64, err error) {
	own, err := sql.Open("sqlite", dsn(db.path, "busy_timeout(5000)", "query_only(1)"))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", db.path, err)
	}
	own.SetMaxOpenConns(1)
	defer func() { err = errors.Join(err, own.Close()) }()
	return copyOf(ctx, own, to)
}

// CopyFile is Copy for a process of its own, beside the Purser that works in the folder, or while none does.
func CopyFile(ctx context.Context, folder, to string) (rows map[string]int64, err error) {
	path, err := databaseIn(folder)
	if err != nil {
		return nil, err
	}
	const tries = 3
	for range tries {
		still, before := atRest(path), stampOf(path)
		if err := os.Truncate(to, 0); err != nil {
			return nil, err
		}
		err = lookAs(path, still, func(read *sql.DB) (err error) {
			rows, err = copyOf(ctx, read, to)
			return err
		})
		if !still || atRest(path) && stampOf(path) == before {
			return rows, err
		}
	}
	return nil, errors.New("somebody started or stopped Purser again and again meanwhile")
}

// stampOf tells one state of a file that nobody works in from another.
func stampOf(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return ""
	}
	return fmt.Sprint(info.Size(), info.ModTime().UnixNano())
}

// copyOf copies what one connection sees.
func copyOf(ctx context.Context, from *sql.DB, to string) (rows map[string]int64, err error) {
	conn, err := from.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	// The state to copy is held by a transaction that reads: without it every change begins the copy anew, and it never ends.
	if _, err := conn.ExecContext(ctx, "BEGIN"); err != nil {
		return nil, err
	}
	defer func() { _, _ = conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK") }()
	if rows, err = countRows(ctx, conn); err != nil {
		return nil, err
	}
	if err := copyPages(ctx, conn, to); err != nil {
		return nil, err
	}
	return rows, full(standAlone(ctx, to))
}

// The copy is made a piece at a time. After some pieces it is flushed: a disk that has much to flush at once keeps changes waiting for theirs.
const (
	pagesAtOnce  = 256
	piecesAFlush = 8
)

func copyPages(ctx context.Context, conn *sql.Conn, to string) (err error) {
	file, err := os.OpenFile(to, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return conn.Raw(func(driver any) (err error) {
		source, ok := driver.(interface {
			NewBackup(to string) (*sqlite.Backup, error)
		})
		if !ok {
			return errors.New("the driver makes no backups")
		}
		// A copy that fails is thrown away, so it needs no journal; and it is flushed here, so SQLite need not.
		backup, err := source.NewBackup(dsn(to, "journal_mode(OFF)", "synchronous(OFF)"))
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, backup.Finish(), file.Sync()) }()
		for piece := 1; ; piece++ {
			begun := time.Now()
			more, err := backup.Step(pagesAtOnce)
			if err != nil || !more {
				return full(err)
			}
			if piece%piecesAFlush == 0 {
				if err := file.Sync(); err != nil {
					return err
				}
			}
			if err := rest(ctx, time.Since(begun)); err != nil {
				return err
			}
		}
	})
}

func rest(ctx context.Context, pause time.Duration) error {
	wait := time.NewTimer(pause)
	defer wait.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-wait.C:
		return nil
	}
}

// standAlone takes a copy out of WAL mode, so that who opens it makes no files beside it.
func standAlone(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", dsn(path, "journal_mode(DELETE)", "synchronous(FULL)"))
	if err != nil {
		return err
	}
	return errors.Join(db.PingContext(ctx), db.Close())
}

// countedTables are what people would miss, in the words of whom they are told.
var countedTables = []struct{ what, table string }{
	{"tenants", "tenants"},
	{"app profiles", "app_profiles"},
	{"profiles", "profiles"},
	{"account pools", "pools"},
	{"pool members", "pool_members"},
	{"scan profiles", "scan_profiles"},
	{"objects", "scan_objects"},
	{"entries", "activity"},
}

// Counted are the kinds of rows that copies are counted by, in their order.
func Counted() (kinds []string) {
	for _, c := range countedTables {
		kinds = append(kinds, c.what)
	}
	return kinds
}

// countRows counts what there is of each kind that the version of the database knows.
func countRows(ctx context.Context, from interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
},
) (map[string]int64, error) {
	rows := map[string]int64{}
	for _, c := range countedTables {
		var known bool
		if err := from.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?)`, c.table).Scan(&known); err != nil {
			return nil, damaged(err)
		}
		if !known {
			continue
		}
		var n int64
		if err := from.QueryRowContext(ctx, `SELECT count(*) FROM `+c.table).Scan(&n); err != nil {
			return nil, damaged(err)
		}
		rows[c.what] = n
	}
	return rows, nil
}
