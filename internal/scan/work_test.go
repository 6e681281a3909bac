package scan_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/pool"
	"purser.example/internal/problem"
	"purser.example/internal/run"
	"purser.example/internal/scan"
	"purser.example/internal/verdict"
	"purser.example/internal/whose"
)

// registered says what is wrong with the administrators of the sites, each of which must have the group once and all who were there.
func (r *rig) registered(n int, logins ...string) {
	r.t.Helper()
	for i := range n {
		site := fmt.Sprintf("site-%04d", i+1)
		want := append([]string{"i:0#.f|membership|adele@contoso.com"}, logins...)
		if got := r.microsoft.adminsOf(site); !slices.Equal(got, want) {
			r.t.Errorf("%s has %v", site, got)
		}
	}
}

func (r *rig) inForce(class pool.Class) int64 {
	r.t.Helper()
	p, err := r.kept.Pool(ctx, pool.Key{Tenant: contoso, Class: class})
	must(r.t, err)
	return p.InForce.Number
}

// R50, R51, R53: a scan keeps what it found, registers the pool's group on every site, and brings the saved pool into force.
func TestAScanFindsRegistersAndBringsIntoForceR51(t *testing.T) {
	r := newRig(t)
	r.microsoft.fill(10)
	r.microsoft.add(scan.Groups, "a", "b")
	r.pool(pool.Sites, group, pool.Security)
	p := r.byAccount(scan.Sites, scan.Groups)
	before := r.microsoft.signIns
	s := r.scanned(p)
	if s.State != scan.Finished || s.Code != "" || s.By != "scanner@contoso.com" || s.Ended.IsZero() {
		t.Fatalf("%+v", s)
	}
	for i, want := range []int{10, 2} {
		if of := s.Sections[i]; of.State != scan.SectionRead || of.Found != want || of.New != want || of.Gone != 0 {
			t.Errorf("%+v", of)
		}
	}
	if n := len(r.objects(scan.Sites, scan.Present)); n != 10 {
		t.Errorf("%d sites", n)
	}
	r.registered(10, claim)
	if n := r.inForce(pool.Sites); n != 1 {
		t.Errorf("version %d is in force", n)
	}
	if n := r.microsoft.signIns - before; n != 1 {
		t.Errorf("the account signed in %d times", n)
	}
	if got := r.microsoft.terms; !slices.Equal(got, []string{"scanner@contoso.com"}) {
		t.Errorf("term store administrators: %v", got)
	}
	if n := r.logged(scan.SiteGranted); n != 10 {
		t.Errorf("%d grants are in the log", n)
	}
	of, err := r.runs.Find(ctx, adele, r.Grants(), s.Grants)
	must(t, err)
	if of.State != run.Finished || of.Counts[run.Confirmed] != 10 || of.Scope != string(s.ID) {
		t.Errorf("%+v", of)
	}
	chain, err := r.ChainOf(ctx, adele, sites)
	must(t, err)
	if chain.Sites != 10 || chain.Granted != 10 || chain.Last == nil || chain.Last.ID != s.ID || len(chain.Accounts) != 1 || chain.Pool.Counted.Objects != 12 {
		t.Errorf("%+v", chain)
	}
	// The next scan leaves alone what is confirmed, and looks again after a week.
	writes := r.microsoft.writes
	if again := r.scanned(p); again.State != scan.Finished || again.Grants != "" {
		t.Errorf("%+v", again)
	}
	r.clock.Advance(8 * 24 * time.Hour)
	if again := r.scanned(p); again.State != scan.Finished || again.Grants == "" || r.microsoft.writes != writes {
		t.Errorf("%+v, %d writes", again, r.microsoft.writes-writes)
	}
}

