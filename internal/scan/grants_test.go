package scan_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"purser.example/internal/pool"
	"purser.example/internal/run"
	"purser.example/internal/scan"
	"purser.example/internal/whose"
)

// items gives the items of a registration by site.
func (r *rig) items(id run.ID) map[string]run.Item {
	r.t.Helper()
	list, err := r.ran.Items(ctx, run.ItemQuery{Run: id, Limit: 1000})
	must(r.t, err)
	of := map[string]run.Item{}
	for _, i := range list {
		of[i.Name] = i
	}
	return of
}

// R54: sites that cannot be registered are named with the reason, hold nothing else back, and are tried again.
func TestWhatIsNotRegisteredIsNamedR54(t *testing.T) {
	r := newRig(t)
	r.microsoft.fill(8)
	r.pool(pool.Sites, group, pool.Security)
	r.microsoft.refusing["site-0001"] = &scan.Unread{Code: "HTTP 403", Whose: whose.Account, Denied: true}
	r.microsoft.closed["site-0002"] = scan.SiteArchived
	r.microsoft.found[scan.Sites][2].Site.Locked = "NoAccess"
	r.microsoft.reading = func(_ context.Context, _ scan.Type, from scan.Cursor) error {
		if from == "6" { // it is listed, and then somebody deletes it
			r.microsoft.mu.Lock()
			defer r.microsoft.mu.Unlock()
			delete(r.microsoft.admins, "site-0004")
		}
		return nil
	}
	p := r.byAccount(scan.Sites)
	s := r.scanned(p)
	if s.State != scan.Exception || s.Code != scan.SitesLeftOver || r.inForce(pool.Sites) != 1 {
		t.Fatalf("%+v", s)
	}
	items := r.items(s.Grants)
	for site, want := range map[string]struct {
		outcome run.Outcome
		reason  string
		state   scan.GrantState
	}{
		"site-0001": {run.Rejected, string(scan.SiteRefused), scan.Refused},
		"site-0002": {run.Skipped, string(scan.SiteArchived), scan.Left},
		"site-0003": {run.Skipped, string(scan.SiteLocked), scan.Left},
		"site-0004": {run.Skipped, string(run.Gone), scan.NotGranted},
		"site-0005": {run.Confirmed, "", scan.Granted},
	} {
		if i := items["Site "+site]; i.Outcome != want.outcome || string(i.Reason) != want.reason {
			t.Errorf("%s: %+v", site, i)
		}
		if g := r.objects(scan.Sites, scan.Any)[site].Grant; g.State != want.state {
			t.Errorf("%s: %+v", site, g)
		}
	}
	// Again tries those that were refused, and nothing else.
	delete(r.microsoft.refusing, "site-0001")
	again, err := r.GrantsAgain(ctx, adele, here, s.Grants)
	must(t, err)
	must(t, r.work())
	if of, err := r.runs.Find(ctx, adele, r.Grants(), again.ID); err != nil || of.Total != 1 || of.Counts[run.Confirmed] != 1 {
		t.Errorf("%+v, %v", of, err)
	}
	if _, err := r.GrantsAgain(ctx, adele, here, again.ID); err == nil {
		t.Error("there was something left to register")
	}
}

// R54: two hundred administrators are kept to the letter.
func TestTwoHundredAdministratorsAreKeptR54(t *testing.T) {
	r := newRig(t)
	r.microsoft.fill(1)
	var all []string
	for i := range 199 {
		all = append(all, fmt.Sprintf("i:0#.f|membership|Admin%03d@Contoso.com", i))
	}
	r.microsoft.appoint("site-0001", all...)
	r.pool(pool.Sites, group, pool.Security)
	r.scanned(r.byAccount(scan.Sites))
	r.registered(1, append(all, claim)...)
}

