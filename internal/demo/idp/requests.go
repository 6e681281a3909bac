package idp

import (
	"crypto/rand"
	"crypto/subtle"
	"sync"
	"time"
)

const (
	requestLifetime = 10 * time.Minute // from the authorization request to the password
	codeLifetime    = time.Minute      // from the password to the token; RFC 6749 section 4.1.2 allows ten
)

// requests keeps what is under way: authorization requests that wait for a password, and the codes that came of them.
type requests struct {
	now clock

	mu      sync.Mutex
	waiting map[string]request // by id
	codes   map[string]request // by code; a request that was answered
}

func newRequests(now clock) *requests {
	return &requests{now: now, waiting: map[string]request{}, codes: map[string]request{}}
}

// add keeps a new request and answers it with its id. When there are too many the oldest has to go: a stranger who fills
// the list then delays people, but never locks them out.
func (all *requests) add(r request) request {
	all.mu.Lock()
	defer all.mu.Unlock()
	r.id = rand.Text()
	r.expires = all.now().Add(requestLifetime)
	makeRoom(all.waiting, all.now())
	all.waiting[r.id] = r
	return r
}

// find answers the request that waits under id for this very browser.
func (all *requests) find(id, browser string) (request, bool) {
	all.mu.Lock()
	defer all.mu.Unlock()
	return all.waits(id, browser)
}

// waits treats a request of another browser like an expired one: whoever opened a link that somebody else had started
// would sign in on their behalf (login CSRF).
func (all *requests) waits(id, browser string) (request, bool) {
	r, ok := all.waiting[id]
	if !ok || !all.now().Before(r.expires) || subtle.ConstantTimeCompare([]byte(r.browser), []byte(browser)) != 1 {
		return request{}, false
	}
	return r, true
}

// answer marks the request as signed in by subject, and answers it with the code for it; false when it is not waiting any
// more. It goes on waiting until that code is used, because a double click posts the password twice and the browser
// follows the second answer.
func (all *requests) answer(id, browser, subject string) (r request, code string, ok bool) {
	all.mu.Lock()
	defer all.mu.Unlock()
	if r, ok = all.waits(id, browser); !ok {
		return request{}, "", false
	}
	r.subject, r.signedIn = subject, all.now()
	r.expires = r.signedIn.Add(codeLifetime)
	makeRoom(all.codes, all.now())
	code = rand.Text()
	all.codes[code] = r
	return r, code, true
}

// redeem answers the request behind a code and burns the code, in one step: of two who bring the same code one gets
// nothing. With it go the request and any other code that came of it.
func (all *requests) redeem(code string) (request, bool) {
	all.mu.Lock()
	defer all.mu.Unlock()
	r, ok := all.codes[code]
	if !ok {
		return request{}, false
	}
	all.drop(func(other request) bool { return other.id == r.id })
	return r, all.now().Before(r.expires)
}

// forget drops everything that this browser has under way.
func (all *requests) forget(browser string) {
	all.mu.Lock()
	defer all.mu.Unlock()
	all.drop(func(r request) bool { return r.browser == browser })
}

func (all *requests) drop(gone func(request) bool) {
	for _, kept := range []map[string]request{all.waiting, all.codes} {
		for key, r := range kept {
			if gone(r) {
				delete(kept, key)
			}
		}
	}
}

// makeRoom removes what has expired and, if that was not enough for one more, what expires first.
func makeRoom(kept map[string]request, now time.Time) {
	oldest := ""
	for key, r := range kept {
		if !now.Before(r.expires) {
			delete(kept, key)
			continue
		}
		if oldest == "" || r.expires.Before(kept[oldest].expires) {
			oldest = key
		}
	}
	if len(kept) >= maxRequests {
		delete(kept, oldest)
	}
}