// R51: what an app profile finds is kept, and nothing is registered.
func TestAnAppRegistersNothingR51(t *testing.T) {
	r := newRig(t)
	r.microsoft.fill(4)
	r.pool(pool.Sites, group, pool.Security)
	p, err := r.Create(ctx, adele, here, scan.Profile{Name: "By app", Tenant: contoso, Types: []scan.Type{scan.PublicFolders, scan.Sites, scan.ProjectSites}, Method: scan.ByApp})
	must(t, err)
	s := r.scanned(p)
	if s.State != scan.Exception || s.Code != scan.NotByMethod || s.Grants != "" || r.microsoft.writes != 0 || r.inForce(pool.Sites) != 0 {
		t.Errorf("%+v", s)
	}
	if s.Sections[0].State != scan.SectionRead || s.Sections[1].State != scan.SectionUnreadable || s.Sections[2].State != scan.SectionUnreadable {
		t.Errorf("%+v", s.Sections)
	}
	if n := r.logged(pool.SecretUsed); n != 1 {
		t.Errorf("the use of the secret is in the log %d times", n)
	}
}

// R54: the claim of a group depends on its kind.
func TestTheLoginOfAMicrosoft365GroupR54(t *testing.T) {
	for kind, want := range map[pool.GroupKind]string{
		pool.Microsoft365: "c:0o.c|federateddirectoryclaimprovider|" + group, pool.Security: claim, pool.MailEnabledSecurity: claim,
	} {
		r := newRig(t)
		r.microsoft.fill(1)
		r.pool(pool.Sites, group, kind)
		r.scanned(r.byAccount(scan.Sites))
		r.registered(1, want)
	}
}

// R53: what vanished is gone, not deleted, and comes back as itself.
func TestWhatVanishedIsGoneR53(t *testing.T) {
	r := newRig(t)
	r.microsoft.add(scan.Groups, "a", "b", "c", "d", "e")
	p := r.byAccount(scan.Groups)
	r.scanned(p)
	r.microsoft.remove(scan.Groups, "c")
	s := r.scanned(p)
	if of := s.Sections[0]; of.Found != 4 || of.New != 0 || of.Gone != 1 {
		t.Errorf("%+v", of)
	}
	gone := r.objects(scan.Groups, scan.Away)
	if len(gone) != 1 || gone["c"].Gone.IsZero() {
		t.Errorf("%v", gone)
	}
	r.microsoft.add(scan.Groups, "c")
	r.scanned(p)
	if back := r.objects(scan.Groups, scan.Present)["c"]; back.ID != gone["c"].ID {
		t.Errorf("it came back as another one: %+v", back)
	}
}

// R53: nothing is gone after a reading that did not come to its end.
func TestNothingIsGoneAfterAFailureR53(t *testing.T) {
	r := newRig(t)
	r.microsoft.add(scan.Groups, "a", "b", "c", "d", "e")
	p := r.byAccount(scan.Groups)
	r.scanned(p)
	r.microsoft.reading = func(_ context.Context, _ scan.Type, from scan.Cursor) error {
		if from != "" {
			return &scan.Unread{Code: "HTTP 502", Whose: whose.Microsoft}
		}
		return nil
	}
	r.microsoft.remove(scan.Groups, "e")
	s := r.scanned(p)
	if s.State != scan.Failed || s.Code != scan.Unavailable || s.Detail != "HTTP 502" || s.Sections[0].Gone != 0 {
		t.Errorf("%+v", s)
	}
	if n := len(r.objects(scan.Groups, scan.Present)); n != 5 {
		t.Errorf("%d groups", n)
	}
}

// R52, R50: of two scans of a profile at once one runs, and the other is skipped with its code.
func TestTheSecondScanIsSkippedR52(t *testing.T) {
	r := newRig(t)
	p := r.byAccount(scan.Groups)
	first, second := r.begin(p), r.begin(p)
	if first.State != scan.Waiting || second.State != scan.Skipped || second.Code != scan.StillRuns {
		t.Fatalf("%+v, %+v", first, second)
	}
	if kept := r.scan(second.ID); kept.State != scan.Skipped || kept.Ended.IsZero() {
		t.Errorf("%+v", kept)
	}
	must(t, r.work())
	if third := r.begin(p); third.State != scan.Waiting {
		t.Errorf("%+v", third)
	}
	if n := r.logged(scan.SkippedEntry); n != 1 {
		t.Errorf("%d entries", n)
	}
	if _, err := r.Rerun(ctx, nobody, here, contoso); err == nil {
		t.Error("somebody without a role began scans")
	}
}

