package sqlite

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// lookedThrough is up to how many bytes a database is looked through before it is used: so much delays a start by less than anybody
// would notice. A larger one is looked through beside its use (docs/decisions/0015-what-is-kept.md).
const lookedThrough = 2 << 20

// Health looks through the whole database for pages, rows and indexes that do not fit together, and returns ErrDamaged where it finds
// any, with the first of them. It reads beside everybody else, with a connection of its own. What was changed within the value of a
// row it cannot see; what counts most is proved in other ways: secrets by their seal, rights by a proof, the log by its chain.
func (db *DB) Health(ctx context.Context) error { return lookThrough(ctx, db.path) }

func lookThrough(ctx context.Context, path string) (err error) {
	own, err := sql.Open("sqlite", dsn(path, "busy_timeout(5000)", "query_only(1)"))
	if err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	defer func() { err = errors.Join(err, own.Close()) }()
	own.SetMaxOpenConns(1)
	return quickCheck(ctx, own)
}

func quickCheck(ctx context.Context, own *sql.DB) error {
	var found string
	if err := own.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&found); err != nil {
		return damaged(err)
	}
	if found != "ok" {
		return fmt.Errorf("%w: %s", ErrDamaged, found)
	}
	return nil
}

// Figures are how large the database is and what its writer did since it was opened.
type Figures struct {
	File, Log int64 // bytes, of the database and of its write-ahead log
	Commits   uint64
	Waiting   int // changes that the writer has not taken yet
}

// Figures looks at the files, and asks nobody.
func (db *DB) Figures() (Figures, error) {
	f := Figures{Commits: db.writer.written.Load(), Waiting: len(db.writer.changes)}
	info, err := os.Stat(db.path)
	if err != nil {
		return f, fmt.Errorf("look at the database: %w", err)
	}
	f.File = info.Size()
	if info, err = os.Stat(db.path + "-wal"); err == nil {
		f.Log = info.Size()
	} else if !errors.Is(err, os.ErrNotExist) {
		return f, fmt.Errorf("look at the write-ahead log: %w", err)
	}
	return f, nil
}

// Large reports whether Open left looking through the database to Health.
func (db *DB) Large() bool { return large(db.path) }

func large(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Size() > lookedThrough
}

// logLost reports whether a write-ahead log is there that does not begin as one does. SQLite passes over it without a word, and with it over
// what was written last. One that is cut off further on looks as after a loss of power, of which nobody can tell more.
func logLost(path string) bool {
	f, err := os.Open(path + "-wal")
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }()
	head := make([]byte, 32)
	switch n, err := io.ReadFull(f, head); {
	case n == 0:
		return false
	case err != nil:
		return true
	}
	var order binary.ByteOrder = binary.LittleEndian
	switch binary.BigEndian.Uint32(head) { // https://www.sqlite.org/fileformat2.html, the WAL header
	case 0x377f0682:
	case 0x377f0683:
		order = binary.BigEndian
	default:
		return true
	}
	var one, two uint32
	for at := 0; at < 24; at += 8 {
		one += order.Uint32(head[at:]) + two
		two += order.Uint32(head[at+4:]) + one
	}
	return binary.BigEndian.Uint32(head[24:]) != one || binary.BigEndian.Uint32(head[28:]) != two
}
