package sqlite

import (
	"context"
	"database/sql"
)

// Scan reads the columns of a row, in their order.
type Scan func(dest ...any) error

// Row is what a query for one row found. Where that is nothing, Scan returns sql.ErrNoRows, and the store says what it means.
type Row struct{ row *sql.Row }

// Scan reads the row.
func (r Row) Scan(dest ...any) error { return translate(r.row.Scan(dest...)) }

// Rows are what a query for any number of rows found, or why it could not be asked. They are read once, by Each or by All.
type Rows struct {
	rows *sql.Rows
	err  error
}

func rowsOf(rows *sql.Rows, err error) Rows { return Rows{rows, err} }

// Each calls read for every row, until that fails.
func (r Rows) Each(read func(Scan) error) error {
	if r.err != nil {
		return translate(r.err)
	}
	defer func() { _ = r.rows.Close() }()
	scan := func(dest ...any) error { return translate(r.rows.Scan(dest...)) }
	for r.rows.Next() {
		if err := read(scan); err != nil {
			return err
		}
	}
	return translate(r.rows.Err())
}

// All reads every row by read.
func All[T any](r Rows, read func(Scan) (T, error)) ([]T, error) {
	var list []T
	err := r.Each(func(scan Scan) error {
		one, err := read(scan)
		if err == nil {
			list = append(list, one)
		}
		return err
	})
	return list, err
}

// Only reads rows of a single column.
func Only[T any](scan Scan) (T, error) {
	var v T
	err := scan(&v)
	return v, err
}

// QueryRow asks the readers for one row. What is asked often stays prepared, for all stores together.
func (db *DB) QueryRow(ctx context.Context, query string, args ...any) Row {
	return Row{db.reading.row(ctx, query, args...)}
}

// Query asks the readers for any number of rows, as QueryRow does.
func (db *DB) Query(ctx context.Context, query string, args ...any) Rows {
	return rowsOf(db.reading.rows(ctx, query, args...))
}
