package profile_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/profile"
)

// R30: the report of an import outlasts the next checks and imports of its person, as long as reports are kept. Of checks the newest is. Where
// there are too many reports, whoever has most loses the oldest.
func TestAReportOutlastsTheNextFile(t *testing.T) {
	r := newImportRig(t)
	check := func(rows int) profile.ImportID {
		t.Helper()
		id, err := r.Check(ctx, adele, here, "s", "f", []byte(many(rows)))
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	known := func(what string, id profile.ImportID, want bool) {
		t.Helper()
		if _, _, err := r.Rows(adele, profile.RowQuery{Import: id}); (err == nil) != want {
			t.Errorf("%s: %v", what, err)
		}
	}
	first := r.bring(t, many(1)).ID
	checked := check(1)
	known("the report after a check", first, true)
	again := check(2)
	known("a check after a check", checked, false)
	second := r.bring(t, many(2)).ID
	known("a check after an import", again, false)
	known("the report after an import", first, true)
	other := adele
	other.Subject = "s9"
	theirs, err := r.Check(ctx, other, here, "s", "f", []byte(many(1)))
	if err != nil {
		t.Fatal(err)
	}
	for range 13 {
		r.bring(t, many(1))
	}
	known("the first of many reports", first, true)
	r.bring(t, many(1))
	known("the first of too many reports", first, false)
	known("the second of them", second, true)
	if _, _, err := r.Rows(other, profile.RowQuery{Import: theirs}); err != nil {
		t.Errorf("another person's only one: %v", err)
	}
	r.clock.Advance(2*time.Hour + time.Second)
	r.Tidy()
	known("an old report", second, false)
}

// R30: whoever selects Import twice at once begins one import, and is led to it both times.
func TestImportIsSelectedTwice(t *testing.T) {
	r := newImportRig(t)
	id, err := r.Check(ctx, adele, here, "s", "f", []byte(many(20)))
	if err != nil {
		t.Fatal(err)
	}
	var both sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		both.Go(func() { errs[i] = r.ImportChecked(ctx, adele, here, "s", id) })
	}
	both.Wait()
	for _, err := range errs {
		if err != nil {
			t.Error(err)
		}
	}
	if i := r.ended(t, id); i.Counts[profile.RowNew] != 20 {
		t.Errorf("%+v", i)
	}
	begun := 0
	for _, action := range r.actions(t) {
		if action == string(profile.ImportBegun) {
			begun++
		}
	}
	if begun != 1 {
		t.Errorf("%d imports were begun", begun)
	}
}

// R30: an import that could not begin leaves the checked file to be imported.
func TestAFileIsStillHeldWhenItsImportCannotBegin(t *testing.T) {
	r := newImportRig(t)
	running, err := r.Import(ctx, adele, here, "f", []byte(many(2000)))
	if err != nil {
		t.Fatal(err)
	}
	if id, runs := r.Running(adele); !runs || id != running {
		t.Errorf("under way: %q %v", id, runs)
	}
	id, err := r.Check(ctx, adele, here, "s", "f", []byte(many(1)))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.ImportChecked(ctx, adele, here, "s", id); problem.KindOf(err) != problem.Unavailable {
		t.Errorf("beside another: %v", err)
	}
	if i, err := r.Imports.Find(ctx, adele, "s", id); err != nil || !i.Held {
		t.Errorf("%+v %v", i, err)
	}
	r.ended(t, running)
	if _, runs := r.Running(adele); runs {
		t.Error("it is over, and is said to be under way")
	}
	if err := r.ImportChecked(ctx, adele, here, "s", id); err != nil {
		t.Error(err)
	}
	r.ended(t, id)
}

// R60: a checked file goes with its session; the report stays.
func TestACheckedFileGoesWithItsSession(t *testing.T) {
	r := newImportRig(t)
	id, err := r.Check(ctx, adele, here, "one", "f", []byte(many(1)))
	if err != nil {
		t.Fatal(err)
	}
	r.Leave("two")
	if i, err := r.Imports.Find(ctx, adele, "one", id); err != nil || !i.Held {
		t.Errorf("after another session: %+v %v", i, err)
	}
	r.Leave("one")
	if i, err := r.Imports.Find(ctx, adele, "one", id); err != nil || i.Held || !i.Reported {
		t.Errorf("after its own: %+v %v", i, err)
	}
	if err := r.ImportChecked(ctx, adele, here, "one", id); problem.KindOf(err) != problem.Invalid {
		t.Errorf("imported: %v", err)
	}
}