// R52: daily scans begin by themselves, once for a day, and one that was missed is made up for once.
func TestDailyScansBeginByThemselvesR52(t *testing.T) {
	r := newRig(t)
	p := r.byAccount(scan.Groups)
	begun := func() int {
		t.Helper()
		must(t, r.BeginDue(ctx))
		must(t, r.work())
		scans, _, err := r.Scans(ctx, adele, scan.ScanQuery{Profile: p.ID})
		must(t, err)
		return len(scans)
	}
	p.Schedule = daily("Europe/Berlin", 2, 30)
	p, err := r.Edit(ctx, adele, here, p)
	must(t, err)
	if n := begun(); n != 0 {
		t.Fatalf("%d scans before the time", n)
	}
	r.clock.Advance(p.Next.Sub(r.clock.Now()))
	if n := begun() + begun(); n != 2 {
		t.Fatalf("%d scans at the time, asked twice", n)
	}
	r.clock.Advance(5 * 24 * time.Hour)
	if n := begun() + begun(); n != 4 {
		t.Errorf("%d scans after five days off, asked twice", n)
	}
	r.clock.Advance(-24 * time.Hour)
	if n := begun(); n != 2 {
		t.Errorf("%d scans after the clock went back a day", n)
	}
	s, _, err := r.Scans(ctx, adele, scan.ScanQuery{Profile: p.ID})
	must(t, err)
	if s[0].Attended || s[0].Who() != "Purser" || s[0].State != scan.Finished {
		t.Errorf("%+v", s[0])
	}
	// A clock that was years ahead for a moment does not stop the scans for years.
	r.clock.Advance(5 * 365 * 24 * time.Hour)
	begun()
	r.clock.Advance(-5 * 365 * 24 * time.Hour)
	must(t, r.BeginDue(ctx))
	if now, err := r.Find(ctx, adele, p.ID); err != nil || now.Next.Sub(r.clock.Now()) > 25*time.Hour {
		t.Errorf("next at %s, now %s, %v", now.Next, r.clock.Now(), err)
	}
}

// R50, R56: an account that is refused fails the scan with its code, and its password is not sent again.
func TestARefusedAccountFailsTheScanR56(t *testing.T) {
	for status, want := range map[verdict.Status]scan.Code{
		verdict.MFARequired: scan.MFAEnabled, verdict.AccountBlocked: scan.AccountOff, verdict.PolicyBlocked: scan.PolicyBlocks, verdict.PasswordExpired: scan.PasswordEnded,
		verdict.AppSetup: scan.AppRefused, verdict.Unreachable: scan.NotReachable,
	} {
		r := newRig(t)
		r.microsoft.fill(2)
		r.pool(pool.Sites, group, pool.Security)
		p := r.byAccount(scan.Sites, scan.Groups)
		r.microsoft.status = status
		s := r.scanned(p)
		if s.State != scan.Failed || s.Code != want || s.Sections[0].State != scan.SectionFailed || s.Sections[1].Code != want || r.inForce(pool.Sites) != 0 {
			t.Errorf("%s: %+v", status, s)
		}
	}
}

func TestAWrongPasswordIsSentOnceR62(t *testing.T) {
	r := newRig(t)
	p := r.byAccount(scan.Sites, scan.Groups)
	r.microsoft.password = "Another-2026!"
	before := r.microsoft.signIns
	for range 3 {
		if s := r.scanned(p); s.State != scan.Failed || s.Code != scan.AccountRefused {
			t.Errorf("%+v", s)
		}
	}
	if n := r.microsoft.signIns - before; n != 1 {
		t.Errorf("it was sent %d times", n)
	}
}

