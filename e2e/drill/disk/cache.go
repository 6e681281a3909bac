package disk

import (
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

const sector = 512

// cache is what the system knows of the files in the folder, by their paths.
var cache = struct {
	sync.Mutex
	files map[string]*file
}{files: map[string]*file{}}

// file is a file as this process sees it, and beside it as it is on the disk. It is never closed while it is there: that would let go of the
// locks of everybody in this process.
type file struct {
	path    string
	disk    *os.File
	content []byte
	dirty   map[int64]bool // sectors that differ, or may
	shrunk  int64          // the shortest it was since the last flush; -1 where it only grew
}

// kept reports whether a path is of a file that is kept apart.
func kept(path string) bool {
	name := filepath.Base(path)
	return filepath.Dir(path) == filepath.Clean(os.Getenv(Folder)) && (name == "purser.db" || name == "purser.db-wal" || name == "purser.db-journal")
}

// look gives the file at a path, which is read when it is first asked for. The cache is locked.
func look(path string) (*file, error) {
	if f := cache.files[path]; f != nil {
		return f, nil
	}
	disk, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(disk)
	if err != nil {
		return nil, err
	}
	f := &file{path: path, disk: disk, content: content, dirty: map[int64]bool{}, shrunk: -1}
	cache.files[path] = f
	return f, nil
}

func forget(path string) {
	if f := cache.files[path]; f != nil {
		delete(cache.files, path)
		_ = f.disk.Close()
	}
}

func (f *file) read(to []byte, at int64) (whole bool) {
	n := 0
	if at < int64(len(f.content)) {
		n = copy(to, f.content[at:])
	}
	clear(to[n:])
	return n == len(to)
}

func (f *file) write(from []byte, at int64) error {
	if end := at + int64(len(from)); end > int64(len(f.content)) {
		f.content = append(f.content, make([]byte, end-int64(len(f.content)))...)
	}
	copy(f.content[at:], from)
	for s := at / sector; s*sector < at+int64(len(from)); s++ {
		f.dirty[s] = true
		if rand.IntN(2) == 0 {
			if err := f.put(s); err != nil {
				return err
			}
		}
	}
	return nil
}

// put writes one sector to the disk.
func (f *file) put(s int64) error {
	_, err := f.disk.WriteAt(f.content[s*sector:min((s+1)*sector, int64(len(f.content)))], s*sector)
	return err
}

func (f *file) truncate(size int64) {
	if size >= int64(len(f.content)) {
		return
	}
	f.content = f.content[:size]
	if f.shrunk < 0 || size < f.shrunk {
		f.shrunk = size
	}
	for s := range f.dirty {
		if s*sector >= size {
			delete(f.dirty, s)
		}
	}
}

// flush brings the disk up to date. The disk itself is not flushed: this process is killed, and not the machine.
func (f *file) flush() error {
	if f.lies() {
		return nil
	}
	if f.shrunk >= 0 {
		if err := f.disk.Truncate(f.shrunk); err != nil {
			return err
		}
	}
	for s := range f.dirty {
		if err := f.put(s); err != nil {
			return err
		}
	}
	if err := f.disk.Truncate(int64(len(f.content))); err != nil {
		return err
	}
	f.taken()
	return nil
}

// taken is how the system sees it: nothing is left to be written.
func (f *file) taken() { f.dirty, f.shrunk = map[int64]bool{}, -1 }

func (f *file) lies() bool {
	ending := os.Getenv(Lies)
	return ending == "*" || ending != "" && strings.HasSuffix(f.path, ending)
}
