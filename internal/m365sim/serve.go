package m365sim

import (
	"net"
	"net/http"
	"strings"
	"time"

	"purser.example/internal/m365sim/cloud"
)

// ServeHTTP answers one request: a control call at once, any other through the journal, the faults, the routes and the
// tenant's latency, in this order. A delay ends early when the client goes away; the request counts all the same, as one
// that reached Microsoft would.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/_sim/") || r.URL.Path == "/_sim" {
		s.control.ServeHTTP(w, r)
		return
	}
	c := s.newCall(w, r)
	entry := s.journal.open(c)
	fault := s.faults.take(c)
	if fault == nil {
		fault = &Fault{}
	}
	wait(r, time.Duration(fault.DelayMs)*time.Millisecond)
	if fault.Reset {
		reset(w)
	}
	a, faulted := fault.answer()
	if !faulted {
		a = s.answer(c)
		for _, change := range *c.after {
			change()
		}
		wait(r, c.latency)
	}
	s.journal.close(entry, a.status)
	a.send(w, fault.Truncate)
}

// wait lets d pass, or less when the client goes away.
func wait(r *http.Request, d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
	}
}

// reset breaks the connection with a TCP RST, without any answer, and ends the handler. Over HTTP/2 it ends the stream.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	raw := conn
	if t, ok := conn.(interface{ NetConn() net.Conn }); ok {
		raw = t.NetConn()
	}
	if tcp, ok := raw.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = raw.Close()
	panic(http.ErrAbortHandler)
}

// answer finds the route of the call. The lock is held while the answer is made, so that it is of one moment.
func (s *Simulator) answer(c *call) answer {
	s.mu.RLock()
	defer s.mu.RUnlock()
	switch {
	case c.broken:
		return textAnswer(http.StatusBadRequest, "text/html; charset=us-ascii", "<h2>Bad Request</h2>")
	case c.part == cloud.PartLogin && c.endpoint.Part == cloud.PartAny && federationRoute(c.r.URL.Path) != nil:
		return s.federation(c)
	case c.part == cloud.PartLogin:
		return s.login(c)
	case c.part == cloud.PartGraph:
		return s.graph(c)
	case c.part == cloud.PartSharePoint:
		return s.sharePoint(c)
	}
	return s.federation(c)
}

// notFound is what a web server in front of Microsoft's services says of a path that leads nowhere.
func notFound() answer {
	return textAnswer(http.StatusNotFound, "text/html; charset=us-ascii",
		"<!DOCTYPE HTML><html><head><title>Not Found</title></head><body><h2>Not Found</h2><p>HTTP Error 404. The requested resource is not found.</p></body></html>")
}
