package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"purser.example/internal/appprofile"
	"purser.example/internal/pool"
	"purser.example/internal/run"
	"purser.example/internal/scan"
	"purser.example/internal/tenant"
)

// Scans holds a scan.Store to its promises.
func Scans(t *testing.T, open Open) {
	hold(t, open, []promise{
		{"a scan profile comes back as it was stored, and one that is not there is gone", scanProfileComesBack},
		{"a scan profile is created, edited and deleted with its entry, or not at all", scanProfileIsWhole},
		{"an edit needs the version that it began with, and leaves the tenant", scanProfileVersions},
		{"names are unique without regard to case, and an object type of a tenant has one profile (R52)", scanProfileTaken},
		{"of many who take a type at once, one does (R52)", typeTakenAtOnce},
		{"scan profiles are listed by name, with their last scans", scanProfilesListed},
		{"profiles are due when their time has come, the one that waits longest first", scanProfilesDue},
		{"a scan begins with its sections, its job, its entry and the next time, or not at all", scanBegins},
		{"of two scans of a profile that begin at once, one does, and the other is busy", scansAtOnce},
		{"a scan that is skipped is stored without a job, beside the one that goes on", scanIsSkipped},
		{"scans are listed newest first, of a profile, of a tenant, and those that go on apart", scansListed},
		{"a scan makes progress until it is over, and one that is to stop stays stopping", scanProgress},
		{"a scan is asked to stop with its entry or not at all, once, and only while it goes on", scanStops},
		{"a scan ends with its entries, its open sections and the pool's coming into force, or not at all, and once", scanEnds},
		{"deleting takes scans and their registrations along, and leaves the objects", scanProfileDeleted},
		{"a tenant stays connected while a scan profile or an object of it is kept", tenantOfScans},
		{"scans go that are over, old and not among the newest, with what belongs to them", scansGo},
		{"a page is stored with where the next begins, each object once, new where it was never seen", pagesCount},
		{"what is read again counts anew, and is not gone", readAgain},
		{"what a scan that read to the end has not seen is gone, and what comes back is not new", objectsGone},
		{"a type that was not read to its end leaves the others there", nothingGone},
		{"warnings come in their order, as many as are kept, and all are counted", warningsKept},
		{"sections that are over, and scans that are gone, take no pages", sectionsOver},
		{"objects come back as they were found, and follow what they are called", objectsComeBack},
		{"objects are searched by name and address, without regard to case and accents, since the next Index (R53)", objectsSearched},
		{"sites to be granted are those that are there and not confirmed for the group", sitesToGrant},
		{"the outcome of a registration is stored with the grant and the entry, or not at all", concludedGrant},
		{"counts by type are those of the objects that are there, and say when they were read (R45)", countsOfObjects},
		{"who is term store administrator is stored with its entry or not at all (R51)", termStore},
		{"of how many groups accounts are owner and member is stored once for a scan, whole, and what it could not tell leaves what was known (R42)", plannerKept},
		{"pages of many types that come at once are all counted", pagesAtOnce},
		{"an entry may stand alone", func(r *rig) {
			r.must(r.Scans.Note(ctx, r.entry("noted")))
			r.same("entries", r.logged("noted"), 1)
		}},
	})
}

// ScanViews holds what a scan.Store lists of objects to its promises, by whatever way the engine reads them.
func ScanViews(t *testing.T, open Open) {
	hold(t, open, []promise{
		{"objects come in every order, there and back, narrowed by tenant, type, presence and grant (R53)", objectsInOrder},
		{"marking gone that is cut off between two steps is finished by the next", goneInSteps},
	})
}

// scanProfile is a scan profile as a service makes it.
func (r *rig) scanProfile(id scan.ProfileID, t tenant.ID, types ...scan.Type) scan.Profile {
	return scan.Profile{
		ID: id, Name: "Profile " + string(id), Description: "Every night", Tenant: t, Types: types, Method: scan.ByAccount, Account: "p1",
		Schedule: scan.Schedule{Daily: true, Minute: 150, Zone: "Europe/Berlin"}, Next: monday.Add(time.Hour), Version: 1, Created: stamp(0), Modified: stamp(time.Minute),
	}
}

