package sqlite

import "purser.example/internal/audit"

// Append lets tests write an entry beside other things in one transaction, as the stores do.
func (db *DB) Append(tx *Tx, e audit.Entry) error { return db.record(tx, e) }
