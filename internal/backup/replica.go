package backup

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"time"
)

// Replica is a continuous copy of a database that Litestream keeps in a folder (R65).
type Replica struct {
	Folder   string // of the copy
	Database string // the file that is copied
}

// ErrNoReplica says that nothing was copied yet.
var ErrNoReplica = errors.New("the folder holds no continuous copy")

// settled is how long nothing must have been written until what is copied is all. A piece tells the time at which it was made, and a change
// from just before may come with the next one, a second later.
const settled = 3 * time.Second

// Through is the moment up to which everything is copied: now, where nothing was written for a while and the newest piece of the copy is
// younger; and otherwise the time of that piece, or of the last change. It opens neither the copy nor the database: who closes a database file
// lets go of SQLite's locks on it.
func (r Replica) Through(now time.Time) (time.Time, error) {
	copied, err := newestPiece(r.Folder)
	if err != nil {
		return time.Time{}, err
	}
	if copied.IsZero() {
		return time.Time{}, ErrNoReplica
	}
	written, err := r.written()
	switch {
	case err != nil:
		return time.Time{}, err
	case written.After(copied):
		return copied, nil
	case now.Sub(written) < settled:
		return written, nil
	}
	return now, nil
}

// written is when somebody wrote last. What is in the write-ahead log counts: that it was moved into the database later changes nothing.
func (r Replica) written() (time.Time, error) {
	for _, name := range []string{r.Database + "-wal", r.Database} {
		info, err := os.Stat(name)
		if err == nil && info.Size() > 0 {
			return info.ModTime(), nil
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return time.Time{}, err
		}
	}
	return time.Time{}, nil
}

// pieceName is the name of a piece: from which transaction it goes to which.
var pieceName = regexp.MustCompile(`^[0-9a-f]{16}-([0-9a-f]{16})\.ltx$`)

// newestPiece is when the piece with the last transaction was made; no time where there is none. Several may have it: what is put together of
// others later, or is the whole database, has a later time than what it holds. Litestream writes pieces and removes old ones all the time, so
// one that is gone meanwhile is no error.
func newestPiece(folder string) (made time.Time, err error) {
	last := ""
	err = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && path != folder {
			return nil
		}
		if err != nil {
			return err
		}
		name := pieceName.FindStringSubmatch(entry.Name())
		if name == nil || name[1] < last {
			return nil
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil && (name[1] > last || info.ModTime().Before(made)) {
			last, made = name[1], info.ModTime()
		}
		return err
	})
	return made, err
}
