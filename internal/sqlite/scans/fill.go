package scans

import (
	"time"

	"purser.example/internal/scan"
	"purser.example/internal/sqlite"
)

// Filling stores many objects in a database that nobody works in, as AddPage and Index would have stored them: package sqlitetest makes
// large ones by it. It asks for none that are there already, so that it needs no index meanwhile.
type Filling struct {
	Tx      *sqlite.Tx
	Lot     int64
	Reading int64 // the number of the reading that found them
	At      time.Time
}

// Add stores new objects.
func (f Filling) Add(found []scan.Found) error {
	w := pageWriter{tx: f.Tx, reading: reading{lot: f.Lot, no: f.Reading}, at: f.At.UnixMilli(), counts: counting{}}
	if err := w.insert(fold(found)); err != nil {
		return err
	}
	return w.counts.write(f.Tx)
}

// Index makes the entries of the search for all that have none.
func (f Filling) Index() error {
	_, err := makeEntries(f.Tx, -1)
	return err
}
