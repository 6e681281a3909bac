package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"purser.example/internal/audit"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
)

// Verify proves a backup, or any other copy of a database, and changes nothing. The errors are ErrBroken, those of sqlite.Inspect,
// secret.ErrWrongKey, and secret.ErrUnavailable and secret.ErrRefused of key services.
func Verify(ctx context.Context, file string, keepers ...secret.Keeper) (Report, error) {
	f, err := os.Open(file)
	if err != nil {
		return Report{}, fmt.Errorf("the backup cannot be read: %w", err)
	}
	defer func() { _ = f.Close() }()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return Report{}, errors.Join(fmt.Errorf("the backup cannot be read: %w", &fs.PathError{Op: "open", Path: file, Err: errNoFile}), err)
	}
	sealed, err := readSeal(f)
	if err != nil {
		return Report{}, err
	}
	if sealed != nil { // what is altered is found at once; that nobody altered the sum as well, the proof says below
		if sum, err := sumOf(f, sealed.Bytes); err != nil || sum != sealed.SHA256 {
			return Report{}, errors.Join(fmt.Errorf("%w (bytes of it are not those that were written)", ErrBroken), err)
		}
	}
	there, err := sqlite.Inspect(ctx, file, keepers...)
	if err != nil {
		return Report{}, broken(err)
	}
	r := Report{File: file, Contents: contentsOf(there), Sealed: sealed != nil, Unproved: there.Unproved}
	if r.SHA256, err = sumOf(f, r.Bytes); err != nil {
		return Report{}, err
	}
	if sealed == nil {
		return r, nothingBehind(f, r.Bytes)
	}
	if err := sealed.holds(r.Contents, there.Ring); err != nil {
		return Report{}, err
	}
	r.Made, r.Program = sealed.Made, sealed.Program
	return r, nil
}

var errNoFile = errors.New("it is no file")

// broken says of a file that is no database in order what it is, whatever was found first.
func broken(err error) error {
	_, log := errors.AsType[*audit.Broken](err)
	if log || errors.Is(err, sqlite.ErrDamaged) || errors.Is(err, secret.ErrDamaged) || errors.Is(err, sqlite.ErrKeyringMissing) {
		return &found{err}
	}
	return err
}

// found is ErrBroken because of what was found.
type found struct{ cause error }

// Error leaves out what package sqlite says to do about a database that is in use.
func (f *found) Error() string {
	return fmt.Sprintf("%s (%s)", ErrBroken, strings.TrimPrefix(f.cause.Error(), sqlite.ErrDamaged.Error()+": "))
}

func (f *found) Unwrap() []error { return []error{ErrBroken, f.cause} }

// nothingBehind refuses a file that goes on behind the database, and has no seal there.
func nothingBehind(f *os.File, bytes int64) error {
	info, err := f.Stat()
	if err == nil && info.Size() != bytes {
		err = fmt.Errorf("%w (it holds something else behind the database)", ErrBroken)
	}
	return err
}
