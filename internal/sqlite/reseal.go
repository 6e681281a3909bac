package sqlite

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"purser.example/internal/problem"
	"purser.example/internal/secret"
)

// Sealed is a table with sealed columns, as data: where they are, and what each of their values is bound to.
type Sealed struct {
	Table   string
	Columns []string // the sealed ones
	Key     []string // the columns of the primary key, in its order
	Facts   []string // expressions over the row, which is called t, that its records are made of; none is NULL
	// Records gives, for each column, the records that its value may be bound to: usually one.
	Records func(facts []string) [][]secret.Record
}

// ChainKeys are the keys of the activity log's chains, each of which is bound as the Purser that sealed it did.
var ChainKeys = Sealed{
	Table: "chains", Columns: []string{"key"}, Key: []string{"id"}, Facts: []string{"t.id"},
	Records: func(facts []string) [][]secret.Record {
		var records []secret.Record
		for bound := newestBound; bound >= Unbound; bound-- {
			records = append(records, chainRecord(facts[0], bound))
		}
		return [][]secret.Record{records}
	},
}

// resealedAtOnce is how many rows share a transaction: those who wait to write wait for some milliseconds.
const resealedAtOnce = 250

// value is one sealed value that is not sealed by the key that seals now.
type value struct {
	column  string
	key     []any
	sealed  []byte
	records []secret.Record
}

// sealedAnew gives the value sealed by the key that seals now; nil where it opens in none of its ways.
func (v value) sealedAnew(ring *secret.Keyring) ([]byte, error) {
	for _, record := range v.records {
		if anew, err := ring.Reseal(v.sealed, record); !errors.Is(err, secret.ErrDamaged) {
			return anew, err
		}
	}
	return nil, nil
}

// keys is the primary key of a row in a statement: one column, or several in brackets.
func (p Sealed) keys() string {
	return "(t." + strings.Join(p.Key, ", t.") + ")"
}

// former is the condition that one of the columns is sealed by another key than mark stands for.
func (p Sealed) former() string {
	var each []string
	for _, column := range p.Columns {
		each = append(each, "substr(t."+column+", 1, ?) <> ?")
	}
	return "(" + strings.Join(each, " OR ") + ")"
}

func (p Sealed) formerArgs(mark []byte) (args []any) {
	for range p.Columns {
		args = append(args, len(mark), mark)
	}
	return args
}

// query asks for so many rows behind a key that have something to be sealed anew.
func (p Sealed) query(behind []any, mark []byte, limit int) (text string, args []any) {
	text = "SELECT t." + strings.Join(append(append([]string{}, p.Key...), p.Columns...), ", t.") + ", " + strings.Join(p.Facts, ", ") + " FROM " + p.Table + " t WHERE "
	if behind != nil {
		text += p.keys() + " > (" + strings.TrimSuffix(strings.Repeat("?, ", len(behind)), ", ") + ") AND "
		args = append(args, behind...)
	}
	text += p.former() + " ORDER BY t." + strings.Join(p.Key, ", t.") + " LIMIT ?"
	return text, append(append(args, p.formerArgs(mark)...), limit)
}

// scan reads one row of query.
func (p Sealed) scan(row Row, ring *secret.Keyring) (key []any, found []value, err error) {
	key, sealed, facts := make([]any, len(p.Key)), make([][]byte, len(p.Columns)), make([]string, len(p.Facts))
	var into []any
	for i := range key {
		into = append(into, &key[i])
	}
	for i := range sealed {
		into = append(into, &sealed[i])
	}
	for i := range facts {
		into = append(into, &facts[i])
	}
	if err := row.Scan(into...); err != nil {
		return nil, nil, err
	}
	records := p.Records(facts)
	for i, column := range p.Columns {
		if sealed[i] != nil && !ring.Newly(sealed[i]) {
			found = append(found, value{column, key, sealed[i], records[i]})
		}
	}
	return key, found, nil
}

