package scan

import (
	"context"
	"sync"
)

// turns gives each name to one at a time.
type turns struct {
	mu   sync.Mutex
	busy map[string]chan struct{} // closed when whoever has the name lets go of it
}

// take waits for a name's turn. It reports false where ctx ended first.
func (t *turns) take(ctx context.Context, name string) (release func(), taken bool) {
	for {
		t.mu.Lock()
		other := t.busy[name]
		if other == nil {
			mine := make(chan struct{})
			t.busy[name] = mine
			t.mu.Unlock()
			return func() {
				t.mu.Lock()
				defer t.mu.Unlock()
				delete(t.busy, name)
				close(mine)
			}, true
		}
		t.mu.Unlock()
		select {
		case <-other:
		case <-ctx.Done():
			return nil, false
		}
	}
}
