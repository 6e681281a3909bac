package disk

import (
	"os"
	"unsafe"

	"modernc.org/libc"
	_ "modernc.org/sqlite" // whose set-up comes first
	sqlite3 "modernc.org/sqlite/lib"
)

// below is SQLite's own way to files, which opens, locks and shares memory; methods are ours for the files that are kept apart.
var (
	below   uintptr
	methods uintptr
)

func init() {
	if os.Getenv(Folder) != "" {
		register(libc.NewTLS())
	}
}

// register puts the disk below every database that is opened from now on.
func register(tls *libc.TLS) {
	below = sqlite3.Xsqlite3_vfs_find(tls, 0)
	theirs := at[sqlite3.Tsqlite3_vfs](below)
	ours := place[sqlite3.Tsqlite3_vfs](tls)
	*at[sqlite3.Tsqlite3_vfs](ours) = *theirs
	v := at[sqlite3.Tsqlite3_vfs](ours)
	v.FpNext, v.FszOsFile = 0, theirs.FszOsFile+int32(unsafe.Sizeof(handle{}))
	name, err := libc.CString("drill")
	if err != nil {
		panic(err)
	}
	v.FzName, v.FxOpen, v.FxDelete, v.FxAccess = name, pointer(open), pointer(remove), pointer(access)
	methods = place[sqlite3.Tsqlite3_io_methods](tls)
	*at[sqlite3.Tsqlite3_io_methods](methods) = sqlite3.Tsqlite3_io_methods{
		FiVersion: 2, // with shared memory, and without mapped files, whose writes nobody sees
		FxClose:   pointer(closeFile), FxRead: pointer(read), FxWrite: pointer(write), FxTruncate: pointer(truncate), FxSync: pointer(flush), FxFileSize: pointer(size),
		FxLock: pointer(lock), FxUnlock: pointer(unlock), FxCheckReservedLock: pointer(reserved), FxFileControl: pointer(control),
		FxSectorSize: pointer(sectorSize), FxDeviceCharacteristics: pointer(traits),
		FxShmMap: pointer(shmMap), FxShmLock: pointer(shmLock), FxShmBarrier: pointer(shmBarrier), FxShmUnmap: pointer(shmUnmap),
	}
	if code := sqlite3.Xsqlite3_vfs_register(tls, ours, 1); code != sqlite3.SQLITE_OK {
		panic("disk: SQLite refuses it")
	}
}

// handle is what SQLite keeps of a file that is kept apart; its own handle follows.
type handle struct {
	methods uintptr
	path    uintptr // as SQLite gave it, which lives as long as the handle
}

// at looks at memory of SQLite's, which Go does not move.
func at[T any](p uintptr) *T { return *(**T)(unsafe.Pointer(&p)) }

// pointer is a function as SQLite calls it, and call how we call one of its.
func pointer[F any](f F) uintptr { return *(*uintptr)(unsafe.Pointer(&struct{ f F }{f})) }

func call[F any](p uintptr) F { return *(*F)(unsafe.Pointer(&struct{ p uintptr }{p})) }

func place[T any](tls *libc.TLS) uintptr {
	var t T
	return libc.Xcalloc(tls, 1, libc.Tsize_t(unsafe.Sizeof(t)))
}

func theirs() *sqlite3.Tsqlite3_vfs { return at[sqlite3.Tsqlite3_vfs](below) }

// inner is SQLite's own handle of a file, and what can be done with it.
func inner(f uintptr) (uintptr, *sqlite3.Tsqlite3_io_methods) {
	f += unsafe.Sizeof(handle{})
	return f, at[sqlite3.Tsqlite3_io_methods](at[sqlite3.Tsqlite3_file](f).FpMethods)
}

// on does something to a file while nobody else does.
func on(f uintptr, do func(*file) int32) int32 {
	cache.Lock()
	defer cache.Unlock()
	kept, err := look(libc.GoString(at[handle](f).path))
	if err != nil {
		return sqlite3.SQLITE_IOERR
	}
	return do(kept)
}

