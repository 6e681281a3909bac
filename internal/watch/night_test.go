package watch

import (
	"testing"
	"time"

	"purser.example/internal/account"
)

// R90: the accounts of a night are spread over it, never two in a second, never more in an hour than the etiquette allows, and at the same
// moments whenever they are computed.
func TestANightIsSpread(t *testing.T) {
	night := time.Date(2026, 11, 23, 22, 0, 0, 0, time.UTC)
	for _, total := range []int{0, 1, 2, 40, 1000, 7000, 100_000} {
		pace, fit := paceOf(total, account.Usual.Etiquette)
		if fit > total || total <= 6000 && fit != total {
			t.Errorf("%d accounts: %d fit", total, fit)
		}
		var before time.Time
		hours := map[int]int{}
		for i := range fit {
			at := turn(night, pace, i, int64(i*7+1))
			if at != turn(night, pace, i, int64(i*7+1)) {
				t.Fatal("it differs when it is computed again")
			}
			if at.Sub(before) < apart || at.Before(night) || at.After(night.Add(length+pace)) {
				t.Fatalf("%d accounts: number %d at %s, after %s", total, i, at, before)
			}
			before = at
			hours[int(at.Sub(night)/time.Hour)]++
		}
		for hour, n := range hours {
			if n > account.Usual.Etiquette.PerTenant {
				t.Errorf("%d accounts: %d in hour %d", total, n, hour)
			}
		}
		if fit > 1 && total < 1000 && before.Sub(night) < length/3 {
			t.Errorf("%d accounts are over after %s", total, before.Sub(night))
		}
	}
	if turn(night, time.Hour, 0, 7) == turn(night.Add(24*time.Hour), time.Hour, 0, 7).Add(-24*time.Hour) {
		t.Error("an account has the same moment every night")
	}
}

func TestAnAccountIsAskedAgainAFewTimes(t *testing.T) {
	now := time.Date(2026, 11, 23, 22, 0, 0, 0, time.UTC)
	w, last := Watched{No: 7, Night: now}, time.Duration(0)
	for w.Tries = range waits {
		wait := w.again(now).Sub(now)
		if wait < waits[w.Tries] || wait <= last {
			t.Errorf("try %d waits %s", w.Tries, wait)
		}
		last = wait
	}
	if w.Tries = len(waits); !w.again(now).IsZero() {
		t.Error("it is asked without end")
	}
}