// R54: whoever changes the administrators at the same time loses nobody by Purser, and is told of who is lost by somebody else.
func TestSomebodyElseChangesAdministratorsR54(t *testing.T) {
	const alex = "i:0#.f|membership|alex@contoso.com"
	t.Run("somebody is added right before our writing", func(t *testing.T) {
		r := newRig(t)
		r.microsoft.fill(6)
		r.pool(pool.Sites, group, pool.Security)
		r.microsoft.setting = func(site string) { r.microsoft.appoint(site, alex) }
		s := r.scanned(r.byAccount(scan.Sites))
		if s.State != scan.Finished || r.logged(scan.SiteGranted) != 6 {
			t.Errorf("%+v", s)
		}
		r.registered(6, alex, claim)
	})
	t.Run("the list is written without our group and another administrator, once", func(t *testing.T) {
		r := newRig(t)
		r.microsoft.fill(1)
		r.pool(pool.Sites, group, pool.Security)
		var once sync.Once
		r.microsoft.set = func(site string) {
			once.Do(func() { // another program that had read the list before, and takes somebody off it
				r.microsoft.mu.Lock()
				defer r.microsoft.mu.Unlock()
				r.microsoft.admins[site] = []string{alex}
			})
		}
		p := r.byAccount(scan.Sites)
		s := r.scanned(p)
		if i := r.items(s.Grants)["Site site-0001"]; i.Outcome != run.Rejected || string(i.Reason) != string(scan.AdminsChanged) {
			t.Errorf("%+v", i)
		}
		if got := r.microsoft.adminsOf("site-0001"); !slices.Equal(got, []string{alex, claim}) || r.logged(scan.SiteGranted) != 1 {
			t.Errorf("%v", got)
		}
		if s := r.scanned(p); s.State != scan.Finished || r.microsoft.writes != 2 {
			t.Errorf("%+v, %d writes", s, r.microsoft.writes)
		}
	})
	t.Run("the group is taken off again, once", func(t *testing.T) {
		r := newRig(t)
		r.microsoft.fill(1)
		r.pool(pool.Sites, group, pool.Security)
		var once sync.Once
		r.microsoft.set = func(site string) {
			once.Do(func() { // another program that had read the list before, and adds somebody to it
				r.microsoft.mu.Lock()
				defer r.microsoft.mu.Unlock()
				r.microsoft.admins[site] = []string{"i:0#.f|membership|adele@contoso.com", alex}
			})
		}
		s := r.scanned(r.byAccount(scan.Sites))
		if s.State != scan.Finished {
			t.Errorf("%+v", s)
		}
		r.registered(1, alex, claim)
	})
	t.Run("again and again", func(t *testing.T) {
		r := newRig(t)
		r.microsoft.fill(1)
		r.pool(pool.Sites, group, pool.Security)
		r.microsoft.set = func(site string) {
			r.microsoft.mu.Lock()
			defer r.microsoft.mu.Unlock()
			r.microsoft.admins[site] = []string{alex}
		}
		s := r.scanned(r.byAccount(scan.Sites))
		if i := r.items(s.Grants)["Site site-0001"]; i.Outcome != run.Rejected || string(i.Reason) != string(scan.AdminsChanged) {
			t.Errorf("%+v", i)
		}
	})
	t.Run("the site does not take the group", func(t *testing.T) {
		r := newRig(t)
		r.microsoft.fill(1)
		r.pool(pool.Sites, group, pool.Security)
		r.microsoft.set = func(site string) {
			r.microsoft.mu.Lock()
			defer r.microsoft.mu.Unlock()
			r.microsoft.admins[site] = slices.DeleteFunc(r.microsoft.admins[site], func(l string) bool { return l == claim })
		}
		s := r.scanned(r.byAccount(scan.Sites))
		if i := r.items(s.Grants)["Site site-0001"]; i.Outcome != run.Rejected || string(i.Reason) != string(scan.GroupNotTaken) {
			t.Errorf("%+v", i)
		}
		if n := r.logged(scan.SiteGranted); n != 1 { // R61: what was written is in the log, whatever became of it
			t.Errorf("%d entries", n)
		}
	})
}

// R54: two registrations at one site at once lose neither group.
func TestTwoGrantsAtOneSiteR54(t *testing.T) {
	const other = "b0000000-0000-4000-8000-000000000002"
	r := newRig(t)
	r.microsoft.fill(6)
	r.microsoft.found[scan.ProjectSites] = slices.Clone(r.microsoft.found[scan.Sites])
	r.pool(pool.Sites, group, pool.Security)
	r.pool(pool.Project, other, pool.Security)
	s := r.scanned(r.byAccount(scan.Sites, scan.ProjectSites))
	if s.State != scan.Finished || r.inForce(pool.Sites) != 1 || r.inForce(pool.Project) != 1 {
		t.Errorf("%+v", s)
	}
	for i := range 6 {
		got := r.microsoft.adminsOf(fmt.Sprintf("site-%04d", i+1))
		if len(got) != 3 || !slices.Contains(got, claim) || !slices.Contains(got, "c:0t.c|tenant|"+other) {
			t.Errorf("%v", got)
		}
	}
}

// R46: a pool that is saved with another group while its sites are registered is registered with that before it comes into force.
func TestAPoolThatIsSavedMeanwhileR46(t *testing.T) {
	const other = "b0000000-0000-4000-8000-000000000002"
	r := newRig(t)
	r.microsoft.fill(6)
	r.pool(pool.Sites, group, pool.Security)
	p := r.byAccount(scan.Sites)
	var once sync.Once
	r.microsoft.set = func(string) { once.Do(func() { r.poolWhile(other) }) }
	s := r.scanned(p)
	if s.State != scan.Finished || r.inForce(pool.Sites) != 2 {
		t.Errorf("%+v, %d in force", s, r.inForce(pool.Sites))
	}
	for i := range 6 {
		if got := r.microsoft.adminsOf(fmt.Sprintf("site-%04d", i+1)); !slices.Contains(got, "c:0t.c|tenant|"+other) {
			t.Errorf("%v", got)
		}
	}
}

