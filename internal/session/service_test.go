package session_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/secret"
	"purser.example/internal/session"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/sessions"
	"purser.example/internal/sqlite/sqlitetest"
)

var (
	ctx   = context.Background()
	adele = access.Caller{Issuer: "https://idp.contoso.com", Subject: "s1", Name: "Adele Vance", SignIn: "adele@contoso.com", Roles: []access.Role{access.ServiceAdministrator}}
)

type rig struct {
	*session.Service
	db    *sqlite.DB
	clock *sqlitetest.Clock
}

func newRig(t *testing.T) rig {
	clock := sqlitetest.NewClock()
	db, ring := sqlitetest.Open(t, clock.Now)
	limits := session.Limits{Idle: 15 * time.Minute, Max: 12 * time.Hour}
	return rig{session.NewService(sessions.New(db), ring, limits, clock.Now, slog.New(slog.DiscardHandler)), db, clock}
}

func (r rig) open(t *testing.T, id session.ID) session.Session {
	t.Helper()
	s, err := r.Open(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (r rig) signIn(t *testing.T) session.ID {
	t.Helper()
	before, err := r.Begin(ctx, session.Attempt{State: "state"})
	if err != nil {
		t.Fatal(err)
	}
	id, err := r.SignIn(ctx, r.open(t, before), adele, secret.FromString("id-token"), audit.Origin{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Open(ctx, before); !errors.Is(err, session.ErrEnded) {
		t.Errorf("the id from before sign-in still opens: %v", err)
	}
	return id
}

// R1: of many answers with one state, one is taken.
func TestAnAttemptServesOnce(t *testing.T) {
	r := newRig(t)
	id, err := r.Begin(ctx, session.Attempt{State: "one", ReturnTo: "/a"})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.AddAttempt(ctx, r.open(t, id), session.Attempt{State: "two", ReturnTo: "/b"}); err != nil {
		t.Fatal(err)
	}
	sess := r.open(t, id)
	var taken atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			a, ok, err := r.TakeAttempt(ctx, new(sess), "one")
			if err != nil && !errors.Is(err, session.ErrChanged) {
				t.Error(err)
			}
			if ok {
				taken.Add(1)
				if a.ReturnTo != "/a" {
					t.Errorf("took %+v", a.ReturnTo)
				}
			}
		})
	}
	wg.Wait()
	if taken.Load() != 1 {
		t.Errorf("taken %d times", taken.Load())
	}
	if _, ok, err := r.TakeAttempt(ctx, new(r.open(t, id)), ""); ok || err != nil {
		t.Errorf("an empty state finds something: %v", err)
	}
	if a, ok, err := r.TakeAttempt(ctx, new(r.open(t, id)), "two"); !ok || err != nil || a.ReturnTo != "/b" {
		t.Errorf("the other tab's attempt is lost: %v %v", ok, err)
	}
}

func TestOldAttemptsGiveWayAndWaitingEnds(t *testing.T) {
	r := newRig(t)
	id, err := r.Begin(ctx, session.Attempt{State: "0"})
	if err != nil {
		t.Fatal(err)
	}
	for _, state := range []string{"1", "2", "3", "4", "5"} {
		if err := r.AddAttempt(ctx, r.open(t, id), session.Attempt{State: state}); err != nil {
			t.Fatal(err)
		}
	}
	if got := r.open(t, id).State.Attempts; len(got) != 5 || got[0].State != "1" {
		t.Errorf("%d attempts", len(got))
	}
	r.clock.Advance(time.Hour)
	if _, err := r.Open(ctx, id); !errors.Is(err, session.ErrEnded) {
		t.Errorf("err = %v", err)
	}
}

// X11, X12: an attempt that has served, or came late, still tells where it was to lead, and nothing else.
func TestTheWayBackOutlastsTheAttempt(t *testing.T) {
	r := newRig(t)
	id, err := r.Begin(ctx, session.Attempt{State: "used", Nonce: "n", Verifier: "v", ReturnTo: "/a"})
	if err != nil {
		t.Fatal(err)
	}
	r.clock.Advance(59 * time.Minute)
	if _, ok, err := r.TakeAttempt(ctx, new(r.open(t, id)), "used"); !ok || err != nil {
		t.Fatalf("%v, %v", ok, err)
	}
	id, err = r.SignIn(ctx, r.open(t, id), adele, secret.FromString("id-token"), audit.Origin{})
	if err != nil {
		t.Fatal(err)
	}
	a, ok, err := r.TakeAttempt(ctx, new(r.open(t, id)), "used")
	if ok || err != nil || a != (session.Attempt{ReturnTo: "/a"}) {
		t.Errorf("the second time: to %q, %v, %v", a.ReturnTo, ok, err)
	}
	if got := r.open(t, id).State.Attempts; len(got) != 0 {
		t.Errorf("%d attempts can serve", len(got))
	}
}

// X7, X10: why somebody has no role is known as long as their session.
func TestWhyThereIsNoRoleIsKept(t *testing.T) {
	r := newRig(t)
	id, err := r.Begin(ctx, session.Attempt{State: "one"})
	if err != nil {
		t.Fatal(err)
	}
	sess := r.open(t, id)
	sess.State.NoRole = &session.NoRole{Claim: "groups", Finding: "left out"}
	if id, err = r.SignIn(ctx, sess, adele, secret.FromString("id-token"), audit.Origin{}); err != nil {
		t.Fatal(err)
	}
	r.SetFlash(ctx, r.open(t, id), session.Flash{Text: "first"})
	if why := r.open(t, id).State.NoRole; why == nil || *why != (session.NoRole{Claim: "groups", Finding: "left out"}) {
		t.Errorf("kept: %+v", why)
	}
}

func TestAMessageIsShownOnce(t *testing.T) {
	r := newRig(t)
	id := r.signIn(t)
	stale := r.open(t, id)
	r.SetFlash(ctx, stale, session.Flash{Text: "first"})
	r.SetFlash(ctx, stale, session.Flash{Text: "Profile saved."}) // loaded before another request changed it
	sess := r.open(t, id)
	if f := r.TakeFlash(ctx, &sess); f == nil || f.Text != "Profile saved." {
		t.Errorf("flash = %+v", f)
	}
	if f := r.TakeFlash(ctx, &sess); f != nil {
		t.Errorf("shown again: %+v", f)
	}
	again := r.open(t, id)
	if f := r.TakeFlash(ctx, &again); f != nil {
		t.Errorf("shown on the next page: %+v", f)
	}
}

// R4: an activity is written at most once a minute, and still counts to the second.
func TestActivityIsWrittenSparingly(t *testing.T) {
	r := newRig(t)
	id := r.signIn(t)
	key := id.Key()
	stored := func() time.Time {
		row, err := sessions.New(r.db).Load(ctx, key)
		if err != nil {
			t.Fatal(err)
		}
		return row.Seen
	}
	begin := stored()
	for range 59 {
		r.clock.Advance(time.Second)
		s := r.open(t, id)
		r.Touch(ctx, &s)
	}
	if got := stored(); !got.Equal(begin) {
		t.Errorf("written after %v", got.Sub(begin))
	}
	r.clock.Advance(time.Second)
	s := r.open(t, id)
	r.Touch(ctx, &s)
	if got := stored(); got.Sub(begin) != time.Minute {
		t.Errorf("after a minute, %v is stored", got.Sub(begin))
	}
	r.clock.Advance(15*time.Minute - time.Second)
	r.open(t, id)
}

func TestSweepingRemovesOnlyWhatEnded(t *testing.T) {
	r := newRig(t)
	old := r.signIn(t)
	waiting, err := r.Begin(ctx, session.Attempt{State: "x"})
	if err != nil {
		t.Fatal(err)
	}
	r.clock.Advance(55 * time.Minute)
	young := r.signIn(t)
	s := r.open(t, young)
	r.clock.Advance(7 * time.Minute)
	r.Touch(ctx, &s)
	if err := r.Sweep(ctx); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[session.ID]bool{old: false, waiting: false, young: true} {
		if _, err := sessions.New(r.db).Load(ctx, id.Key()); (err == nil) != want {
			t.Errorf("session kept = %v, want %v", err == nil, want)
		}
	}
}

// R60: whoever keeps something for a session is told of its end, however it ends: by the person, by the identity provider, by a new sign-in, and by
// its time, which a sweep finds.
func TestTheEndOfASessionIsTold(t *testing.T) {
	r := newRig(t)
	var over []session.Key
	r.TellOver(func(key session.Key) { over = append(over, key) })
	told := func(how string, id session.ID) {
		t.Helper()
		if !slices.Contains(over, id.Key()) {
			t.Errorf("%s: told of %v", how, over)
		}
		over = nil
	}
	out := r.signIn(t)
	if _, err := r.SignOut(ctx, r.open(t, out), audit.Origin{}); err != nil {
		t.Fatal(err)
	}
	told("sign-out", out)
	former := r.signIn(t)
	again := r.open(t, former)
	again.Provider = "sid"
	ends, err := r.SignIn(ctx, again, adele, secret.FromString("id-token"), audit.Origin{})
	if err != nil {
		t.Fatal(err)
	}
	told("a new sign-in", former)
	if err := r.EndOf(ctx, "sid", audit.Origin{}); err != nil {
		t.Fatal(err)
	}
	told("the identity provider", ends)
	stays, idle := r.signIn(t), r.signIn(t)
	r.clock.Advance(14 * time.Minute)
	sess := r.open(t, stays)
	r.Touch(ctx, &sess)
	r.clock.Advance(2 * time.Minute)
	over = nil
	if err := r.Sweep(ctx); err != nil {
		t.Fatal(err)
	}
	if slices.Contains(over, stays.Key()) {
		t.Error("told of one that goes on")
	}
	told("its time", idle)
}

func TestSignOutGivesBackTheToken(t *testing.T) {
	r := newRig(t)
	id := r.signIn(t)
	sess := r.open(t, id)
	token, err := r.SignOut(ctx, sess, audit.Origin{})
	if err != nil || string(token.Reveal()) != "id-token" {
		t.Fatalf("token: %v", err)
	}
	if _, err := r.SignOut(ctx, sess, audit.Origin{}); !errors.Is(err, session.ErrEnded) {
		t.Errorf("again: %v", err)
	}
	if _, err := r.Open(ctx, id); !errors.Is(err, session.ErrEnded) {
		t.Errorf("opened: %v", err)
	}
}

// A disk that was full for a while costs nobody the session they kept using.
func TestActivityThatCouldNotBeWrittenStillCounts(t *testing.T) {
	r := newRig(t)
	id := r.signIn(t)
	mend := sqlitetest.MakeReadOnly(t, r.db)
	for range 3 {
		r.clock.Advance(10 * time.Minute)
		s := r.open(t, id)
		r.Touch(ctx, &s)
	}
	mend()
	if err := r.Sweep(ctx); err != nil {
		t.Fatal(err)
	}
	r.open(t, id)
}

// X44, R4: a session that was made, or used, while the clock was ahead ends when the clock is right again, and is swept.
func TestASessionFromTheFutureEnds(t *testing.T) {
	for name, tc := range map[string]struct {
		ahead time.Duration
		lasts bool
	}{
		"a year":        {365 * 24 * time.Hour, false},
		"an idle time":  {15 * time.Minute, false},
		"a few minutes": {14 * time.Minute, true},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.clock.Advance(tc.ahead)
			id := r.signIn(t)
			r.clock.Advance(-tc.ahead)
			if sess, err := r.Open(ctx, id); (err == nil) != tc.lasts || !tc.lasts && !errors.Is(err, session.ErrEnded) {
				t.Errorf("opened: %+v, %v", sess, err)
			} else if idle, latest := r.Left(sess); tc.lasts && (idle > 15*time.Minute || latest > 12*time.Hour) {
				t.Errorf("it has %v and %v left", idle, latest)
			}
			if err := r.Sweep(ctx); err != nil {
				t.Fatal(err)
			}
			if _, err := sessions.New(r.db).Load(ctx, id.Key()); (err == nil) != tc.lasts {
				t.Errorf("after a sweep: %v", err)
			}
		})
	}
}

