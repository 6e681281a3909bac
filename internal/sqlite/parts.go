package sqlite

import (
	"context"
	"database/sql"
	"runtime"
	"sync"

	"purser.example/internal/audit"
)

// part is how many entries are verified at a time: enough to make its beginning cheap, and few enough to tell of progress.
const part = 5_000

// VerifyParts is VerifyActivity by several readers at once, each on a part, and tells of its progress. Entries written meanwhile are left
// out. It comes to the same: what breaks the log, the first of all, is a *audit.Broken.
func (db *DB) VerifyParts(ctx context.Context, told func(read, of int64)) (Proved, error) {
	return db.verifyParts(ctx, part, told)
}

func (db *DB) verifyParts(ctx context.Context, part int64, told func(read, of int64)) (Proved, error) {
	if db.chain.Load() == nil {
		return Proved{}, errLocked
	}
	db.kept.RLock() // entries aren't removed meanwhile
	defer db.kept.RUnlock()
	all, first, last, err := db.extent(ctx)
	if err != nil {
		return Proved{}, err
	}
	if err := all.Check(); err != nil {
		return Proved{}, err
	}
	parts := int(max(last-first, 0)/part) + 1 // an empty log has one: entries may have been there
	results := make([]chan error, parts)
	for i := range results {
		results[i] = make(chan error, 1)
	}
	ctx, stop := context.WithCancel(ctx)
	var readers sync.WaitGroup
	defer readers.Wait()
	defer stop()
	next := make(chan int)
	go func() {
		defer close(next)
		for i := range parts {
			select {
			case next <- i:
			case <-ctx.Done():
				return
			}
		}
	}()
	for range min(parts, max(2, runtime.GOMAXPROCS(0))) {
		readers.Go(func() {
			for i := range next {
				from := first + int64(i)*part
				results[i] <- db.verifyPart(ctx, all, first, last, from, min(from+part-1, last))
			}
		})
	}
	for i := range results {
		select {
		case err := <-results[i]:
			if err != nil {
				return Proved{}, err
			}
			told(min(int64(i+1)*part, last-first+1), last-first+1)
		case <-ctx.Done():
			return Proved{}, ctx.Err()
		}
	}
	return Proved{Entries: max(last-first+1, 0), Chains: len(all.Chains)}, nil
}

// extent is one state of the log: its chains, and which entries there are.
func (db *DB) extent(ctx context.Context) (all opened, first, last int64, err error) {
	tx, err := db.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return all, 0, 0, translate(err)
	}
	defer func() { _ = tx.Rollback() }()
	if all, err = chains(ctx, tx, db.ring); err != nil {
		return all, 0, 0, err
	}
	err = tx.QueryRowContext(ctx, `SELECT coalesce(min(seq), 1), coalesce(max(seq), 0) FROM activity`).Scan(&first, &last)
	return all, first, last, translate(err)
}

// verifyPart walks along a part, and looks whether what is behind it is there.
func (db *DB) verifyPart(ctx context.Context, all opened, first, last, from, to int64) error {
	tx, err := db.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return translate(err)
	}
	defer func() { _ = tx.Rollback() }()
	var walk *audit.Walk
	for link, err := range links(ctx, tx, max(from-1, first)) {
		switch {
		case err != nil:
			return err
		case walk == nil && from > first && link.Seq == from-1:
			walk, err = all.WalkFrom(link)
		case walk == nil:
			if walk, err = all.Walk(); err == nil {
				err = walk.Next(link)
			}
		case link.Seq > to && walk.Last() == to && to < last:
			return walk.EndOfPart()
		case link.Seq > to && walk.Last() == to: // written meanwhile
			return walk.End()
		default:
			err = walk.Next(link)
		}
		if err != nil {
			return err
		}
	}
	if walk == nil {
		if walk, err = all.Walk(); err != nil {
			return err
		}
	}
	return walk.End()
}
