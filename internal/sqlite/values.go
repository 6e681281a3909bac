package sqlite

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"time"
)

// Moment reads a time as columns have it, in UTC milliseconds; 0 is none.
func Moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// Milliseconds is a time for a column; none is 0.
func Milliseconds(at time.Time) int64 {
	if at.IsZero() {
		return 0
	}
	return at.UnixMilli()
}

// Blob is bytes for a column. It makes SQL's NULL of nothing; the driver would store an empty blob.
func Blob(b []byte) any {
	if b == nil {
		return nil
	}
	return b
}

// JSON is a value for a column that holds it whole; nil is SQL's NULL.
func JSON[T any](v *T) (any, error) {
	if v == nil {
		return nil, nil
	}
	text, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("write a %T: %w", *v, err)
	}
	return string(text), nil
}

// FromJSON reads what JSON wrote.
func FromJSON[T any](text sql.NullString) (*T, error) {
	if !text.Valid {
		return nil, nil
	}
	v := new(T)
	if err := json.Unmarshal([]byte(text.String), v); err != nil {
		return nil, fmt.Errorf("read a %T: %w", *v, err)
	}
	return v, nil
}
