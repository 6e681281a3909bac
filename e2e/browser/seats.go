package browser

import (
	"strings"
	"sync"
)

// seats bounds how many tests have pages open at once, because each page is a process with an appetite and the machines
// that run these tests have two cores. A test may open many pages on its one seat, and its subtests sit with it: nobody
// who has a seat ever waits for another, so the tests cannot wait for each other in a circle.
type seats struct {
	mu     sync.Mutex
	change *sync.Cond
	taken  map[string]int // open pages by name of the test that holds the seat
	limit  int
}

func newSeats(limit int) *seats {
	s := &seats{taken: map[string]int{}, limit: limit}
	s.change = sync.NewCond(&s.mu)
	return s
}

// take waits for a seat for the named test and gives the name under which to leave it.
func (s *seats) take(test string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		holder, ok := s.holder(test)
		if ok || len(s.taken) < s.limit {
			s.taken[holder]++
			return holder
		}
		s.change.Wait()
	}
}

// holder gives the test itself or the parent test that has a seat already, and whether there is one.
func (s *seats) holder(test string) (string, bool) {
	for name := test; ; {
		if s.taken[name] > 0 {
			return name, true
		}
		cut := strings.LastIndexByte(name, '/')
		if cut < 0 {
			return test, false
		}
		name = name[:cut]
	}
}

// leave gives a page's share of the seat back.
func (s *seats) leave(holder string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.taken[holder]--; s.taken[holder] == 0 {
		delete(s.taken, holder)
		s.change.Broadcast()
	}
}
