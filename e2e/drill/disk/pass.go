package disk

import (
	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// What follows is SQLite's own to do, with its own handle.

func closeFile(tls *libc.TLS, f uintptr) int32 {
	own, m := inner(f)
	return call[func(*libc.TLS, uintptr) int32](m.FxClose)(tls, own)
}

func lock(tls *libc.TLS, f uintptr, how int32) int32 {
	own, m := inner(f)
	return call[func(*libc.TLS, uintptr, int32) int32](m.FxLock)(tls, own, how)
}

func unlock(tls *libc.TLS, f uintptr, how int32) int32 {
	own, m := inner(f)
	return call[func(*libc.TLS, uintptr, int32) int32](m.FxUnlock)(tls, own, how)
}

func reserved(tls *libc.TLS, f, out uintptr) int32 {
	own, m := inner(f)
	return call[func(*libc.TLS, uintptr, uintptr) int32](m.FxCheckReservedLock)(tls, own, out)
}

// control leaves out what would change the length of the real file.
func control(tls *libc.TLS, f uintptr, what int32, arg uintptr) int32 {
	if what == sqlite3.SQLITE_FCNTL_SIZE_HINT || what == sqlite3.SQLITE_FCNTL_CHUNK_SIZE {
		return sqlite3.SQLITE_OK
	}
	own, m := inner(f)
	return call[func(*libc.TLS, uintptr, int32, uintptr) int32](m.FxFileControl)(tls, own, what, arg)
}

func sectorSize(tls *libc.TLS, f uintptr) int32 {
	own, m := inner(f)
	return call[func(*libc.TLS, uintptr) int32](m.FxSectorSize)(tls, own)
}

func traits(tls *libc.TLS, f uintptr) int32 {
	own, m := inner(f)
	return call[func(*libc.TLS, uintptr) int32](m.FxDeviceCharacteristics)(tls, own)
}

func shmMap(tls *libc.TLS, f uintptr, region, size, extend int32, out uintptr) int32 {
	own, m := inner(f)
	return call[func(*libc.TLS, uintptr, int32, int32, int32, uintptr) int32](m.FxShmMap)(tls, own, region, size, extend, out)
}

func shmLock(tls *libc.TLS, f uintptr, offset, n, flags int32) int32 {
	own, m := inner(f)
	return call[func(*libc.TLS, uintptr, int32, int32, int32) int32](m.FxShmLock)(tls, own, offset, n, flags)
}

func shmBarrier(tls *libc.TLS, f uintptr) {
	own, m := inner(f)
	call[func(*libc.TLS, uintptr)](m.FxShmBarrier)(tls, own)
}

func shmUnmap(tls *libc.TLS, f uintptr, remove int32) int32 {
	own, m := inner(f)
	return call[func(*libc.TLS, uintptr, int32) int32](m.FxShmUnmap)(tls, own, remove)
}
