package sqlite

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// ErrLocked says that another process works on the database.
var ErrLocked = errors.New("another Purser works in this data folder")

// ErrLost says that the data folder held an installation whose database is gone.
var ErrLost = errors.New("the database of this data folder is gone")

// errHeld says that another process holds the lock of a file.
var errHeld = errors.New("another process holds it")

// Hold takes a file for this process until it is closed, and reports whether it could: another process may have it.
func Hold(f *os.File) bool { return hold(f, true) == nil }

// lockName is the lock file's name within the data folder.
const lockName = "purser.lock"

// lock keeps a second process out for the life of this one: two processes on one SQLite file starve each other without a word. It is
// taken on the lock file and on the database itself, because either may be removed or replaced while Purser runs (X49). The kernel lets go
// of both when the process dies, however it dies.
//
// The lock file also says which installation was in the folder, so that a database that is gone is not taken for one that never was
// (X42). It has two lines: the process id, and the installation's id as soon as it is known.
//
// database stays open until everything else that has the file open is closed: closing it lets go of SQLite's own locks too.
type lock struct{ file, database *os.File }

// acquireLock takes both, and makes the database file where there is none and none is missed: SQLite would leave its mode to the umask. The
// write-ahead log takes its mode from it.
func acquireLock(folder string) (*lock, error) {
	file, err := lockedFile(filepath.Join(folder, lockName))
	if err != nil {
		return nil, err
	}
	l := &lock{file: file}
	if err := l.take(folder); err != nil {
		return nil, errors.Join(err, l.release())
	}
	return l, nil
}

func (l *lock) take(folder string) error {
	_, installation := readLock(l.file)
	path := filepath.Join(folder, File)
	if err := missed(path, installation); err != nil {
		return err
	}
	var err error
	if l.database, err = lockedFile(path); err != nil {
		return err
	}
	return errors.Join(tighten(path, 0o600), l.write(installation))
}

// missed tells a database that is empty or not there, although there was one, from one that is yet to be made.
func missed(path, installation string) error {
	empty := func(name string) (bool, error) {
		info, err := os.Stat(name)
		if errors.Is(err, fs.ErrNotExist) {
			return true, nil
		}
		return err == nil && info.Size() == 0, err
	}
	none, err := empty(path)
	if err != nil || !none {
		return err
	}
	const advice = "put a backup in its place; or, to start over, remove %s and every file beside it whose name begins with %s"
	if installation != "" {
		return fmt.Errorf("%w: %s is empty or missing, but it held installation %q; "+advice, ErrLost, path, installation, lockName, File)
	}
	if none, err = empty(path + "-wal"); err != nil || none {
		return err
	}
	return fmt.Errorf("%w: %s is empty or missing, but %s-wal is not; "+advice, ErrLost, path, File, lockName, File)
}

// lockedFile opens a file and locks it. Whoever removes the file between the two makes somebody else lock another one by that name, so it
// is looked at once more.
func lockedFile(path string) (*os.File, error) {
	for {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			return nil, fmt.Errorf("open %s: %w", path, err)
		}
		if err := hold(f, true); err != nil {
			defer func() { _ = f.Close() }()
			if errors.Is(err, errHeld) {
				return nil, fmt.Errorf("%w (%s)", ErrLocked, holder(path, f))
			}
			return nil, fmt.Errorf("lock %s: %w", path, err)
		}
		if sameFile(f, path) {
			return f, nil
		}
		if err := f.Close(); err != nil {
			return nil, fmt.Errorf("lock %s: %w", path, err)
		}
	}
}

func sameFile(f *os.File, path string) bool {
	have, err := f.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(path)
	return err == nil && os.SameFile(have, there)
}

// holder says who has the lock on a file.
func holder(path string, f *os.File) string {
	if filepath.Base(path) != lockName {
		return "it holds " + filepath.Base(path) + ", although its " + lockName + " was removed or replaced"
	}
	if pid, _ := readLock(f); pid != "" {
		return "process " + pid
	}
	return "process unknown"
}

// readLock reads what the lock file says; nothing where it says nothing.
func readLock(f *os.File) (pid, installation string) {
	b, err := io.ReadAll(io.NewSectionReader(f, 0, 100))
	if err != nil {
		return "", ""
	}
	pid, installation, _ = strings.Cut(strings.TrimSpace(string(b)), "\n")
	return pid, installation
}

// write says who holds the lock, and which installation is in the folder; that is empty as long as there is none.
func (l *lock) write(installation string) error {
	text := fmt.Sprintln(os.Getpid())
	if installation != "" {
		text += installation + "\n"
	}
	_, err := l.file.WriteAt([]byte(text), 0)
	if err := errors.Join(err, l.file.Truncate(int64(len(text)))); err != nil {
		return fmt.Errorf("write the lock file: %w", err)
	}
	return nil
}

// release lets go of both.
func (l *lock) release() error {
	if l.database == nil {
		return l.file.Close()
	}
	return errors.Join(l.database.Close(), l.file.Close())
}