// R46: a pool is registered with the group of another class's pool on its own sites, though that group was registered on others already.
func TestAPoolTakesTheGroupOfAnotherMeanwhileR46(t *testing.T) {
	r := newRig(t)
	r.microsoft.fill(2)
	r.microsoft.add(scan.ProjectSites, "project")
	r.microsoft.found[scan.ProjectSites][0].Site.ID = "project"
	r.microsoft.appoint("project", "i:0#.f|membership|adele@contoso.com")
	r.pool(pool.Sites, group, pool.Security)
	r.pool(pool.Project, "b0000000-0000-4000-8000-000000000002", pool.Security)
	p := r.byAccount(scan.Sites, scan.ProjectSites)
	var once sync.Once
	r.microsoft.set = func(site string) {
		if site == "project" {
			once.Do(func() { r.save(pool.Key{Tenant: contoso, Class: pool.Project}, group, pool.Security) })
		}
	}
	if s := r.scanned(p); s.State != scan.Finished || r.inForce(pool.Project) != 2 {
		t.Errorf("%+v, %d in force", s, r.inForce(pool.Project))
	}
	if got := r.microsoft.adminsOf("project"); !slices.Contains(got, claim) {
		t.Errorf("%v", got)
	}
}

// R51: where no program may add a term store administrator, a person does and ticks it off.
func TestTheTermStoreIsForAPersonR51(t *testing.T) {
	r := newRig(t)
	r.microsoft.fill(1)
	r.microsoft.unsupport = true
	p := r.byAccount(scan.Sites)
	for range 2 {
		if s := r.scanned(p); s.State != scan.Finished {
			t.Errorf("%+v", s)
		}
	}
	entry, err := r.TermStore(ctx, adele, contoso, "Scanner@contoso.com")
	must(t, err)
	if entry.State != scan.TermStoreOpen || entry.Code != string(scan.TermStoreByHand) {
		t.Errorf("%+v", entry)
	}
	must(t, r.ConfirmTermStore(ctx, adele, here, contoso, "scanner@contoso.com"))
	if entry, err = r.TermStore(ctx, adele, contoso, "scanner@contoso.com"); err != nil || entry.State != scan.TermStoreConfirmed || entry.By.By != "Adele Vance" {
		t.Errorf("%+v, %v", entry, err)
	}
	if err := r.ConfirmTermStore(ctx, adele, here, contoso, "scanner@contoso.com"); err == nil {
		t.Error("it was confirmed twice")
	}
	if n := r.logged(scan.TermStore); n != 1 {
		t.Errorf("%d entries", n)
	}
}

// R51, R54: where everybody who could register sites is lost in the middle, the rest is left for the next scan, and so is the pool.
func TestTheAccountIsLostWhileSitesAreRegisteredR54(t *testing.T) {
	for _, c := range []struct {
		name   string
		refuse error
		want   scan.Code
	}{
		{"turned off", &scan.Unread{Code: "AADSTS50057", Whose: whose.Account}, scan.AccountOff},
		{"its role taken away", &scan.Unread{Code: "HTTP 403", Whose: whose.Account, Denied: true}, scan.NoRole},
		{"consent taken away", &scan.Unread{Code: "AADSTS65001", Whose: whose.App, Denied: true, Permission: "AllSites.FullControl"}, scan.NoPermission},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			r.microsoft.page = 50
			r.microsoft.fill(40)
			r.pool(pool.Sites, group, pool.Security)
			p := r.byAccount(scan.Sites)
			var writes atomic.Int64
			r.microsoft.set = func(string) {
				if writes.Add(1) == 5 {
					r.microsoft.mu.Lock()
					defer r.microsoft.mu.Unlock()
					for _, of := range r.microsoft.found[scan.Sites] {
						r.microsoft.refusing[of.Key] = c.refuse
					}
				}
			}
			s := r.scanned(p)
			if s.State != scan.Exception || s.Code != scan.SitesLeftOver || r.inForce(pool.Sites) != 0 {
				t.Fatalf("%+v", s)
			}
			lost := 0
			for _, i := range r.items(s.Grants) {
				if i.Outcome == run.NotReached && string(i.Reason) == string(c.want) {
					lost++
				}
			}
			if lost < 10 {
				t.Errorf("%d sites were left: %v", lost, r.items(s.Grants))
			}
			r.microsoft.set = nil
			clear(r.microsoft.refusing)
			if s := r.scanned(p); s.State != scan.Finished || r.inForce(pool.Sites) != 1 {
				t.Errorf("%+v", s)
			}
			r.registered(40, claim)
		})
	}
}
