package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/pressly/goose/v3"
)

// upgrade brings a database that examine found in order to this program's shape. What it was before is kept beside it first: the steps
// go forward only. A database in the shape that a step begins from is left in the shape that it ends in, so one that examine has looked
// at needs no other look between the steps; the last one is for a mistake in a step.
func (o Options) upgrade(ctx context.Context, db *sql.DB, lock *lock, version int64) error {
	steps, err := stepsOf(db)
	if err != nil {
		return err
	}
	target := newestVersion()
	if version == target {
		return nil
	}
	if version > 0 {
		kept, err := keepCopy(ctx, db, lock, o.Folder, version)
		if err != nil {
			return fmt.Errorf("keep a copy of the database before it is brought from version %d to %d; nothing was changed: %w", version, target, err)
		}
		o.Log.Info("the database as it was is kept", "copy", kept, "version", version)
	}
	up := steps.Up
	if version == 0 {
		up = func(ctx context.Context) ([]*goose.MigrationResult, error) { return o.anew(ctx, db, steps) }
	}
	if _, err := up(ctx); err != nil {
		return fmt.Errorf("bring the database from version %d to %d: %w", version, target, err)
	}
	if version == 0 {
		return nil
	}
	o.Log.Info("the database was brought to this program's version", "from", version, "to", target)
	return compare(ctx, db, target)
}

// anew makes a new database. Its steps are not flushed to the disk one by one: there is nothing to lose yet, and in WAL mode a loss of
// power leaves fewer whole steps, never half of one. The first write afterwards flushes them all.
func (o Options) anew(ctx context.Context, db *sql.DB, steps *goose.Provider) (made []*goose.MigrationResult, err error) {
	if _, err := db.ExecContext(ctx, "PRAGMA synchronous = NORMAL"); err != nil {
		return nil, err
	}
	defer func() {
		_, full := db.ExecContext(ctx, "PRAGMA synchronous = FULL")
		err = errors.Join(err, full)
	}()
	if o.Queue != nil {
		if err := o.Queue(ctx, db); err != nil {
			return nil, err
		}
	}
	return steps.Up(ctx)
}

// copyPattern are the names of the copies that are kept.
const copyPattern = "purser-version-*.db"

// keepCopy writes the database as it is to a file of its own within the folder, whole and on the disk before it has its name, and removes
// those of former upgrades: they hold secrets that were deleted since. It reads the file by the lock's own descriptor, because closing
// another one would let go of SQLite's locks.
func keepCopy(ctx context.Context, db *sql.DB, lock *lock, folder string, version int64) (name string, err error) {
	var busy, inLog, moved int
	if err := db.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &inLog, &moved); err != nil {
		return "", err
	}
	if busy != 0 {
		return "", errors.New("somebody else has the database open")
	}
	former, err := filepath.Glob(filepath.Join(folder, copyPattern))
	if err != nil {
		return "", err
	}
	name = filepath.Join(folder, fmt.Sprintf("purser-version-%d.db", version))
	if err := writeWhole(name, lock.database); err != nil {
		return "", err
	}
	for _, old := range former {
		if old != name {
			err = errors.Join(err, os.Remove(old))
		}
	}
	return name, err
}

// writeWhole makes the file of a name a copy of another one, or leaves what was there.
func writeWhole(name string, from *os.File) (err error) {
	part := name + ".part"
	to, err := os.OpenFile(part, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(part)
		}
	}()
	if _, err := from.Seek(0, io.SeekStart); err != nil {
		return errors.Join(err, to.Close())
	}
	_, err = io.Copy(to, from)
	if err := errors.Join(err, to.Sync(), to.Close()); err != nil {
		return err
	}
	if err := os.Rename(part, name); err != nil {
		return err
	}
	return FlushFolder(filepath.Dir(name))
}
