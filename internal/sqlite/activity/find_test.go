package activity_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"purser.example/internal/activity"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/sqlite"
	store "purser.example/internal/sqlite/activity"
	"purser.example/internal/sqlite/sqlitetest"
)

var ctx = context.Background()

// written fills a log with entries of all sorts, over three days, with a clock that is put back now and then.
func written(t *testing.T, entries int) *sqlite.DB {
	t.Helper()
	clock := sqlitetest.NewClock()
	db, _ := sqlitetest.Open(t, clock.Now)
	dice := rand.New(rand.NewPCG(16, 63))
	actions := []audit.Action{"sign-in", "access denied", "profile changed", "validation begun", "validation ended", "scan ended", "key polished"}
	people := []audit.Actor{{Name: "Adele Vance", SignIn: "adele@contoso.com"}, {Name: "Jörg Müller", SignIn: "jm@fabrikam.com"}, {Name: "Purser"}, {}}
	var waiting []audit.Entry
	for n := range entries {
		i := dice.IntN(9)
		e := audit.Entry{
			Actor: people[dice.IntN(len(people))], Action: actions[dice.IntN(len(actions))],
			Target: audit.Target{Kind: "profile", ID: fmt.Sprint("p", i), Name: []string{"Backup", "backup Europe", "Archive", "50% off", "Bäckerei", ""}[i%6]},
		}.With("status", []string{"valid", "wrong-password"}[dice.IntN(2)])
		if i%3 > 0 {
			e = e.With("tenant", fmt.Sprint("t", i%3))
		}
		if waiting = append(waiting, e); n%3 > 0 && n+1 < entries {
			continue // some share a transaction, and a moment
		}
		if err := db.Write(ctx, func(tx *sqlite.Tx) error { return tx.Record(waiting...) }); err != nil {
			t.Fatal(err)
		}
		clock.Advance(time.Duration(dice.IntN(9)-1) * 72 * time.Hour / time.Duration(2*entries))
		waiting = nil
	}
	return db
}

// fits says the same as the store, entry by entry.
func fits(q activity.Query, e activity.Entry) bool {
	person := strings.ToLower(e.Actor.Name + "\x00" + e.Actor.SignIn)
	name := strings.HasPrefix(strings.ToLower(e.Target.Name), strings.ToLower(q.Object)) || e.Target.ID == q.Object
	return (q.Action == "" || string(e.Action) == q.Action) && (q.Result == "" || e.Result == q.Result) && (q.Tenant == "" || e.Tenant == q.Tenant) &&
		strings.Contains(person, strings.ToLower(q.Person)) && (q.Object == "" || name) &&
		(q.From.IsZero() || !e.At.Before(q.From)) && (q.To.IsZero() || e.At.Before(q.To))
}

// R63: each view has the entries that fit, all of them and in order, page by page there and back, however few entries a request looks at.
func TestEveryViewHasWhatFits(t *testing.T) {
	db := written(t, 700)
	whole := store.New(db)
	all, err := whole.Find(ctx, activity.Query{Limit: 1000})
	if err != nil || len(all.Entries) != 700 || all.Next != "" || all.Previous != "" {
		t.Fatalf("%d entries, %v", len(all.Entries), err)
	}
	day := all.Entries[350].At
	for _, far := range []int{20_000, 25} {
		s := whole.LookingAt(far)
		for _, q := range []activity.Query{
			{},
			{From: day},
			{To: day},
			{From: day.Add(-time.Hour), To: day},
			{Person: "ADELE"},
			{Person: "müller"},
			{Person: "com"},
			{Person: "nobody"},
			{Action: "sign-in"},
			{Action: "none"},
			{Result: activity.Failed},
			{Result: activity.Done},
			{Result: activity.Refused},
			{Result: activity.Begun},
			{Tenant: "t1"},
			{Tenant: "t9"},
			{Object: "backup"},
			{Object: "BACKUP eu"},
			{Object: "50% o"},
			{Object: "p4"},
			{Object: "Bäck"},
			{Object: "x'; DROP TABLE activity; --"},
			{Person: "adele", Action: "sign-in", Result: activity.Done},
			{Object: "archive", Person: "jm", Tenant: "t2"},
			{Tenant: "t1", Result: activity.Failed, From: day},
			{Person: "purser", Object: "backup", Action: "profile changed", Result: activity.Done, Tenant: "t1", To: day},
		} {
			var want []int64
			for _, e := range all.Entries {
				if fits(q, e) {
					want = append(want, e.Seq)
				}
			}
			got, back := walked(t, s, q)
			if !slices.Equal(got, want) {
				t.Errorf("%+v, far %d: %d entries, want %d", q, far, len(got), len(want))
			}
			if slices.Reverse(back); !slices.Equal(back, got[:len(back)]) {
				t.Errorf("%+v, far %d: the way back has others", q, far)
			}
		}
	}
}

