package tenant

import (
	"cmp"
	"context"
	"slices"
	"time"

	"purser.example/internal/access"
)

// Throttle is that Microsoft asked to be left in peace, of one service by one account or app (R55). What it asks for again within the same
// minute is told as one.
type Throttle struct {
	Tenant  ID
	At      time.Time     // the minute
	Service string        // "graph" or "sharepoint"
	Who     string        // the username, or the application (client) id
	Wait    time.Duration // the longest that it asked for
	Times   int
}

// key is what several are told as one by.
func (t Throttle) key() throttleKey { return throttleKey{t.Tenant, t.At.UnixMilli(), t.Service, t.Who} }

type throttleKey struct {
	tenant       ID
	at           int64
	service, who string
}

const (
	// throttlesFor is how long they are kept.
	throttlesFor = 7 * 24 * time.Hour
	// throttlesHeld bounds those that wait to be written: a database that cannot be written must not fill the memory.
	throttlesHeld = 1000
	// ThrottlesShown is how many a page shows.
	ThrottlesShown = 20
)

// Throttled takes in that Microsoft asked to be left in peace. It is told in the middle of requests and waits for nothing; FlushThrottles
// writes it.
func (s *Service) Throttled(t Throttle) {
	t.At, t.Times = t.At.UTC().Truncate(time.Minute), 1
	s.throttling.Lock()
	defer s.throttling.Unlock()
	held, known := s.throttles[t.key()]
	if !known && len(s.throttles) >= throttlesHeld {
		return
	}
	t.Wait, t.Times = max(t.Wait, held.Wait), held.Times+1
	s.throttles[t.key()] = t
}

// FlushThrottles writes what was taken in, and forgets what is older than a week. What cannot be written waits for the next call.
func (s *Service) FlushThrottles(ctx context.Context) error {
	s.throttling.Lock()
	held := s.throttles
	s.throttles = map[throttleKey]Throttle{}
	s.throttling.Unlock()
	if len(held) == 0 {
		return nil
	}
	var list []Throttle
	for _, t := range held {
		list = append(list, t)
	}
	err := s.store.AddThrottles(ctx, list, s.now().Add(-throttlesFor))
	if err != nil {
		s.throttling.Lock()
		defer s.throttling.Unlock()
		for key, t := range held {
			now := s.throttles[key]
			t.Wait, t.Times = max(t.Wait, now.Wait), t.Times+now.Times
			s.throttles[key] = t
		}
	}
	return err
}

// Throttles gives when Microsoft asked to be left in peace for a tenant in the last week, newest first, at most ThrottlesShown.
func (s *Service) Throttles(ctx context.Context, caller access.Caller, id ID) ([]Throttle, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return nil, err
	}
	since := s.now().Add(-throttlesFor)
	list, err := s.store.Throttles(ctx, id, since, ThrottlesShown)
	if err != nil {
		return nil, err
	}
	return s.withHeld(id, since, list), nil
}

// withHeld adds what has not been written yet.
func (s *Service) withHeld(id ID, since time.Time, list []Throttle) []Throttle {
	s.throttling.Lock()
	defer s.throttling.Unlock()
	held := map[throttleKey]Throttle{}
	for key, t := range s.throttles {
		if t.Tenant == id && !t.At.Before(since) {
			held[key] = t
		}
	}
	for i, t := range list {
		if more, both := held[t.key()]; both {
			list[i].Wait, list[i].Times = max(t.Wait, more.Wait), t.Times+more.Times
			delete(held, t.key())
		}
	}
	for _, t := range held {
		list = append(list, t)
	}
	slices.SortFunc(list, func(a, b Throttle) int {
		return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.Service, b.Service), cmp.Compare(a.Who, b.Who))
	})
	return list[:min(len(list), ThrottlesShown)]
}
