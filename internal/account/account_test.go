package account_test

import (
	"strings"
	"testing"
	"time"
	"unicode"

	"purser.example/internal/account"
	"purser.example/internal/verdict"
)

// X44: a lockout that was noted while the clock was ahead keeps an account from being tried no longer than any other.
func TestALockoutFromTheFutureEnds(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for at, want := range map[time.Duration]bool{0: true, -14 * time.Minute: true, -15 * time.Minute: false, time.Minute: true, 365 * 24 * time.Hour: false} {
		if got := account.JustLocked(verdict.Verdict{Status: verdict.AccountLocked, At: now.Add(at)}, now); got != want {
			t.Errorf("locked %v from now: %v", at, got)
		}
	}
}

// R14: texts of ASCII are folded in a shorter way, to the same.
func TestTheShortWayFoldsAlike(t *testing.T) {
	for r := range rune(unicode.MaxASCII + 1) {
		if short, long := account.Fold(string(r)), strings.TrimSuffix(account.Fold(string(r)+"京"), "京"); short != long {
			t.Errorf("%q is folded to %q, and to %q before another letter", r, short, long)
		}
	}
}

// X45, R14: what differs in characters that nobody sees is the same.
func TestTextsThatLookAlikeAreTheSame(t *testing.T) {
	want := account.Fold("Backup Europe")
	for _, unseen := range []string{
		"\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u00ad", "\u034f", "\ufe0f", "\ufe00", "\u2060", "\ufeff", "\u061c", "\u180e", "\u115f", "\u3164", "\uffa0",
		"\U000e0001", "\U000e0061", "\U000e0100", "\u202e", "\u2066",
	} {
		for _, text := range []string{unseen + "Backup Europe", "Back" + unseen + "up Europe", "BACKUP EUROPE" + unseen, "Back" + unseen + unseen + "up" + unseen + " Europe"} {
			if got := account.Fold(text); got != want {
				t.Errorf("%+q folds to %+q", text, got)
			}
		}
	}
	for _, pair := range [][2]string{{"Backup", "Backups"}, {"a b", "ab"}, {"Zu\u0308rich", "Zurich"}} {
		if account.Fold(pair[0]) == account.Fold(pair[1]) {
			t.Errorf("%q and %q are the same", pair[0], pair[1])
		}
	}
}
