package breakglass

import (
	"net/netip"
	"sync"
	"time"
)

const (
	wrongEach = 5           // of one address in a window
	window    = time.Minute // for so long
	mostTries = 4096        // addresses at once; those beyond are counted together
)

// tries counts the links that did not serve, by the address that they came from. A token cannot be guessed; this keeps whoever tries from
// filling the log.
type tries struct {
	now func() time.Time

	mu sync.Mutex
	of map[netip.Prefix]*try
}

type try struct {
	since time.Time
	wrong int
}

func newTries(now func() time.Time) *tries { return &tries{now: now, of: map[netip.Prefix]*try{}} }

// allowed reports whether what comes from an address is looked at.
func (t *tries) allowed(address string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	mine := t.of[t.key(address)]
	return mine == nil || mine.over(t.now()) || mine.wrong < wrongEach
}

func (t *tries) wrong(address string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	key, now := t.key(address), t.now()
	if mine := t.of[key]; mine == nil || mine.over(now) {
		t.of[key] = &try{since: now}
	}
	t.of[key].wrong++
}

// over reports whether the window has passed. A clock that was put back ends it.
func (m *try) over(now time.Time) bool {
	age := now.Sub(m.since)
	return age < 0 || age >= window
}

// key is whose tries are counted together: an address, or of IPv6 the network, because whoever has one address of it has them all. Where
// there are too many of them, those that are over go first.
func (t *tries) key(address string) netip.Prefix {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return netip.Prefix{}
	}
	ip = ip.Unmap().WithZone("")
	bits := ip.BitLen()
	if ip.Is6() {
		bits = 64
	}
	key, _ := ip.Prefix(bits) // both are lengths that such an address has
	if t.of[key] == nil && len(t.of) >= mostTries {
		for other, m := range t.of {
			if m.over(t.now()) {
				delete(t.of, other)
			}
		}
		if len(t.of) >= mostTries {
			return netip.Prefix{}
		}
	}
	return key
}
