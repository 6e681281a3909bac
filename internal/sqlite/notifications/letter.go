package notifications

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"purser.example/internal/audit"
	"purser.example/internal/notify"
	"purser.example/internal/sqlite"
)

const letterColumns = `SELECT id, contact_id, called, way, mail, message, state, tries, unsure, made_at, next_at, ended_at, reason FROM notify_letters`

func scanLetter(row sqlite.Row) (l notify.Letter, err error) {
	var message string
	var made, next, ended int64
	if err := row.Scan(&l.ID, &l.Contact, &l.Called, &l.Way, &l.Mail, &message, &l.State, &l.Tries, &l.Unsure, &made, &next, &ended, &l.Reason); err != nil {
		return l, err
	}
	l.Made, l.Next, l.Ended = sqlite.Moment(made), sqlite.Moment(next), sqlite.Moment(ended)
	if err := json.Unmarshal([]byte(message), &l.Message); err != nil {
		return l, fmt.Errorf("read the message %s: %w", l.ID, err)
	}
	return l, nil
}

func write(tx *sqlite.Tx, l notify.Letter) error {
	message, err := json.Marshal(l.Message)
	if err != nil {
		return fmt.Errorf("write the message %s: %w", l.ID, err)
	}
	_, err = tx.Exec(`INSERT INTO notify_letters (id, contact_id, called, way, mail, message, state, tries, unsure, made_at, next_at, ended_at, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		l.ID, l.Contact, l.Called, l.Way, l.Mail, string(message), l.State, l.Tries, l.Unsure, l.Made.UnixMilli(), sqlite.Milliseconds(l.Next), sqlite.Milliseconds(l.Ended), l.Reason)
	return err
}

// Ready implements notify.Store.
func (s *Store) Ready(ctx context.Context, now, beyond time.Time, limit int) ([]notify.Letter, error) {
	return sqlite.All(s.db.Query(ctx, letterColumns+` WHERE state = 'waiting' AND (next_at <= ? OR next_at > ?) ORDER BY next_at, made_at, id LIMIT ?`,
		now.UnixMilli(), beyond.UnixMilli(), limit), scanLetter)
}

// Take implements notify.Store.
func (s *Store) Take(ctx context.Context, id notify.LetterID) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		n, err := tx.Exec(`UPDATE notify_letters SET state = 'sending', tries = tries + 1 WHERE id = ? AND state = 'waiting'`, id)
		if err == nil && n == 0 {
			return notify.ErrChanged
		}
		return err
	})
}

// Attempted implements notify.Store.
func (s *Store) Attempted(ctx context.Context, l notify.Letter, a notify.Attempted) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		ended := time.Time{}
		if a.State != notify.Waiting {
			ended = a.At
		}
		if _, err := tx.Exec(`UPDATE notify_letters SET state = ?, next_at = ?, ended_at = ?, unsure = max(unsure, ?), tries = max(tries - ?, 0), reason = ? WHERE id = ?`,
			a.State, sqlite.Milliseconds(a.Next), sqlite.Milliseconds(ended), a.Unsure, a.Cut, a.Reason, l.ID); err != nil {
			return err
		}
		switch {
		case a.Cut:
			return nil
		case a.State == notify.Sent:
			_, err := tx.Exec(`UPDATE notify_contacts SET took_at = ?, failing_at = 0, reason = '' WHERE id = ?`, a.At.UnixMilli(), l.Contact)
			return err
		}
		_, err := tx.Exec(`UPDATE notify_contacts SET failing_at = CASE failing_at WHEN 0 THEN ? ELSE failing_at END, reason = ? WHERE id = ?`, a.At.UnixMilli(), a.Reason, l.Contact)
		return err
	})
}

// Recover implements notify.Store.
func (s *Store) Recover(ctx context.Context, now time.Time) (n int, err error) {
	err = s.db.Write(ctx, func(tx *sqlite.Tx) error {
		changed, err := tx.Exec(`UPDATE notify_letters SET state = 'waiting', next_at = ?, unsure = 1 WHERE state = 'sending'`, now.UnixMilli())
		n = int(changed)
		return err
	})
	return n, err
}

const (
	usual = 50
	most  = 200
)

// Letters implements notify.Store.
func (s *Store) Letters(ctx context.Context, q notify.LetterQuery) (notify.LetterPage, error) {
	where, args := []string{`1`}, []any{}
	if q.State != "" {
		where, args = append(where, `state = ?`), append(args, q.State)
	}
	if made, id, ok := cursor(q.After); ok {
		where, args = append(where, `(made_at, id) < (?, ?)`), append(args, made, id)
	}
	limit := q.Limit
	if limit <= 0 {
		limit = usual
	}
	limit = min(limit, most)
	rows, err := sqlite.All(s.db.Query(ctx, letterColumns+` WHERE `+strings.Join(where, ` AND `)+` ORDER BY made_at DESC, id DESC LIMIT ?`, append(args, limit+1)...), scanLetter)
	if err != nil {
		return notify.LetterPage{}, err
	}
	page := notify.LetterPage{Rows: rows}
	if len(rows) > limit {
		last := rows[limit-1]
		page.Rows, page.Next = rows[:limit], fmt.Sprintf("%d.%s", last.Made.UnixMilli(), last.ID)
	}
	return page, nil
}

// cursor reads where a page ended. What nobody wrote is none.
func cursor(text string) (made int64, id string, ok bool) {
	before, id, found := strings.Cut(text, ".")
	made, err := strconv.ParseInt(before, 10, 64)
	return made, id, found && err == nil
}

// Letter implements notify.Store.
func (s *Store) Letter(ctx context.Context, id notify.LetterID) (notify.Letter, error) {
	l, err := scanLetter(s.db.QueryRow(ctx, letterColumns+` WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return l, notify.ErrGone
	}
	return l, err
}

