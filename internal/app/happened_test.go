package app_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"purser.example/internal/activity"
	"purser.example/internal/app"
	"purser.example/internal/audit"
	"purser.example/internal/backup"
	"purser.example/internal/event"
	"purser.example/internal/people"
	"purser.example/internal/scan"
	"purser.example/internal/sqlite/events"
	"purser.example/internal/sqlite/sqlitetest"
)

// R92: what the activity log says of a failure or of somebody who waits is told together with its entry, once; what went well is not.
func TestWhatTheLogSaysIsToldR92(t *testing.T) {
	clock := sqlitetest.NewClock()
	db, _ := sqlitetest.Open(t, clock.Now)
	db.Recorded(app.PutHappened)
	write := func(action audit.Action, kind, name string, details map[string]string) {
		t.Helper()
		must(t, db.Record(ctx, audit.Entry{Actor: audit.Actor{SignIn: "megan@contoso.com"}, Action: action, Target: audit.Target{Kind: kind, ID: kind + name, Name: name}, Details: details}))
		clock.Advance(time.Minute)
	}
	write(people.RoleAsked, "person", "Megan Bowen", nil)
	write(scan.Ended, "scan profile", "Sites", map[string]string{"state": string(scan.Failed), "code": "CS0000017", "scan": "s1", "tenant": "t1"})
	write(scan.Ended, "scan profile", "Sites", map[string]string{"state": string(scan.Finished), "scan": "s2", "tenant": "t1"})
	for n := range 3 {
		write(backup.Failed, "backup", fmt.Sprint(n), map[string]string{"reason": "the disk is full"})
	}
	write(activity.VerifyEnded, "activity log", "1", map[string]string{"state": string(activity.Holds)})
	write(activity.VerifyEnded, "activity log", "2", map[string]string{"state": string(activity.Broken), "reason": "entry 7 was altered"})
	page, err := events.New(db).List(ctx, event.Query{})
	must(t, err)
	var got []string
	for _, e := range slices.Backward(page.Rows) {
		got = append(got, fmt.Sprintf("%s %s %s: %s", e.Kind, e.Tenant, e.Object.Name, e.Cause))
	}
	want := []string{"role-requested  Megan Bowen: Role requested", "scan-failed t1 Sites: CS0000017", "backup-failed  : the disk is full", "log-broken  2: entry 7 was altered"}
	if !slices.Equal(got, want) {
		t.Errorf("told %q", got)
	}
}