// X44: writing down what people do begins again soon, although it failed while the clock was ahead.
func TestActivityIsWrittenAgainAfterTheClockWasAhead(t *testing.T) {
	r := newRig(t)
	r.clock.Advance(365 * 24 * time.Hour)
	failing := r.signIn(t)
	r.clock.Advance(2 * time.Minute)
	mend := sqlitetest.MakeReadOnly(t, r.db)
	s := r.open(t, failing)
	r.Touch(ctx, &s)
	mend()
	r.clock.Advance(-365 * 24 * time.Hour)
	id := r.signIn(t)
	r.clock.Advance(2 * time.Minute)
	s = r.open(t, id)
	r.Touch(ctx, &s)
	row, err := sessions.New(r.db).Load(ctx, id.Key())
	if err != nil || !row.Seen.Equal(r.clock.Now()) {
		t.Errorf("stored: %v (%v), want %v", row.Seen, err, r.clock.Now())
	}
}

// X43: a session that somebody wrote into the database, or altered there, opens nothing, and the log tells.
func TestAPlantedSessionOpensNothing(t *testing.T) {
	for name, statement := range map[string]string{
		"planted": `INSERT INTO sessions (key, issuer, subject, name, sign_in, roles, created_at, seen_at) SELECT ?1, issuer, subject, name, sign_in, roles, created_at, seen_at FROM sessions WHERE subject <> ''`,
		"with another's proof": `INSERT INTO sessions (key, issuer, subject, name, sign_in, roles, created_at, seen_at, proof)
			SELECT ?1, issuer, subject, name, sign_in, roles, created_at, seen_at, proof FROM sessions WHERE subject <> ''`,
		"nobody's made somebody's": `UPDATE sessions SET (issuer, subject, name, sign_in, roles) = (SELECT issuer, subject, name, sign_in, roles FROM sessions WHERE subject <> '') WHERE subject = '' AND ?1 <> ''`,
		"another subject":          `UPDATE sessions SET subject = 'mallory' WHERE subject <> '' AND ?1 <> ''`,
		"another issuer":           `UPDATE sessions SET issuer = 'https://idp.fabrikam.com' WHERE subject <> '' AND ?1 <> ''`,
		"another role":             `UPDATE sessions SET roles = 'tenant-owner service-administrator' WHERE subject <> '' AND ?1 <> ''`,
		"made later":               `UPDATE sessions SET created_at = created_at + 1000 WHERE subject <> '' AND ?1 <> ''`,
		"no proof":                 `UPDATE sessions SET proof = NULL WHERE ?1 <> ''`,
	} {
		t.Run(name, func(t *testing.T) {
			clock := sqlitetest.NewClock()
			db, ring := sqlitetest.Open(t, clock.Now)
			var log bytes.Buffer
			r := rig{session.NewService(sessions.New(db), ring, session.Limits{Idle: 15 * time.Minute, Max: 12 * time.Hour}, clock.Now, slog.New(slog.NewTextHandler(&log, nil))), db, clock}
			signedIn := r.signIn(t)
			nobody, err := r.Begin(ctx, session.Attempt{State: "x"})
			if err != nil {
				t.Fatal(err)
			}
			planted := session.NewID()
			if err := db.Write(ctx, func(tx *sqlite.Tx) error {
				n, err := tx.Exec(statement, planted.Key())
				if err == nil && n == 0 {
					err = errors.New("no row")
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
			touched := map[string]session.ID{"planted": planted, "with another's proof": planted, "nobody's made somebody's": nobody}[name]
			if touched == "" {
				touched = signedIn
			}
			if sess, err := r.Open(ctx, touched); !errors.Is(err, session.ErrEnded) {
				t.Errorf("opened: %+v, %v", sess.Caller, err)
			}
			if !strings.Contains(log.String(), "level=ERROR") || !strings.Contains(log.String(), touched.Key().Short()) {
				t.Errorf("log: %s", log.String())
			}
		})
	}
}