func (r *rig) createScanProfile(id scan.ProfileID, t tenant.ID, types ...scan.Type) scan.Profile {
	r.Helper()
	p := r.scanProfile(id, t, types...)
	r.must(r.Scans.Create(ctx, p, r.entry(done)))
	return p
}

// keptProfile gives all that is stored of a scan profile.
func (r *rig) keptProfile(id scan.ProfileID) func() any {
	return func() any {
		p, err := r.Scans.Profile(ctx, id)
		if errors.Is(err, scan.ErrGone) {
			return "gone"
		}
		r.must(err)
		scans, err := r.Scans.Scans(ctx, scan.ScanQuery{Profile: id, Limit: 100})
		r.must(err)
		return []any{p, scans}
	}
}

// newScan is a scan of a profile that waits.
func (r *rig) newScan(id scan.ID, p scan.Profile) scan.Scan {
	by := r.entry(done)
	s := scan.Scan{
		ID: id, Profile: p.ID, Name: p.Name, Tenant: p.Tenant, Method: p.Method, Attended: true, Actor: by.Actor, Origin: by.Origin, State: scan.Waiting, Begun: r.now(),
	}
	for _, t := range p.Types {
		s.Sections = append(s.Sections, scan.Section{Type: t, State: scan.SectionWaiting})
	}
	return s
}

func (r *rig) beginScan(id scan.ID, p scan.Profile) scan.Scan {
	r.Helper()
	s := r.newScan(id, p)
	r.must(r.Scans.Begin(ctx, s, p.Next, r.entry(done)))
	return s
}

func (r *rig) scan(id scan.ID) scan.Scan {
	r.Helper()
	s, err := r.Scans.Scan(ctx, id)
	r.must(err)
	return s
}

func (r *rig) section(id scan.ID, t scan.Type) scan.Section {
	r.Helper()
	of := r.scan(id)
	i := slices.IndexFunc(of.Sections, func(s scan.Section) bool { return s.Type == t })
	return of.Sections[i]
}

// endScan ends a scan that found everything.
func (r *rig) endScan(id scan.ID) {
	r.Helper()
	s := r.scan(id)
	s.State, s.Ended = scan.Finished, r.now()
	r.must(r.Scans.End(ctx, s, nil, r.entry(done)))
}

// foundOnes makes objects of a type.
func foundOnes(prefix string, from, to int) (list []scan.Found) {
	for i := from; i <= to; i++ {
		key := named(prefix, i)
		list = append(list, scan.Found{Key: key, Name: "The " + key, Address: "https://contoso.sharepoint.com/sites/" + key, Site: scan.Site{ID: key}})
	}
	return list
}

func (r *rig) addPage(id scan.ID, t scan.Type, next scan.Cursor, objects ...scan.Found) scan.Section {
	r.Helper()
	s, err := r.Scans.AddPage(ctx, id, t, scan.Page{Objects: objects, Next: next}, r.now())
	r.must(err)
	return s
}

// readType reads a type to its end.
func (r *rig) readType(id scan.ID, t scan.Type, objects ...scan.Found) {
	r.Helper()
	r.must(r.Scans.BeginSection(ctx, id, t, r.now()))
	r.addPage(id, t, "", objects...)
	r.must(r.Scans.EndSection(ctx, id, scan.Section{Type: t, State: scan.SectionRead, Ended: r.now()}))
}

// objects gives all objects of a view, page by page.
func (r *rig) objects(q scan.ObjectQuery) (all []scan.Object) {
	r.Helper()
	for q.Limit = 7; ; {
		page, err := r.Scans.Objects(ctx, q)
		r.must(err)
		all = append(all, page.Rows...)
		if q.After = page.Next; q.After == "" {
			return all
		}
	}
}

func keysOf(list []scan.Object) (keys []string) {
	for _, o := range list {
		keys = append(keys, o.Key)
	}
	return keys
}

