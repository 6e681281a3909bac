package watch

import (
	"encoding/binary"
	"hash/fnv"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/scan"
)

const (
	// length is how long the night of a tenant is.
	length = 8 * time.Hour
	// apart is the least time between two accounts of a tenant, whatever else is due.
	apart = time.Second
	// share is how much of the etiquette's bound for a tenant a night may use, in hundredths, so that what else Purser does by itself, such
	// as a scan, and what is asked again finds room.
	share = 80
	// usualMinute is when the night begins where nobody chose, and usualZone by which clocks.
	usualMinute = 22 * 60
	usualZone   = "UTC"
)

// schedule is when nights begin, with what scans know of clocks that are put forward and back.
func (p Plan) schedule() scan.Schedule {
	return scan.Schedule{Daily: true, Minute: p.Minute, Zone: p.Zone}
}

// Clock is the time of day at which the night begins: "22:00".
func (p Plan) Clock() string { return p.schedule().Clock() }

// paceOf spreads so many accounts over the night, never closer than the etiquette allows. fit is how many of them have their turn in it.
func paceOf(total int, e account.Etiquette) (pace time.Duration, fit int) {
	least := apart
	if e.PerTenant > 0 {
		least = max(least, time.Hour*100/time.Duration(e.PerTenant*share))
	}
	if total == 0 {
		return least, 0
	}
	pace = max(least, length/time.Duration(total))
	return pace, min(total, int(length/pace))
}

// turn is when the account with this number has its turn, as the i-th of a night. The moment within its share of the night is its own and
// another one every night, but the same whenever it is computed; two neighbors are at least a second apart.
func turn(night time.Time, pace time.Duration, i int, no int64) time.Time {
	at := night.Add(time.Duration(i) * pace)
	if room := pace - apart; room > 0 {
		at = at.Add(time.Duration(fraction(night, no) % uint64(room))) //nolint:gosec // It is less than room.
	}
	return at.Truncate(time.Millisecond)
}

// fraction is a number that looks like chance and is none.
func fraction(night time.Time, no int64) uint64 {
	h := fnv.New64a()
	_, _ = h.Write(binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, uint64(night.UnixMilli())), uint64(no))) //nolint:gosec // Bits are all that is asked for.
	return h.Sum64()
}

// waits are before an account is asked again in the same night, after a fault that was not the account's.
var waits = []time.Duration{15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour}

// again is when an account that could not be told of is asked again, after so many tries; zero: in the next night.
func (w Watched) again(now time.Time) time.Time {
	if w.Tries >= len(waits) {
		return time.Time{}
	}
	return now.Add(waits[w.Tries] + time.Duration(fraction(w.Night, w.No)%uint64(waits[w.Tries]/4))).Truncate(time.Millisecond) //nolint:gosec // Waits are above zero.
}