// R62: scans that begin by themselves keep to the etiquette.
func TestUnattendedScansKeepToTheEtiquetteR62(t *testing.T) {
	r := newRig(t)
	p := r.byAccount(scan.Groups)
	for range 5 {
		r.scanned(p)
	}
	p.Schedule = daily("UTC", 2, 30)
	p, err := r.Edit(ctx, adele, here, p)
	must(t, err)
	before := r.microsoft.signIns
	r.clock.Advance(p.Next.Sub(r.clock.Now()))
	for range 5 {
		must(t, r.accounts.Begin(ctx, account.KeyOf(contoso, "scanner@contoso.com"), audit.Entry{Action: "validation begun"}))
	}
	must(t, r.BeginDue(ctx))
	must(t, r.work())
	s, _, err := r.Scans(ctx, adele, scan.ScanQuery{Profile: p.ID})
	must(t, err)
	if s[0].Code != scan.LeftAlone || r.microsoft.signIns != before {
		t.Errorf("%+v", s[0])
	}
}

// R53: where an object came without its id nobody knows which of those that were not seen it is, so that none of them is gone; also where the
// process ended behind that page.
func TestNothingIsGoneWhereAnObjectCameWithoutItsIDR53(t *testing.T) {
	for _, restart := range []bool{false, true} {
		r := newRig(t)
		r.microsoft.fill(8)
		r.pool(pool.Sites, group, pool.Security)
		p := r.byAccount(scan.Sites)
		r.scanned(p)
		r.poolWhile(group)
		<-r.queue.jobs // its reading is over
		r.microsoft.remove(scan.Sites, "site-0008")
		r.microsoft.unnamed = 1
		s := r.begin(p)
		if restart {
			shifts, ended := r.shifts, false
			r.microsoft.reading = func(_ context.Context, _ scan.Type, from scan.Cursor) error {
				if from != "" && !ended {
					ended = true
					changes, stop := r.Watch(s.ID)
					defer stop()
					for r.scan(s.ID).Sections[0].From == "" { // the page before is stored while this one is asked for
						<-changes
					}
					go shifts.HandBack()
					<-handedBack(shifts)
				}
				return nil
			}
			if err := r.work(); !errors.Is(err, run.ErrHandedBack) {
				t.Fatal(err)
			}
			r.start()
			r.queue.jobs <- [2]string{scan.ObjectScan, string(s.ID)}
		}
		must(t, r.work())
		s = r.scan(s.ID)
		if of := s.Sections[0]; s.State != scan.Failed || s.Code != scan.NoID || of.State != scan.SectionFailed || of.Code != scan.NoID || of.Found != 7 || of.Gone != 0 || of.Failed != 1 {
			t.Errorf("%+v", s)
		}
		if n := len(r.objects(scan.Sites, scan.Present)); n != 8 || r.inForce(pool.Sites) != 1 {
			t.Errorf("%d sites, version %d is in force", n, r.inForce(pool.Sites))
		}
		if s = r.scanned(p); s.State != scan.Finished || s.Sections[0].Gone != 1 || r.inForce(pool.Sites) != 2 {
			t.Errorf("whole again: %+v, version %d is in force", s, r.inForce(pool.Sites))
		}
	}
}

// R50: a list whose place Microsoft forgot is read from its beginning, and nothing counts twice.
func TestAStaleCursorBeginsAnewR50(t *testing.T) {
	r := newRig(t)
	r.microsoft.add(scan.Groups, "a", "b", "c", "d", "e", "f", "g", "h")
	stale := 1
	r.microsoft.reading = func(_ context.Context, _ scan.Type, from scan.Cursor) error {
		if from == "6" && stale > 0 {
			stale--
			return scan.ErrStale
		}
		return nil
	}
	p := r.byAccount(scan.Groups)
	if s := r.scanned(p); s.State != scan.Finished || s.Sections[0].Found != 8 || s.Sections[0].New != 8 {
		t.Errorf("%+v", s)
	}
	stale = 100
	if s := r.scanned(p); s.State != scan.Failed || s.Code != scan.NotReadOn {
		t.Errorf("%+v", s)
	}
}

