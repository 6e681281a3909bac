package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"purser.example/internal/audit"
	"purser.example/internal/session"
)

// Sessions holds a session.Store to its promises.
func Sessions(t *testing.T, open Open) {
	hold(t, open, []promise{
		{"a session comes back as it was stored, and one that is not there has ended", func(r *rig) {
			for _, row := range []session.Row{signedIn("s1", 0), {Key: "s2", Created: monday, Seen: monday}} {
				r.must(r.Sessions.Begin(ctx, row))
				r.same("the session", r.session(row.Key), row)
			}
			if _, err := r.Sessions.Load(ctx, "s3"); !errors.Is(err, session.ErrEnded) {
				r.Errorf("not there: %v", err)
			}
		}},
		{"a state is replaced only where it is still what was seen, be that nothing", func(r *rig) {
			r.must(r.Sessions.Begin(ctx, session.Row{Key: "s1", Created: monday, Seen: monday}))
			a, b := []byte("a"), []byte("b")
			for _, step := range []struct{ was, is []byte }{{nil, a}, {a, b}, {b, nil}, {nil, b}} {
				for _, wrong := range [][]byte{nil, a, b, {}, []byte("ab")} {
					if bytes.Equal(wrong, step.was) && (wrong == nil) == (step.was == nil) {
						continue
					}
					if err := r.Sessions.SetState(ctx, "s1", wrong, a); !errors.Is(err, session.ErrChanged) {
						r.Errorf("%q for %q: %v", wrong, step.was, err)
					}
				}
				r.must(r.Sessions.SetState(ctx, "s1", step.was, step.is))
				r.same("the state", r.session("s1").State, step.is)
			}
			if err := r.Sessions.SetState(ctx, "s2", nil, a); !errors.Is(err, session.ErrChanged) {
				r.Errorf("of a session that is not there: %v", err)
			}
		}},
		{"of many requests that replace a state at once, one does", func(r *rig) {
			r.must(r.Sessions.Begin(ctx, session.Row{Key: "s1", Created: monday, Seen: monday}))
			won, lost := atOnce(16, func(i int) error { return r.Sessions.SetState(ctx, "s1", nil, fmt.Append(nil, i)) })
			r.oneWon(won, lost, session.ErrChanged)
		}},
		{"a sign-in takes the place of the former session, with its entry or not at all", func(r *rig) {
			r.must(r.Sessions.Begin(ctx, session.Row{Key: "old", Created: monday, Seen: monday}))
			r.allOrNothing(done, r.there("old", "new"), func() error { return r.Sessions.SignIn(ctx, "old", signedIn("new", 0), r.entry(done)) })
			r.same("what is there", r.there("old", "new")(), any([]session.Key{"new"}))
		}},
		{"a sign-out ends the session once, with its entry or not at all", func(r *rig) {
			r.must(r.Sessions.Begin(ctx, signedIn("s1", 0)))
			r.allOrNothing(done, r.there("s1"), func() error { return r.Sessions.SignOut(ctx, "s1", r.entry(done)) })
			if err := r.Sessions.SignOut(ctx, "s1", r.entry(done)); !errors.Is(err, session.ErrEnded) || r.logged(done) != 3 {
				r.Errorf("again: %v, %d entries", err, r.logged(done))
			}
		}},
		{"the end of the provider's session ends those that belong to it, with their entries or not at all", func(r *rig) {
			begin := func(key session.Key, provider string) {
				row := signedIn(key, 0)
				row.Provider = provider
				r.must(r.Sessions.Begin(ctx, row))
				r.same("the session", r.session(key), row)
			}
			begin("s1", "p1")
			begin("s2", "p1")
			begin("s3", "p2")
			begin("s4", "")
			end := func(provider string) ([]session.Key, error) {
				return r.Sessions.EndOf(ctx, provider, func(session.Row) audit.Entry { return r.entry("ended") })
			}
			for _, nobodys := range []string{"", "p3"} {
				if ended, err := end(nobodys); err != nil || len(ended) != 0 {
					r.Errorf("of %q, %q ended, %v", nobodys, ended, err)
				}
			}
			ended, err := end("p1")
			r.must(err)
			slices.Sort(ended)
			r.same("what ended", ended, []session.Key{"s1", "s2"})
			r.same("what is left", r.there("s1", "s2", "s3", "s4")(), any([]session.Key{"s3", "s4"}))
			if n := r.logged("ended"); n != 2 {
				r.Errorf("%d entries", n)
			}
		}},
		{"those without a proof get one, all or none (X43)", func(r *rig) {
			r.must(r.Sessions.Begin(ctx, signedIn("proved", 0)))
			for _, key := range []session.Key{"s1", "s2"} {
				r.must(r.Sessions.Begin(ctx, session.Row{Key: key, Caller: adele, Created: monday, Seen: monday}))
			}
			refused, proofs := errors.New("refused"), 0
			prove := func(row session.Row) (session.Row, error) {
				if proofs++; proofs == 2 {
					return row, refused
				}
				row.Proof = []byte("new " + row.Key)
				return row, nil
			}
			if err := r.Sessions.ProveAll(ctx, prove); !errors.Is(err, refused) {
				r.Errorf("err = %v", err)
			}
			r.same("a proof after one that failed", [][]byte{r.session("s1").Proof, r.session("s2").Proof}, [][]byte{nil, nil})
			r.must(r.Sessions.ProveAll(ctx, prove))
			r.same("the proofs", [][]byte{r.session("s1").Proof, r.session("s2").Proof, r.session("proved").Proof}, [][]byte{[]byte("new s1"), []byte("new s2"), []byte("proof")})
		}},
		{"an activity never moves back", func(r *rig) {
			r.must(r.Sessions.Begin(ctx, signedIn("s1", 0)))
			for _, at := range []time.Duration{time.Minute, time.Second, 2 * time.Minute, 0} {
				r.must(r.Sessions.Touch(ctx, "s1", monday.Add(at)))
			}
			r.same("last seen", r.session("s1").Seen, monday.Add(2*time.Minute))
		}},
		{"a sweep takes what ended, to the millisecond, after it has noted who was active", sweep},
	})
}

