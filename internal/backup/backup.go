// Package backup writes backups of a database, looks whether they are what they should be, and restores them (R65).
//
// A backup is one file: the database as it was at one moment, and behind it a seal, which SQLite passes over. The seal says when and by whom
// the backup was made, what is in it, and the sum of every byte. It is proved by the keyring, which is in the database, sealed by the
// operator's key: so whoever has the backup but not the key can neither read a secret in it nor change a bit of it unseen. The key is never
// in it.
//
// A backup has its name only when it is whole, on the disk and proved; a database that is restored has, too. What is not ours to judge, where
// SQL comes in, is package sqlite's.
package backup

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"purser.example/internal/sqlite"
)

// Errors beside those of package sqlite.
var (
	ErrTarget = errors.New("the backup cannot be written there")
	ErrSpace  = errors.New("there is not enough space on the disk; the unfinished file was removed, and nothing else was changed")
	ErrBroken = errors.New("the backup is damaged or was altered; use another one")
)

// Contents is what a backup holds.
type Contents struct {
	Made         time.Time        `json:"made"`    // UTC
	Program      string           `json:"program"` // the version that made it
	Version      int64            `json:"version"` // of the database
	Installation string           `json:"installation"`
	Key          string           `json:"key"`   // the ID of the key that opens it
	Bytes        int64            `json:"bytes"` // of the database, without the seal
	SHA256       string           `json:"sha256"`
	Rows         map[string]int64 `json:"rows"`    // by sqlite.Counted
	Entries      int64            `json:"entries"` // of the activity log, proved; 0 where the version is older than what can be proved
}

// Report is what was found of a backup that is in order.
type Report struct {
	File string
	Contents
	Sealed   bool // false: another program wrote the file, such as sqlite3 or Litestream
	Unproved bool // the activity log is of a version that is proved by an upgrade
}

// String says what was verified, a line each.
func (r Report) String() string {
	lines := []string{fmt.Sprintf("%s: %s, version %d", r.File, amount(r.Bytes), r.Version)}
	if r.Sealed {
		lines[0] += ", made " + r.Made.Format(time.RFC3339) + " by Purser " + r.Program
	}
	lines = append(lines, "holds "+r.counts(), "verified: the database is not damaged; key "+r.Key+" opens it; "+r.log())
	if !r.Sealed {
		lines = append(lines, "not verified: every single byte, because `purser backup` did not write this file")
	}
	return strings.Join(lines, "\n")
}

func (r Report) counts() string {
	var parts []string
	for _, kind := range sqlite.Counted() {
		if n, there := r.Rows[kind]; there {
			parts = append(parts, fmt.Sprintf("%s: %d", kind, n))
		}
	}
	return strings.Join(parts, ", ")
}

func (r Report) log() string {
	switch {
	case r.Unproved:
		return "its activity log is of an older version and is verified after the upgrade"
	case r.Sealed:
		return fmt.Sprintf("its activity log is intact (%d entries); no byte was altered", r.Entries)
	}
	return fmt.Sprintf("its activity log is intact (%d entries)", r.Entries)
}

func amount(bytes int64) string {
	const kibi, mebi = 1 << 10, 1 << 20
	if bytes < 10*mebi {
		return fmt.Sprintf("%d KiB", bytes/kibi)
	}
	return fmt.Sprintf("%d MiB", bytes/mebi)
}

// contentsOf says of a database that was looked at what a seal says of it.
func contentsOf(found sqlite.Inspected) Contents {
	return Contents{Version: found.Version, Installation: found.Installation, Key: found.Key, Bytes: found.Bytes, Rows: found.Rows, Entries: found.Log.Entries}
}

// differs says which kind of rows there are more or fewer of; empty for none.
func differs(one, other map[string]int64) string {
	kinds := sqlite.Counted()
	at := slices.IndexFunc(kinds, func(kind string) bool { return one[kind] != other[kind] })
	if at < 0 {
		return ""
	}
	return kinds[at]
}
