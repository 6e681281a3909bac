package sqlite

import (
	"context"

	"purser.example/internal/audit"
)

// ActivityOf lists what the activity log says of one thing, as far as it is one of the actions: the newest entries first, at most
// limit of them. The index by target finds them, however long the log is.
func (db *DB) ActivityOf(ctx context.Context, kind, id string, limit int, actions ...audit.Action) ([]audit.Link, error) {
	list, err := List(actions)
	if err != nil {
		return nil, err
	}
	rows, err := db.queries.rows(ctx, linkColumns+` WHERE target_kind = ? AND target_id = ? AND action `+InList+` ORDER BY seq DESC LIMIT ?`, kind, id, list, limit)
	if err != nil {
		return nil, translate(err)
	}
	return scanLinks(rows)
}
