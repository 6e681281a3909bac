package keychanges_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/breakglass"
	"purser.example/internal/keychange"
	"purser.example/internal/problem"
	"purser.example/internal/secret"
	"purser.example/internal/session"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/keychanges"
	"purser.example/internal/sqlite/sqlitetest"
)

// taken is a queue that forgets what it is given.
type taken struct{}

func (taken) Enqueue(context.Context, *sql.Tx, string, string) error { return nil }

// rig is a database with a few sealed rows of the plain kind: sessions and a break-glass link.
type rig struct {
	*testing.T
	db     *sqlite.DB
	ring   *secret.Keyring
	key    secret.Key
	store  *keychanges.Store
	folder string
}

func newRig(t *testing.T) *rig {
	r := &rig{T: t, key: secret.NewKey(), folder: t.TempDir()}
	r.open(r.key)
	for _, who := range []string{"adele", "alex", "megan"} {
		row := session.Row{Key: session.Key(who), Caller: access.Caller{Issuer: "https://idp.contoso.com", Subject: who, Roles: []access.Role{access.TenantOwner}}, Created: time.UnixMilli(1000), Seen: time.UnixMilli(1000)}
		proof, err := r.ring.Prove(session.ProofRecord(row))
		r.must(err)
		state, err := r.ring.Seal(secret.FromString("state of "+who), session.StateRecord(row.Key))
		r.must(err)
		r.must(r.db.Write(t.Context(), func(tx *sqlite.Tx) error {
			_, err := tx.Exec(`INSERT INTO sessions (key, issuer, subject, name, sign_in, roles, created_at, seen_at, state, proof, provider) VALUES (?, ?, ?, '', '', 'tenant-owner', 1000, 1000, ?, ?, '')`,
				row.Key, row.Caller.Issuer, who, state, proof)
			return err
		}))
	}
	link := breakglass.Link{ID: "l1", Token: "hash", Made: time.UnixMilli(2000), By: "root"}
	proof, err := r.ring.Prove(link.Record())
	r.must(err)
	r.must(r.db.Write(t.Context(), func(tx *sqlite.Tx) error {
		_, err := tx.Exec(`INSERT INTO break_glass (id, token, made_at, made_by, used_at, used_from, proof) VALUES ('l1', 'hash', 2000, 'root', 0, '', ?)`, proof)
		return err
	}))
	return r
}

func (r *rig) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

func (r *rig) open(keys ...secret.Keeper) {
	r.Helper()
	r.db = sqlitetest.OpenIn(r.T, r.folder, sqlitetest.NewClock().Now)
	var err error
	r.ring, err = r.db.Unlock(r.Context(), keys...)
	r.must(err)
	r.db.SetQueue(taken{})
	r.store = keychanges.New(r.db)
}

func (r *rig) begin(next secret.Keeper) keychange.Change {
	r.Helper()
	sealed, err := r.ring.Change(r.Context(), r.db.Keeper(), next)
	r.must(err)
	both, err := r.ring.Changed(sealed)
	r.must(err)
	c := keychange.Change{Former: sealed.Former.KeyID, Next: sealed.Next.KeyID, Begun: time.UnixMilli(5000)}
	r.must(r.store.Begin(r.Context(), c, sealed, both, audit.Entry{Action: keychange.Begun}))
	last, err := r.store.Last(r.Context())
	r.must(err)
	return last
}

func (r *rig) finish(id keychange.ID) (over keychange.Change) {
	r.Helper()
	r.must(r.store.Finish(r.Context(), id, func(c keychange.Change) audit.Entry {
		over = c
		return audit.Entry{Action: keychange.Ended}
	}))
	return over
}

// session reads what is sealed of a session, and proves it.
func (r *rig) session(who string) (state string, err error) {
	r.Helper()
	var sealed, proof []byte
	r.must(r.db.QueryRow(r.Context(), `SELECT state, proof FROM sessions WHERE key = ?`, who).Scan(&sealed, &proof))
	row := session.Row{Key: session.Key(who), Caller: access.Caller{Issuer: "https://idp.contoso.com", Subject: who, Roles: []access.Role{access.TenantOwner}}, Created: time.UnixMilli(1000)}
	if err := r.ring.Check(proof, session.ProofRecord(row)); err != nil {
		return "", err
	}
	v, err := r.ring.Open(sealed, session.StateRecord(row.Key))
	return string(v.Reveal()), err
}

func (r *rig) wholly(when string) {
	r.Helper()
	for _, who := range []string{"adele", "alex", "megan"} {
		if state, err := r.session(who); err != nil || state != "state of "+who {
			r.Errorf("%s: %s: %q %v", when, who, state, err)
		}
	}
	r.must(r.db.VerifyActivity(r.Context()))
	r.must(r.db.CheckKeyring(r.Context()))
}

