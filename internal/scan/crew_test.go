package scan_test

import (
	"testing"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/pool"
	"purser.example/internal/run"
	"purser.example/internal/scan"
	"purser.example/internal/secret"
	"purser.example/internal/verdict"
	"purser.example/internal/whose"
)

// crewed brings a pool of sites into force whose members have passwords that Microsoft accepted.
func (r *rig) crewed(usernames ...string) {
	r.t.Helper()
	by, e := account.StampOf(adele, r.clock.Now()), audit.By(adele, here, "pool changed", audit.Target{Kind: "account pool"})
	reading := pool.Reading{ID: "crewed", Key: sites, Group: pool.Group{ID: group, Name: "Pool", Kind: pool.Security}, State: pool.ReadingRuns, Begun: by.At}
	must(r.t, r.kept.BeginReading(ctx, reading, e))
	<-r.queue.jobs
	check := run.Run{ID: "crewed", Kind: pool.CheckRun, Scope: sites.Scope(), Holding: true, State: run.Queued, Begun: by.At, Total: len(usernames)}
	var objects []pool.Object
	var touched []pool.Touch
	var items []run.Held
	for i, username := range usernames {
		objects = append(objects, pool.Object{ID: username, Name: username, Username: username, Enabled: true})
		touched = append(touched, pool.Touch{User: pool.UserID(username), Check: true, By: by})
		items = append(items, run.Held{Item: run.Item{No: i + 1, Subject: username, Name: username, Username: username, Tenant: contoso, Outcome: run.Waiting}, Sealed: []byte("sealed")})
	}
	must(r.t, r.kept.AddObjects(ctx, reading, objects, false))
	must(r.t, r.kept.EndReading(ctx, reading.ID, pool.ReadingDone, "", e))
	p := pool.Pool{Key: sites, Version: pool.Version{Number: 1, Group: reading.Group, Reading: reading.ID, By: by}}
	must(r.t, r.kept.Save(ctx, p, 0, touched, &check, items, e))
	<-r.queue.jobs
	for _, i := range items {
		record := secret.Record{Table: "pool_credential", ID: sites.Scope() + "/" + i.Subject, Field: "password", Facts: secret.FactsOf(i.Username)}
		sealed, err := r.ring.Seal(secret.FromString(marked), record)
		must(r.t, err)
		i.Outcome, i.Verdict = run.Confirmed, &verdict.Verdict{Status: verdict.Valid, At: by.At}
		must(r.t, r.kept.Concluded(ctx, check, i.Item, sealed, by, nil, func(bool) audit.Entry { return e }))
	}
	must(r.t, r.kept.BringIntoForce(ctx, p, by, e))
}

// R55: where there are many sites, members of the pool in force take turns with the scan's own account, and each signs in once.
func TestMembersTakeTurnsR55(t *testing.T) {
	const own, one, two, bad = "scanner@contoso.com", "pool01@contoso.com", "pool02@contoso.com", "bad@contoso.com"
	r := newRig(t)
	r.microsoft.page = 50
	r.microsoft.fill(160)
	r.microsoft.refused[bad] = true
	r.crewed(one, bad, two)
	p := r.byAccount(scan.Sites)
	before := r.microsoft.tried[own]
	s := r.scanned(p)
	if s.State != scan.Finished {
		t.Fatalf("%+v", s)
	}
	r.registered(160, claim)
	for username, times := range map[string]int{own: before + 1, one: 1, two: 1, bad: 1} {
		if got := r.microsoft.tried[username]; got != times {
			t.Errorf("%s signed in %d times", username, got)
		}
	}
	for _, username := range []string{own, one, two} {
		if n := r.microsoft.wrote[username]; n < 40 {
			t.Errorf("%s registered %d sites", username, n)
		}
	}
	// The password that was refused is not sent again.
	r.clock.Advance(2 * time.Hour)
	for id := range r.microsoft.admins {
		r.microsoft.admins[id] = r.microsoft.admins[id][:1]
	}
	r.pool(pool.Sites, "b0000000-0000-4000-8000-000000000002", pool.Security)
	if again := r.scanned(p); again.State != scan.Finished || r.microsoft.tried[bad] != 1 || r.microsoft.tried[one] != 2 {
		t.Errorf("%+v, %v", again, r.microsoft.tried)
	}
}

// R55: a member that Microsoft does not let in any more is done without.
func TestAMemberThatDropsOutR55(t *testing.T) {
	r := newRig(t)
	r.microsoft.page = 50
	r.microsoft.fill(120)
	r.crewed("pool01@contoso.com")
	r.microsoft.dropped = "pool01@contoso.com"
	if s := r.scanned(r.byAccount(scan.Sites)); s.State != scan.Finished {
		t.Errorf("%+v", s)
	}
	r.registered(120, claim)
}

// R54, R55: a member that lacks the role costs no site: the scan's own account is asked before a site is taken for one that refuses.
func TestAMemberWithoutTheRoleCostsNoSiteR54(t *testing.T) {
	r := newRig(t)
	r.microsoft.page = 50
	r.microsoft.fill(120)
	r.crewed("pool01@contoso.com")
	r.microsoft.roleless = "pool01@contoso.com"
	r.microsoft.refusing["site-0100"] = &scan.Unread{Code: "HTTP 403", Whose: whose.Account, Denied: true}
	s := r.scanned(r.byAccount(scan.Sites))
	if s.State != scan.Exception || s.Code != scan.SitesLeftOver {
		t.Errorf("%+v", s)
	}
	for site, i := range r.items(s.Grants) {
		if want := site == "Site site-0100"; (i.Outcome == run.Rejected) != want || (i.Outcome == run.Confirmed) == want {
			t.Errorf("%s: %+v", site, i)
		}
	}
}