// tallied fails where the kept counters are not what the objects say.
func (r *rig) tallied() {
	r.Helper()
	for _, t := range []tenant.ID{contoso.ID, fabrikam.ID} {
		counts, err := r.Scans.Counts(ctx, t)
		r.must(err)
		for _, c := range counts {
			r.same("how many there are of "+string(c.Type), c.N, len(r.objects(scan.ObjectQuery{Tenant: t, Type: c.Type})))
		}
		for _, state := range []scan.Presence{scan.Present, scan.Away, scan.Any} {
			page, err := r.Scans.Objects(ctx, scan.ObjectQuery{Tenant: t, State: state, Limit: 1})
			r.must(err)
			r.same("the total, "+string(state), page.Total, len(r.objects(scan.ObjectQuery{Tenant: t, State: state})))
		}
	}
}

func scanProfileComesBack(r *rig) {
	p := r.createScanProfile("s1", contoso.ID, scan.Sites, scan.Teams)
	got, err := r.Scans.Profile(ctx, "s1")
	r.must(err)
	r.same("the profile", got, p)
	hand := r.scanProfile("s2", contoso.ID, scan.Users)
	hand.Method, hand.Account, hand.Schedule, hand.Next = scan.ByApp, "", scan.Schedule{}, time.Time{}
	r.must(r.Scans.Create(ctx, hand, r.entry(done)))
	if got, err = r.Scans.Profile(ctx, "s2"); err != nil {
		r.Fatal(err)
	}
	r.same("one by hand", got, hand)
	if _, err := r.Scans.Profile(ctx, "s3"); !errors.Is(err, scan.ErrGone) {
		r.Errorf("not there: %v", err)
	}
}

func scanProfileIsWhole(r *rig) {
	p := r.scanProfile("s1", contoso.ID, scan.Sites)
	r.allOrNothing("created", r.keptProfile("s1"), func() error { return r.Scans.Create(ctx, p, r.entry("created")) })
	p.Name, p.Types, p.Version = "Another", []scan.Type{scan.OneDrive, scan.Users}, 2
	r.allOrNothing("edited", r.keptProfile("s1"), func() error { return r.Scans.Update(ctx, p, 1, r.entry("edited")) })
	r.createScanProfile("s2", contoso.ID, scan.Sites) // which is free now
	r.allOrNothing("deleted", r.keptProfile("s1"), func() error { return r.Scans.Delete(ctx, []scan.Profile{p}, r.entry("deleted")) })
	r.createScanProfile("s3", contoso.ID, scan.OneDrive)
}

func scanProfileVersions(r *rig) {
	p := r.createScanProfile("s1", contoso.ID, scan.Sites)
	q := p
	q.Tenant, q.Version, q.Name, q.Next = fabrikam.ID, 2, "Edited", monday.Add(2*time.Hour)
	r.must(r.Scans.Update(ctx, q, 1, r.entry(done)))
	q.Tenant = contoso.ID
	got, err := r.Scans.Profile(ctx, "s1")
	r.must(err)
	r.same("the edited profile", got, q)
	p.Version, p.Name = 2, "Late"
	if err := r.Scans.Update(ctx, p, 1, r.entry("late")); !errors.Is(err, scan.ErrChanged) {
		r.Errorf("an edit of a former version: %v", err)
	}
	p.ID = "nobody's"
	if err := r.Scans.Update(ctx, p, 1, r.entry("late")); !errors.Is(err, scan.ErrGone) {
		r.Errorf("an edit of one that is not there: %v", err)
	}
	p.ID, p.Version = "s1", 1
	if err := r.Scans.Delete(ctx, []scan.Profile{p}, r.entry("late")); !errors.Is(err, scan.ErrChanged) {
		r.Errorf("deleting a former version: %v", err)
	}
	p.ID = "nobody's"
	if err := r.Scans.Delete(ctx, []scan.Profile{q, p}, r.entry("late")); !errors.Is(err, scan.ErrGone) {
		r.Errorf("deleting one that is not there: %v", err)
	}
	got, err = r.Scans.Profile(ctx, "s1")
	r.must(err)
	r.same("what is stored", []any{got, r.logged("late")}, []any{q, 0})
	if err := r.Scans.Schedule(ctx, p, monday); !errors.Is(err, scan.ErrGone) {
		r.Errorf("a time for one that is not there: %v", err)
	}
	p.ID = "s1"
	if err := r.Scans.Schedule(ctx, p, monday); !errors.Is(err, scan.ErrChanged) {
		r.Errorf("a time for a former version: %v", err)
	}
	r.must(r.Scans.Schedule(ctx, q, monday.Add(3*time.Hour)))
	got, err = r.Scans.Profile(ctx, "s1")
	r.must(err)
	q.Next = monday.Add(3 * time.Hour)
	r.same("with another time", got, q)
}

