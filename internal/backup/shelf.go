package backup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Shelf is a folder that backups of one installation are kept in, each named for its installation and moment. What has another name there is
// nobody's here.
type Shelf struct{ Folder, Installation string }

// Kept is a backup on a shelf.
type Kept struct {
	Path  string
	Made  time.Time
	Bytes int64
}

const nameTime = "20060102T150405Z"

// prefix begins the names: with enough of the installation's id to tell it from others that share the folder.
func (s Shelf) prefix() string {
	return "purser-" + s.Installation[:min(8, len(s.Installation))] + "-"
}

// PathOf is where a backup of a moment belongs.
func (s Shelf) PathOf(at time.Time) string {
	return filepath.Join(s.Folder, s.prefix()+at.UTC().Format(nameTime)+".db")
}

// Backups are what is there, the newest first.
func (s Shelf) Backups() (found []Kept, err error) {
	names, err := os.ReadDir(s.Folder)
	if err != nil {
		return nil, err
	}
	for _, entry := range names {
		made, ours := s.madeAt(entry.Name())
		info, err := entry.Info()
		if !ours || err != nil || !info.Mode().IsRegular() {
			continue
		}
		found = append(found, Kept{Path: filepath.Join(s.Folder, entry.Name()), Made: made, Bytes: info.Size()})
	}
	slices.SortFunc(found, func(a, b Kept) int { return b.Made.Compare(a.Made) })
	return found, nil
}

func (s Shelf) madeAt(name string) (time.Time, bool) {
	text, begins := strings.CutPrefix(name, s.prefix())
	text, ends := strings.CutSuffix(text, ".db")
	made, err := time.Parse(nameTime, text)
	return made, begins && ends && err == nil
}

// newestBefore is the newest backup up to a moment: one from the future was made by a clock that was wrong.
func newestBefore(kept []Kept, now time.Time) (Kept, bool) {
	at := slices.IndexFunc(kept, func(k Kept) bool { return !k.Made.After(now) })
	if at < 0 {
		return Kept{}, false
	}
	return kept[at], true
}

// Newest is the newest backup up to a moment; a zero Kept for none.
func (s Shelf) Newest(now time.Time) (Kept, error) {
	kept, err := s.Backups()
	newest, _ := newestBefore(kept, now)
	return newest, err
}

// prune removes all but so many of the newest, and never the one that was just made.
func (s Shelf) prune(keep int, made string) (removed int, err error) {
	kept, err := s.Backups()
	if err != nil {
		return 0, err
	}
	kept = slices.DeleteFunc(kept, func(k Kept) bool { return k.Path == made })
	for _, old := range kept[min(keep-1, len(kept)):] {
		if failed := os.Remove(old.Path); failed != nil && !errors.Is(failed, fs.ErrNotExist) {
			err = errors.Join(err, fmt.Errorf("remove an old backup: %w", failed))
			continue
		}
		removed++
	}
	return removed, err
}