// R61: the report of a check tells which passwords are those that are stored. Each check that compared any is in the activity log with how
// many, and how many were other ones, before anybody sees its report; so is each import.
func TestComparingPasswordsLeavesATrace(t *testing.T) {
	r := newImportRig(t)
	r.bring(t, many(3))
	before := len(r.actions(t))
	if _, err := r.Check(ctx, adele, here, "s", "f", []byte(head+"New,,"+contoso+",Fly,"+goodUser+","+marked+",,\nProfile 00000,,"+contoso+",Fly,svc-00000@contoso.com,,,\n")); err != nil {
		t.Fatal(err)
	}
	if after := r.actions(t); len(after) != before {
		t.Errorf("nothing was compared, and the log has %v", after[before:])
	}
	guess := strings.Replace(many(4), marked, "Another-Secret-2026!", 1)
	id, err := r.Check(ctx, adele, here, "s", "f", []byte(guess))
	if err != nil {
		t.Fatal(err)
	}
	r.bring(t, guess)
	entries, err := r.db.Activity(ctx, 10)
	if err != nil {
		t.Fatal(err)
	}
	counts := func(action audit.Action) []string {
		for _, e := range entries {
			if e.Action == action {
				return []string{e.Actor.Name, e.Target.ID, e.Details["rows"], e.Details["compared"], e.Details["different"]}
			}
		}
		return nil
	}
	if got := counts(profile.Compared); !slices.Equal(got, []string{"Adele Vance", string(id), "4", "3", "1"}) {
		t.Errorf("the check: %v", got)
	}
	if got := counts(profile.ImportEnded); got == nil || !slices.Equal(got[2:], []string{"4", "3", "1"}) {
		t.Errorf("the import: %v", got)
	}
	if strings.Contains(fmt.Sprint(entries), marked) || strings.Contains(fmt.Sprint(entries), "Another-Secret") {
		t.Error("R60: the log holds a password")
	}
}

// R61: passwords cannot be guessed by checks as fast as files are read: each person has ten checks in ten minutes that find other passwords.
// Those that find none are not counted, and nobody else is kept out.
func TestGuessingByChecksIsBounded(t *testing.T) {
	r := newImportRig(t)
	r.bring(t, many(1))
	check := func(n int) error {
		_, err := r.Check(ctx, adele, here, "s", "f", []byte(strings.Replace(many(1), marked, fmt.Sprintf("Guessed-Secret-%d!", n), 1)))
		return err
	}
	for range 12 {
		if _, err := r.Check(ctx, adele, here, "s", "f", []byte(many(2))); err != nil {
			t.Fatalf("the stored password: %v", err)
		}
	}
	for n := range 10 {
		if err := check(n); err != nil {
			t.Fatalf("guess %d: %v", n, err)
		}
		r.clock.Advance(30 * time.Second)
	}
	err := check(10)
	if problem.KindOf(err) != problem.Unavailable || !strings.Contains(problem.Message(err), "Check the next one in 5 minutes, or select Import") {
		t.Errorf("one too many: %v", err)
	}
	before := len(r.actions(t))
	if _, err := r.Check(ctx, adele, here, "s", "f", []byte(many(1))); problem.KindOf(err) != problem.Unavailable || len(r.actions(t)) != before {
		t.Errorf("the right one after them: %v", err)
	}
	other := adele
	other.Subject = "s9"
	if _, err := r.Check(ctx, other, here, "s", "f", []byte(many(1))); err != nil {
		t.Errorf("another person: %v", err)
	}
	r.clock.Advance(4*time.Minute + 30*time.Second)
	if err := check(10); !strings.Contains(problem.Message(err), "in a minute") {
		t.Errorf("a while later: %v", err)
	}
	r.clock.Advance(30 * time.Second)
	if err := check(10); err != nil {
		t.Errorf("when the first is ten minutes ago: %v", err)
	}
}
