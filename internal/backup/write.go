package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
)

// Source writes a database as it is at one moment to a file that is there and empty, and gives how many rows of each kind there were: the
// method Copy of sqlite.DB, or sqlite.CopyFile of a folder.
type Source func(ctx context.Context, to string) (rows map[string]int64, err error)

// Options say who makes a backup.
type Options struct {
	Keys    []secret.Keeper // the key, and the one that may have taken its place meanwhile (R64)
	Program string          // the version
	Now     func() time.Time
}

// Write makes a backup, proves it, and gives it its name then. Nothing that is there is overwritten: ErrTarget. Two that are made at once do
// not know of each other. Whatever goes wrong, nothing is left of it; what a process leaves that is killed, the next one in that folder removes.
func Write(ctx context.Context, source Source, target string, o Options) (r Report, err error) {
	if err := free(target); err != nil {
		return r, err
	}
	removeParts(filepath.Dir(target))
	part, err := newPart(filepath.Dir(target))
	if err != nil {
		return r, err
	}
	defer func() {
		err = spaced(errors.Join(err, closed(part), removed(part.Name())))
	}()
	if r, err = o.fill(ctx, source, part); err != nil {
		return Report{}, err
	}
	r.File = target
	return r, errors.Join(part.Sync(), name(part, target))
}

// newPart makes a file for a backup, which is this process's as long as it is open.
func newPart(folder string) (*os.File, error) {
	for {
		part, err := os.CreateTemp(folder, partPattern) // of mode 0600
		if err != nil {
			return nil, refusal(folder, err)
		}
		if sqlite.Hold(part) && sameFile(part) {
			return part, nil
		}
		_ = part.Close() // somebody who tidies up was faster
		_ = os.Remove(part.Name())
	}
}

func sameFile(f *os.File) bool {
	have, err := f.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(f.Name())
	return err == nil && os.SameFile(have, there)
}

// closed closes a file that may be closed already.
func closed(f *os.File) error {
	if err := f.Close(); !errors.Is(err, fs.ErrClosed) {
		return err
	}
	return nil
}

// removed removes a file that may be gone already.
func removed(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// refusal says why nothing can be written to a folder.
func refusal(folder string, err error) error {
	if failed, ok := errors.AsType[*fs.PathError](err); ok {
		err = failed.Err
	}
	return fmt.Errorf("%w: %s: %w", ErrTarget, folder, err)
}

// free refuses what a backup would take the place of.
func free(target string) error {
	info, err := os.Lstat(target)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("%w: %w", ErrTarget, err)
	case info.Mode()&fs.ModeSymlink != 0:
		return fmt.Errorf("%w: %s is a symbolic link; name a file that is not there yet", ErrTarget, target)
	}
	return fmt.Errorf("%w: %s is there already; name a file that is not there yet", ErrTarget, target)
}

// fill makes the backup in a file that is empty.
func (o Options) fill(ctx context.Context, source Source, part *os.File) (r Report, err error) {
	made := o.Now().UTC().Truncate(time.Second)
	rows, err := source(ctx, part.Name())
	if err != nil {
		return r, err
	}
	found, err := sqlite.Inspect(ctx, part.Name(), o.Keys...)
	if err != nil {
		return r, err
	}
	if kind := differs(rows, found.Rows); kind != "" {
		return r, fmt.Errorf("%w (%s: %d, and not %d)", ErrBroken, kind, found.Rows[kind], rows[kind])
	}
	r = Report{Contents: contentsOf(found), Sealed: true, Unproved: found.Unproved}
	r.Made, r.Program = made, o.Program
	if r.SHA256, err = sumOf(part, r.Bytes); err != nil {
		return r, err
	}
	sealed, err := newSeal(r.Contents, found.Ring)
	if err != nil {
		return r, err
	}
	_, err = part.WriteAt(sealed.bytes(), r.Bytes)
	return r, err
}

// name gives a whole file its name, which nothing may have got meanwhile.
func name(part *os.File, target string) error {
	err := os.Link(part.Name(), target)
	if errors.Is(err, fs.ErrExist) {
		return free(target)
	}
	if err != nil { // a file system without links
		err = errors.Join(free(target), closed(part))
		if err == nil {
			err = os.Rename(part.Name(), target)
		}
	}
	return errors.Join(err, sqlite.FlushFolder(filepath.Dir(target)))
}

// partPattern are the names of backups that are not whole yet.
const partPattern = ".purser-backup-*.part"

// removeParts removes what processes left that were killed. Others' are held.
func removeParts(folder string) {
	names, _ := os.ReadDir(folder)
	for _, entry := range names {
		path := filepath.Join(folder, entry.Name())
		if part, _ := filepath.Match(partPattern, entry.Name()); part && entry.Type().IsRegular() {
			removeLeft(path)
		}
		if of := besideOf(path); of != "" && gone(of) {
			_ = os.Remove(path)
		}
	}
}

// besideOf is the part that SQLite made a file beside; empty for any other file.
func besideOf(path string) string {
	for _, suffix := range []string{"-journal", "-wal", "-shm"} {
		of, beside := strings.CutSuffix(path, suffix)
		if part, _ := filepath.Match(partPattern, filepath.Base(of)); part && beside {
			return of
		}
	}
	return ""
}

func gone(path string) bool {
	_, err := os.Lstat(path)
	return errors.Is(err, fs.ErrNotExist)
}

func removeLeft(path string) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return
	}
	if !sqlite.Hold(f) {
		_ = f.Close()
		return
	}
	err = os.Remove(path)
	_ = f.Close()
	if err != nil { // Windows removes nothing that is open
		_ = os.Remove(path)
	}
}

// spaced tells of a disk that is full, whoever found out.
func spaced(err error) error {
	if errors.Is(err, sqlite.ErrFull) || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("%w (%w)", ErrSpace, err)
	}
	return err
}
