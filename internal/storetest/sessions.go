package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"purser.example/internal/access"
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
		{"people who are signed in are listed, those who came last first, page by page in both directions", func(r *rig) { r.listsSessions() }},
		{"the sessions of a person are found, and nobody else's", func(r *rig) {
			for _, row := range []session.Row{ofPerson("s1", adele, 1), ofPerson("s2", megan, 2), ofPerson("s3", adele, 3), {Key: "nobody", Created: monday, Seen: monday}} {
				r.must(r.Sessions.Begin(ctx, row))
			}
			rows, err := r.Sessions.OfPerson(ctx, adele.Issuer, adele.Subject)
			r.must(err)
			r.same("Adele's", sessionKeys(rows), []session.Key{"s3", "s1"})
			rows, err = r.Sessions.OfPerson(ctx, "", "")
			r.must(err)
			r.same("nobody's", sessionKeys(rows), []session.Key(nil))
		}},
		{"sessions end as they are named, each with its entry or none at all, for somebody whose own goes on", func(r *rig) { r.endsSessions() }},
		{"of two who end each other at once, one does", func(r *rig) {
			r.must(r.Sessions.Begin(ctx, ofPerson("s0", adele, 1)))
			r.must(r.Sessions.Begin(ctx, ofPerson("s1", megan, 1)))
			keys := []session.Key{"s0", "s1"}
			won, lost := atOnce(2, func(i int) error {
				_, err := r.Sessions.End(ctx, keys[i], session.Which{Keys: keys[1-i : 2-i]}, func(session.Row) audit.Entry { return r.entry("ended") })
				return err
			})
			r.oneWon(won, lost, session.ErrEnded)
			if n := r.logged("ended"); n != 1 {
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

// listsSessions holds the pages of who is signed in: two began at once, and sessions of nobody are none.
func (r *rig) listsSessions() {
	for i, after := range []time.Duration{0, time.Minute, time.Minute, 2 * time.Minute, 3 * time.Minute} {
		r.must(r.Sessions.Begin(ctx, signedIn(session.Key(fmt.Sprint("s", i)), after)))
		r.must(r.Sessions.Begin(ctx, session.Row{Key: session.Key(fmt.Sprint("nobody", i)), Created: monday.Add(after), Seen: monday}))
	}
	place := func(key session.Key) *session.Place { return &session.Place{Created: r.session(key).Created, Key: key} }
	for _, step := range []struct {
		page session.Page
		want []session.Key
		more bool
	}{
		{session.Page{Limit: 2}, []session.Key{"s4", "s3"}, true},
		{session.Page{Limit: 2, After: place("s3")}, []session.Key{"s2", "s1"}, true},
		{session.Page{Limit: 2, After: place("s2")}, []session.Key{"s1", "s0"}, false},
		{session.Page{Limit: 2, After: place("s0")}, nil, false},
		{session.Page{Limit: 2, Before: place("s0")}, []session.Key{"s2", "s1"}, true},
		{session.Page{Limit: 2, Before: place("s2")}, []session.Key{"s4", "s3"}, false},
		{session.Page{Limit: 5}, []session.Key{"s4", "s3", "s2", "s1", "s0"}, false},
	} {
		rows, more, err := r.Sessions.List(ctx, step.page)
		r.must(err)
		r.same("the page", sessionKeys(rows), step.want)
		if more != step.more {
			r.Errorf("%v: more is %v", step.want, more)
		}
	}
}

// endsSessions holds each way in which sessions are named.
func (r *rig) endsSessions() {
	all := []session.Key{"a1", "a2", "m1", "m2", "nobody"}
	begin := func() {
		for _, row := range []session.Row{ofPerson("a1", adele, 1), ofPerson("a2", adele, 2), ofPerson("m1", megan, 3), ofPerson("m2", megan, 4), {Key: "nobody", Created: monday, Seen: monday}} {
			if _, err := r.Sessions.Load(ctx, row.Key); errors.Is(err, session.ErrEnded) {
				r.must(r.Sessions.Begin(ctx, row))
			}
		}
	}
	for name, tc := range map[string]struct {
		which session.Which
		left  []session.Key
	}{
		"by key":                   {session.Which{Keys: []session.Key{"a2", "m1", "gone"}}, []session.Key{"a1", "m2", "nobody"}},
		"a person's by key":        {session.Which{Keys: []session.Key{"a2", "m1"}, Of: &megan}, []session.Key{"a1", "a2", "m2", "nobody"}},
		"of nobody, by key":        {session.Which{Keys: []session.Key{"nobody"}}, all},
		"none of them":             {session.Which{Keys: []session.Key{}}, all},
		"of a person":              {session.Which{Of: &megan}, []session.Key{"a1", "a2", "nobody"}},
		"of a person but one":      {session.Which{Of: &adele, But: "a1"}, []session.Key{"a1", "m1", "m2", "nobody"}},
		"of everybody but one":     {session.Which{NotOf: &adele}, []session.Key{"a1", "a2", "nobody"}},
		"nothing is said":          {session.Which{}, all},
		"nothing but what to keep": {session.Which{But: "a1"}, all},
	} {
		begin()
		before := r.logged("ended")
		ended, err := r.Sessions.End(ctx, "a1", tc.which, func(session.Row) audit.Entry { return r.entry("ended") })
		r.must(err)
		r.same(name, r.there(all...)(), any(tc.left))
		if n := r.logged("ended") - before; n != len(all)-len(tc.left) || n != len(ended) {
			r.Errorf("%s: %d entries of %d sessions", name, n, len(ended))
		}
	}
	begin()
	for _, by := range []session.Key{"gone", "nobody"} {
		if _, err := r.Sessions.End(ctx, by, session.Which{Of: &megan}, func(session.Row) audit.Entry { return r.entry("ended") }); !errors.Is(err, session.ErrEnded) {
			r.Errorf("by %s: %v", by, err)
		}
	}
	r.allOrNothing(done, r.there(all...), func() error {
		_, err := r.Sessions.End(ctx, "a1", session.Which{Keys: []session.Key{"m1"}}, func(session.Row) audit.Entry { return r.entry(done) })
		return err
	})
}

var megan = access.Caller{Issuer: "https://idp.contoso.com", Subject: "s2", Name: "Megan Bowen", SignIn: "megan@contoso.com", Roles: []access.Role{access.TenantOwner}}

func ofPerson(key session.Key, who access.Caller, minutes int) session.Row {
	row := signedIn(key, time.Duration(minutes)*time.Minute)
	row.Caller = who
	return row
}

func sessionKeys(rows []session.Row) (keys []session.Key) {
	for _, row := range rows {
		keys = append(keys, row.Key)
	}
	return keys
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
