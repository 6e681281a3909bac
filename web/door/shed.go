package door

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"
)

// How many requests are in hand at once, and how many wait for a place, by what they wait for themselves. Pages cost a
// processor's time, so that more of them at once make each slower and none more; what waits for Microsoft 365 or the
// identity provider costs a connection out, and must not take the places of pages, nor of what is stored without asking anybody.
// Suggestions are asked for with each letter, and must not take those of a Save. Files take as long as their sender likes.
// Streams stay for minutes.
const (
	pagePlaces, pageQueue             = 32, 1024
	writePlaces, writeQueue           = 64, 64
	askPlaces, askQueue               = 64, 64
	suggestionPlaces, suggestionQueue = 32, 32
	filePlaces, fileQueue             = 16, 16
	signInPlaces, signInQueue         = 64, 64
	streamPlaces, streamQueue         = 256, 0
	bodyPlaces, bodyQueue             = 512, 512
	largeBodyPlaces, largeBodyQueue   = 32, 64
)

// How much of that is one person's, and how many of theirs wait. The queues are short, because whoever waits in them has a place
// among all already.
const (
	asksEach, askQueueEach               = 16, 8
	suggestionsEach, suggestionQueueEach = 4, 2
	streamsEach, streamQueueEach         = 16, 0
)

// How much of the bodies that arrive is one address's, behind which may be a whole office.
const (
	bodiesEach, bodyQueueEach           = 256, 64
	largeBodiesEach, largeBodyQueueEach = 16, 16
)

// queueFor is how long a request waits for a place. Whoever stood longer has usually pressed reload already. The queue of pages
// is long, because turning away at once only brings those back at once who do not heed Retry-After: with 512 of them that
// halved the number of pages.
const queueFor = time.Second

// turnstile lets so many in, and so many wait.
type turnstile struct {
	places  chan struct{}
	queue   int64
	waiting atomic.Int64
	each    *shares // what of it is one person's; nil: as much as there is
}

func newTurnstile(places int, queue int64) *turnstile {
	return &turnstile{places: make(chan struct{}, places), queue: queue}
}

// enter takes a place, after a short wait in the order of coming where all are taken. It reports whether there was one.
func (t *turnstile) enter(ctx context.Context) bool {
	select {
	case t.places <- struct{}{}:
		return true
	default:
	}
	defer t.waiting.Add(-1)
	if t.waiting.Add(1) > t.queue {
		return false
	}
	timer := time.NewTimer(queueFor)
	defer timer.Stop()
	select {
	case t.places <- struct{}{}:
		return true
	case <-timer.C:
	case <-ctx.Done():
	}
	return false
}

func (t *turnstile) leave() { <-t.places }

// shared is a turnstile of which each person gets no more than so much.
func (t *turnstile) shared(places int, queue int64) *turnstile {
	t.each = newShares(places, queue)
	return t
}

// turnstiles are those of the house.
type turnstiles struct {
	pages, writes, asks, suggestions, files, signIns, streams *turnstile
}

func newTurnstiles() turnstiles {
	return turnstiles{
		pages: newTurnstile(pagePlaces, pageQueue), writes: newTurnstile(writePlaces, writeQueue),
		asks:        newTurnstile(askPlaces, askQueue).shared(asksEach, askQueueEach),
		suggestions: newTurnstile(suggestionPlaces, suggestionQueue).shared(suggestionsEach, suggestionQueueEach),
		files:       newTurnstile(filePlaces, fileQueue),
		signIns:     newTurnstile(signInPlaces, signInQueue),
		streams:     newTurnstile(streamPlaces, streamQueue).shared(streamsEach, streamQueueEach),
	}
}

// turnstile gives the one that a request passes; nil for none.
func (d *Door) turnstile(c echo.Context) *turnstile {
	switch {
	case d.rules.Anonymous(c):
		return nil
	case d.rules.Streaming(c):
		return d.turnstiles.streams
	case d.rules.SigningIn(c):
		return d.turnstiles.signIns
	case d.rules.Asking(c) && safe(c.Request()):
		return d.turnstiles.suggestions
	case d.rules.Asking(c):
		return d.turnstiles.asks
	case safe(c.Request()):
		return d.turnstiles.pages
	case d.uploads(c.Request()):
		return d.turnstiles.files
	default:
		return d.turnstiles.writes
	}
}

// Shed turns away at once what would have to wait long, so that what was let in is still answered, and health checks always
// are. It stands before the log, which a flood would fill, and says itself what it did, once a second at most.
func (d *Door) Shed(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		turnstile, ctx := d.turnstile(c), c.Request().Context()
		if turnstile == nil {
			return next(c)
		}
		if !turnstile.enter(ctx) {
			return d.turnAwayFrom(c, d.full)
		}
		defer turnstile.leave()
		return next(c)
	}
}

// turnAwayFrom answers a request that found no place, unless nobody is there any more to be told.
func (d *Door) turnAwayFrom(c echo.Context, answer echo.HandlerFunc) error {
	ctx := c.Request().Context()
	if ctx.Err() != nil {
		return nil
	}
	d.turned.one(ctx, time.Now())
	return answer(c)
}

// tally counts what was turned away or refused, and logs the count.
type tally struct {
	log   *slog.Logger
	says  string
	count atomic.Int64
	last  atomic.Int64 // when it was logged, in Unix nanoseconds
}

func (t *tally) one(ctx context.Context, now time.Time) {
	t.count.Add(1)
	last := t.last.Load()
	if now.UnixNano()-last < int64(time.Second) || !t.last.CompareAndSwap(last, now.UnixNano()) {
		return
	}
	t.log.WarnContext(ctx, t.says, "count", t.count.Swap(0))
}