// R55, R56: a scan that is throttled says until when, and ends with its code where that outlasts its patience.
func TestAThrottledScanWaitsAndEndsR55(t *testing.T) {
	r := newRig(t)
	r.limits.Patience = 50 * time.Millisecond
	r.start()
	r.microsoft.add(scan.Groups, "a", "b", "c", "d", "e")
	p := r.byAccount(scan.Groups)
	s := r.begin(p)
	shown := make(chan time.Time, 1)
	r.microsoft.reading = func(ctx context.Context, _ scan.Type, from scan.Cursor) error {
		if from == "" {
			return nil
		}
		r.microsoft.mu.Lock()
		r.microsoft.resting = r.clock.Now().Add(time.Hour)
		r.microsoft.mu.Unlock()
		shown <- r.scan(s.ID).Rests
		<-ctx.Done() // as a Source waits
		return &scan.Unread{Code: "HTTP 429", Whose: whose.Microsoft, Throttled: true}
	}
	must(t, r.work())
	if until := <-shown; !until.Equal(r.microsoft.resting) {
		t.Errorf("shown while it waits: %s", until)
	}
	if s := r.scan(s.ID); s.State != scan.Failed || s.Code != scan.Throttled || s.Sections[0].Found != 3 {
		t.Errorf("%+v", s)
	}
}

// R50: what an error of Microsoft's means, by type and for the whole scan.
func TestWhatMicrosoftRefusesIsTheTypesOwnOutcomeR56(t *testing.T) {
	r := newRig(t)
	r.microsoft.add(scan.Groups, "a")
	r.microsoft.reading = func(_ context.Context, of scan.Type, _ scan.Cursor) error {
		if of == scan.Sites {
			return &scan.Unread{Code: "HTTP 403", Whose: whose.Account, Denied: true}
		}
		return nil
	}
	r.pool(pool.Sites, group, pool.Security)
	s := r.scanned(r.byAccount(scan.Sites, scan.Groups))
	if s.State != scan.Exception || s.Code != scan.NoRole || s.Sections[0].Code != scan.NoRole || s.Sections[1].State != scan.SectionRead || r.inForce(pool.Sites) != 0 {
		t.Errorf("%+v", s)
	}
}

// R56: a permission that the app registration lacks is told from a role of the account, and named.
func TestAMissingPermissionIsNamedR56(t *testing.T) {
	r := newRig(t)
	r.microsoft.reading = func(context.Context, scan.Type, scan.Cursor) error {
		return &scan.Unread{Code: "AADSTS65001", Whose: whose.App, Denied: true, Permission: "AllSites.FullControl"}
	}
	if s := r.scanned(r.byAccount(scan.Sites)); s.State != scan.Failed || s.Code != scan.NoPermission || s.Detail != "AADSTS65001 AllSites.FullControl" {
		t.Errorf("%+v", s)
	}
}

// R51: a scan that read nothing of a class brings no pool of it into force.
func TestNothingOfAClassWasReadR51(t *testing.T) {
	r := newRig(t)
	r.microsoft.add(scan.Users, "a")
	r.microsoft.reading = func(_ context.Context, of scan.Type, _ scan.Cursor) error {
		if of == scan.Groups {
			return &scan.Unread{Code: "HTTP 403", Whose: whose.Account, Denied: true}
		}
		return nil
	}
	r.pool(pool.Sites, group, pool.Security)
	s := r.scanned(r.byAccount(scan.Groups, scan.Users))
	if s.State != scan.Exception || s.Code != scan.NoRole || r.inForce(pool.Sites) != 0 {
		t.Errorf("%+v, %d in force", s, r.inForce(pool.Sites))
	}
}

// R46: Rerun is of one tenant; without one it begins nothing, rather than the scans of all.
func TestRerunIsOfOneTenantR46(t *testing.T) {
	r := newRig(t)
	r.byAccount(scan.Groups)
	if begun, err := r.Rerun(ctx, adele, here, ""); problem.KindOf(err) != problem.Invalid || len(begun) > 0 {
		t.Errorf("%+v, %v", begun, err)
	}
	if begun, err := r.Rerun(ctx, adele, here, contoso); err != nil || len(begun) != 1 {
		t.Errorf("%+v, %v", begun, err)
	}
}