func scanProfileTaken(r *rig) {
	p := r.createScanProfile("s1", contoso.ID, scan.Sites, scan.Teams)
	same := r.scanProfile("s2", contoso.ID, scan.Users)
	same.Name = "PROFILE S1"
	if err := r.Scans.Create(ctx, same, r.entry("late")); !errors.Is(err, scan.ErrNameTaken) {
		r.Errorf("the same name: %v", err)
	}
	takes := func(err error) {
		r.Helper()
		taken, ok := errors.AsType[*scan.TypeTaken](err)
		if !ok {
			r.Fatalf("the same type: %v", err)
		}
		r.same("who has the type", []any{taken.Type, taken.By}, []any{scan.Sites, p})
	}
	takes(r.Scans.Create(ctx, r.scanProfile("s2", contoso.ID, scan.Users, scan.Teams, scan.Sites), r.entry("late")))
	r.createScanProfile("s3", fabrikam.ID, scan.Sites, scan.Teams)
	other := r.createScanProfile("s4", contoso.ID, scan.Users)
	other.Version, other.Types = 2, []scan.Type{scan.Users, scan.Sites}
	takes(r.Scans.Update(ctx, other, 1, r.entry("late")))
	other.Types, other.Name = []scan.Type{scan.Users}, p.Name
	if err := r.Scans.Update(ctx, other, 1, r.entry("late")); !errors.Is(err, scan.ErrNameTaken) {
		r.Errorf("an edit to the same name: %v", err)
	}
	r.same("entries", r.logged("late"), 0)
}

func typeTakenAtOnce(r *rig) {
	won, lost := atOnce(8, func(i int) error {
		return r.Scans.Create(ctx, r.scanProfile(scan.ProfileID(named("s", i)), contoso.ID, scan.Types[i%7], scan.PublicFolders), r.entry("created"))
	})
	for _, err := range lost {
		if _, taken := errors.AsType[*scan.TypeTaken](err); !taken {
			r.Errorf("one that lost: %v", err)
		}
	}
	listed, err := r.Scans.Profiles(ctx, "")
	r.must(err)
	r.same("won, entries, profiles", []int{won, r.logged("created"), len(listed)}, []int{1, 1, 1})
}

func scanProfilesListed(r *rig) {
	for i, name := range []string{"Zulu", "élan", "alpha"} {
		p := r.scanProfile(scan.ProfileID(named("s", i)), []tenant.ID{contoso.ID, contoso.ID, fabrikam.ID}[i], scan.Types[i])
		p.Name = name
		r.must(r.Scans.Create(ctx, p, r.entry(done)))
		for n := range i {
			r.beginScan(scan.ID(named(name, n)), p)
			r.must(r.Scans.BeginSection(ctx, scan.ID(named(name, n)), scan.Types[i], monday))
			r.addPage(scan.ID(named(name, n)), scan.Types[i], "next", foundOnes("a", 1, 2)...)
			r.endScan(scan.ID(named(name, n)))
		}
	}
	list := func(t tenant.ID) (found []string) {
		all, err := r.Scans.Profiles(ctx, t)
		r.must(err)
		for _, l := range all {
			last := ""
			if l.Last != nil {
				last = " " + string(l.Last.ID)
				r.same("its sections", []any{len(l.Last.Sections), l.Last.Sections[0].Found, l.Last.Sections[0].From}, []any{1, 2, scan.Cursor("")})
			}
			found = append(found, l.Name+last)
		}
		return found
	}
	r.same("all", list(""), []string{"alpha alpha-0001", "élan élan-0000", "Zulu"})
	r.same("of a tenant", list(contoso.ID), []string{"élan élan-0000", "Zulu"})
	r.same("of one without", list("nobody's"), []string(nil))
}

