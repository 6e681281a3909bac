package microsoft

import (
	"cmp"
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"purser.example/internal/whose"
)

// maxTries is how often one request is sent at most while a person waits, throttled ones included.
const maxTries = 3

// longestWait caps what Retry-After may tell us, for sums and for display.
const longestWait = time.Hour

// patience is the waiting time that one validation has for all its requests together.
type patience struct {
	mu    sync.Mutex
	left  time.Duration
	tries int // how often one request is sent at most; 0: maxTries
}

// take reserves a wait with a little extra, so that many who were refused together do not come back together. It refuses
// a wait that is longer than what is left: waiting less than Microsoft asked for would only count against us.
func (p *patience) take(wait time.Duration) (time.Duration, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if wait > p.left {
		return 0, false
	}
	wait += rand.N(min(p.left-wait, 100*time.Millisecond) + 1) //nolint:gosec // A wait, which may be guessed.
	p.left -= wait
	return wait, true
}

// askPatiently asks, and asks again while the service says that it is busy and there is patience left. Everything else is
// asked once, a lost answer above all: it may have counted (R62).
func (c *Client) askPatiently(ctx context.Context, p *patience, r request) (answer, error) {
	if r.lane.rank == scanning {
		return c.persist(ctx, r)
	}
	for try := 1; ; try++ {
		a, err := c.askInTurn(ctx, p, r)
		if err != nil || !a.busy() || try == cmp.Or(p.tries, maxTries) {
			return a, err
		}
		wait, given := a.retryAfter(c.now())
		if !given {
			wait = time.Second << min(try-1, 4)
		}
		wait, enough := p.take(wait)
		if !enough || !sleep(ctx, wait) {
			return a, nil
		}
		if r.again == nil {
			continue
		}
		if r.form, err = r.again(); err != nil {
			return a, err
		}
		defer r.form.wipe()
	}
}

// sleep waits, and reports whether it was left in peace.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// retryAfter is how long the service asks to stay away, measured by its own clock where it gave a date.
func (a answer) retryAfter(now time.Time) (time.Duration, bool) {
	if at := a.time(); !at.IsZero() {
		now = at
	}
	return parseRetryAfter(a.header.Get("Retry-After"), now)
}

// parseRetryAfter reads what Graph and the sign-in service send, held to the cap.
func parseRetryAfter(value string, now time.Time) (time.Duration, bool) {
	return whose.RetryAfter(value, now, longestWait)
}