// walked follows Next to the end, and Previous from there.
func walked(t *testing.T, s *store.Store, q activity.Query) (onward, back []int64) {
	t.Helper()
	q.Limit = 7
	var last activity.Page
	for range 1000 {
		p, err := s.Find(ctx, q)
		if err != nil {
			t.Fatalf("%+v: %v", q, err)
		}
		for _, e := range p.Entries {
			onward = append(onward, e.Seq)
		}
		if last = p; p.Next == "" {
			break
		}
		q.After = p.Next
	}
	if len(last.Entries) == 0 {
		return onward, nil
	}
	q.After = ""
	for q.Before = last.Previous; q.Before != ""; {
		p, err := s.Find(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range slices.Backward(p.Entries) {
			back = append(back, e.Seq)
		}
		q.Before = p.Previous
	}
	return onward, back
}

// R63: no view reads the whole log or sorts it.
func TestNoViewReadsTheWholeLog(t *testing.T) {
	db := written(t, 300)
	s := store.New(db)
	for index, q := range map[string]activity.Query{
		"activity_by_time": {}, "activity_by_person (sign_in=? AND name=?": {Person: "adele"}, "activity_by_action (action=?": {Action: "sign-in", Person: ""}, "activity_by_result": {Result: activity.Failed},
		"activity_by_tenant": {Tenant: "t1"}, "activity_by_object (target_name=?": {Object: "backup"}, "activity_by_action": {Action: "sign-in", Result: activity.Failed, Tenant: "t1"},
	} {
		q.Limit = 50
		for _, plan := range s.Plans(t, q) {
			if !strings.Contains(plan, index) || strings.Contains(plan, "TEMP B-TREE") || strings.Contains(plan, "SCAN activity\n") {
				t.Errorf("%+v:\n%s", q, plan)
			}
		}
	}
}

// R63: the picture of a day has every entry of it, and what was removed leaves it.
func TestTheHoursOfADay(t *testing.T) {
	db := written(t, 400)
	s := store.New(db)
	page, err := s.Find(ctx, activity.Query{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	count := map[time.Time]activity.Hour{}
	for _, e := range page.Entries {
		h := count[e.At.Truncate(time.Hour)]
		h.Entries++
		if e.Result == activity.Failed || e.Result == activity.Refused {
			h.Failed++
		}
		count[e.At.Truncate(time.Hour)] = h
	}
	seen := 0
	for at := page.Entries[len(page.Entries)-1].At.AddDate(0, 0, -2); at.Before(page.Entries[0].At.AddDate(0, 0, 3)); at = at.AddDate(0, 0, 1) {
		day, err := s.Day(ctx, at)
		if err != nil {
			t.Fatal(err)
		}
		for i, h := range day.Hours {
			if seen += h.Entries; h != count[day.Date.Add(time.Duration(i)*time.Hour)] {
				t.Errorf("%s, hour %d: %+v", day.Date, i, h)
			}
		}
	}
	if seen != 400 {
		t.Errorf("%d entries in all hours", seen)
	}
}

func TestAnEntryThatIsNotThere(t *testing.T) {
	s := store.New(written(t, 3))
	if e, err := s.Entry(ctx, 2); err != nil || e.Seq != 2 || len(e.MAC) == 0 {
		t.Errorf("%+v, %v", e, err)
	}
	if _, err := s.Entry(ctx, 4); problem.KindOf(err) != problem.NotFound {
		t.Error(err)
	}
	if actions, err := s.Actions(ctx); err != nil || len(actions) == 0 || !slices.IsSorted(actions) {
		t.Errorf("%v, %v", actions, err)
	}
}