func scanProfilesDue(r *rig) {
	for i, next := range []time.Duration{3 * time.Hour, time.Hour, 2 * time.Hour, 5 * time.Hour} {
		p := r.scanProfile(scan.ProfileID(named("s", i)), contoso.ID, scan.Types[i])
		p.Next = monday.Add(next)
		r.must(r.Scans.Create(ctx, p, r.entry(done)))
	}
	never := r.scanProfile("s-never", fabrikam.ID, scan.Sites)
	never.Next = time.Time{}
	r.must(r.Scans.Create(ctx, never, r.entry(done)))
	for _, c := range []struct {
		at    time.Duration
		limit int
		want  []scan.ProfileID
	}{{0, 9, nil}, {time.Hour, 9, []scan.ProfileID{"s-0001"}}, {4 * time.Hour, 9, []scan.ProfileID{"s-0001", "s-0002", "s-0000"}}, {4 * time.Hour, 2, []scan.ProfileID{"s-0001", "s-0002"}}} {
		due, err := r.Scans.Due(ctx, monday.Add(c.at), c.limit)
		r.must(err)
		var ids []scan.ProfileID
		for _, p := range due {
			ids = append(ids, p.ID)
		}
		r.same("due", ids, c.want)
	}
}

func scanBegins(r *rig) {
	p := r.createScanProfile("s1", contoso.ID, scan.Sites, scan.Users)
	s := r.newScan("c1", p)
	begin := func() error { return r.Scans.Begin(ctx, s, monday.Add(24*time.Hour), r.entry("begun")) }
	r.nothing("nobody takes the work", r.RefuseJobs, r.keptProfile("s1"), begin)
	r.allOrNothing("begun", r.keptProfile("s1"), begin)
	r.same("the scan", r.scan("c1"), s)
	r.same("jobs", r.jobs(), []Job{{scan.ObjectScan, "c1"}})
	p.Next = monday.Add(24 * time.Hour)
	now, err := r.Scans.Profile(ctx, "s1")
	r.must(err)
	r.same("the profile", now, p)
	s.ID, s.Profile = "c2", "nobody's"
	if err := begin(); !errors.Is(err, scan.ErrGone) {
		r.Errorf("of a profile that is not there: %v", err)
	}
	if _, err := r.Scans.Scan(ctx, "c2"); !errors.Is(err, scan.ErrGone) {
		r.Errorf("a scan that is not there: %v", err)
	}
}

func scansAtOnce(r *rig) {
	p := r.createScanProfile("s1", contoso.ID, scan.Sites)
	other := r.createScanProfile("s2", fabrikam.ID, scan.Sites)
	won, lost := atOnce(8, func(i int) error {
		return r.Scans.Begin(ctx, r.newScan(scan.ID(named("c", i)), p), p.Next, r.entry("begun"))
	})
	r.oneWon(won, lost, scan.ErrBusy)
	active, err := r.Scans.Active(ctx, "")
	r.must(err)
	r.same("scans, entries, jobs", []int{len(active), r.logged("begun"), len(r.jobs())}, []int{1, 1, 1})
	r.beginScan("d1", other)
	r.must(r.Scans.Stop(ctx, active[0].ID, r.entry(done)))
	late := r.newScan("e1", p)
	if err := r.Scans.Begin(ctx, late, p.Next, r.entry("begun")); !errors.Is(err, scan.ErrBusy) {
		r.Errorf("while the former one is stopping: %v", err)
	}
	r.endScan(active[0].ID)
	r.must(r.Scans.Begin(ctx, late, p.Next, r.entry(done)))
}

func scanIsSkipped(r *rig) {
	p := r.createScanProfile("s1", contoso.ID, scan.Sites)
	r.beginScan("c1", p)
	s := r.newScan("c2", p)
	s.State, s.Code, s.Detail, s.Ended, s.Attended = scan.Skipped, "cs0001", "c1", monday, false
	s.Sections = nil
	r.allOrNothing("skipped", r.keptProfile("s1"), func() error { return r.Scans.Skip(ctx, s, monday.Add(48*time.Hour), r.entry("skipped")) })
	now, err := r.Scans.Profile(ctx, "s1")
	r.must(err)
	r.same("the scan, jobs, the next time", []any{r.scan("c2"), len(r.jobs()), now.Next}, []any{s, 1, monday.Add(48 * time.Hour)})
}

