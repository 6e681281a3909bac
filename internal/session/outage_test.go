package session_test

import (
	"testing"
	"time"

	"purser.example/internal/session"
	"purser.example/internal/sqlite/sqlitetest"
)

// Reading goes on while nothing can be written, and is not held up by it.
func TestReadingDoesNotWaitForWhatCannotBeWritten(t *testing.T) {
	for name, breakDisk := range sqlitetest.Breakers {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			id := r.signIn(t)
			r.SetFlash(ctx, r.open(t, id), session.Flash{Text: "Profile saved."})
			r.clock.Advance(2 * time.Minute)
			mend := breakDisk(t, r.db)
			if name == "locked" { // as long as Purser waits for it
				if err := r.db.Pragma(ctx, "PRAGMA busy_timeout = 5000"); err != nil {
					t.Fatal(err)
				}
			}
			begun := time.Now()
			for range 10 {
				sess := r.open(t, id)
				r.Touch(ctx, &sess)
			}
			sess := r.open(t, id)
			if f := r.TakeFlash(ctx, &sess); f == nil || f.Text != "Profile saved." {
				t.Errorf("flash = %+v", f)
			}
			if took := time.Since(begun); took > 3*time.Second {
				t.Errorf("ten pages took %v", took)
			}
			mend()
		})
	}
}

// What was done is told though the message about it could not be written, once.
func TestAMessageIsNotLostWithTheDisk(t *testing.T) {
	r := newRig(t)
	id := r.signIn(t)
	r.SetFlash(ctx, r.open(t, id), session.Flash{Text: "before"})
	mend := sqlitetest.MakeReadOnly(t, r.db)
	r.SetFlash(ctx, r.open(t, id), session.Flash{Text: "Select one profile to edit."})
	mend()
	sess := r.open(t, id)
	if f := r.TakeFlash(ctx, &sess); f == nil || f.Text != "Select one profile to edit." {
		t.Errorf("flash = %+v", f)
	}
	again := r.open(t, id)
	if f := r.TakeFlash(ctx, &again); f != nil {
		t.Errorf("shown again: %+v", f)
	}
}
