package activity

import (
	"context"
	"strings"

	"purser.example/internal/activity"
	"purser.example/internal/shown"
	"purser.example/internal/sqlite"
)

const (
	// atOnce is how many names one filter looks for at a time, each with a search of its own.
	atOnce = 100
	// known is how many people the log is asked for; a log of a house has dozens.
	known = 2000
)

// people are those whose name or sign-in has the text, whatever its case. It walks from one person to the next.
func (s *Store) people(ctx context.Context, text string, v *view) ([]condition, error) {
	type person struct{ signIn, name string }
	list, err := sqlite.All(s.db.Query(ctx, `WITH RECURSIVE each(sign_in, name) AS (
			SELECT * FROM (SELECT sign_in, name FROM activity ORDER BY sign_in, name LIMIT 1)
			UNION ALL
			SELECT coalesce((SELECT sign_in FROM activity WHERE sign_in = each.sign_in AND name > each.name ORDER BY name LIMIT 1), (SELECT min(sign_in) FROM activity WHERE sign_in > each.sign_in)),
				coalesce((SELECT min(name) FROM activity WHERE sign_in = each.sign_in AND name > each.name),
					(SELECT name FROM activity WHERE sign_in > each.sign_in ORDER BY sign_in, name LIMIT 1))
			FROM each WHERE each.sign_in IS NOT NULL LIMIT ?)
		SELECT sign_in, name FROM each WHERE sign_in IS NOT NULL`, known), func(row sqlite.Row) (p person, err error) {
		err = row.Scan(&p.signIn, &p.name)
		return p, err
	})
	if err != nil {
		return nil, err
	}
	if len(list) == known {
		v.tooMany = "person"
	}
	var found []condition
	wanted := folded(text)
	for _, p := range list {
		if !strings.Contains(folded(p.name), wanted) && !strings.Contains(folded(p.signIn), wanted) {
			continue
		}
		if len(found) == atOnce {
			v.tooMany = "person"
			break
		}
		found = append(found, condition{"sign_in = ? AND name = ?", []any{p.signIn, p.name}})
	}
	return found, nil
}

// folded is a text without its case and what nobody sees.
func folded(text string) string { return strings.ToLower(shown.Bare(text)) }

// objects are the things whose name begins with the text, whatever the case of its letters from A to Z, and the one that has it as its id.
func (s *Store) objects(ctx context.Context, text string, v *view) ([]condition, error) {
	list, err := sqlite.All(s.db.Query(ctx, `WITH RECURSIVE each(name) AS (
			SELECT * FROM (SELECT target_name FROM activity WHERE target_name COLLATE NOCASE >= ? ORDER BY target_name COLLATE NOCASE LIMIT 1)
			UNION ALL
			SELECT (SELECT target_name FROM activity WHERE target_name COLLATE NOCASE > each.name ORDER BY target_name COLLATE NOCASE LIMIT 1)
			FROM each WHERE each.name IS NOT NULL AND substr(each.name, 1, ?) = ? COLLATE NOCASE LIMIT ?)
		SELECT name FROM each WHERE name IS NOT NULL AND substr(name, 1, ?) = ? COLLATE NOCASE`,
		text, len([]rune(text)), text, atOnce+1, len([]rune(text)), text), sqlite.Only[string])
	if err != nil {
		return nil, err
	}
	if len(list) > atOnce {
		v.tooMany, list = "object", list[:atOnce]
	}
	var found []condition
	for _, name := range list {
		found = append(found, condition{"target_name = ? COLLATE NOCASE", []any{name}})
	}
	var byID bool
	err = s.db.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM activity WHERE target_kind IN `+kinds+` AND target_id = ?)`, text).Scan(&byID)
	if byID {
		found = append(found, condition{"target_kind IN " + kinds + " AND target_id = ?", []any{text}})
	}
	return found, err
}

var _ activity.Store = (*Store)(nil)
