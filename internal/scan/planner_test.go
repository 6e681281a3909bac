package scan_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"purser.example/internal/pool"
	"purser.example/internal/run"
	"purser.example/internal/scan"
	"purser.example/internal/whose"
)

// planner gives pools that are saved three members: one that is owner and member of all groups, a to d, one of a part, and one that was
// deleted at Microsoft since.
func (r *rig) planner() {
	r.members = []pool.Object{
		{ID: "u1", Name: "One", Username: "one@contoso.com", Enabled: true},
		{ID: "u2", Name: "Two", Username: "Two@contoso.com", Enabled: true},
		{ID: "u3", Name: "Three", Username: "three@contoso.com", Enabled: true},
	}
	r.microsoft.both["u1"] = []string{"a", "b", "c", "d", "security group"}
	r.microsoft.both["u2"] = []string{"d", "a"}
	r.microsoft.looking = func(_ context.Context, user pool.UserID) error {
		if user == "u3" {
			return scan.ErrNoUser
		}
		return nil
	}
}

// plannerOf holds a scan to what it learned, and to its warnings.
func (r *rig) plannerOf(id scan.ID, want scan.PlannerCheck, codes ...scan.Code) {
	r.t.Helper()
	got, err := r.PlannerOf(ctx, adele, id)
	must(r.t, err)
	list, _, err := r.Warnings(ctx, adele, id, 0)
	must(r.t, err)
	same := len(list) == len(codes)
	for i := range min(len(list), len(codes)) {
		same = same && list[i].Code == codes[i] && list[i].Type == scan.Groups
	}
	if got != want || !same {
		r.t.Errorf("%+v, warnings %+v", got, list)
	}
}

// known is what is known of the rig's members, in their order.
func (r *rig) known() (list [3]scan.Planner) {
	r.t.Helper()
	of, err := r.Planner(ctx, adele, contoso, []string{"one@contoso.com", "two@CONTOSO.com", "three@contoso.com"})
	must(r.t, err)
	for i, key := range []string{"one@contoso.com", "two@contoso.com", "three@contoso.com"} {
		list[i] = of[key]
	}
	return list
}

// R42: after the groups were read, a scan knows of how many of them each member is owner and member; what is gone counts for nothing, and a
// member that cannot be told is told with the reason, beside what was known before.
func TestAScanChecksPlannerDataR42(t *testing.T) {
	r := newRig(t)
	r.microsoft.add(scan.Groups, "a", "b", "c", "d", "e")
	r.planner()
	r.microsoft.looking = nil
	r.microsoft.both["u3"] = []string{"e"}
	r.pool(pool.Sites, group, pool.Security)
	p := r.byAccount(scan.Groups)
	before := r.microsoft.signIns
	s := r.scanned(p)
	r.plannerOf(s.ID, scan.PlannerCheck{Groups: 5, Members: 3, Known: 3})
	if of := r.known(); s.State != scan.Finished || of[0].Both != 4 || of[1].Both != 2 || of[2].Both != 1 || of[2].Groups != 5 || of[2].At.IsZero() || of[0].Complete() {
		t.Errorf("%+v, %+v", s, of)
	}
	if n := r.microsoft.signIns - before; n != 1 {
		t.Errorf("the account signed in %d times", n)
	}
	was := r.known()[2]
	r.microsoft.remove(scan.Groups, "e")
	r.planner()
	r.clock.Advance(time.Hour)
	s = r.scanned(p)
	r.plannerOf(s.ID, scan.PlannerCheck{Groups: 4, Members: 3, Known: 2, Complete: 1}, scan.NoMember)
	of := r.known()
	if !of[0].Complete() || of[1].Both != 2 || of[1].Groups != 4 || of[2].Code != scan.NoMember || of[2].At != was.At || of[2].Both != 1 || s.State != scan.Finished {
		t.Errorf("%+v, %+v", of, s)
	}
	// Who is no member any more is forgotten.
	r.members = r.members[:1]
	r.pool(pool.Sites, group, pool.Security)
	s = r.scanned(p)
	r.plannerOf(s.ID, scan.PlannerCheck{Groups: 4, Members: 1, Known: 1, Complete: 1})
	if of := r.known(); !of[0].Complete() || of[1] != (scan.Planner{}) {
		t.Errorf("%+v", of)
	}
	if _, err := r.Planner(ctx, nobody, contoso, nil); err == nil {
		t.Error("somebody without a role may read it")
	}
	if _, err := r.PlannerOf(ctx, nobody, s.ID); err == nil {
		t.Error("somebody without a role may read the check")
	}
}

