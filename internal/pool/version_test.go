package pool_test

import (
	"fmt"
	"strings"
	"testing"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/pool"
	"purser.example/internal/problem"
	"purser.example/internal/run"
	"purser.example/internal/sqlite/pools"
)

var aScan = audit.Target{Kind: "scan", ID: "scan1", Name: "Nightly"}

func (r *rig) bring(t testing.TB, key pool.Key) pool.Version {
	t.Helper()
	v, err := r.BringIntoForce(ctx, key, account.Stamp{At: r.clock.Now(), By: "Scan Nightly"}, aScan)
	must(t, err)
	return v
}

func (r *rig) versions(t testing.TB) pool.Versions {
	t.Helper()
	v, err := r.Versions(ctx, adele, sites)
	must(t, err)
	return v
}

// R46: nothing is in force until a scan brings it, and the page sees what differs.
func TestSavedAndInForce(t *testing.T) {
	r := newRig(t, fixture("", ""))
	if v := r.bring(t, sites); v.Number != 0 || !r.versions(t).Same() {
		t.Errorf("nothing is saved, and %+v is in force", v)
	}
	first := r.save(t, r.change(t, r.validated(t, sites, "Pool").ID, nil))
	if v := r.versions(t); !first.GroupChanged || v.Same() || !v.Group || v.Pool.InForce.Number != 0 || v.JoinedN != 7 {
		t.Errorf("%+v", v)
	}
	if v := r.bring(t, sites); v.Number != 1 || v.Group.Name != "Pool" || v.Members != 7 {
		t.Errorf("%+v", v)
	}
	r.bring(t, sites) // again: it is in force already
	if n := r.acted(t, pool.CameIntoForce); n != 1 {
		t.Errorf("R61: %d entries", n)
	}
	if v := r.versions(t); !v.Same() || v.Pool.InForce.By.By != "Scan Nightly" {
		t.Errorf("%+v", v)
	}
	// Another group: the old one and its passwords stay in use until the next scan.
	member := r.rows(t, pool.Query{Reading: first.Pool.Reading})["pool02@contoso.com"]
	r.work(t, r.save(t, r.change(t, first.Pool.Reading, map[string]string{"pool02@contoso.com": marked})).Check)
	if v := r.versions(t); !v.Same() {
		t.Errorf("a password leaves nothing for a scan to bring: %+v", v)
	}
	second := r.save(t, r.change(t, r.validated(t, sites, "O'Brien & Co").ID, nil))
	v := r.versions(t)
	if !second.GroupChanged || !v.Group || v.LeftN != 6 || v.JoinedN != 0 || v.Pool.InForce.Group.Name != "Pool" || v.Pool.InForce.Members != 7 {
		t.Errorf("%+v", v)
	}
	if n := string(column(t, r, "SELECT count(*) || '' FROM pool_credentials WHERE password IS NOT NULL")); n != "1" {
		t.Errorf("%s passwords while the old version is in force", n)
	}
	r.bring(t, sites)
	if n := string(column(t, r, "SELECT count(*) || '' FROM pool_credentials")); n != "0" {
		t.Errorf("R60: %s credentials of whom nobody uses any more (%s)", n, member.Username)
	}
	// Clear removes the group with the Save, and from use with the next scan.
	p, err := r.Pool(ctx, adele, sites)
	must(t, err)
	cleared := r.save(t, pool.Change{Key: sites, Seen: p.Number, Clear: true})
	if !cleared.GroupChanged || cleared.Pool.Group.ID != "" || r.versions(t).Same() {
		t.Errorf("%+v", cleared)
	}
	if v := r.bring(t, sites); v.Group.ID != "" || !r.versions(t).Same() {
		t.Errorf("%+v", v)
	}
	r.clean(t)
}

// R46: a scan that brings the pool into force while somebody saves another group costs no password that it uses from now on.
func TestAScanInTheMiddleOfASave(t *testing.T) {
	r := newRig(t, fixture("", ""))
	first := r.save(t, r.change(t, r.validated(t, sites, "Pool").ID, map[string]string{"pool02@contoso.com": marked}))
	r.work(t, first.Check)
	next := r.validated(t, sites, "O'Brien & Co")
	p, err := r.Pool(ctx, adele, sites) // as the Save has read it
	must(t, err)
	r.bring(t, sites)
	was := p.Number
	p.Number, p.Group, p.Reading = was+1, next.Group, next.ID
	must(t, pools.New(r.db).Save(ctx, p, was, nil, nil, nil))
	if n := string(column(t, r, "SELECT count(*) || '' FROM pool_credentials WHERE password IS NOT NULL")); n != "1" {
		t.Errorf("%s passwords of the version in force", n)
	}
}

