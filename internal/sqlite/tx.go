package sqlite

import (
	"context"
	"database/sql"
	"time"

	"purser.example/internal/audit"
)

// Tx is a write under way. Its methods run on the one writing connection.
type Tx struct {
	ctx      context.Context
	tx       *sql.Tx
	prepared *prepared
	log      *logEnd
	db       *DB
}

// Write runs fn in a transaction and returns after it is on the disk. Either everything that fn did is kept, or nothing. fn
// must not wait for anything but the database: others wait behind it. Once fn has begun, the end of ctx no longer stops it.
func (db *DB) Write(ctx context.Context, fn func(*Tx) error) error {
	return translate(db.writer.do(ctx, func(tx *Tx) error {
		tx.db = db
		return fn(tx)
	}))
}

// Exec runs a statement and gives the number of rows it changed.
func (t *Tx) Exec(query string, args ...any) (int64, error) {
	if err := t.refuseRetired(args); err != nil {
		return 0, err
	}
	res, err := t.exec(query, args)
	if err != nil {
		return 0, translate(err)
	}
	return res.RowsAffected()
}

func (t *Tx) exec(query string, args []any) (sql.Result, error) {
	if stmt := t.prepared.statement(t.ctx, query); stmt != nil {
		return stmt.ExecContext(t.ctx, args...)
	}
	return t.tx.ExecContext(t.ctx, query, args...)
}

// QueryRow runs a query for one row.
func (t *Tx) QueryRow(query string, args ...any) Row {
	if stmt := t.prepared.statement(t.ctx, query); stmt != nil {
		return Row{only: stmt.QueryRowContext(t.ctx, args...)}
	}
	return Row{only: t.tx.QueryRowContext(t.ctx, query, args...)}
}

// Query runs a query for any number of rows. They must be read before the next statement.
func (t *Tx) Query(query string, args ...any) Rows {
	if stmt := t.prepared.statement(t.ctx, query); stmt != nil {
		return rowsOf(stmt.QueryContext(t.ctx, args...))
	}
	return rowsOf(t.tx.QueryContext(t.ctx, query, args...))
}

// Now is the moment of the write, by the clock of everything that is stored.
func (t *Tx) Now() time.Time { return t.db.now() }

// Record appends entries to the activity log, in the transaction of what they record (R61): where one cannot be written, nothing
// of the transaction is kept.
func (t *Tx) Record(entries ...audit.Entry) error {
	for _, e := range entries {
		if err := t.db.record(t, e); err != nil {
			return err
		}
	}
	return nil
}

// Enqueue gives work to the background, in the transaction of the change that it belongs to: either both are kept, or neither.
func (t *Tx) Enqueue(kind, id string) error {
	if t.db.queue == nil {
		return errNoQueue
	}
	return t.db.queue.Enqueue(t.ctx, t.tx, kind, id)
}
