package sqlite

import (
	"context"
	"database/sql"
)

// Row is one row that a query found: the only one, or one of Rows. Where a query for one row found nothing, Scan returns
// sql.ErrNoRows, and the store says what that means.
type Row struct {
	only *sql.Row
	of   *sql.Rows
}

// Scan reads the columns of the row, in their order.
func (r Row) Scan(dest ...any) error {
	if r.of != nil {
		return translate(r.of.Scan(dest...))
	}
	return translate(r.only.Scan(dest...))
}

// Rows are what a query for any number of rows found, or why it could not be asked. They are read once, by Each or by All.
type Rows struct {
	rows *sql.Rows
	err  error
}

func rowsOf(rows *sql.Rows, err error) Rows { return Rows{rows, err} }

// Each calls read for every row, until that fails.
func (r Rows) Each(read func(Row) error) error {
	if r.err != nil {
		return translate(r.err)
	}
	defer func() { _ = r.rows.Close() }()
	for r.rows.Next() {
		if err := read(Row{of: r.rows}); err != nil {
			return err
		}
	}
	return translate(r.rows.Err())
}

// All reads every row by read.
func All[T any](r Rows, read func(Row) (T, error)) ([]T, error) {
	var list []T
	err := r.Each(func(row Row) error {
		one, err := read(row)
		if err == nil {
			list = append(list, one)
		}
		return err
	})
	return list, err
}

// Only reads rows of a single column.
func Only[T any](row Row) (T, error) {
	var v T
	err := row.Scan(&v)
	return v, err
}

// QueryRow asks the readers for one row. What is asked often stays prepared, for all stores together.
func (db *DB) QueryRow(ctx context.Context, query string, args ...any) Row {
	return Row{only: db.queries.row(ctx, query, args...)}
}

// Query asks the readers for any number of rows, as QueryRow does.
func (db *DB) Query(ctx context.Context, query string, args ...any) Rows {
	return rowsOf(db.queries.rows(ctx, query, args...))
}
