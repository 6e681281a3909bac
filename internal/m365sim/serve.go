package m365sim

import (
	"net"
	"net/http"
	"strings"
	"time"

	"purser.example/internal/m365sim/call"
	"purser.example/internal/m365sim/cloud"
	"purser.example/internal/m365sim/federation"
)

// ServeHTTP answers one request: a control call at once, any other through the journal, the faults, the routes and the
// tenant's latency, in this order. A delay ends early when the client goes away; the request counts all the same, as one
// that reached Microsoft would.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/_sim/") || r.URL.Path == "/_sim" {
		s.control.ServeHTTP(w, r)
		return
	}
	c := call.New(w, r, s.now())
	entry := s.journal.Open(c)
	trouble := s.faults.Take(c)
	if trouble == nil {
		trouble = &Fault{}
	}
	wait(r, time.Duration(trouble.DelayMs)*time.Millisecond)
	if trouble.Reset {
		reset(w)
	}
	a, faulted := trouble.Answer(c)
	if !faulted {
		a = s.answer(c)
		c.Settle()
		wait(r, c.Latency)
	}
	s.journal.Close(entry, a.Status)
	a.Send(w, trouble.Truncate)
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
func (s *Simulator) answer(c *call.Call) call.Answer {
	defer s.dir.Hold()()
	switch {
	case c.Broken:
		return call.Text(http.StatusBadRequest, "text/html; charset=us-ascii", "<h2>Bad Request</h2>")
	case c.Part == cloud.PartLogin && c.Endpoint.Part == cloud.PartAny && federation.AnswersAt(c.Request.URL.Path):
		return s.federation.Answer(c)
	case c.Part == cloud.PartLogin:
		return s.login.Answer(c)
	case c.Part == cloud.PartGraph:
		return s.graph.Answer(c)
	case c.Part == cloud.PartSharePoint:
		return s.sharePoint.Answer(c)
	}
	return s.federation.Answer(c)
}
