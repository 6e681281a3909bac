package storetest

import (
	"errors"
	"testing"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/drift"
	"purser.example/internal/event"
	"purser.example/internal/profile"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

// Drifts holds a drift.Store to its promises (R93).
func Drifts(t *testing.T, open Open) {
	k := account.KeyOf(contoso.ID, "svc-p1@contoso.com")
	roles := func(keys ...string) drift.Facts {
		var items []drift.Item
		for _, key := range keys {
			items = append(items, drift.Item{Key: key, Name: "Role " + key})
		}
		return drift.Facts{drift.Roles: drift.SetOf(items...)}
	}
	hold(t, open, []promise{
		{"what is known of an account is kept with its drifts and events, and by one of two at once", func(r *rig) {
			a := r.known(k)
			r.same("nothing yet", a, drift.Account{Key: k})
			first := drift.Change{Account: drift.Account{Key: k, Username: "Svc-P1@contoso.com", Expected: roles("a"), Read: roles("a")}, Snapshot: drift.Snapshot{At: monday, Facts: roles("a")}, Seen: monday}
			r.must(r.Drifts.Keep(ctx, first))
			if err := r.Drifts.Keep(ctx, first); !errors.Is(err, drift.ErrChanged) {
				r.Errorf("a second one at once: %v", err)
			}
			a = r.known(k)
			r.same("kept", a, drift.Account{No: a.No, Key: k, Username: "Svc-P1@contoso.com", Version: 1, Expected: roles("a"), Read: roles("a")})
			r.must(r.Drifts.Keep(ctx, r.lost(a, "a", 1)))
			if err := r.Drifts.Keep(ctx, r.lost(a, "a", 1)); !errors.Is(err, drift.ErrChanged) {
				r.Errorf("what was read before: %v", err)
			}
			a = r.known(k)
			if len(a.Open) != 1 || a.Open[0].Item.Key != "a" || a.Open[0].Way != drift.Lost || !a.Open[0].First.Equal(monday.Add(time.Hour)) {
				r.Errorf("open: %+v", a.Open)
			}
			page, err := r.Events.List(ctx, event.Query{})
			r.must(err)
			r.same("events", len(page.Rows), 1)
			r.must(r.Drifts.Looked(ctx, a.No, monday.Add(5*time.Hour), []string{"Policy.Read.All"}))
			looked := r.known(k)
			r.same("looked at", []any{looked.Looked, looked.Lacks, looked.Open[0].Last, looked.Version}, []any{monday.Add(5 * time.Hour), []string{"Policy.Read.All"}, monday.Add(5 * time.Hour), a.Version})
			a.Looked = monday.Add(6 * time.Hour)
			r.must(r.Drifts.Keep(ctx, drift.Change{Account: a, Seen: a.Looked, Over: []drift.ID{a.Open[0].ID}}))
			r.same("as it was", len(r.known(k).Open), 0)
		}},
		{"what was known between two moments begins with what was known before", func(r *rig) {
			a := drift.Account{Key: k}
			for n, facts := range []drift.Facts{roles("a"), roles("a", "b"), roles("b"), roles("c")} {
				a.Read = facts
				r.must(r.Drifts.Keep(ctx, drift.Change{Account: a, Snapshot: drift.Snapshot{At: monday.Add(time.Duration(n) * time.Hour), Facts: facts}}))
				a = r.known(k)
			}
			list, err := r.Drifts.Snapshots(ctx, k, monday.Add(90*time.Minute), monday.Add(2*time.Hour))
			r.must(err)
			r.same("between", list, []drift.Snapshot{{At: monday.Add(time.Hour), Facts: roles("a", "b")}, {At: monday.Add(2 * time.Hour), Facts: roles("b")}})
		}},
		{"a drift is accepted with its entry or not at all, and once", func(r *rig) {
			r.must(r.Drifts.Keep(ctx, r.lost(drift.Account{Key: k, Expected: roles("a", "b")}, "a", 1)))
			id := r.known(k).Open[0].ID
			accept := func(drift.Facts) drift.Facts { return roles("b") }
			state := func() any { a := r.known(k); return []any{a.Expected, len(a.Open)} }
			r.allOrNothing(done, state, func() error { return r.Drifts.Accept(ctx, id, accept, r.entry(done)) })
			r.same("accepted", state(), any([]any{roles("b"), 0}))
			if err := r.Drifts.Accept(ctx, id, accept, r.entry(done)); !errors.Is(err, drift.ErrGone) {
				r.Errorf("once more: %v", err)
			}
			if _, err := r.Drifts.Drift(ctx, id); !errors.Is(err, drift.ErrGone) {
				r.Errorf("a drift that was accepted: %v", err)
			}
		}},
		{"a question about a sign-in waits for its time, and its answer is what every verdict of that sign-in says", func(r *rig) {
			v := verdict.Verdict{Status: verdict.MFARequired, Code: "AADSTS50076", CorrelationID: "c1", At: monday, Blame: verdict.Blame{Later: true}}
			p := r.sketch("p1", contoso.ID)
			p.Status, p.Verdict = v.Status, v
			r.must(r.Profiles.Create(ctx, p, []byte("sealed"), profile.Validation{At: monday, By: "Adele Vance", Verdict: v}, nil, r.entry(done)))
			q := drift.Question{Key: account.KeyOf(contoso.ID, p.Username), Correlation: "c1", Rule: "50076", At: monday, Due: monday.Add(time.Hour)}
			r.must(r.Drifts.Ask(ctx, q))
			q.Tries, q.Due = 1, monday.Add(2*time.Hour)
			r.must(r.Drifts.Ask(ctx, q))
			r.same("too early", r.questions(monday.Add(time.Hour)), []drift.Question(nil))
			r.same("in time", r.questions(q.Due), []drift.Question{q})
			r.must(r.Drifts.Ask(ctx, drift.Question{Key: account.KeyOf("nowhere", p.Username), Correlation: "c2", Due: monday}))
			r.must(r.Drifts.Ask(ctx, drift.Question{Key: q.Key, Correlation: "c3", At: monday, Due: monday}))
			r.must(r.Drifts.Answer(ctx, drift.Question{Key: q.Key, Correlation: "c3"}, nil))
			r.same("nothing to blame", r.profile("p1").Verdict.Blame, verdict.Blame{Later: true})
			b := verdict.Blame{Policies: []verdict.Policy{{Kind: verdict.ConditionalAccess, ID: "p", Name: "Block"}}}
			r.must(r.Drifts.Answer(ctx, q, &b))
			r.same("answered", r.questions(q.Due), []drift.Question(nil))
			r.same("of the profile", r.profile("p1").Verdict.Blame, b)
			history, err := r.Profiles.History(ctx, "p1", 1)
			r.must(err)
			r.same("of its history", history[0].Verdict.Blame, b)
		}},
		{"drifts are listed newest first, of accounts that are still kept, with where", func(r *rig) {
			for n, id := range []profile.ID{"p1", "p2", "p3"} {
				p := r.create(r.sketch(id, []tenant.ID{contoso.ID, contoso.ID, fabrikam.ID}[n]))
				r.must(r.Drifts.Keep(ctx, r.lost(drift.Account{Key: account.KeyOf(p.Tenant, p.Username), Username: p.Username}, "a", n)))
			}
			stray := account.KeyOf(contoso.ID, "stray@contoso.com")
			r.must(r.Drifts.Keep(ctx, r.lost(drift.Account{Key: stray, Username: "stray@contoso.com"}, "a", 9)))
			r.same("all, whose first night has not been", r.drifted(drift.Query{Limit: 2}), []profile.ID{"p3", "p2", "p1"})
			r.same("of a tenant", r.drifted(drift.Query{Tenant: contoso.ID}), []profile.ID{"p2", "p1"})
			r.same("of a topic", r.drifted(drift.Query{Topic: drift.MFA}), []profile.ID(nil))
			counts, err := r.Drifts.Count(ctx, contoso.ID)
			r.must(err)
			r.same("counted", counts, map[drift.Topic]int{drift.Roles: 2})
			page, err := r.Drifts.List(ctx, drift.Query{Tenant: contoso.ID, Limit: 1})
			r.must(err)
			alike, err := r.Drifts.Alike(ctx, page.Rows[0], 10)
			r.must(err)
			r.same("the same of others", len(alike), 2)
			r.same("more to remove", r.prune(monday.Add(100*time.Hour)), false)
			r.same("the account that is nowhere", r.known(stray).No, int64(0))
			r.same("the others", r.drifted(drift.Query{}), []profile.ID{"p3", "p2", "p1"})
		}},
	})
}

func (r *rig) questions(now time.Time) []drift.Question {
	r.Helper()
	list, err := r.Drifts.Questions(ctx, now, 10)
	r.must(err)
	return list
}

func (r *rig) known(k account.Key) drift.Account {
	r.Helper()
	a, err := r.Drifts.Account(ctx, k)
	r.must(err)
	return a
}

// lost is the change of an account that lost a role, so many hours after Monday.
func (r *rig) lost(a drift.Account, role string, hours int) drift.Change {
	at := monday.Add(time.Duration(hours) * time.Hour)
	d := drift.Drift{Tenant: a.Key.Tenant, Username: a.Username, Topic: drift.Roles, Item: drift.Item{Key: role, Name: "Role " + role}, Way: drift.Lost, First: at, Last: at}
	return drift.Change{Account: a, Snapshot: drift.Snapshot{At: at, Facts: a.Read}, New: []drift.Drift{d}, Seen: at, Events: []event.Event{happened(hours, event.Drifted, a.Key.Tenant)}}
}

// drifted are the profiles of the accounts that a query lists, page by page.
func (r *rig) drifted(q drift.Query) (list []profile.ID) {
	r.Helper()
	for {
		page, err := r.Drifts.List(ctx, q)
		r.must(err)
		for _, d := range page.Rows {
			list = append(list, profile.ID(d.Places[0].ID))
		}
		if q.After = page.Next; q.After == "" {
			return list
		}
	}
}

func (r *rig) prune(before time.Time) bool {
	r.Helper()
	more, err := r.Drifts.Prune(ctx, before, 10)
	r.must(err)
	return more
}