// R64: a change that is cut off anywhere goes on with either key, nothing is lost, and afterwards only the next key opens.
func TestAChangeIsCutOffAnywhereR64(t *testing.T) {
	for _, cut := range []string{"nowhere", "after it began", "half-way", "before the end"} {
		for _, with := range []string{"the former key", "the next key"} {
			t.Run(cut+", then "+with, func(t *testing.T) {
				r, next := newRig(t), secret.NewKey()
				c := r.begin(next)
				if c.Total != 8 || c.Over() {
					t.Fatalf("%+v", c)
				}
				r.wholly("after it began")
				again := func() {
					r.must(r.db.Close())
					if with == "the next key" {
						r.open(next)
					} else {
						r.open(r.key)
					}
					r.wholly("after a kill " + cut)
				}
				switch cut {
				case "after it began":
					again()
				case "half-way":
					stopped := errors.New("the process ended")
					n := 0
					err := r.db.Reseal(t.Context(), keychanges.Places, func(tx *sqlite.Tx, done int) error {
						if n++; n == 2 {
							return stopped
						}
						_, err := tx.Exec(`UPDATE key_changes SET done = done + ?`, done)
						return err
					})
					if !errors.Is(err, stopped) {
						t.Fatal(err)
					}
					again()
				}
				r.must(r.store.Reseal(t.Context(), c.ID, func() {}))
				if cut == "before the end" {
					again()
				}
				over := r.finish(c.ID)
				if over.Done != 8 || over.Unreadable != 0 || !over.Over() {
					t.Errorf("%+v", over)
				}
				r.wholly("afterwards")
				r.must(r.store.Finish(t.Context(), c.ID, func(keychange.Change) audit.Entry { t.Error("it ended twice"); return audit.Entry{} }))
				if err := r.db.CheckKey(t.Context(), r.key); !errors.Is(err, secret.ErrWrongKey) {
					t.Errorf("the former key: %v", err)
				}
				r.must(r.db.Close())
				if _, err := sqlitetest.OpenIn(t, r.folder, time.Now).Unlock(t.Context(), r.key); !errors.Is(err, secret.ErrWrongKey) {
					t.Errorf("a start with the former key: %v", err)
				}
			})
		}
	}
}

// R64: what the former key sealed and nobody wrote yet is not written once it opens nothing; what never opened goes along with its row.
func TestNothingIsWrittenThatOpensNoMoreR64(t *testing.T) {
	r := newRig(t)
	late, err := r.ring.Seal(secret.FromString("late"), session.StateRecord("adele"))
	r.must(err)
	r.must(r.db.Write(t.Context(), func(tx *sqlite.Tx) error {
		_, err := tx.Exec(`UPDATE sessions SET state = (SELECT state FROM sessions WHERE key = 'alex') WHERE key = 'megan'`)
		return err
	}))
	c := r.begin(secret.NewKey())
	write := func(sealed []byte) error {
		return r.db.Write(t.Context(), func(tx *sqlite.Tx) error {
			_, err := tx.Exec(`UPDATE sessions SET state = ? WHERE key = 'adele'`, sealed)
			return err
		})
	}
	r.must(r.store.Reseal(t.Context(), c.ID, func() {}))
	r.must(write(late)) // before the end it is sealed anew
	if over := r.finish(c.ID); over.Unreadable != 1 || over.Done != 8 {
		t.Errorf("%+v", over)
	}
	if state, err := r.session("adele"); err != nil || state != "late" {
		t.Errorf("%q %v", state, err)
	}
	if err := write(late); problem.KindOf(err) != problem.Conflict {
		t.Errorf("after the end: %v", err)
	}
	var spoiled []byte
	r.must(r.db.QueryRow(t.Context(), `SELECT state FROM sessions WHERE key = 'megan'`).Scan(&spoiled))
	r.must(write(spoiled))
}

// R64: one change at a time, and none from a keyring of before.
func TestOneChangeAtATimeR64(t *testing.T) {
	r := newRig(t)
	sealed, err := r.ring.Change(t.Context(), r.key, secret.NewKey())
	r.must(err)
	other, err := r.ring.Changed(sealed)
	r.must(err)
	c := r.begin(secret.NewKey())
	begin := func() error {
		return r.store.Begin(t.Context(), keychange.Change{}, sealed, other, audit.Entry{Action: keychange.Begun})
	}
	if err := begin(); !errors.Is(err, keychange.ErrUnderWay) {
		t.Errorf("a second one: %v", err)
	}
	r.wholly("after a second one was refused")
	r.must(r.store.Reseal(t.Context(), c.ID, func() {}))
	r.finish(c.ID)
	if err := begin(); !errors.Is(err, keychange.ErrUnderWay) {
		t.Errorf("one that was prepared before: %v", err)
	}
	r.wholly("at the end")
}