func scansListed(r *rig) {
	a, b, c := r.createScanProfile("s1", contoso.ID, scan.Sites), r.createScanProfile("s2", contoso.ID, scan.Users), r.createScanProfile("s3", fabrikam.ID, scan.Users)
	for i := range 8 {
		id := scan.ID(named("c", i))
		r.beginScan(id, []scan.Profile{a, b, c}[i%3])
		if i < 5 {
			r.endScan(id)
		}
	}
	list := func(q scan.ScanQuery) (ids []scan.ID) {
		scans, err := r.Scans.Scans(ctx, q)
		r.must(err)
		for _, s := range scans {
			ids = append(ids, s.ID)
			r.same("its sections", len(s.Sections), 1)
		}
		return ids
	}
	r.same("all", list(scan.ScanQuery{Limit: 3}), []scan.ID{"c-0007", "c-0006", "c-0005"})
	r.same("before one", list(scan.ScanQuery{Before: "c-0005", Limit: 3}), []scan.ID{"c-0004", "c-0003", "c-0002"})
	r.same("of a profile", list(scan.ScanQuery{Profile: "s1", Limit: 9}), []scan.ID{"c-0006", "c-0003", "c-0000"})
	r.same("of a profile, before one", list(scan.ScanQuery{Profile: "s1", Before: "c-0006", Limit: 1}), []scan.ID{"c-0003"})
	r.same("of a tenant", list(scan.ScanQuery{Tenant: fabrikam.ID, Limit: 9}), []scan.ID{"c-0005", "c-0002"})
	r.same("of a profile of another tenant", list(scan.ScanQuery{Profile: "s1", Tenant: fabrikam.ID, Limit: 9}), []scan.ID(nil))
	for t, want := range map[tenant.ID]int{"": 3, contoso.ID: 2, fabrikam.ID: 1, "nobody's": 0} {
		active, err := r.Scans.Active(ctx, t)
		r.must(err)
		r.same("going on", len(active), want)
	}
}

func scanProgress(r *rig) {
	p := r.createScanProfile("s1", contoso.ID, scan.Sites)
	s := r.beginScan("c1", p)
	s.State, s.By, s.Grants = scan.Running, "svc@contoso.com", "r1"
	kept, err := r.Scans.Progress(ctx, s)
	r.must(err)
	r.same("the scan", []any{kept, r.scan("c1")}, []any{scan.Running, s})
	r.must(r.Scans.Stop(ctx, "c1", r.entry(done)))
	s.State, s.Grants = scan.Registering, "r2"
	kept, err = r.Scans.Progress(ctx, s)
	r.must(err)
	s.State = scan.Stopping
	r.same("while it stops", []any{kept, r.scan("c1")}, []any{scan.Stopping, s})
	r.endScan("c1")
	before := r.scan("c1")
	s.State, s.By = scan.Running, "late"
	kept, err = r.Scans.Progress(ctx, s)
	r.must(err)
	r.same("when it is over", []any{kept, r.scan("c1")}, []any{scan.Finished, before})
	s.ID = "nobody's"
	if _, err := r.Scans.Progress(ctx, s); !errors.Is(err, scan.ErrGone) {
		r.Errorf("of one that is not there: %v", err)
	}
}

