package sheet

import (
	"sync"

	"purser.example/internal/problem"
)

// Desk is where an installation takes files, whichever noun they are for. Few arrive at once and one of each person, because each is held
// in memory as a whole; one is worked on at a time. Whoever sends a file slowly keeps nobody else from working on theirs. The zero
// Desk is ready.
type Desk struct {
	mu       sync.Mutex
	arriving map[string]bool
	busy     bool
}

// maxArriving is how many files are held at once.
const maxArriving = 4

// Arrive makes room for a file of somebody, until the caller leaves, which counts once. It returns problem.Unavailable where there is
// none.
func (d *Desk) Arrive(person string) (leave func(), err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.arriving[person] {
		return nil, problem.New(problem.Unavailable, "Purser is still reading another file of yours. Nothing from this file was stored. Wait until it is finished, then try again.")
	}
	if len(d.arriving) == maxArriving {
		return nil, errBusy
	}
	if d.arriving == nil {
		d.arriving = map[string]bool{}
	}
	d.arriving[person] = true
	return sync.OnceFunc(func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(d.arriving, person)
	}), nil
}

// Begin lets the caller work on a file that has arrived whole. It returns problem.Unavailable while another one is worked on.
func (d *Desk) Begin() (end func(), err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.busy {
		return nil, errBusy
	}
	d.busy = true
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.busy = false
	}, nil
}

var errBusy = problem.New(problem.Unavailable, "Purser is reading another file. Nothing from yours was stored. Try again in a moment.")
