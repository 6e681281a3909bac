package pool

import "sync"

// watchers tell those who look at something that it changed. Changes that come close together are told once.
type watchers[ID comparable] struct {
	mu   sync.Mutex
	seen map[ID]map[chan struct{}]bool
}

func (w *watchers[ID]) watch(id ID) (changes <-chan struct{}, stop func()) {
	c := make(chan struct{}, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.seen == nil {
		w.seen = map[ID]map[chan struct{}]bool{}
	}
	if w.seen[id] == nil {
		w.seen[id] = map[chan struct{}]bool{}
	}
	w.seen[id][c] = true
	return c, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.seen[id], c)
		if len(w.seen[id]) == 0 {
			delete(w.seen, id)
		}
	}
}

func (w *watchers[ID]) changed(id ID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.seen[id] {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}