func scanStops(r *rig) {
	p := r.createScanProfile("s1", contoso.ID, scan.Sites)
	s := r.beginScan("c1", p)
	for _, state := range []scan.State{scan.Waiting, scan.Running, scan.Registering} {
		id := scan.ID("c1 " + state)
		if state == scan.Waiting {
			id = "c1"
		} else {
			s = r.beginScan(id, p)
			s.State = state
			_, err := r.Scans.Progress(ctx, s)
			r.must(err)
		}
		r.allOrNothing("stopped", func() any { return r.scan(id) }, func() error { return r.Scans.Stop(ctx, id, r.entry("stopped")) })
		r.same("the state", r.scan(id).State, scan.Stopping)
		entries := r.logged("stopped")
		if err := r.Scans.Stop(ctx, id, r.entry("stopped")); !errors.Is(err, scan.ErrChanged) {
			r.Errorf("again: %v", err)
		}
		r.endScan(id)
		if err := r.Scans.Stop(ctx, id, r.entry("stopped")); !errors.Is(err, scan.ErrChanged) || r.logged("stopped") != entries {
			r.Errorf("when it is over: %v", err)
		}
	}
	if err := r.Scans.Stop(ctx, "nobody's", r.entry("stopped")); !errors.Is(err, scan.ErrGone) {
		r.Errorf("one that is not there: %v", err)
	}
}

func scanEnds(r *rig) {
	r.read("p1", sites, users("a", 2)...)
	saved := r.save(sites, "p1")
	p := r.createScanProfile("s1", contoso.ID, scan.Sites, scan.OneDrive, scan.Users)
	s := r.beginScan("c1", p)
	r.readType("c1", scan.Sites, foundOnes("a", 1, 3)...)
	r.must(r.Scans.BeginSection(ctx, "c1", scan.OneDrive, monday))
	s.State, s.Code, s.Detail, s.Ended = scan.Exception, "cs0002", "HTTP 403", monday.Add(time.Hour)
	force := []scan.Force{{Pool: saved, By: stamp(time.Hour), Entry: r.entry("forced")}}
	state := func() any { return []any{r.scan("c1"), r.pool(sites)} }

	second := r.save(sites, "p1")
	before := state()
	if err := r.Scans.End(ctx, s, force, r.entry("ended")); !errors.Is(err, pool.ErrChanged) {
		r.Errorf("where another version is saved: %v", err)
	}
	r.same("what is stored", []any{state(), r.logged("ended"), r.logged("forced")}, []any{before, 0, 0})

	force[0].Pool = second
	end := func() error { return r.Scans.End(ctx, s, force, r.entry("ended")) }
	r.nothing("the pool's entry is refused", func() func() { return r.RefuseEntry("forced") }, state, end)
	r.allOrNothing("ended", state, end)
	r.same("the pool in force, entries", []any{r.pool(sites).InForce.Number, r.logged("forced")}, []any{second.Number, 1})
	now := r.scan("c1")
	var states []scan.SectionState
	for _, section := range now.Sections {
		states = append(states, section.State)
	}
	r.same("the scan", []any{now.State, now.Code, now.Detail, now.Ended, states},
		[]any{scan.Exception, s.Code, s.Detail, s.Ended, []scan.SectionState{scan.SectionRead, scan.SectionStopped, scan.SectionStopped}})
	before = state()
	if err := end(); !errors.Is(err, scan.ErrChanged) {
		r.Errorf("again: %v", err)
	}
	s.ID = "nobody's"
	if err := end(); !errors.Is(err, scan.ErrGone) {
		r.Errorf("one that is not there: %v", err)
	}
	r.same("what is stored then", []any{state(), r.logged("ended")}, []any{before, 1})
}

// registering is a run that registers the sites of a scan.
func (r *rig) registering(id run.ID, of scan.ID, objects ...scan.Object) run.Run {
	r.Helper()
	var list []run.Item
	for _, o := range objects {
		list = append(list, run.Item{Subject: fmt.Sprint(o.ID), Name: o.Name, Tenant: o.Tenant})
	}
	return r.begin(run.Run{ID: id, Kind: scan.GrantRun, Scope: string(of)}, list...)
}

