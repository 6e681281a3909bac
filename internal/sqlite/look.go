package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"purser.example/internal/secret"
)

// Condition is how the database of a folder stands, as it shows beside whoever works in it.
type Condition struct {
	None            bool     // there is none, and none is missed
	Version, Newest int64    // of the database, and what this program brings it to
	File, Log       int64    // bytes, of the database and of its write-ahead log
	LogLost         bool     // the write-ahead log cannot be read, and what was written last with it
	Copies          []string // that upgrades kept
}

// ConditionOf looks at the database of a folder from its version to its last page, and changes nothing, as VerifyFile does not. The errors
// are those of Open: ErrLost, ErrNewer, ErrForeign and ErrDamaged, beside which the Condition says what is known.
func ConditionOf(ctx context.Context, folder string) (Condition, error) {
	path := filepath.Join(folder, File)
	c := Condition{Newest: newestVersion(), File: size(path), Log: size(path + "-wal"), LogLost: logLost(path)}
	c.Copies, _ = filepath.Glob(filepath.Join(folder, copyPattern))
	installation, _ := lookAtLock(filepath.Join(folder, lockName))
	if err := missed(path, installation); err != nil {
		return c, err
	}
	if c.File == 0 {
		_, err := os.Stat(path)
		c.None = err == nil || errors.Is(err, fs.ErrNotExist)
		return c, noneIs(err)
	}
	err := lookInto(path, func(read *sql.DB) (err error) {
		if c.Version, err = versionOf(ctx, read); err != nil {
			return err
		}
		if c.Version > c.Newest {
			return fmt.Errorf("%w (database %d, program %d)", ErrNewer, c.Version, c.Newest)
		}
		if err := compare(ctx, read, c.Version); err != nil {
			return err
		}
		return quickCheck(ctx, read)
	})
	return c, err
}

func noneIs(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func size(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

// InUse reports whether a Purser works in the folder.
func InUse(folder string) bool {
	_, held := lookAtLock(filepath.Join(folder, lockName))
	return held
}

// InstallationOf is the installation of a folder, as its lock file says; empty where none is known.
func InstallationOf(folder string) string {
	installation, _ := lookAtLock(filepath.Join(folder, lockName))
	return installation
}

// lookAtLock reads which installation is in the folder, and whether somebody works in it, without taking the lock from anybody.
func lookAtLock(path string) (installation string, held bool) {
	f, err := os.Open(path)
	if err != nil {
		return "", false
	}
	defer func() { _ = f.Close() }()
	_, installation = readLock(f)
	return installation, errors.Is(hold(f, false), errHeld)
}

// CheckKeyOf reports whether a key opens the keyring of the database in a folder, of any version: secret.ErrWrongKey, secret.ErrDamaged or
// ErrKeyringMissing. It changes nothing.
func CheckKeyOf(ctx context.Context, folder string, keepers ...secret.Keeper) error {
	return lookInto(folder, func(read *sql.DB) error {
		_, _, err := openKeyring(ctx, read, keepers)
		return err
	})
}

// Beside opens the database of a folder for stores that only read, beside the Purser that works in it. It changes as little as VerifyFile does:
// whoever writes gets an error. The database has to be of this version (ErrBehind, ErrNewer).
func Beside(ctx context.Context, folder string, keepers []secret.Keeper, now func() time.Time, look func(*DB, *secret.Keyring) error) error {
	return lookInto(folder, func(read *sql.DB) error {
		ring, of, err := keyringOf(ctx, read, keepers)
		if err != nil {
			return err
		}
		db := readOnly(read, folder, now)
		db.ring, db.keeper = ring, of
		return look(db, ring)
	})
}

// Glance is Beside for who reads nothing that is sealed, so that no key is needed.
func Glance(ctx context.Context, folder string, now func() time.Time, look func(*DB) error) error {
	return lookInto(folder, func(read *sql.DB) error {
		if err := fitting(ctx, read); err != nil {
			return err
		}
		return look(readOnly(read, folder, now))
	})
}

func readOnly(read *sql.DB, folder string, now func() time.Time) *DB {
	gone := make(chan struct{})
	close(gone) // so that a change is refused
	return &DB{now: now, log: slog.New(slog.DiscardHandler), path: filepath.Join(folder, File), writer: &writer{gone: gone}, read: read, queries: newStatements(read)}
}
