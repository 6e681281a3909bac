package m365sim

import (
	"strings"
	"sync"
	"time"
)

// Request is what the journal keeps of one request. It never holds a secret: of a form only grant type and username, of a
// token only the user's name, of the address no query. Status is 0 until the answer is made, and where there was none.
type Request struct {
	Time      time.Time `json:"time"`
	Method    string    `json:"method"`
	Host      string    `json:"host"`
	Path      string    `json:"path"`
	GrantType string    `json:"grantType"`
	Username  string    `json:"username"`
	Status    int       `json:"status"`
}

// maxJournal is how many requests the journal remembers; older ones are forgotten first.
const maxJournal = 100_000

// journal is a ring of the last requests, in the order in which they arrived.
type journal struct {
	mu    sync.Mutex
	ring  []*Request
	first int // index of the oldest, once the ring is full
}

// open notes a request on arrival, so that one still under way, or never answered, stands in the journal too.
func (j *journal) open(c *call) *Request {
	e := &Request{Time: c.at.UTC(), Method: clip(c.r.Method), Host: clip(c.r.Host), Path: clip(c.r.URL.Path), GrantType: clip(c.form.Get("grant_type"))}
	e.Username = clip(c.username())
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.ring) < maxJournal {
		j.ring = append(j.ring, e)
		return e
	}
	j.ring[j.first] = e
	j.first = (j.first + 1) % maxJournal
	return e
}

// close notes the status before the answer leaves, so that a client that reads the journal next finds it there.
func (j *journal) close(e *Request, status int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	e.Status = status
}

// clip keeps one entry of the journal small whatever a client sends. It copies: a part of a string would keep the whole form
// in memory, password included.
func clip(s string) string { return strings.Clone(s[:min(len(s), 512)]) }

// requests answers the journal, oldest first.
func (j *journal) requests() []Request {
	j.mu.Lock()
	defer j.mu.Unlock()
	list := make([]Request, 0, len(j.ring))
	for i := range j.ring {
		list = append(list, *j.ring[(j.first+i)%len(j.ring)])
	}
	return list
}

// reset empties the journal.
func (j *journal) reset() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.ring, j.first = nil, 0
}
