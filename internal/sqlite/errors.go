package sqlite

import (
	"context"
	"errors"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"purser.example/internal/problem"
)

const notNow = "Purser can't use its database right now. Nothing was changed. Try again in a moment. If this keeps happening, ask your server administrator to check the disk."

// ErrUnique says that a row with that unique value exists. Stores turn it into their noun's problem.
var ErrUnique = errors.New("sqlite: not unique")

// ErrFull says that a copy does not fit on the disk.
var ErrFull = errors.New("the disk is full")

// full tells a disk that is full from one that is out of order.
func full(err error) error {
	if driver, ok := errors.AsType[*sqlite.Error](err); ok && driver.Code()&0xff == lib.SQLITE_FULL {
		return errors.Join(ErrFull, err)
	}
	return err
}

// translate turns the driver's errors into ours, by code and never by text. It is the only place that knows the driver.
func translate(err error) error {
	driver, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return err
	}
	switch code := driver.Code(); {
	case code == lib.SQLITE_CONSTRAINT_UNIQUE || code == lib.SQLITE_CONSTRAINT_PRIMARYKEY:
		return errors.Join(ErrUnique, err)
	case code == lib.SQLITE_INTERRUPT:
		return errors.Join(context.Canceled, err)
	case outOfOrder(code):
		return problem.Wrap(err, problem.Unavailable, notNow)
	default:
		return err
	}
}

// outOfOrder reports whether code says that the file or the disk cannot be used, by primary code.
func outOfOrder(code int) bool {
	switch code & 0xff {
	case lib.SQLITE_FULL, lib.SQLITE_READONLY, lib.SQLITE_IOERR, lib.SQLITE_CANTOPEN, lib.SQLITE_BUSY, lib.SQLITE_LOCKED, lib.SQLITE_NOMEM,
		lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB:
		return true
	}
	return false
}

// breaksTransaction reports whether SQLite may have rolled the whole transaction back by itself after err, so that nothing
// more may be run in it.
func breaksTransaction(err error) bool {
	driver, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return false
	}
	return outOfOrder(driver.Code()) || driver.Code() == lib.SQLITE_INTERRUPT
}

// breaksConnection reports whether the connection must not be used again: after a failed flush SQLite and the kernel may
// disagree about what is on the disk, and one that was opened while the file system was read-only stays so when that is over.
func breaksConnection(err error) bool {
	driver, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return false
	}
	switch driver.Code() & 0xff {
	case lib.SQLITE_IOERR, lib.SQLITE_READONLY, lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB:
		return true
	}
	return false
}