// R42: without members, or without the groups, there is nothing to check; with no groups nobody is asked for.
func TestPlannerDataWithoutMembersOrGroupsR42(t *testing.T) {
	r := newRig(t)
	p := r.byAccount(scan.Groups, scan.Users)
	r.plannerOf(r.scanned(p).ID, scan.PlannerCheck{})
	r.planner()
	r.pool(pool.Sites, group, pool.Security)
	r.plannerOf(r.scanned(p).ID, scan.PlannerCheck{Members: 3, Known: 3, Complete: 3})
	r.microsoft.reading = func(_ context.Context, of scan.Type, _ scan.Cursor) error {
		if of == scan.Groups {
			return &scan.Unread{Code: "HTTP 502", Whose: whose.Microsoft}
		}
		return nil
	}
	if s := r.scanned(p); s.State != scan.Exception {
		t.Errorf("%+v", s)
	} else {
		r.plannerOf(s.ID, scan.PlannerCheck{})
	}
	if len(r.microsoft.looked) > 0 {
		t.Errorf("asked for %v", r.microsoft.looked)
	}
}

// R42, R55, R56: what Microsoft refuses, or lets wait for too long, is one warning and not known: never no group, and never the failure of
// the scan. What was known before stays, and who was told before counts.
func TestPlannerDataThatMicrosoftRefusesIsNotKnownR42(t *testing.T) {
	for want, says := range map[scan.Code]func(context.Context) error{
		scan.NoPermission: func(context.Context) error {
			return &scan.Unread{Code: "HTTP 403", Whose: whose.App, Denied: true, Permission: "User.Read.All"}
		},
		scan.Throttled: func(ctx context.Context) error {
			<-ctx.Done() // as a Source waits
			return &scan.Unread{Code: "HTTP 429", Whose: whose.Microsoft, Throttled: true}
		},
		scan.NotReachable: func(ctx context.Context) error {
			<-ctx.Done()
			return &scan.Unread{Code: "CANCELLED", Whose: whose.Purser}
		},
		scan.NotReadOn:  func(context.Context) error { return scan.ErrNowhere },
		scan.OursFailed: func(context.Context) error { panic("a mistake of ours") },
	} {
		t.Run(string(want), func(t *testing.T) {
			r := newRig(t)
			r.limits.Patience = 50 * time.Millisecond
			r.start()
			r.microsoft.fill(2)
			r.microsoft.add(scan.Groups, "a", "b", "c", "d")
			r.planner()
			r.pool(pool.Sites, group, pool.Security)
			p := r.byAccount(scan.Sites, scan.Groups)
			r.scanned(p)
			was := r.known()
			r.clock.Advance(time.Hour)
			clear(r.microsoft.looked)
			r.microsoft.looking = func(ctx context.Context, user pool.UserID) error {
				if user == "u1" { // the first is "one", then "three", then "two"
					return nil
				}
				return says(ctx)
			}
			s := r.scanned(p)
			r.plannerOf(s.ID, scan.PlannerCheck{Groups: 4, Members: 3, Known: 1, Complete: 1}, want)
			of := r.known()
			if s.State != scan.Finished || r.inForce(pool.Sites) != 1 || of[0].At == was[0].At || of[1].At != was[1].At || of[1].Both != 2 || of[1].Code != want || of[2].Code != want || of[2].Known() {
				t.Errorf("%+v, %+v", s, of)
			}
			if r.microsoft.looked["u3"] != 1 || r.microsoft.looked["u2"] != 0 {
				t.Errorf("asked for %v", r.microsoft.looked)
			}
		})
	}
}

// R42, R50: Stop ends the check and stores nothing of it; the end of the process in the middle begins it anew.
func TestAPlannerCheckThatIsCutOffR42(t *testing.T) {
	r := newRig(t)
	r.microsoft.add(scan.Groups, "a", "b", "c", "d")
	r.planner()
	r.pool(pool.Sites, group, pool.Security)
	p := r.byAccount(scan.Groups)
	missing := r.microsoft.looking
	s := r.begin(p)
	r.microsoft.looking = func(ctx context.Context, user pool.UserID) error {
		if user != "u2" {
			return missing(ctx, user)
		}
		must(t, r.Stop(ctx, adele, here, s.ID))
		return nil
	}
	must(t, r.work())
	r.plannerOf(s.ID, scan.PlannerCheck{})
	if got := r.scan(s.ID); got.State != scan.Stopped || r.known()[0].Known() {
		t.Errorf("%+v", got)
	}

	s = r.begin(p)
	clear(r.microsoft.looked)
	shifts := r.shifts
	r.microsoft.looking = func(ctx context.Context, user pool.UserID) error {
		if user == "u2" {
			go shifts.HandBack()
			<-handedBack(shifts)
		}
		return missing(ctx, user)
	}
	if err := r.work(); !errors.Is(err, run.ErrHandedBack) {
		t.Fatal(err)
	}
	r.plannerOf(s.ID, scan.PlannerCheck{})
	r.microsoft.looking = missing
	r.start()
	r.queue.jobs <- [2]string{scan.ObjectScan, string(s.ID)}
	must(t, r.work())
	r.plannerOf(s.ID, scan.PlannerCheck{Groups: 4, Members: 3, Known: 2, Complete: 1}, scan.NoMember)
	if n := r.microsoft.looked["u1"]; n != 2 || r.scan(s.ID).State != scan.Finished {
		t.Errorf("asked for the first member %d times", n)
	}
}