func scanProfileDeleted(r *rig) {
	p, q := r.createScanProfile("s1", contoso.ID, scan.Sites), r.createScanProfile("s2", contoso.ID, scan.Users)
	r.beginScan("c1", p)
	r.readType("c1", scan.Sites, foundOnes("a", 1, 3)...)
	objects := r.objects(scan.ObjectQuery{})
	r.registering("r1", "c1", objects...)
	r.registering("r2", "another", objects...)
	doom := func() error { return r.Scans.Delete(ctx, []scan.Profile{q, p}, r.entry("deleted")) }
	busy := func(why string) {
		r.Helper()
		before := []any{r.keptProfile("s1")(), r.keptProfile("s2")()}
		if err := doom(); !errors.Is(err, scan.ErrBusy) {
			r.Errorf("%s: %v", why, err)
		}
		r.same("what is stored", []any{r.keptProfile("s1")(), r.keptProfile("s2")()}, before)
	}
	busy("while a scan goes on")
	r.endScan("c1")
	busy("while its registration goes on")
	r.must(r.Runs.End(ctx, "r1", run.Finished, r.entry(done)))
	r.allOrNothing("deleted", func() any { return []any{r.keptProfile("s1")(), r.keptProfile("s2")(), r.whole("r1")()} }, doom)
	r.same("what is left of them", []any{r.keptProfile("s1")(), r.keptProfile("s2")(), r.whole("r1")(), r.items("r1")}, []any{"gone", "gone", "gone", []run.Item{}})
	if _, err := r.Scans.Scan(ctx, "c1"); !errors.Is(err, scan.ErrGone) {
		r.Errorf("its scan: %v", err)
	}
	r.same("another scan's run, the objects", []any{len(r.items("r2")), r.objects(scan.ObjectQuery{})}, []any{3, objects})
	r.tallied()
}

func tenantOfScans(r *rig) {
	stays := func(why string) {
		r.Helper()
		if err := r.Apps.Delete(ctx, appprofile.ID(contoso.ID), false, r.entry("late")); !errors.Is(err, appprofile.ErrLast) {
			r.Errorf("%s: %v", why, err)
		}
	}
	p := r.createScanProfile("s1", contoso.ID, scan.Sites)
	stays("with a scan profile")
	r.beginScan("c1", p)
	r.readType("c1", scan.Sites, foundOnes("a", 1, 1)...)
	r.endScan("c1")
	r.must(r.Scans.Delete(ctx, []scan.Profile{p}, r.entry(done)))
	stays("with an object")
	q := r.createScanProfile("s2", fabrikam.ID, scan.Sites)
	r.must(r.Scans.Delete(ctx, []scan.Profile{q}, r.entry(done)))
	r.must(r.Apps.Delete(ctx, appprofile.ID(fabrikam.ID), false, r.entry(done)))
}

func scansGo(r *rig) {
	p := r.createScanProfile("s1", contoso.ID, scan.Sites)
	var objects []scan.Object
	for i := range 6 {
		id := scan.ID(named("c", i))
		r.beginScan(id, p)
		r.readType(id, scan.Sites, foundOnes("a", 1, 3)...)
		objects = r.objects(scan.ObjectQuery{})
		_, err := r.Scans.AddPage(ctx, id, scan.Sites, scan.Page{}, r.now())
		r.same("a page for what is over", errors.Is(err, scan.ErrChanged), true)
		r.registering(run.ID(named("r", i)), id, objects...)
		if i != 1 {
			r.must(r.Runs.End(ctx, run.ID(named("r", i)), run.Finished, r.entry(done)))
		}
		r.endScan(id)
		r.advance(time.Hour)
	}
	left := func() (ids []scan.ID) {
		scans, err := r.Scans.Scans(ctx, scan.ScanQuery{Profile: "s1", Limit: 9})
		r.must(err)
		for _, s := range scans {
			ids = append(ids, s.ID)
		}
		return ids
	}
	r.must(r.Scans.Prune(ctx, "s1", 6, r.now()))
	r.must(r.Scans.Prune(ctx, "s1", 0, monday))
	r.same("where all are kept, or none is old", len(left()), 6)
	r.must(r.Scans.Prune(ctx, "s1", 1, monday.Add(3*time.Hour)))
	r.same("those that are left", left(), []scan.ID{"c-0005", "c-0004", "c-0003", "c-0001"})
	r.same("the runs", []any{r.whole("r-0000")(), r.whole("r-0002")(), len(r.items("r-0001")), len(r.items("r-0003"))}, []any{"gone", "gone", 3, 3})
	r.same("the objects", r.objects(scan.ObjectQuery{}), objects)
}
