package session_test

import (
	"errors"
	"testing"
	"time"

	"purser.example/internal/audit"
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
			r.open(t, id) // waits for it
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
	r.open(t, id) // waits for it
	mend := sqlitetest.MakeReadOnly(t, r.db)
	r.SetFlash(ctx, r.open(t, id), session.Flash{Text: "Select one profile to edit."})
	r.open(t, id)
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

// Whoever saved something does not wait for the message about it; the page that it is for does, and shows it once, also where the session
// ends meanwhile and where many are left at once.
func TestAMessageArrivesBeforeItsPage(t *testing.T) {
	r := newRig(t)
	r.BePatient()
	id := r.signIn(t)
	for range 50 {
		stale := r.open(t, id)
		r.SetFlash(ctx, stale, session.Flash{Text: "first"})
		r.SetFlash(ctx, stale, session.Flash{Text: "second"})
		sess := r.open(t, id)
		if f := r.TakeFlash(ctx, &sess); f == nil || f.Text != "second" {
			t.Fatalf("flash = %+v", f)
		}
		again := r.open(t, id)
		if f := r.TakeFlash(ctx, &again); f != nil {
			t.Fatalf("shown again: %+v", f)
		}
	}
	sess := r.open(t, id)
	if _, err := r.SignOut(ctx, sess, audit.Origin{}); err != nil {
		t.Fatal(err)
	}
	r.SetFlash(ctx, sess, session.Flash{Text: "to nobody"})
	r.Close()
	if _, err := r.Open(ctx, id); !errors.Is(err, session.ErrEnded) {
		t.Errorf("opened a session that has ended: %v", err)
	}
}
