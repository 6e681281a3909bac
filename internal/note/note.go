// Package note is how a command speaks to the Purser that works in a data folder, or to the next one that does: it leaves a file there. What
// the file says, and who may have written it, is the business of whoever leaves and reads it: it is sealed with the keyring.
package note

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Leave writes a file that is there whole or not at all, and belongs to whoever the folder belongs to, because root may leave one for a
// Purser that is somebody else.
func Leave(folder, name string, text []byte) (err error) {
	part := filepath.Join(folder, "."+name+".part")
	f, err := os.OpenFile(part, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(part)
		}
	}()
	_, err = f.Write(text)
	if err := errors.Join(err, giveTo(f, folder), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(part, filepath.Join(folder, name))
}

// longest is far above every note.
const longest = 4 << 10

// Read reads a file that Leave wrote.
func Read(path string) ([]byte, error) {
	info, err := os.Lstat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: path, Err: fs.ErrInvalid}
	}
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return io.ReadAll(io.LimitReader(f, longest))
}