// keep stores a value that was sealed anew, unless another one took its place meanwhile, and reports whether it did.
func (p Sealed) keep(tx *Tx, v value, anew []byte) (bool, error) {
	res, err := tx.exec("UPDATE "+p.Table+" AS t SET "+v.column+" = ? WHERE "+p.keys()+" = ("+strings.TrimSuffix(strings.Repeat("?, ", len(v.key)), ", ")+") AND t."+v.column+" = ?",
		append(append([]any{anew}, v.key...), v.sealed))
	if err != nil {
		return false, translate(err)
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// StillSealed counts the values of the places that another key sealed than the one that seals now.
func (db *DB) StillSealed(ctx context.Context, places []Sealed, mark []byte) (n int, err error) {
	for _, p := range places {
		for _, column := range p.Columns {
			var more int
			if err := db.QueryRow(ctx, "SELECT count(*) FROM "+p.Table+" t WHERE substr(t."+column+", 1, ?) <> ?", len(mark), mark).Scan(&more); err != nil {
				return 0, err
			}
			n += more
		}
	}
	return n, nil
}

// Reseal seals everything in the places anew, a few rows in a transaction, beside those who work. What somebody changes meanwhile is sealed
// by the new key by them. done is called in each transaction with how many values it sealed anew. It may be cut off anywhere, and called
// again.
func (db *DB) Reseal(ctx context.Context, places []Sealed, done func(tx *Tx, n int) error) error {
	for _, p := range places {
		for behind := []any(nil); ; {
			var values []value
			var err error
			if behind, values, err = db.batch(ctx, p, behind); err != nil {
				return err
			}
			if behind == nil {
				break
			}
			if err := db.resealBatch(ctx, p, values, done); err != nil {
				return err
			}
		}
	}
	return nil
}

// batch reads the next rows of a place that have something to be sealed anew; behind is nil where there are none.
func (db *DB) batch(ctx context.Context, p Sealed, from []any) (behind []any, values []value, err error) {
	text, args := p.query(from, db.ring.Mark(), resealedAtOnce)
	err = db.Query(ctx, text, args...).Each(func(row Row) error {
		key, found, err := p.scan(row, db.ring)
		behind, values = key, append(values, found...)
		return err
	})
	return behind, values, err
}

func (db *DB) resealBatch(ctx context.Context, p Sealed, values []value, done func(tx *Tx, n int) error) error {
	anew := make([][]byte, len(values)) // beside the writer
	for i, v := range values {
		var err error
		if anew[i], err = v.sealedAnew(db.ring); err != nil {
			return err
		}
	}
	return db.Write(ctx, func(tx *Tx) error {
		n := 0
		for i, v := range values {
			if anew[i] == nil {
				continue
			}
			kept, err := p.keep(tx, v, anew[i])
			if err != nil {
				return err
			}
			if kept {
				n++
			}
		}
		return done(tx, n)
	})
}

// BeginKeyChange keeps a change of the key, with what write stores of it, and seals with the new key from then on: not before it is on the
// disk, because nothing may be sealed with a key that a power cut takes away. both is the keyring with the keys of before and the new one.
func (db *DB) BeginKeyChange(ctx context.Context, c secret.Change, both *secret.Keyring, write func(*Tx) error) error {
	before := *db.closed.Load()
	db.closedAs(append(before, c.Former)...)
	err := db.Write(ctx, func(tx *Tx) error {
		n, err := tx.Exec(`UPDATE installation SET keyset = ? WHERE installation = ? AND key_id = ? AND NOT EXISTS (SELECT 1 FROM key_changes WHERE ended_at = 0)`,
			c.Former.Keyset, c.Former.Installation, c.Former.KeyID)
		if err == nil && n == 0 {
			return ErrKeyChanging
		}
		if err != nil {
			return err
		}
		return write(tx)
	})
	if err != nil {
		db.closedAs(before...)
		return err
	}
	db.closedAs(c.Former)
	db.ring.Become(both)
	return nil
}

// ErrKeyChanging says that the key is being changed, or another one by now.
var ErrKeyChanging = errors.New("sqlite: the key is being changed already")

// FinishKeyChange ends a change: in one transaction it seals what is left, puts the keyring without the former key in place, and stores what
// write does, which is told how many values did not open and stay as they are. From then on nothing is taken that the former key sealed,
// such as by somebody who read it before and comes to write now: it could never be opened again. The activity log goes on in another chain,
// because whoever had the former key beside a copy of the database knows the key of the one of before.
func (db *DB) FinishKeyChange(ctx context.Context, places []Sealed, after secret.SealedKeyring, write func(tx *Tx, resealed, unreadable int) error) error {
	newest, err := db.ring.Newest()
	if err != nil {
		return err
	}
	before := *db.closed.Load()
	db.closedAs(append(before, after)...)
	err = db.Write(ctx, func(tx *Tx) error {
		rest := &retired{marks: db.ring.FormerMarks()}
		resealed := 0
		for _, p := range places {
			n, err := db.resealRest(tx, p, rest)
			if err != nil {
				return err
			}
			resealed += n
		}
		if _, err := tx.Exec(`UPDATE installation SET key_id = ?, keyset = ? WHERE installation = ?`, after.KeyID, after.Keyset, after.Installation); err != nil {
			return err
		}
		if err := write(tx, resealed, len(rest.spared)); err != nil {
			return err
		}
		if err := db.chainAnew(tx); err != nil {
			return err
		}
		db.retired.Store(rest)
		return nil
	})
	if err != nil {
		db.closedAs(before...)
		return err
	}
	db.closedAs(after)
	db.ring.Become(newest)
	return nil
}

// chainAnew ends the last chain of the log and begins another, with a fresh key.
func (db *DB) chainAnew(tx *Tx) error {
	last, _, err := db.end(tx)
	if err != nil {
		return err
	}
	return follow(tx, db.ring, last, db.bound)
}

// resealRest seals anew what is left in a place, and notes what does not open.
func (db *DB) resealRest(tx *Tx, p Sealed, rest *retired) (n int, err error) {
	var values []value
	text, args := p.query(nil, db.ring.Mark(), -1)
	err = tx.Query(text, args...).Each(func(row Row) error {
		_, found, err := p.scan(row, db.ring)
		values = append(values, found...)
		return err
	})
	if err != nil {
		return 0, err
	}
	for _, v := range values {
		anew, err := v.sealedAnew(db.ring)
		if err != nil {
			return n, err
		}
		if anew == nil {
			rest.spared = append(rest.spared, v.sealed)
			continue
		}
		if _, err := p.keep(tx, v, anew); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// retired are seals that are taken no more: those of former keys.
type retired struct {
	marks  [][]byte // what they begin with
	spared [][]byte // did not open before, either, and may go along with a row
}

// takes reports whether a value may be stored.
func (r *retired) takes(value []byte) bool {
	begins := func(mark []byte) bool { return bytes.HasPrefix(value, mark) }
	same := func(spared []byte) bool { return bytes.Equal(spared, value) }
	return !slices.ContainsFunc(r.marks, begins) || slices.ContainsFunc(r.spared, same)
}

var errRetired = problem.New(problem.Conflict, "The encryption key was changed at the same moment. Nothing was changed. Try again.")

func (t *Tx) refuseRetired(args []any) error {
	if t.db == nil {
		return nil
	}
	r := t.db.retired.Load()
	if r == nil {
		return nil
	}
	for _, arg := range args {
		if value, ok := arg.([]byte); ok && !r.takes(value) {
			return fmt.Errorf("a value is sealed with a key that is no longer used: %w", errRetired)
		}
	}
	return nil
}
