// Package journal notes what the simulator was asked. Tests count password attempts by it.
package journal

import (
	"sync"
	"time"

	"purser.example/internal/m365sim/call"
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

// maxRequests is how many requests the journal remembers; older ones are forgotten first.
const maxRequests = 100_000

// Journal is a ring of the last requests, in the order in which they arrived.
type Journal struct {
	mu    sync.Mutex
	ring  []*Request
	first int // index of the oldest, once the ring is full
}

// Open notes a request on arrival, so that one still under way, or never answered, stands in the journal too.
func (j *Journal) Open(c *call.Call) *Request {
	e := &Request{Time: c.At.UTC(), Method: call.Clip(c.Request.Method), Host: call.Clip(c.Request.Host), Path: call.Clip(c.Request.URL.Path), GrantType: call.Clip(c.Form.Get("grant_type"))}
	e.Username = call.Clip(c.Username())
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.ring) < maxRequests {
		j.ring = append(j.ring, e)
		return e
	}
	j.ring[j.first] = e
	j.first = (j.first + 1) % maxRequests
	return e
}

// Close notes the status before the answer leaves, so that a client that reads the journal next finds it there.
func (j *Journal) Close(e *Request, status int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	e.Status = status
}

// Requests answers the journal, oldest first.
func (j *Journal) Requests() []Request {
	j.mu.Lock()
	defer j.mu.Unlock()
	list := make([]Request, 0, len(j.ring))
	for i := range j.ring {
		list = append(list, *j.ring[(j.first+i)%len(j.ring)])
	}
	return list
}

// Reset empties the journal.
func (j *Journal) Reset() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.ring, j.first = nil, 0
}
