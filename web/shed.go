package web

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/internal/problem"
	"purser.example/web/respond"
)

// How many requests are in hand at once, and how many wait for a place, by what they wait for themselves. Pages cost a
// processor's time, so that more of them at once make each slower and none more; what waits for Microsoft 365 or the
// identity provider costs a connection out, and must not take the places of pages. Streams stay for minutes.
const (
	pagePlaces, pageQueue     = 32, 1024
	writePlaces, writeQueue   = 64, 64
	doorPlaces, doorQueue     = 64, 64
	streamPlaces, streamQueue = 256, 0
)

// queueFor is how long a request waits for a place. Whoever stood longer has usually pressed reload already. The queue of pages
// is long, because turning away at once only brings those back at once who do not heed Retry-After: with 512 of them that
// halved the number of pages.
const queueFor = time.Second

// gate lets so many in, and so many wait.
type gate struct {
	places  chan struct{}
	queue   int64
	waiting atomic.Int64
}

func newGate(places int, queue int64) *gate {
	return &gate{places: make(chan struct{}, places), queue: queue}
}

// enter takes a place, after a short wait in the order of coming where all are taken. It reports whether there was one.
func (g *gate) enter(ctx context.Context) bool {
	select {
	case g.places <- struct{}{}:
		return true
	default:
	}
	defer g.waiting.Add(-1)
	if g.waiting.Add(1) > g.queue {
		return false
	}
	timer := time.NewTimer(queueFor)
	defer timer.Stop()
	select {
	case g.places <- struct{}{}:
		return true
	case <-timer.C:
	case <-ctx.Done():
	}
	return false
}

func (g *gate) leave() { <-g.places }

// gates are the gates of the house.
type gates struct{ pages, writes, doors, streams *gate }

func newGates() gates {
	return gates{
		pages: newGate(pagePlaces, pageQueue), writes: newGate(writePlaces, writeQueue),
		doors: newGate(doorPlaces, doorQueue), streams: newGate(streamPlaces, streamQueue),
	}
}

// of gives the gate that a request passes; nil for none.
func (g gates) of(c echo.Context) *gate {
	switch {
	case anonymous(c):
		return nil
	case streaming(c):
		return g.streams
	case strings.HasPrefix(c.Request().URL.Path, "/auth/"):
		return g.doors
	case reading(c.Request()):
		return g.pages
	default:
		return g.writes
	}
}

// streaming are the requests that hold their connection to hear of progress. Their header does not tell: htmx says of each
// of its requests that it would take a stream.
func streaming(c echo.Context) bool {
	return c.Request().Method == http.MethodGet && strings.HasSuffix(c.Path(), "/events")
}

func reading(r *http.Request) bool {
	return r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions
}

var errTooMuch = problem.New(problem.Unavailable, "Purser has more to do than it can right now. Nothing was changed.")

// shed turns away at once what would have to wait long, so that what was let in is still answered, and health checks always
// are. It stands before the log, which a flood would fill, and says itself what it did, once a second at most.
func shed(g gates, log *slog.Logger) echo.MiddlewareFunc {
	turnAway, note := respond.Prepared(errTooMuch), &tally{log: log}
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			gate, ctx := g.of(c), c.Request().Context()
			if gate == nil {
				return next(c)
			}
			if !gate.enter(ctx) {
				if ctx.Err() != nil {
					return nil // nobody is there to be told
				}
				note.one(ctx, time.Now())
				return turnAway(c)
			}
			defer gate.leave()
			return next(c)
		}
	}
}

// tally counts what was turned away, and logs the count.
type tally struct {
	log   *slog.Logger
	count atomic.Int64
	last  atomic.Int64 // when it was logged, in Unix nanoseconds
}

func (t *tally) one(ctx context.Context, now time.Time) {
	t.count.Add(1)
	last := t.last.Load()
	if now.UnixNano()-last < int64(time.Second) || !t.last.CompareAndSwap(last, now.UnixNano()) {
		return
	}
	t.log.WarnContext(ctx, "requests turned away: too many at once", "count", t.count.Swap(0))
}
