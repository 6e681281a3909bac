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
	c := newCall(w, r, s.now())
	entry := s.journal.open(c)
	trouble := s.faults.take(c)
	if trouble == nil {
		trouble = &Fault{}
	}
	wait(r, time.Duration(trouble.DelayMs)*time.Millisecond)
	if trouble.Reset {
		reset(w)
	}
	a, faulted := trouble.answer()
	if !faulted {
		a = s.answer(c)
		c.settle()
		wait(r, c.latency)
	}
	s.journal.close(entry, a.status)
	a.send(w, trouble.Truncate)
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

// answer finds the route of the call. The directory is held while the answer is made, so that it is of one moment.
func (s *Simulator) answer(c *call) answer {
	defer s.dir.hold()()
	switch {
	case c.broken:
		return textAnswer(http.StatusBadRequest, "text/html; charset=us-ascii", "<h2>Bad Request</h2>")
	case c.part == cloud.PartLogin && c.endpoint.Part == cloud.PartAny && answersAt(c.r.URL.Path):
		return s.federation.answer(c)
	case c.part == cloud.PartLogin:
		return s.login.answer(c)
	case c.part == cloud.PartGraph:
		return s.graph.answer(c)
	case c.part == cloud.PartSharePoint:
		return s.sharePoint.answer(c)
	}
	return s.federation.answer(c)
}
