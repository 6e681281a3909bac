// Package people keeps who may enter: people.Store on SQLite.
package people

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/people"
	"purser.example/internal/sqlite"
	"purser.example/internal/tenant"
)

// Store implements people.Store.
type Store struct {
	db    *sqlite.DB
	known sqlite.Kept[subject, people.Person]
	told  sqlite.Kept[people.ID, []people.Notice]
	all   sqlite.Kept[struct{}, int]
	finds sqlite.Kept[string, found]
}

type subject struct{ issuer, subject string }

// New gives the store of a database.
func New(db *sqlite.DB) *Store { return &Store{db: db} }

const columns = `SELECT ` + fields

const fields = `id, kind, name, sign_in, mail_key, issuer, subject, tenant_id, object_id, claim, given, given_at, given_by, grouped, grouped_by, deactivated,
	primary_owner, added_at, seen_at, waits_for, asked_at, answered_at, proof FROM people`

// one reads a row of columns.
func one(row sqlite.Row) (people.Person, error) { return scan(row) }

// scan reads a row of fields, behind what is asked for before them.
func scan(row sqlite.Row, before ...any) (p people.Person, err error) {
	var claim, given, grouped int
	var givenAt, added, seen, asked, answered int64
	err = row.Scan(append(before, &p.ID, &p.Kind, &p.Name, &p.SignIn, &p.Mail, &p.Issuer, &p.Subject, &p.Tenant, &p.Object, &claim, &given, &givenAt, &p.GivenBy, &grouped, &p.GroupedBy,
		&p.Deactivated, &p.Primary, &added, &seen, &p.WaitsFor, &asked, &answered, &p.Proof)...)
	p.Claim, p.Given, p.Grouped = people.Ranked(claim), people.Ranked(given), people.Ranked(grouped)
	p.GivenAt, p.Added, p.Seen, p.Asked, p.Answered = sqlite.Moment(givenAt), sqlite.Moment(added), sqlite.Moment(seen), sqlite.Moment(asked), sqlite.Moment(answered)
	return p, none(err)
}

func none(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return people.ErrNone
	}
	return err
}

// asker reads, in a transaction or beside it.
type asker interface {
	one(query string, args ...any) sqlite.Row
	all(query string, args ...any) sqlite.Rows
}

type beside struct {
	ctx context.Context
	db  *sqlite.DB
}

func (b beside) one(query string, args ...any) sqlite.Row {
	return b.db.QueryRow(b.ctx, query, args...)
}

func (b beside) all(query string, args ...any) sqlite.Rows { return b.db.Query(b.ctx, query, args...) }

type within struct{ tx *sqlite.Tx }

func (w within) one(query string, args ...any) sqlite.Row  { return w.tx.QueryRow(query, args...) }
func (w within) all(query string, args ...any) sqlite.Rows { return w.tx.Query(query, args...) }

// Known implements people.Store.
func (s *Store) Known(ctx context.Context, issuer, of string) (people.Person, error) {
	p, err := s.known.Ask(s.db, subject{issuer, of}, func() (people.Person, error) {
		p, err := known(beside{ctx, s.db}, issuer, of)
		if errors.Is(err, people.ErrNone) {
			return people.Person{}, nil // that there is nobody is an answer to keep, too
		}
		return p, err
	})
	if err == nil && p.ID == "" {
		err = people.ErrNone
	}
	return p, err
}

func known(ask asker, issuer, of string) (people.Person, error) {
	p, err := scan(ask.one(columns+` WHERE issuer = ? AND subject = ? AND subject <> ''`, issuer, of))
	return joined(ask, p, err)
}

// joined adds the groups of a person.
func joined(ask asker, p people.Person, err error) (people.Person, error) {
	if err != nil || p.Kind == people.Group {
		return p, err
	}
	p.In, err = sqlite.All(ask.all(`SELECT grp, proof FROM people_groups WHERE person = ? ORDER BY grp`, p.ID), func(row sqlite.Row) (m people.Membership, err error) {
		err = row.Scan(&m.Group.ID, &m.Proof)
		return m, err
	})
	for i := range p.In {
		if err == nil {
			p.In[i].Group, err = scan(ask.one(columns+` WHERE id = ?`, p.In[i].Group.ID))
		}
	}
	return p, err
}

// Find implements people.Store.
func (s *Store) Find(ctx context.Context, id people.ID) (people.Person, error) {
	return find(beside{ctx, s.db}, id)
}