func open(tls *libc.TLS, _, path, f uintptr, flags int32, out uintptr) int32 {
	way := call[func(*libc.TLS, uintptr, uintptr, uintptr, int32, uintptr) int32](theirs().FxOpen)
	if path == 0 || !kept(libc.GoString(path)) {
		return way(tls, below, path, f, flags, out)
	}
	if fault() == ReadOnly {
		flags = flags&^(sqlite3.SQLITE_OPEN_READWRITE|sqlite3.SQLITE_OPEN_CREATE) | sqlite3.SQLITE_OPEN_READONLY
	}
	h := at[handle](f)
	*h = handle{}
	if code := way(tls, below, path, f+unsafe.Sizeof(*h), flags, out); code != sqlite3.SQLITE_OK {
		return code
	}
	*h = handle{methods, path}
	return on(f, func(*file) int32 { return sqlite3.SQLITE_OK })
}

func remove(tls *libc.TLS, _, path uintptr, folderToo int32) int32 {
	cache.Lock()
	forget(libc.GoString(path))
	cache.Unlock()
	return call[func(*libc.TLS, uintptr, uintptr, int32) int32](theirs().FxDelete)(tls, below, path, folderToo)
}

// access answers whether a file is there by what this process sees: one that is empty is not.
func access(tls *libc.TLS, _, path uintptr, flags int32, out uintptr) int32 {
	cache.Lock()
	f := cache.files[libc.GoString(path)]
	cache.Unlock()
	if f == nil || flags != sqlite3.SQLITE_ACCESS_EXISTS {
		return call[func(*libc.TLS, uintptr, uintptr, int32, uintptr) int32](theirs().FxAccess)(tls, below, path, flags, out)
	}
	*at[int32](out) = 0
	if len(f.content) > 0 {
		*at[int32](out) = 1
	}
	return sqlite3.SQLITE_OK
}

func read(_ *libc.TLS, f, to uintptr, n int32, offset int64) int32 {
	return on(f, func(k *file) int32 {
		if !k.read(unsafe.Slice(at[byte](to), n), offset) {
			return sqlite3.SQLITE_IOERR_SHORT_READ
		}
		return sqlite3.SQLITE_OK
	})
}

// refuses is the answer of a disk that fails to a write.
func refuses() int32 {
	switch fault() {
	case Full:
		return sqlite3.SQLITE_FULL
	case Write, ReadOnly:
		return sqlite3.SQLITE_IOERR_WRITE
	}
	return sqlite3.SQLITE_OK
}

func write(_ *libc.TLS, f, from uintptr, n int32, offset int64) int32 {
	return on(f, func(k *file) int32 {
		if code := refuses(); code != sqlite3.SQLITE_OK {
			return code
		}
		return told(k.write(unsafe.Slice(at[byte](from), n), offset))
	})
}

func truncate(_ *libc.TLS, f uintptr, size int64) int32 {
	return on(f, func(k *file) int32 {
		if refuses() != sqlite3.SQLITE_OK {
			return sqlite3.SQLITE_IOERR_TRUNCATE
		}
		k.truncate(size)
		return sqlite3.SQLITE_OK
	})
}

func flush(_ *libc.TLS, f uintptr, _ int32) int32 {
	return on(f, func(k *file) int32 {
		if how := fault(); how == Flush || how == ReadOnly {
			k.taken()
			return sqlite3.SQLITE_IOERR_FSYNC
		}
		return told(k.flush())
	})
}

func told(err error) int32 {
	if err != nil {
		return sqlite3.SQLITE_IOERR_WRITE
	}
	return sqlite3.SQLITE_OK
}

func size(_ *libc.TLS, f, out uintptr) int32 {
	return on(f, func(k *file) int32 {
		*at[int64](out) = int64(len(k.content))
		return sqlite3.SQLITE_OK
	})
}