// R50: the account is turned off in the middle: what else there is hears the same, and nothing is asked any more.
func TestAnAccountThatIsTurnedOffInTheMiddleR56(t *testing.T) {
	r := newRig(t)
	r.microsoft.add(scan.Groups, "a")
	asked := 0
	r.microsoft.reading = func(_ context.Context, of scan.Type, _ scan.Cursor) error {
		if of == scan.Groups {
			return nil
		}
		asked++
		return &scan.Unread{Code: "AADSTS50057", Whose: whose.Account}
	}
	s := r.scanned(r.byAccount(scan.Groups, scan.Teams, scan.Users))
	if s.State != scan.Exception || s.Code != scan.AccountOff || s.Sections[2].Code != scan.AccountOff || asked != 1 {
		t.Errorf("%+v, asked %d times", s, asked)
	}
}

// A page that is a surprise to the program fails its type, and the log tells.
func TestASurpriseFailsTheType(t *testing.T) {
	r := newRig(t)
	r.microsoft.reading = func(context.Context, scan.Type, scan.Cursor) error { return errors.New("a mistake of ours") }
	s := r.scanned(r.byAccount(scan.Groups))
	if s.State != scan.Failed || s.Code != scan.OursFailed {
		t.Errorf("%+v", s)
	}
}

