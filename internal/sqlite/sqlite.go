// Package sqlite is the engine under the stores: one SQLite file (modernc.org/sqlite) that is opened, locked, brought up to date,
// written and read, and the activity log in it. It knows no noun but audit. Each noun's store has a room of its own below, such as
// sqlite/profiles; nobody else has SQL, and all of them keep the promises that package storetest states.
//
// A store asks with DB.QueryRow and DB.Query, and changes rows within DB.Write. A change, its entries in the activity log and the
// work that it hands to the background are one transaction (Tx.Record, Tx.Enqueue). Errors of the driver come back translated:
// ErrUnique, or a problem for people.
//
// One goroutine writes, and commits together what waits together: a commit costs a disk flush (synchronous=FULL, because
// anything less loses acknowledged writes when the power goes), and sixteen writers can share one. Readers have a pool of
// their own that cannot write. A lock file keeps a second process out. Every method takes a context; times are stored as
// UTC milliseconds.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"purser.example/internal/audit"
	"purser.example/internal/secret"
)

// File is the database's name within its folder.
const File = "purser.db"

// Options says how to open a database.
type Options struct {
	Folder string           // made if missing, and kept to its owner
	Now    func() time.Time // the clock of everything that is stored
	Log    *slog.Logger

	// Queue makes the tables of the queue's library in a new database; nil: nobody does yet. It is the first thing that is made, because
	// SQLite reads all that there is anew at each change of a table, and the library makes many.
	Queue func(ctx context.Context, db *sql.DB) error

	// Waited is told how long each change waited until the writer took it; nil: nobody is.
	Waited func(time.Duration)
}

// DB is an open database.
type DB struct {
	now      func() time.Time
	log      *slog.Logger
	path     string
	lock     *lock
	writer   *writer
	read     *sql.DB
	queries  *statements                            // what is asked often, on read
	ring     *secret.Keyring                        // set by Unlock
	keeper   secret.Keeper                          // set by Unlock: what opened it
	closed   atomic.Pointer[[]secret.SealedKeyring] // set by Unlock: how the keyring stands in the database
	retired  atomic.Pointer[retired]                // seals that are taken no more; nil for none
	chain    atomic.Pointer[audit.Chain]            // set by Unlock: where entries go; nothing is written to the activity log before
	bound    Bound                                  // set by Unlock
	queue    Queue                                  // set by SetQueue
	recorded func(*Tx, audit.Entry) error           // set by Recorded
	kept     sync.RWMutex                           // held by those who read the whole log, and by whoever shortens it
	close    func() error
}

// Open makes or opens the database in the folder and brings it to this binary's shape. It refuses a folder that another
// process works in (ErrLocked) or that has lost its database (ErrLost), and a database that a newer Purser wrote (ErrNewer), that has
// another shape than its version says (ErrForeign), or that cannot be read (ErrDamaged). It changes nothing of what it refuses.
func Open(ctx context.Context, o Options) (*DB, error) {
	if err := prepareFolder(o.Folder); err != nil {
		return nil, err
	}
	lock, err := acquireLock(o.Folder)
	if err != nil {
		return nil, err
	}
	db, err := open(ctx, o, lock)
	if err != nil {
		return nil, errors.Join(err, lock.release())
	}
	return db, nil
}

func open(ctx context.Context, o Options, lock *lock) (*DB, error) {
	path := filepath.Join(o.Folder, File)
	if logLost(path) {
		o.Log.Error("what was written last is lost: the write-ahead log cannot be read", "file", path+"-wal")
	}
	version, err := examine(ctx, path)
	if err != nil {
		return nil, err
	}
	if version > 0 && !large(path) {
		if err := lookThrough(ctx, path); err != nil {
			return nil, err
		}
	}
	// Only a stranger, such as a shell with a transaction open, can hold the lock. Whoever writes meanwhile waits behind others
	// who wait for it, each for so long, so it is short.
	write, err := sql.Open("sqlite", dsn(path, "busy_timeout(1000)", "journal_mode(WAL)", "synchronous(FULL)", "secure_delete(1)"))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	write.SetMaxOpenConns(1)
	if err := o.upgrade(ctx, write, lock, version); err != nil {
		return nil, errors.Join(err, write.Close())
	}
	read, err := sql.Open("sqlite", dsn(path, "busy_timeout(5000)", "query_only(1)"))
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	readers := max(4, 2*runtime.NumCPU())
	read.SetMaxOpenConns(readers)
	read.SetMaxIdleConns(readers)
	db := &DB{now: o.Now, log: o.Log, path: path, lock: lock, writer: startWriter(write, o), read: read, queries: newStatements(read)}
	db.close = sync.OnceValue(func() error {
		return errors.Join(db.read.Close(), db.writer.close(), db.lock.release())
	})
	return db, nil
}

// Close waits for writes that have begun, closes the file and lets go of the lock. Closing again does nothing.
func (db *DB) Close() error { return db.close() }

// dsn carries the pragmas, because they hold for one connection only and the pool opens them as it likes.
func dsn(path string, pragmas ...string) string {
	query := url.Values{"_txlock": {"immediate"}}
	common := []string{"foreign_keys(1)", "trusted_schema(0)", "cell_size_check(1)", "temp_store(memory)"}
	for _, p := range append(common, pragmas...) {
		query.Add("_pragma", p)
	}
	return (&url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path), RawQuery: query.Encode()}).String()
}

// ErrFolder says that the data folder cannot be one.
var ErrFolder = errors.New("the data folder cannot be used")

// prepareFolder makes the folder for its owner only. From one that exists it takes others' rights away, but only where it is
// Purser's own: empty, or with a database in it. Somebody's home or a folder for everybody is left as it is, and refused.
func prepareFolder(folder string) error {
	if err := makeFolder(folder); err != nil {
		return fmt.Errorf("%w: %w", ErrFolder, err)
	}
	open, err := refused(folder)
	if err != nil || !open {
		return err
	}
	return tighten(folder, 0o700)
}

// Refused reports why a folder that is there cannot be the data folder; nil where it can. It changes nothing.
func Refused(folder string) error {
	_, err := refused(folder)
	return err
}

// refused also reports whether a folder that can be used has rights for others, which are to be taken away.
func refused(folder string) (open bool, err error) {
	info, err := os.Stat(folder)
	if err != nil {
		return false, fmt.Errorf("%w: %w", ErrFolder, err)
	}
	if !openToOthers(info) {
		return false, nil
	}
	names, err := os.ReadDir(folder)
	if err != nil {
		return false, fmt.Errorf("%w: %w", ErrFolder, err)
	}
	own := len(names) == 0 || slices.ContainsFunc(names, func(e fs.DirEntry) bool { return e.Name() == File || leftByPlace(e.Name()) })
	if info.Mode()&fs.ModeSticky != 0 || !own {
		return true, fmt.Errorf("%w: others may look into %s, which holds other things; choose a folder for Purser alone", ErrFolder, folder)
	}
	return true, nil
}
