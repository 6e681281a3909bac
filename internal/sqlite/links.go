package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"iter"
	"strings"
	"time"

	"purser.example/internal/audit"
)

// The texts of an entry are read as one, parted by a character that hardly any of them has: each column that is read costs as much as what
// is done with it. An entry with such a character is read once more, column by column.
const (
	parting    = "\x01"
	joined     = `issuer||char(1)||subject||char(1)||name||char(1)||sign_in||char(1)||action||char(1)||target_kind||char(1)||target_id||char(1)||target_name||char(1)||request||char(1)||address`
	walkColumn = `SELECT seq, chain, at, ` + joined + `, details, mac FROM activity`
)

// links are the entries from a number on, in order, of one state of the database.
func links(ctx context.Context, tx *sql.Tx, from int64) iter.Seq2[audit.Link, error] {
	return func(yield func(audit.Link, error) bool) {
		rows, err := tx.QueryContext(ctx, walkColumn+` WHERE seq >= ? ORDER BY seq`, from)
		if err != nil {
			yield(audit.Link{}, translate(err))
			return
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			link, err := readLink(ctx, tx, rows)
			if !yield(link, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(audit.Link{}, translate(err))
		}
	}
}

func readLink(ctx context.Context, tx *sql.Tx, rows *sql.Rows) (l audit.Link, err error) {
	var at int64
	var texts, details string
	if err := rows.Scan(&l.Seq, &l.Chain, &at, &texts, &details, &l.MAC); err != nil {
		return l, translate(err)
	}
	if strings.Count(texts, parting) != len(l.Texts())-1 {
		return linkAlone(ctx, tx, l.Seq)
	}
	for _, text := range l.Texts() {
		*text, texts, _ = strings.Cut(texts, parting)
	}
	l.At = time.UnixMilli(at).UTC()
	l.Details = detailsOf(details)
	return l, nil
}

func linkAlone(ctx context.Context, tx *sql.Tx, seq int64) (audit.Link, error) {
	rows, err := tx.QueryContext(ctx, linkColumns+` WHERE seq = ?`, seq)
	if err != nil {
		return audit.Link{}, translate(err)
	}
	found, err := scanLinks(rows)
	if err != nil || len(found) != 1 {
		return audit.Link{}, err
	}
	return found[0], nil
}

// detailsOf reads the details as they are kept. What is no JSON was written over: the chain will say so.
func detailsOf(text string) (details map[string]string) {
	if text == "null" || text == "{}" {
		return nil
	}
	if details, plain := plainDetails(text); plain {
		return details
	}
	if err := json.Unmarshal([]byte(text), &details); err != nil {
		return map[string]string{"unreadable": text}
	}
	return details
}

// plainDetails reads an object of texts that have no escapes, which nearly all are.
func plainDetails(text string) (map[string]string, bool) {
	if len(text) < 2 || text[0] != '{' || text[len(text)-1] != '}' || strings.IndexByte(text, '\\') >= 0 {
		return nil, false
	}
	details := map[string]string{}
	for rest := text[1 : len(text)-1]; ; {
		name, after, ok := quotedText(rest)
		if !ok || after == "" || after[0] != ':' {
			return nil, false
		}
		value, after, ok := quotedText(after[1:])
		if !ok {
			return nil, false
		}
		details[name] = value
		if after == "" {
			return details, true
		}
		if after[0] != ',' {
			return nil, false
		}
		rest = after[1:]
	}
}

func quotedText(text string) (inside, after string, ok bool) {
	if text == "" || text[0] != '"' {
		return "", "", false
	}
	return strings.Cut(text[1:], `"`)
}
