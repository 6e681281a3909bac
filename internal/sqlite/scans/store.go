// Package scans keeps scan profiles, scans, and the objects that they found: scan.Store on SQLite.
//
// Pages of objects come by the thousand, so a page is stored by few statements and no trigger: pages.go reads what of it is there already,
// and then writes what is new, what is as it was, and what is called otherwise; shelves.go says by which the objects are counted and
// found. The search index is renewed beside the work (index.go). objects.go chooses how a view is read. What only SQLite can say of this
// stands in objects.go, search.go and index.go.
package scans

import (
	"context"

	"purser.example/internal/audit"
	"purser.example/internal/sqlite"
)

// Store implements scan.Store.
type Store struct {
	db      *sqlite.DB
	limits  limits
	shelves sqlite.Kept[struct{}, []shelf]
	finds   sqlite.Kept[string, found]
}

// limits are how much is done at once, or looked at. Tests draw them closer.
type limits struct {
	narrow int // how many objects a search finds at most by its own index; beyond, an order is walked
	merged int // how many shelves one statement reads
	marked int // how many objects are marked gone in one transaction
}

var usual = limits{narrow: 1000, merged: 64, marked: 2000}

// New gives the store of a database.
func New(db *sqlite.DB) *Store { return &Store{db: db, limits: usual} }

// Note implements scan.Store.
func (s *Store) Note(ctx context.Context, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error { return tx.Record(e) })
}