// R50: Stop ends a scan wherever it is; what was found stays, and no pool comes into force.
func TestStopAtEachStepR50(t *testing.T) {
	for _, c := range []struct {
		name string
		stop func(r *rig, s scan.Scan, stop func())
	}{
		{"before it is taken up", func(_ *rig, _ scan.Scan, stop func()) { stop() }},
		{"while the first type is read", func(r *rig, _ scan.Scan, stop func()) {
			r.microsoft.reading = func(_ context.Context, _ scan.Type, from scan.Cursor) error {
				if from == "3" {
					stop()
				}
				return nil
			}
		}},
		{"while the second type is read", func(r *rig, _ scan.Scan, stop func()) {
			r.microsoft.reading = func(_ context.Context, of scan.Type, _ scan.Cursor) error {
				if of == scan.Groups {
					stop()
				}
				return nil
			}
		}},
		{"while sites are registered", func(r *rig, _ scan.Scan, stop func()) {
			once := make(chan struct{}, 1)
			r.microsoft.setting = func(string) {
				select {
				case once <- struct{}{}:
					stop()
				default:
				}
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			r.microsoft.fill(8)
			r.microsoft.add(scan.Groups, "a")
			r.pool(pool.Sites, group, pool.Security)
			p := r.byAccount(scan.Sites, scan.Groups)
			s := r.begin(p)
			c.stop(r, s, func() {
				if err := r.Stop(ctx, adele, here, s.ID); err != nil {
					t.Error(err)
				}
			})
			must(t, r.work())
			r.wait("the end", func() bool { return r.scan(s.ID).State.Over() })
			got := r.scan(s.ID)
			if got.State != scan.Stopped || got.Code != scan.StoppedByPerson || r.inForce(pool.Sites) != 0 {
				t.Errorf("%+v", got)
			}
			for _, of := range got.Sections {
				if !of.State.Over() {
					t.Errorf("%+v", of)
				}
			}
			if err := r.Stop(ctx, adele, here, s.ID); err == nil {
				t.Error("a scan that is over was stopped")
			}
			// The next scan does the rest.
			r.microsoft.reading, r.microsoft.setting = nil, nil
			if again := r.scanned(p); again.State != scan.Finished || r.inForce(pool.Sites) != 1 {
				t.Errorf("%+v", again)
			}
			r.registered(8, claim)
		})
	}
}

// cut is a store at which the process ends: at the nth change, before or after it was made.
type cut struct {
	scan.Store
	n     *atomic.Int64
	after bool
	end   func()
}

func (c cut) write(do func() error) error {
	now := c.n.Add(-1) == 0
	if now && !c.after {
		c.end()
		return context.Canceled
	}
	err := do()
	if now {
		c.end()
		return context.Canceled
	}
	return err
}

func (c cut) Progress(ctx context.Context, s scan.Scan) (state scan.State, err error) {
	err = c.write(func() error { state, err = c.Store.Progress(ctx, s); return err })
	return state, err
}

func (c cut) BeginSection(ctx context.Context, id scan.ID, t scan.Type, at time.Time) error {
	return c.write(func() error { return c.Store.BeginSection(ctx, id, t, at) })
}

func (c cut) AddPage(ctx context.Context, id scan.ID, t scan.Type, p scan.Page, at time.Time) (of scan.Section, err error) {
	err = c.write(func() error { of, err = c.Store.AddPage(ctx, id, t, p, at); return err })
	return of, err
}

func (c cut) EndSection(ctx context.Context, id scan.ID, of scan.Section) error {
	return c.write(func() error { return c.Store.EndSection(ctx, id, of) })
}

func (c cut) SetPlanner(ctx context.Context, id scan.ID, of scan.PlannerCheck, list []scan.Planner, warnings []scan.Warning) error {
	return c.write(func() error { return c.Store.SetPlanner(ctx, id, of, list, warnings) })
}

func (c cut) SetTermStore(ctx context.Context, t tenantID, entry scan.TermStoreEntry, e audit.Entry) error {
	return c.write(func() error { return c.Store.SetTermStore(ctx, t, entry, e) })
}

func (c cut) Concluded(ctx context.Context, r run.Run, i run.Item, g scan.Grant, e *audit.Entry) error {
	return c.write(func() error { return c.Store.Concluded(ctx, r, i, g, e) })
}

func (c cut) End(ctx context.Context, s scan.Scan, force []scan.Force, entries ...audit.Entry) error {
	return c.write(func() error { return c.Store.End(ctx, s, force, entries...) })
}

// R50, R42: Purser may end at every step of a scan; the next start goes on without doubles, everything is registered exactly once, and
// Planner data is checked once, with each warning once.
func TestPurserEndsAtEveryStepR50(t *testing.T) {
	for _, after := range []bool{false, true} {
		for n := 1; ; n++ {
			reached := endsAt(t, n, after)
			if !reached {
				if n < 15 {
					t.Errorf("only %d steps", n)
				}
				break
			}
		}
	}
}

func endsAt(t *testing.T, n int, after bool) (reached bool) {
	t.Helper()
	r := newRig(t)
	var left atomic.Int64
	left.Store(int64(n))
	r.between = func(s scan.Store) scan.Store {
		shifts := r.shifts
		return cut{s, &left, after, func() { go shifts.HandBack(); <-handedBack(shifts) }}
	}
	r.start()
	r.microsoft.fill(5)
	r.microsoft.add(scan.Groups, "a", "b", "c", "d")
	r.planner()
	r.pool(pool.Sites, group, pool.Security)
	p := r.byAccount(scan.Sites, scan.Groups)
	s := r.begin(p)
	for {
		err := r.work()
		if err == nil {
			break
		}
		if !errors.Is(err, run.ErrHandedBack) && !errors.Is(err, context.Canceled) {
			t.Fatalf("step %d: %v", n, err)
		}
		r.start()
		must(t, r.runs.Recover(ctx))
		r.queue.jobs <- [2]string{scan.ObjectScan, string(s.ID)}
		active, err := r.ran.Active(ctx, scan.GrantRun)
		must(t, err)
		for _, of := range active {
			r.queue.jobs <- [2]string{scan.GrantRun, string(of.ID)}
		}
	}
	got := r.scan(s.ID)
	if got.State != scan.Finished || got.Sections[0].Found != 5 || got.Sections[1].Found != 4 || got.Sections[0].New != 5 || r.inForce(pool.Sites) != 1 {
		t.Errorf("step %d, after %v: %+v", n, after, got)
	}
	if len(r.objects(scan.Sites, scan.Any)) != 5 || len(r.objects(scan.Groups, scan.Any)) != 4 {
		t.Errorf("step %d: %d sites", n, len(r.objects(scan.Sites, scan.Any)))
	}
	r.registered(5, claim)
	r.plannerOf(s.ID, scan.PlannerCheck{Groups: 4, Members: 3, Known: 2, Complete: 1}, scan.NoMember)
	return left.Load() <= 0
}

// handedBack is closed when shifts that begin are handed back.
func handedBack(shifts *run.Shifts) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			shift, taken := shifts.Take(ctx, "a shift of the test")
			if taken && errors.Is(shift.Do(func(ctx context.Context) error { return ctx.Err() }), run.ErrHandedBack) {
				return
			}
		}
	}()
	return done
}
