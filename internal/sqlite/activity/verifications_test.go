package activity_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/activity"
	"purser.example/internal/audit"
	"purser.example/internal/run"
	store "purser.example/internal/sqlite/activity"
	"purser.example/internal/sqlite/sqlitetest"
)

var owner = access.Caller{Issuer: "https://idp.contoso.com", Subject: "s1", Name: "Adele Vance", Roles: []access.Role{access.TenantOwner}}

// jobs counts what the queue was given.
type jobs struct{ given int }

func (j *jobs) Enqueue(context.Context, *sql.Tx, string, string) error {
	j.given++
	return nil
}

// R63: two verifications at once are one; one that was cut off by the end of the process is done by the next, and its result stays.
func TestAVerificationSurvivesARestart(t *testing.T) {
	db := written(t, 50)
	queue := &jobs{}
	db.SetQueue(queue)
	s := store.New(db)
	service := func() (*activity.Service, *run.Shifts) {
		shifts := run.NewShifts()
		return activity.NewService(activity.Parts{Store: s, Verifications: s, Lines: s, Shifts: shifts, Now: sqlitetest.NewClock().Now}), shifts
	}
	first, shifts := service()
	v, err := first.Verify(ctx, owner, audit.Origin{})
	again, err2 := first.Verify(ctx, owner, audit.Origin{})
	if err := errors.Join(err, err2); err != nil || again.ID != v.ID || queue.given != 1 {
		t.Fatalf("%+v %+v, %d jobs, %v", v, again, queue.given, err)
	}
	shifts.HandBack()
	if err := first.Work(ctx, v.ID); !errors.Is(err, run.ErrHandedBack) {
		t.Fatalf("handed back: %v", err)
	}
	if cut, err := first.Verification(ctx, owner, v.ID); err != nil || cut.State.Over() {
		t.Fatalf("%+v, %v", cut, err)
	}
	second, _ := service()
	changes, stop := second.Watch(v.ID)
	defer stop()
	if err := second.Work(ctx, v.ID); err != nil {
		t.Fatal(err)
	}
	select {
	case <-changes:
	default:
		t.Error("whoever watches was told nothing")
	}
	latest, err := second.Latest(ctx, owner)
	if err != nil || latest.ID != v.ID || latest.State != activity.Holds || latest.Entries != 51 || latest.Chains != 1 || latest.By != "Adele Vance" || latest.Ended.IsZero() {
		t.Errorf("%+v, %v", latest, err)
	}
	if err := second.Work(ctx, v.ID); err != nil { // the job comes once more
		t.Error(err)
	}
	if next, err := second.Verify(ctx, owner, audit.Origin{}); err != nil || next.ID == v.ID || queue.given != 2 {
		t.Errorf("the next one: %+v, %v", next, err)
	}
}

// R61, R63: a log whose end was moved takes no entries, and is verified all the same.
func TestALogThatTakesNoEntriesIsVerified(t *testing.T) {
	db := written(t, 10)
	db.SetQueue(&jobs{})
	s := store.New(db)
	service := activity.NewService(activity.Parts{Store: s, Verifications: s, Lines: s, Shifts: run.NewShifts(), Now: time.Now})
	if err := db.Pragma(ctx, `UPDATE chains SET seq = 7`); err != nil {
		t.Fatal(err)
	}
	v, err := service.Verify(ctx, owner, audit.Origin{})
	if err != nil {
		t.Fatal(err)
	}
	if err := service.Work(ctx, v.ID); err != nil {
		t.Fatal(err)
	}
	if v, err = service.Verification(ctx, owner, v.ID); err != nil || v.State != activity.Broken || v.Broken != 7 {
		t.Errorf("%+v, %v", v, err)
	}
}

// R3: nobody but a Tenant Owner gets anything.
func TestNobodyElseGetsAnything(t *testing.T) {
	s := store.New(written(t, 3))
	service := activity.NewService(activity.Parts{Store: s, Verifications: s, Lines: s, Shifts: run.NewShifts(), Now: time.Now})
	admin := access.Caller{Issuer: "i", Subject: "s2", Roles: []access.Role{access.ServiceAdministrator}}
	_, find := service.Find(ctx, admin, activity.Query{})
	_, entry := service.Entry(ctx, admin, 1)
	_, day := service.Day(ctx, admin, time.Now())
	_, _, extent := service.Extent(ctx, admin)
	_, actions := service.Actions(ctx, admin)
	_, verify := service.Verify(ctx, admin, audit.Origin{})
	_, verification := service.Verification(ctx, admin, "x")
	_, latest := service.Latest(ctx, admin)
	_, receivers := service.Receivers(ctx, admin)
	export := service.Export(ctx, admin, audit.Origin{}, activity.Query{}, func([]activity.Entry) error { return nil })
	lines := service.Lines(ctx, admin, audit.Origin{}, func(audit.Header) error { return nil }, func([]audit.Link) error { return nil })
	for i, err := range []error{find, entry, day, extent, actions, verify, verification, latest, receivers, export, lines} {
		if err == nil {
			t.Errorf("%d: let in", i)
		}
	}
}
