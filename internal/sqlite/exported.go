package sqlite

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"purser.example/internal/audit"
	"purser.example/internal/secret"
)

// exportedAtOnce is how many entries are read at a time: the log isn't held between, so that a slow reader keeps nobody waiting.
const exportedAtOnce = 2_000

// ExportActivity gives the log as it is now: what proves it, and its entries in order.
func (db *DB) ExportActivity(ctx context.Context, begin func(audit.Header) error, each func([]audit.Link) error) error {
	db.kept.RLock()
	defer db.kept.RUnlock()
	header, last, err := db.header(ctx)
	if err != nil {
		return err
	}
	if err := begin(header); err != nil {
		return err
	}
	for from := int64(0); from <= last; {
		some, err := db.someLinks(ctx, from, last)
		if err != nil || len(some) == 0 {
			return err
		}
		if err := each(some); err != nil {
			return err
		}
		from = some[len(some)-1].Seq + 1
	}
	return nil
}

// someLinks are entries from a number on.
func (db *DB) someLinks(ctx context.Context, from, last int64) (some []audit.Link, err error) {
	tx, err := db.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, translate(err)
	}
	defer func() { _ = tx.Rollback() }()
	for link, err := range links(ctx, tx, from) {
		if err != nil {
			return nil, err
		}
		if link.Seq > last || len(some) == exportedAtOnce {
			break
		}
		some = append(some, link)
	}
	return some, nil
}

// header is what proves the log, as it is stored, and the last entry that it proves.
func (db *DB) header(ctx context.Context) (h audit.Header, last int64, err error) {
	tx, err := db.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return h, 0, translate(err)
	}
	defer func() { _ = tx.Rollback() }()
	h.Format = audit.LinesFormat
	closed, err := stored(ctx, tx)
	if err != nil {
		return h, 0, err
	}
	h.Installation, h.KeyID, h.Keyset = closed.Installation, closed.KeyID, closed.Keyset
	rows, err := tx.QueryContext(ctx, `SELECT id, key, start, seq, mac, seal, checkpoint FROM chains ORDER BY id`)
	if err != nil {
		return h, 0, translate(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var c audit.SealedChain
		if err := rows.Scan(&c.ID, &c.Key, &c.Start, &c.Seq, &c.MAC, &c.Seal, &c.Checkpoint); err != nil {
			return h, 0, translate(err)
		}
		h.Chains, last = append(h.Chains, c), c.Seq
	}
	return h, last, translate(rows.Err())
}

// longestLine is far above any entry.
const longestLine = 4 << 20

// VerifyLines proves an exported log by what its first line has and the key. Its errors are those of VerifyFile.
func VerifyLines(ctx context.Context, from io.Reader, keepers ...secret.Keeper) (Proved, error) {
	lines := bufio.NewScanner(from)
	lines.Buffer(make([]byte, 64<<10), longestLine)
	if !lines.Scan() {
		return Proved{}, errors.Join(audit.ErrNoLines, lines.Err())
	}
	header, err := audit.ParseHeader(lines.Bytes())
	if err != nil {
		return Proved{}, err
	}
	all, err := chainsOf(ctx, header, keepers)
	if err != nil {
		return Proved{}, err
	}
	walk, err := all.Walk()
	if err != nil {
		return Proved{}, err
	}
	for lines.Scan() {
		link, err := audit.ParseLine(lines.Bytes())
		if err != nil {
			return Proved{}, &audit.Broken{Seq: walk.Last() + 1, Reason: err.Error()}
		}
		if err := walk.Next(link); err != nil {
			return Proved{}, err
		}
	}
	if err := lines.Err(); err != nil {
		return Proved{}, fmt.Errorf("read the exported log after entry %d: %w", walk.Last(), err)
	}
	return Proved{Entries: walk.Read(), Chains: len(all)}, walk.End()
}

// chainsOf opens the chains of an exported log.
func chainsOf(ctx context.Context, h audit.Header, keepers []secret.Keeper) (all audit.Chains, err error) {
	of := keepers[0]
	if i := slices.IndexFunc(keepers, func(k secret.Keeper) bool { return k.ID() == h.KeyID }); i >= 0 {
		of = keepers[i]
	}
	ring, err := secret.OpenKeyring(ctx, of, secret.SealedKeyring{Installation: h.Installation, KeyID: h.KeyID, Keyset: h.Keyset})
	if err != nil {
		return nil, err
	}
	for _, sealed := range h.Chains {
		c := sealed.Chain()
		if _, err := openChain(ring, &c, sealed.Key); err != nil {
			return nil, &audit.Broken{Seq: sealed.Seq, Reason: fmt.Sprintf("the key of chain %d does not open", c.ID)}
		}
		all = append(all, c)
	}
	return all, nil
}

// isLines reports whether a file is an exported log rather than a database.
func isLines(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }()
	first := make([]byte, 1)
	_, err = f.Read(first)
	return err == nil && first[0] == '{'
}

func verifyLinesIn(ctx context.Context, path string, keepers []secret.Keeper) (Proved, error) {
	f, err := os.Open(path)
	if err != nil {
		return Proved{}, fmt.Errorf("open the exported log: %w", err)
	}
	defer func() { _ = f.Close() }()
	return VerifyLines(ctx, f, keepers...)
}

// ActivityAfter gives entries behind a number, in order, at most so many.
func (db *DB) ActivityAfter(ctx context.Context, seq int64, limit int) ([]audit.Link, error) {
	rows, err := db.queries.rows(ctx, linkColumns+` WHERE seq > ? ORDER BY seq LIMIT ?`, seq, limit)
	if err != nil {
		return nil, translate(err)
	}
	return scanLinks(rows)
}

// Written counts the transactions that were written since the start.
func (db *DB) Written() uint64 { return db.writer.written.Load() }
