package demotest

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// crossing stands before the simulator and can keep requests from it.
type crossing struct {
	mu   sync.Mutex
	held *Hold // nil: the way is free
}

// before puts the crossing in front of the simulator.
func (x *crossing) before(simulator http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if held := x.keeps(r); held != nil {
			held.arrived <- struct{}{}
			<-held.released
		}
		simulator.ServeHTTP(w, r)
	})
}

// keeps gives the hold that a request waits for; nil for none.
func (x *crossing) keeps(r *http.Request) *Hold {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.held == nil || x.held.left == 0 || !x.held.of(r) {
		return nil
	}
	x.held.left--
	return x.held
}

// Hold is requests that have arrived at Microsoft 365 and get no answer before they are released.
type Hold struct {
	t        testing.TB
	of       func(*http.Request) bool
	left     int
	arrived  chan struct{}
	released chan struct{}
	release  func()
}

// Everything is how many requests to hold where none is to pass.
const Everything = 1 << 10

// SignIns are the requests that carry a password or an app's secret.
func SignIns(r *http.Request) bool {
	return r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/oauth2/v2.0/token")
}

// Hold keeps the next so many requests of a kind waiting at Microsoft 365, and lets those behind them pass.
func (h *House) Hold(t testing.TB, next int, of func(*http.Request) bool) *Hold {
	released := make(chan struct{})
	held := &Hold{t: t, of: of, left: next, arrived: make(chan struct{}, Everything), released: released, release: sync.OnceFunc(func() { close(released) })}
	h.crossing.mu.Lock()
	defer h.crossing.mu.Unlock()
	h.crossing.held = held
	t.Cleanup(held.Release)
	return held
}

// Arrived waits until one more of them is held.
func (held *Hold) Arrived() {
	held.t.Helper()
	select {
	case <-held.arrived:
	case <-time.After(time.Minute):
		held.t.Fatal("nothing arrived at Microsoft 365")
	}
}

// Release lets pass what is held, and everything that comes after it.
func (held *Hold) Release() { held.release() }