func sweep(r *rig) {
	const idle, latest, waiting = 10 * time.Minute, 5 * time.Minute, 20 * time.Minute // after monday
	now := monday.Add(time.Hour)
	begin := func(key session.Key, created, seen time.Duration, somebody bool) {
		row := session.Row{Key: key, Created: monday.Add(created), Seen: monday.Add(seen)}
		if somebody {
			row.Caller = adele
		}
		r.must(r.Sessions.Begin(ctx, row))
	}
	begin("idle", time.Hour, idle, true)
	begin("just seen", time.Hour, idle+time.Millisecond, true)
	begin("idle but for memory", time.Hour, idle, true)
	begin("too old", latest, time.Hour, true)
	begin("just young enough", latest+time.Millisecond, time.Hour, true)
	begin("nobody for too long", waiting, time.Hour, false)
	begin("nobody yet", waiting+time.Millisecond, time.Hour, false)
	begin("somebody since", waiting, time.Hour, true)
	begin("made too far ahead (X44)", 115*time.Minute, time.Hour, true)
	begin("seen too far ahead (X44)", time.Hour, 110*time.Minute, true)
	begin("ahead by little", 110*time.Minute-time.Millisecond, 110*time.Minute-time.Millisecond, true)
	begin("nobody too far ahead (X44)", 100*time.Minute, time.Hour, false)
	active := map[session.Key]time.Time{"idle but for memory": monday.Add(time.Hour), "just seen": monday, "unheard of": monday}
	ended, err := r.Sessions.Sweep(ctx, active, session.Over{At: now, Idle: now.Sub(monday.Add(idle)), Max: now.Sub(monday.Add(latest)), Nobody: now.Sub(monday.Add(waiting))})
	r.must(err)
	slices.Sort(ended)
	r.same("what has ended", ended, any([]session.Key{"idle", "made too far ahead (X44)", "nobody for too long", "nobody too far ahead (X44)", "seen too far ahead (X44)", "too old"}))
	all := r.there("idle", "just seen", "idle but for memory", "too old", "just young enough", "nobody for too long", "nobody yet", "somebody since", "unheard of",
		"made too far ahead (X44)", "seen too far ahead (X44)", "ahead by little", "nobody too far ahead (X44)")
	r.same("what is left", all(), any([]session.Key{"just seen", "idle but for memory", "just young enough", "nobody yet", "somebody since", "ahead by little"}))
	r.same("last seen", r.session("idle but for memory").Seen, monday.Add(time.Hour))
	r.same("last seen", r.session("just seen").Seen, monday.Add(idle+time.Millisecond))
}

func signedIn(key session.Key, after time.Duration) session.Row {
	return session.Row{Key: key, Caller: adele, Created: monday.Add(after), Seen: monday.Add(after), State: []byte("state"), IDToken: []byte("token"), Proof: []byte("proof")}
}

func (r *rig) session(key session.Key) session.Row {
	r.Helper()
	row, err := r.Sessions.Load(ctx, key)
	r.must(err)
	return row
}

// there gives those of the sessions that have not ended.
func (r *rig) there(keys ...session.Key) func() any {
	return func() any {
		var left []session.Key
		for _, key := range keys {
			switch _, err := r.Sessions.Load(ctx, key); {
			case err == nil:
				left = append(left, key)
			case !errors.Is(err, session.ErrEnded):
				r.Fatal(err)
			}
		}
		return left
	}
}

// oneWon fails where not exactly one of many did what all tried, or where another lost for another reason.
func (r *rig) oneWon(won int, lost []error, reason error) {
	r.Helper()
	if won != 1 {
		r.Errorf("%d of %d did it", won, won+len(lost))
	}
	for _, err := range lost {
		if !errors.Is(err, reason) {
			r.Errorf("another could not for another reason: %v", err)
		}
	}
}
