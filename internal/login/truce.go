package login

import (
	"fmt"
	"net/http"
	"sync"
	"time"

	"purser.example/internal/whose"
)

// longestTruce caps what Retry-After may tell us: a slip of the provider's must not keep people out for hours.
const longestTruce = 5 * time.Minute

// truce remembers which addresses of the provider's asked to be left alone, and for how long (X47). Whoever asks them too early counts
// against us.
type truce struct {
	now func() time.Time

	mu    sync.Mutex
	asked map[string]request // by address; a provider has three
}

// request is what an address asked for, and with what answer.
type request struct {
	at     time.Time
	answer refusal
}

func newTruce(now func() time.Time) *truce { return &truce{now: now, asked: map[string]request{}} }

// addressOf leaves the query out.
func addressOf(req *http.Request) string { return req.URL.Host + req.URL.Path }

// holds gives the answer that stands for an address that is to be left alone.
func (t *truce) holds(req *http.Request) (refusal, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	last, ok := t.asked[addressOf(req)]
	left := last.answer.after - t.now().Sub(last.at)
	if !ok || !within(t.now().Sub(last.at), last.answer.after) {
		delete(t.asked, addressOf(req))
		return refusal{}, false
	}
	last.answer.reason += fmt.Sprintf(", and is not asked for %s yet", left.Round(time.Second))
	last.answer.after = left
	return last.answer, true
}

// heard reads from an answer that was none whether the address is to be left alone.
func (t *truce) heard(req *http.Request, resp *http.Response, answer refusal) refusal {
	if resp.StatusCode != http.StatusTooManyRequests && resp.StatusCode != http.StatusServiceUnavailable {
		return answer
	}
	clock := t.now()
	if theirs, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		clock = theirs
	}
	if answer.after, _ = whose.RetryAfter(resp.Header.Get("Retry-After"), clock, longestTruce); answer.after > 0 {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.asked[addressOf(req)] = request{t.now(), answer}
	}
	return answer
}