func find(ask asker, id people.ID) (people.Person, error) {
	p, err := scan(ask.one(columns+` WHERE id = ?`, id))
	return joined(ask, p, err)
}

// put stores somebody as they are now.
func put(tx *sqlite.Tx, p people.Person) error {
	name, signIn := account.SearchKey(p.Name), account.SearchKey(p.SignIn)
	_, err := tx.Exec(`INSERT INTO people (id, kind, name, name_order, sign_in, sign_in_key, mail_key, searched, issuer, subject, tenant_id, object_id, claim, given, given_at, given_by,
			grouped, grouped_by, deactivated, primary_owner, added_at, seen_at, waits_for, asked_at, answered_at, proof)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, name_order = excluded.name_order, sign_in = excluded.sign_in, sign_in_key = excluded.sign_in_key, mail_key = excluded.mail_key,
			searched = excluded.searched, issuer = excluded.issuer, subject = excluded.subject, tenant_id = excluded.tenant_id, object_id = excluded.object_id, claim = excluded.claim,
			given = excluded.given, given_at = excluded.given_at, given_by = excluded.given_by, deactivated = excluded.deactivated, primary_owner = excluded.primary_owner,
			seen_at = excluded.seen_at, waits_for = excluded.waits_for, asked_at = excluded.asked_at, answered_at = excluded.answered_at, proof = excluded.proof`,
		p.ID, p.Kind, p.Name, name, p.SignIn, signIn, p.Mail, name+sqlite.FieldEnd+signIn+sqlite.FieldEnd, p.Issuer, p.Subject, p.Tenant, p.Object,
		people.Rank(p.Claim), people.Rank(p.Given), sqlite.Milliseconds(p.GivenAt), p.GivenBy, people.Rank(p.Grouped), p.GroupedBy, p.Deactivated, p.Primary,
		sqlite.Milliseconds(p.Added), sqlite.Milliseconds(p.Seen), p.WaitsFor, sqlite.Milliseconds(p.Asked), sqlite.Milliseconds(p.Answered), sqlite.Blob(p.Proof))
	if err != nil {
		return fmt.Errorf("store %s %s: %w", p.Kind, p.ID, err)
	}
	return nil
}

// regroup works out what groups give somebody, or everybody of a group, for the list.
func regroup(tx *sqlite.Tx, which string, id people.ID) error {
	const strongest = `FROM people_groups m JOIN people g ON g.id = m.grp WHERE m.person = people.id AND g.deactivated = 0 ORDER BY g.given DESC, g.name_order, g.id LIMIT 1`
	_, err := tx.Exec(`UPDATE people SET grouped = coalesce((SELECT g.given `+strongest+`), 0), grouped_by = coalesce((SELECT g.name `+strongest+`), '') WHERE `+which, id)
	return err
}

const (
	onePerson = `id = ?`
	ofGroup   = `id IN (SELECT person FROM people_groups WHERE grp = ?)`
)

