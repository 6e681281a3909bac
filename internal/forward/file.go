package forward

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"purser.example/internal/audit"
	"purser.example/internal/problem"
)

// File appends the log to a file as JSON Lines. A file that was moved away, as programs that rotate logs do, is begun anew.
type File struct {
	path string
	f    *os.File
}

// NewFile is the receiver of a path.
func NewFile(path string) *File { return &File{path: path} }

// Name implements Receiver.
func (r *File) Name() string { return "file" }

// Address implements Receiver.
func (r *File) Address() string { return r.path }

// Send implements Receiver. The entries are on the disk when it returns.
func (r *File) Send(_ context.Context, entries []audit.Link) error {
	err := r.open()
	var lines []byte
	if err == nil {
		for _, l := range entries {
			lines = audit.AppendLine(lines, l)
		}
		_, err = r.f.Write(lines)
	}
	if err == nil {
		err = r.f.Sync()
	}
	if err != nil {
		_ = r.Close() // a part of a line may be there; it is cut off when the file is opened again
		return problem.Wrap(err, problem.Unavailable, "The file can't be written.")
	}
	return nil
}

func (r *File) open() error {
	if r.f != nil && r.still() {
		return nil
	}
	_ = r.Close()
	f, err := os.OpenFile(r.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	if err := cutTorn(f); err != nil {
		return errors.Join(err, f.Close())
	}
	r.f = f
	return nil
}

// still reports whether the file at the path is the one that is open.
func (r *File) still() bool {
	there, err := os.Stat(r.path)
	if err != nil {
		return false
	}
	open, err := r.f.Stat()
	return err == nil && os.SameFile(there, open)
}

// longest is far above any line.
const longest = 4 << 20

// cutTorn cuts off a line without an end, which a crash left; its entry comes again.
func cutTorn(f *os.File) error {
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil || size == 0 {
		return err
	}
	tail := make([]byte, min(size, longest))
	if _, err := f.ReadAt(tail, size-int64(len(tail))); err != nil {
		return err
	}
	end := size - int64(len(tail)) + int64(bytes.LastIndexByte(tail, '\n')+1)
	if end == size {
		return nil
	}
	if err := f.Truncate(end); err != nil {
		return err
	}
	_, err = f.Seek(end, io.SeekStart)
	return err
}

// Close implements Receiver.
func (r *File) Close() error {
	if r.f == nil {
		return nil
	}
	f := r.f
	r.f = nil
	return f.Close()
}

// Usable reports why the log cannot be handed on to a file; nil where it can.
func Usable(path string) error {
	info, err := os.Stat(filepath.Dir(path))
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return errors.New("its folder is none")
	}
	return nil
}
