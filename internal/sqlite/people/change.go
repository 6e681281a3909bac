package people

import (
	"context"
	"errors"
	"slices"

	"purser.example/internal/people"
	"purser.example/internal/sqlite"
	"purser.example/internal/tenant"
)

// Change implements people.Store.
func (s *Store) Change(ctx context.Context, actor people.Whom, issuer string, ids []people.ID, decide func(people.Standing) (people.Outcome, error)) (ended []string, err error) {
	err = s.db.Write(ctx, func(tx *sqlite.Tx) error {
		now, err := standing(tx, actor, issuer, ids)
		if err != nil {
			return err
		}
		out, err := decide(now)
		if err != nil {
			return err
		}
		ended, err = change(tx, now, out)
		return err
	})
	if err != nil {
		return nil, err
	}
	return ended, nil
}

// Add implements people.Store.
func (s *Store) Add(ctx context.Context, actor people.Whom, t tenant.ID, objects []string, decide func(people.Standing) (people.Outcome, error)) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		list, err := sqlite.List(objects)
		if err != nil {
			return err
		}
		ids, err := sqlite.All(tx.Query(`SELECT id FROM people WHERE tenant_id = ? AND object_id `+sqlite.InList+` ORDER BY id`, t, list), sqlite.Only[people.ID])
		if err != nil {
			return err
		}
		now, err := standing(tx, actor, "", ids)
		if err != nil {
			return err
		}
		out, err := decide(now)
		if err != nil {
			return err
		}
		_, err = change(tx, now, out)
		return err
	})
}

// ways are Tenant Owners who are not among some; those whom only a group among them makes one do not count. seen is what else is asked.
func ways(seen string) string {
	return `SELECT EXISTS (SELECT 1 FROM people p WHERE p.role = 2 AND p.deactivated = 0 AND p.id NOT ` + sqlite.InList + seen + ` AND (p.claim = 2 OR p.given = 2 OR
		EXISTS (SELECT 1 FROM people_groups m JOIN people g ON g.id = m.grp WHERE m.person = p.id AND g.given = 2 AND g.deactivated = 0 AND g.id NOT ` + sqlite.InList + `)))`
}

// entering are those who have come by the identity provider of now.
const entering = ` AND p.issuer = ? AND p.seen_at > 0`

func standing(tx *sqlite.Tx, actor people.Whom, issuer string, ids []people.ID) (now people.Standing, err error) {
	ask := within{tx}
	by, err := known(ask, actor.Issuer, actor.Subject)
	switch {
	case err == nil:
		now.Actor = &by
	case !errors.Is(err, people.ErrNone):
		return now, err
	}
	for _, id := range ids {
		p, err := find(ask, id)
		if err != nil {
			return now, err
		}
		now.Rows = append(now.Rows, p)
	}
	list, err := sqlite.List(append([]people.ID{}, ids...)) // none is an empty list
	if err != nil {
		return now, err
	}
	if err := tx.QueryRow(ways(""), list, list).Scan(&now.Own); err != nil {
		return now, err
	}
	if err := tx.QueryRow(ways(entering), list, issuer, list).Scan(&now.Enter); err != nil {
		return now, err
	}
	if err := tx.QueryRow(ways(entering), "[]", issuer, "[]").Scan(&now.Entered); err != nil {
		return now, err
	}
	primary, err := scan(tx.QueryRow(columns + ` WHERE primary_owner = 1`))
	if primary, err = joined(ask, primary, err); err == nil {
		now.Primary = &primary
	}
	if errors.Is(err, people.ErrNone) {
		err = nil
	}
	return now, err
}

func change(tx *sqlite.Tx, now people.Standing, out people.Outcome) (ended []string, err error) {
	for _, p := range now.Rows {
		if !slices.Contains(out.Shut, p.ID) {
			continue
		}
		keys, err := shut(tx, p)
		if err != nil {
			return nil, err
		}
		ended = append(ended, keys...)
	}
	for _, id := range out.Removed { // first, so that who is kept may take the place of who goes
		if err := remove(tx, id); err != nil {
			return nil, err
		}
	}
	for _, p := range out.Kept {
		if err := put(tx, p); err != nil {
			return nil, err
		}
		if err := regroup(tx, ofGroup, p.ID); err != nil {
			return nil, err
		}
	}
	for _, n := range out.Told {
		if _, err := tx.Exec(`INSERT INTO people_notices (person, at, owner_from, owner_to, by_name) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
			n.For, n.At.UnixMilli(), n.From, n.To, n.By); err != nil {
			return nil, err
		}
	}
	return ended, tx.Record(out.Entries...)
}

// shut ends the sessions of somebody.
func shut(tx *sqlite.Tx, p people.Person) ([]string, error) {
	if p.Subject == "" {
		return nil, nil
	}
	return sqlite.All(tx.Query(`DELETE FROM sessions WHERE subject = ? AND subject <> '' AND issuer = ? RETURNING key`, p.Subject, p.Issuer), sqlite.Only[string])
}

// unawait lets nobody wait for somebody any more.
func unawait(tx *sqlite.Tx, id people.ID) error {
	_, err := tx.Exec(`UPDATE people SET waits_for = '' WHERE waits_for = ? AND waits_for <> ''`, id)
	return err
}

// remove takes somebody out. Those who were in a group that goes are not in it any more, before the list is worked out anew.
func remove(tx *sqlite.Tx, id people.ID) error {
	members, err := sqlite.All(tx.Query(`DELETE FROM people_groups WHERE grp = ? RETURNING person`, id), sqlite.Only[people.ID])
	if err != nil {
		return err
	}
	list, err := sqlite.List(members)
	if err != nil {
		return err
	}
	if len(members) > 0 {
		if err := regroup(tx, `id `+sqlite.InList, people.ID(list)); err != nil {
			return err
		}
	}
	if err := unawait(tx, id); err != nil {
		return err
	}
	_, err = tx.Exec(`DELETE FROM people WHERE id = ?`, id)
	return err
}
