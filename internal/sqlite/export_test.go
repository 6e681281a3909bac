package sqlite

// Waiting counts the writes that wait behind the one under way.
func (db *DB) Waiting() int { return len(db.writer.jobs) }
