package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"purser.example/internal/secret"
)

// firstChained is the first version whose log can be verified without bringing the database up to date: its log is a sequence of chains.
const firstChained = 7

// firstShortened is the first version whose log can have been shortened.
const firstShortened = 25

// ErrOlder says that the log of a database can be verified only by the Purser that wrote it, or after an upgrade.
var ErrOlder = errors.New("this database was written by an older version of Purser; verify it with that version, or start this one on a copy first")

// Proved is what a log came to that holds.
type Proved struct {
	Entries int64
	Chains  int
}

// VerifyFile proves the activity log of a database, or one that was exported as JSON Lines, without changing a byte beside it: of one that a Purser works in, of one that is
// stopped, and of a copy. path is the file, or the folder with it. It returns *audit.Broken for the first place that does not hold,
// ErrNewer, ErrOlder and ErrDamaged where it cannot look, and secret.ErrWrongKey for another key.
func VerifyFile(ctx context.Context, path string, keepers ...secret.Keeper) (proved Proved, err error) {
	if isLines(path) {
		return verifyLinesIn(ctx, path, keepers)
	}
	err = lookInto(path, func(read *sql.DB) error {
		proved, err = verify(ctx, read, keepers)
		return err
	})
	return proved, err
}

// ErrBehind says that no Purser of this version has worked in the database yet.
var ErrBehind = errors.New("this database was written by an older version of Purser; start this version first")

// KeyringOf opens the keyring of a database for a command beside the Purser that works in it, or before one that starts. It changes as
// little as VerifyFile does. The database has to be of this version: another one may not know what the command is about.
func KeyringOf(ctx context.Context, folder string, keepers ...secret.Keeper) (ring *secret.Keyring, err error) {
	err = lookInto(folder, func(read *sql.DB) error {
		ring, _, err = keyringOf(ctx, read, keepers)
		return err
	})
	return ring, err
}

func keyringOf(ctx context.Context, read *sql.DB, keepers []secret.Keeper) (*secret.Keyring, secret.Keeper, error) {
	if err := fitting(ctx, read); err != nil {
		return nil, nil, err
	}
	return openKeyring(ctx, read, keepers)
}

// fitting refuses a database that is of another version than this program.
func fitting(ctx context.Context, read *sql.DB) error {
	version, err := versionOf(ctx, read)
	switch newest := newestVersion(); {
	case err != nil:
		return err
	case version == 0:
		return ErrForeign
	case version > newest:
		return fmt.Errorf("%w (database %d, program %d)", ErrNewer, version, newest)
	case version < newest:
		return fmt.Errorf("%w (database %d, program %d)", ErrBehind, version, newest)
	}
	return nil
}

// databaseIn is the file of a database, which is given itself or by its folder.
func databaseIn(path string) (string, error) {
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		path = filepath.Join(path, File)
		info, err = os.Stat(path)
	}
	if err != nil {
		return "", fmt.Errorf("look for the database: %w", err)
	}
	if info.Size() == 0 {
		return "", fmt.Errorf("%w: %s is empty", ErrLost, path)
	}
	return path, nil
}

// lookInto opens a database, which is a file or in a folder, to look into it beside whoever works in it.
func lookInto(path string, look func(*sql.DB) error) error {
	path, err := databaseIn(path)
	if err != nil {
		return err
	}
	still := atRest(path)
	err = lookAs(path, still, look)
	if err != nil && still && !atRest(path) { // a Purser began to work in it meanwhile
		return lookAs(path, false, look)
	}
	return err
}

// atRest reports whether nobody works in the database and nothing waits in its write-ahead log.
func atRest(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }()
	wal, err := os.Stat(path + "-wal")
	return (err != nil || wal.Size() == 0) && hold(f, false) == nil
}

// lookAs opens the database so that no file beside it is made where it is at rest: such a file could belong to whoever looks, and keep
// Purser out later.
func lookAs(path string, still bool, look func(*sql.DB) error) (err error) {
	address := dsn(path, "busy_timeout(5000)", "query_only(1)") + "&mode=ro"
	if still {
		address += "&immutable=1"
	}
	read, err := sql.Open("sqlite", address)
	if err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	read.SetMaxOpenConns(1)
	defer func() { err = errors.Join(damaged(err), read.Close()) }()
	return look(read)
}

// verify reads one state of the database.
func verify(ctx context.Context, read *sql.DB, keepers []secret.Keeper) (Proved, error) {
	version, err := versionOf(ctx, read)
	switch newest := newestVersion(); {
	case err != nil:
		return Proved{}, err
	case version == 0:
		return Proved{}, ErrForeign
	case version > newest:
		return Proved{}, fmt.Errorf("%w (database %d, program %d)", ErrNewer, version, newest)
	case version < firstChained:
		return Proved{}, fmt.Errorf("%w (database %d, program %d)", ErrOlder, version, newest)
	}
	tx, err := read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return Proved{}, err
	}
	defer func() { _ = tx.Rollback() }()
	ring, _, err := openKeyring(ctx, tx, keepers)
	if err != nil {
		return Proved{}, err
	}
	checkpoint := "checkpoint"
	if version < firstShortened {
		checkpoint = "NULL"
	}
	all, err := chainsIn(ctx, tx, ring, checkpoint)
	if err != nil {
		return Proved{}, err
	}
	walk, err := all.VerifyAll(links(ctx, tx, 0))
	if err != nil {
		return Proved{}, err
	}
	return Proved{Entries: walk.Read(), Chains: len(all.Chains)}, nil
}