// Arrive implements people.Store.
func (s *Store) Arrive(ctx context.Context, who people.Whom, decide func(people.Arriving) (people.Arrived, error)) (ended []string, err error) {
	err = s.db.Write(ctx, func(tx *sqlite.Tx) (err error) {
		var now people.Arriving
		if now.Found, err = arriving(tx, who); err != nil {
			return err
		}
		if now.Namesakes, err = namesakes(tx, who); err != nil {
			return err
		}
		if err := tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM people WHERE primary_owner = 1)`).Scan(&now.Primary); err != nil {
			return err
		}
		before := slices.Clone(now.Found)
		a, err := decide(now)
		if err != nil {
			return err
		}
		ended, err = arrive(tx, before, a)
		return err
	})
	if err != nil {
		return nil, err
	}
	return ended, nil
}

// arriving are those whom a sign-in may be of, those known by issuer and subject first.
func arriving(tx *sqlite.Tx, who people.Whom) ([]people.Person, error) {
	list, err := sqlite.All(tx.Query(columns+` WHERE issuer = ? AND subject = ? AND subject <> ''`, who.Issuer, who.Subject), one)
	if err != nil || who.Object == "" {
		return list, err
	}
	more, err := sqlite.All(tx.Query(columns+` WHERE tenant_id = ? AND object_id = ? AND object_id <> '' AND kind = 'person'`, who.Tenant, who.Object), one)
	for _, p := range more {
		if len(list) == 0 || list[0].ID != p.ID {
			list = append(list, p)
		}
	}
	return list, err
}

// namesakes are those who were given a role and have an address of somebody who arrives, the newest last.
func namesakes(tx *sqlite.Tx, who people.Whom) (list []people.Person, err error) {
	for _, address := range who.Addresses {
		found, err := sqlite.All(tx.Query(columns+` WHERE given > 0 AND (sign_in_key = ? OR mail_key = ? AND mail_key <> '') ORDER BY id LIMIT 10`, address, address), one)
		if err != nil {
			return nil, err
		}
		list = append(list, found...)
	}
	return list, nil
}

// Groups implements people.Store.
func (s *Store) Groups(ctx context.Context, t tenant.ID) ([]people.Person, error) {
	return sqlite.All(s.db.Query(ctx, columns+` WHERE kind = 'group' AND tenant_id = ? AND object_id <> '' AND given > 0 ORDER BY id`, t), one)
}

// Waiting implements people.Store.
func (s *Store) Waiting(ctx context.Context) ([]people.Waiting, error) {
	list, err := sqlite.All(s.db.Query(ctx, columns+` WHERE id IN (SELECT id FROM people WHERE waits_for <> '' UNION SELECT id FROM people WHERE asked_at > 0) AND deactivated = 0
		ORDER BY CASE asked_at WHEN 0 THEN seen_at ELSE asked_at END, id LIMIT ?`, people.MostWaiting), one)
	var all []people.Waiting
	for _, p := range list {
		w := people.Waiting{Person: p}
		if p.WaitsFor != "" {
			known, err := s.Find(ctx, p.WaitsFor)
			if err != nil {
				return nil, err
			}
			w.For = &known
		}
		all = append(all, w)
	}
	return all, err
}

// Primary implements people.Store.
func (s *Store) Primary(ctx context.Context) (people.Person, error) {
	return one(s.db.QueryRow(ctx, columns+` WHERE primary_owner = 1`))
}

// Notices implements people.Store. Every page asks.
func (s *Store) Notices(ctx context.Context, id people.ID) ([]people.Notice, error) {
	return s.told.Ask(s.db, id, func() ([]people.Notice, error) {
		return sqlite.All(s.db.Query(ctx, `SELECT person, at, owner_from, owner_to, by_name FROM people_notices WHERE person = ? ORDER BY at DESC`, id), func(row sqlite.Row) (n people.Notice, err error) {
			var at int64
			err = row.Scan(&n.For, &at, &n.From, &n.To, &n.By)
			n.At = sqlite.Moment(at)
			return n, err
		})
	})
}

// Dismiss implements people.Store.
func (s *Store) Dismiss(ctx context.Context, id people.ID, through time.Time) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		_, err := tx.Exec(`DELETE FROM people_notices WHERE person = ? AND at <= ?`, id, through.UnixMilli())
		return err
	})
}

// Note implements people.Store.
func (s *Store) Note(ctx context.Context, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error { return tx.Record(e) })
}

func arrive(tx *sqlite.Tx, found []people.Person, a people.Arrived) (ended []string, err error) {
	for _, p := range found {
		if p.Issuer == a.Person.Issuer && p.Subject == a.Person.Subject {
			continue
		}
		keys, err := shut(tx, p)
		if err != nil {
			return nil, err
		}
		ended = append(ended, keys...)
	}
	for _, id := range a.Gone {
		if err := remove(tx, id); err != nil {
			return nil, err
		}
	}
	if err := put(tx, a.Person); err != nil {
		return nil, err
	}
	if err := unawait(tx, a.Person.ID); err != nil {
		return nil, err
	}
	if a.Read {
		if err := setGroups(tx, a); err != nil {
			return nil, err
		}
	}
	return ended, tx.Record(a.Entries...)
}

func setGroups(tx *sqlite.Tx, a people.Arrived) error {
	if _, err := tx.Exec(`DELETE FROM people_groups WHERE person = ?`, a.Person.ID); err != nil {
		return err
	}
	for _, m := range a.Groups {
		if _, err := tx.Exec(`INSERT INTO people_groups (person, grp, proof) SELECT ?, id, ? FROM people WHERE id = ?`, a.Person.ID, m.Proof, m.Group.ID); err != nil {
			return err
		}
	}
	return regroup(tx, onePerson, a.Person.ID)
}