// Again implements notify.Store.
func (s *Store) Again(ctx context.Context, id notify.LetterID, now time.Time, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		n, err := tx.Exec(`UPDATE notify_letters SET state = 'waiting', tries = 0, next_at = ?, ended_at = 0, reason = '' WHERE id = ? AND state = 'dead'`, now.UnixMilli(), id)
		if err == nil && n == 0 {
			return notify.ErrChanged
		}
		if err != nil {
			return err
		}
		return tx.Record(e)
	})
}

// ForgetLetters implements notify.Store. With them go bundles that were told of as long ago.
func (s *Store) ForgetLetters(ctx context.Context, state notify.State, before time.Time, limit int) (more bool, err error) {
	err = s.db.Write(ctx, func(tx *sqlite.Tx) error {
		n, err := tx.Exec(`DELETE FROM notify_letters WHERE id IN (SELECT id FROM notify_letters WHERE state = ? AND ended_at < ? ORDER BY ended_at LIMIT ?)`, state, before.UnixMilli(), limit)
		if err != nil {
			return err
		}
		more = n == int64(limit)
		return tidy(tx, before)
	})
	return more, err
}

// Figures implements notify.Store.
func (s *Store) Figures(ctx context.Context) (f notify.Figures, err error) {
	var oldest int64
	err = s.db.QueryRow(ctx, `SELECT (SELECT count(*) FROM notify_letters WHERE state IN ('waiting', 'sending')),
		coalesce((SELECT min(made_at) FROM notify_letters WHERE state IN ('waiting', 'sending')), 0), (SELECT count(*) FROM notify_letters WHERE state = 'dead')`).Scan(&f.Waiting, &oldest, &f.Dead)
	f.Oldest = sqlite.Moment(oldest)
	return f, err
}

// Waiting counts the messages that wait, for the metrics, and GivenUp those that were given up.
func (s *Store) Waiting(ctx context.Context) (n int, oldest time.Time, err error) {
	f, err := s.Figures(ctx)
	return f.Waiting, f.Oldest, err
}

// GivenUp counts the messages that were given up and that nobody has sent again.
func (s *Store) GivenUp(ctx context.Context) (n int, _ time.Time, err error) {
	f, err := s.Figures(ctx)
	return f.Dead, time.Time{}, err
}