// A pool that is cleared forgets the new passwords that wait too.
func TestClearForgetsWhatWaits(t *testing.T) {
	r := newRig(t, fixture("", ""))
	reading := r.validated(t, sites, "Pool")
	saved := r.save(t, r.change(t, reading.ID, map[string]string{"pool01@contoso.com": marked}))
	r.save(t, pool.Change{Key: sites, Seen: 1, Clear: true})
	if c := r.work(t, saved.Check); c.Counts[run.Skipped] != 1 || len(r.tried()) != 0 {
		t.Errorf("%+v", c)
	}
	for _, table := range []string{"pool_credentials", "run_items WHERE sealed IS NOT NULL"} {
		if n := string(column(t, r, "SELECT count(*) || '' FROM "+table)); n != "0" {
			t.Errorf("%s rows in %s", n, table)
		}
	}
	if got := r.standings(t, reading.ID)["pool01@contoso.com"]; got != pool.NoPassword {
		t.Errorf("%s", got)
	}
}

// Drift: who joined, left or was disabled since is told, and nothing changes before somebody saves it.
func TestDrift(t *testing.T) {
	r := newRig(t, fixture("", ""))
	if _, err := r.Drift(ctx, adele, here, sites); problem.KindOf(err) != problem.Invalid {
		t.Errorf("without a group: %v", err)
	}
	saved := r.save(t, r.change(t, r.validated(t, sites, "Pool").ID, nil)).Pool
	must(t, r.sim.PatchGroup("pool@contoso.com", []byte(`{"members": ["pool01@contoso.com", "off@contoso.com", "mfa@contoso.com", "ca@contoso.com", "fault@contoso.com", "svc-reader@contoso.com"]}`)))
	must(t, r.sim.PatchUser("pool01@contoso.com", []byte(`{"accountEnabled": false}`)))
	must(t, r.sim.PatchUser("off@contoso.com", []byte(`{"accountEnabled": true}`)))
	drift, err := r.Drift(ctx, adele, here, sites)
	must(t, err)
	r.whole(t, drift.ID)
	d, err := r.Compare(ctx, adele, saved.Reading, drift.ID)
	must(t, err)
	names := func(list []pool.Member) string {
		var text []string
		for _, m := range list {
			text = append(text, m.Name)
		}
		return strings.Join(text, ",")
	}
	if got := fmt.Sprint(names(d.Joined), " ", names(d.Left), " ", names(d.Disabled), " ", names(d.Enabled)); got != "Reader Pool 02 Pool 01 Off" || d.None() {
		t.Errorf("drift: %s", got)
	}
	if p, err := r.Pool(ctx, adele, sites); err != nil || p.Reading != saved.Reading || p.Number != 1 {
		t.Errorf("%+v %v", p, err)
	}
	again := r.save(t, r.change(t, drift.ID, nil))
	if again.GroupChanged {
		t.Error("the group is the same")
	}
	if same, err := r.Compare(ctx, adele, drift.ID, drift.ID); err != nil || !same.None() {
		t.Errorf("%+v %v", same, err)
	}
	if _, err := r.Compare(ctx, adele, drift.ID, "gone"); problem.KindOf(err) != problem.NotFound {
		t.Errorf("%v", err)
	}
}

// R45: the guide's figures, by the thousand that has started.
func TestNeed(t *testing.T) {
	for objects, want := range map[int][2]int{0: {0, 0}, -1: {0, 0}, 1: {7, 3}, 1000: {7, 3}, 1001: {14, 3}, 1500: {14, 3}, 2000: {14, 3}, 2001: {21, 6}, 2500: {21, 6}, 10000: {70, 15}} {
		if got := pool.NeedFor(objects); got.First != want[0] || got.Later != want[1] {
			t.Errorf("%d objects: %+v, want %v", objects, got, want)
		}
	}
	counts := pool.Counts{Members: 20, Standings: map[pool.Standing]int{pool.Ready: 10, pool.Unchecked: 3, pool.Checking: 2, pool.Refused: 5}}
	p := pool.Pool{Objects: 1500}
	if s := pool.SizeOf(p, counts); s.Needed() != 14 || s.Enough() || s.InOrder() != 13 || s.Trouble() != 5 {
		t.Errorf("the first time: %+v", s)
	}
	p.InForce.Number = 1
	if s := pool.SizeOf(p, counts); s.Needed() != 3 || !s.Enough() {
		t.Errorf("later: %+v", s)
	}
	if s := pool.SizeOf(pool.Pool{}, counts); s.Needed() != 0 || s.Objects != 0 {
		t.Errorf("not known: %+v", s)
	}
}

// R40, R45: the tables are the guide's.
func TestTables(t *testing.T) {
	rows := pool.Requirements()
	if len(rows) != 11 || rows[9].Role != "No*" || rows[8].Password || rows[10].Pool || rows[5].Licence == "" {
		t.Errorf("%+v", rows)
	}
	if h := pool.Sites.Holdings(); len(h) != 3 || h[1].Service != "Fly" {
		t.Errorf("%+v", h)
	}
	if got := pool.Services(); len(got) != 9 {
		t.Errorf("%d services", len(got))
	}
	for _, class := range pool.Classes {
		if !class.Known() || class.Title() == "" || len(class.Products()) == 0 || len(class.Holdings()) == 0 {
			t.Errorf("%s", class)
		}
	}
}
