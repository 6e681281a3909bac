package audit

import (
	"context"
	"errors"
	"net/netip"
	"strconv"
	"sync"
	"time"
)

// Bounds of a tally.
const (
	tallyFor   = time.Minute
	singles    = 8    // entries of their own in a minute: what somebody tried by hand is told one by one
	maxTallied = 4096 // people and addresses at once; those beyond are counted together
)

// Recorder writes what stands alone to the activity log.
type Recorder interface {
	Record(ctx context.Context, e Entry) error
}

// Tally writes what anybody can bring about as often as they like, such as denials, without letting it fill a log that is kept for
// ever (X46). The first few of a kind in a minute for each person, or address where nobody is signed in, are entries of their own; the
// others are counted, and become one entry with the count when the minute is over. A count that is not written yet is lost with the
// process.
type Tally struct {
	to  Recorder
	now func() time.Time

	mu   sync.Mutex
	open map[tallied]*window
}

// tallied is whose doing is counted together.
type tallied struct {
	action          Action
	issuer, subject string
	address         string
}

// window is a minute of one of them.
type window struct {
	since   time.Time
	written int   // entries of their own
	more    int   // after those
	last    Entry // of these
}

// NewTally writes to a log.
func NewTally(to Recorder, now func() time.Time) *Tally {
	return &Tally{to: to, now: now, open: map[tallied]*window{}}
}

// Record writes the entry, or counts it. One that could not be written is not taken for written.
func (t *Tally) Record(ctx context.Context, e Entry) error {
	mine, over, counted := t.count(e)
	if counted {
		return nil
	}
	err := t.write(ctx, over)
	if recordErr := t.to.Record(ctx, e); recordErr != nil {
		t.mu.Lock()
		mine.written--
		t.mu.Unlock()
		return errors.Join(err, recordErr)
	}
	return err
}

// count counts the entry, or gives it a place of its own in the minute of its kind. Where that is not the minute of before, it gives that
// one too.
func (t *Tally) count(e Entry) (mine, over *window, counted bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	key, now := t.keyOf(e), t.now()
	mine = t.open[key]
	if mine == nil || !mine.goesOn(now) {
		over, mine = mine, &window{since: now}
		t.open[key] = mine
	}
	if mine.written >= singles {
		mine.more, mine.last = mine.more+1, e
		return mine, over, true
	}
	mine.written++
	return mine, over, false
}

// goesOn reports whether the minute is not over. A clock that was put back ends it.
func (w *window) goesOn(now time.Time) bool {
	age := now.Sub(w.since)
	return age >= 0 && age < tallyFor
}

// keyOf tells people apart by who they are and everybody else by address. Of an IPv6 address the network counts: whoever has one
// address of it has them all.
func (t *Tally) keyOf(e Entry) tallied {
	if e.Action == Outside {
		return tallied{action: e.Action} // whoever is outside may have any number of addresses
	}
	key := tallied{action: e.Action, issuer: e.Actor.Issuer, subject: e.Actor.Subject}
	if e.Actor.Subject == "" {
		key.address = e.Origin.Address
		if ip, err := netip.ParseAddr(key.address); err == nil && ip.Is6() && !ip.Is4In6() {
			network, _ := ip.WithZone("").Prefix(64) // 64 is a length that an IPv6 address has
			key.address = network.String()
		}
	}
	if t.open[key] == nil && len(t.open) >= maxTallied {
		return tallied{action: e.Action}
	}
	return key
}

// Flush writes the counts of the minutes that are over. It is called now and then.
func (t *Tally) Flush(ctx context.Context) error {
	return t.flush(ctx, func(w *window) bool { return !w.goesOn(t.now()) })
}

// Close writes all counts.
func (t *Tally) Close(ctx context.Context) error {
	return t.flush(ctx, func(*window) bool { return true })
}

func (t *Tally) flush(ctx context.Context, over func(*window) bool) (err error) {
	t.mu.Lock()
	var done []*window
	for key, w := range t.open {
		if over(w) {
			done = append(done, w)
			delete(t.open, key)
		}
	}
	t.mu.Unlock()
	for _, w := range done {
		err = errors.Join(err, t.write(ctx, w))
	}
	return err
}

// write writes the count of a minute, if there is one.
func (t *Tally) write(ctx context.Context, w *window) error {
	if w == nil || w.more == 0 {
		return nil
	}
	return t.to.Record(ctx, w.last.With("count", strconv.Itoa(w.more)).With("since", w.since.UTC().Format(time.RFC3339)))
}
