package app

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"testing"
	"time"
)

// gathering is a server with a small crowd, whose answers to /hold wait until they are released.
type gathering struct {
	t       *testing.T
	address string
	arrived chan struct{}
	release chan struct{}
}

func gather(t *testing.T, c crowd, proxies ...string) *gathering {
	t.Helper()
	g := &gathering{t: t, arrived: make(chan struct{}, 100), release: make(chan struct{})}
	server := newServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/hold" {
			g.arrived <- struct{}{}
			<-g.release
		}
		_, _ = io.WriteString(w, "ok")
	}), silent)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var trusted []netip.Prefix
	for _, p := range proxies {
		trusted = append(trusted, netip.MustParsePrefix(p))
	}
	g.address = ln.Addr().String()
	served := make(chan error, 1)
	go func() { served <- server.Serve(bounded(ln, c, trusted)) }()
	t.Cleanup(func() {
		_ = server.Close()
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	return g
}

// guest is a connection from one of this machine's addresses.
type guest struct {
	net.Conn
	t      *testing.T
	reader *bufio.Reader
}

func (g *gathering) come(from string) *guest {
	g.t.Helper()
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	conn, err := dialer.DialContext(g.t.Context(), "tcp", g.address)
	if err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		g.t.Fatal(err)
	}
	return &guest{conn, g.t, bufio.NewReader(conn)}
}

// ask sends a request and gives its status; 0 where the connection is closed instead.
func (c *guest) ask(path string) int {
	c.t.Helper()
	if _, err := io.WriteString(c, "GET "+path+" HTTP/1.1\r\nHost: purser\r\n\r\n"); err != nil {
		return 0
	}
	return c.status()
}

func (c *guest) status() int {
	c.t.Helper()
	res, err := http.ReadResponse(c.reader, nil)
	if isTimeout(err) {
		c.t.Fatal("neither an answer nor an end")
	}
	if err != nil {
		return 0
	}
	_, _ = io.Copy(io.Discard, res.Body)
	_ = res.Body.Close()
	return res.StatusCode
}

// hold sends a request that stays until it is released.
func (g *gathering) hold(from string) *guest {
	g.t.Helper()
	c := g.come(from)
	if _, err := io.WriteString(c, "GET /hold HTTP/1.1\r\nHost: purser\r\n\r\n"); err != nil {
		g.t.Fatal(err)
	}
	<-g.arrived
	return c
}

// X41: whoever holds connections without a request keeps nobody out, neither at their own address nor elsewhere.
func TestIdleConnectionsMakeRoom(t *testing.T) {
	g := gather(t, crowd{most: 8, near: 7, each: 4})
	const others = 5
	var idle []*guest
	for range 4 + others {
		c := g.come("127.0.0.1")
		if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nX-Half-A-Head: "); err != nil { // no request yet
			t.Fatal(err)
		}
		idle = append(idle, c)
	}
	if status := g.come("127.0.0.1").ask("/"); status != http.StatusOK {
		t.Errorf("at their own address: %d", status)
	}
	if status := g.come("127.0.0.2").ask("/"); status != http.StatusOK {
		t.Errorf("elsewhere: %d", status)
	}
	for i, c := range idle[:others+1] {
		if status := c.status(); status != 0 {
			t.Errorf("the %dth is still open: %d", i, status)
		}
	}
	for i, c := range idle[others+1:] {
		if _, err := io.WriteString(c, "x\r\nHost: purser\r\n\r\n"); err != nil || c.status() != http.StatusOK {
			t.Errorf("the %dth of the youngest was closed: %v", i, err)
		}
	}
}

// X41: so it is where they come from several addresses, and there are as many as there may be.
func TestIdleConnectionsOfManyMakeRoom(t *testing.T) {
	g := gather(t, crowd{most: 8, near: 7, each: 4})
	for _, from := range []string{"127.0.0.1", "127.0.0.2"} {
		for range 4 {
			g.come(from)
		}
	}
	for range 8 {
		if status := g.come("127.0.0.3").ask("/"); status != http.StatusOK {
			t.Errorf("elsewhere: %d", status)
		}
	}
}

// X41: a request in hand is never cut off for another connection. An address that has all its connections at work gets no more;
// others do.
func TestConnectionsAtWorkStay(t *testing.T) {
	g := gather(t, crowd{most: 8, near: 7, each: 4})
	var held []*guest
	for range 4 {
		held = append(held, g.hold("127.0.0.1"))
	}
	if status := g.come("127.0.0.1").ask("/"); status != 0 {
		t.Errorf("one more than an address may have: %d", status)
	}
	for range 3 {
		held = append(held, g.hold("127.0.0.2"))
	}
	if status := g.come("127.0.0.3").ask("/"); status != http.StatusOK { // the last place
		t.Errorf("elsewhere: %d", status)
	}
	close(g.release)
	for i, c := range held {
		if status := c.status(); status != http.StatusOK {
			t.Errorf("the %dth was cut off: %d", i, status)
		}
	}
}

// Where all connections are at work the next one waits in the kernel's queue, until one of them ends or has done its work.
func TestConnectionsAreBounded(t *testing.T) {
	g := gather(t, crowd{most: 2, near: 2, each: 2})
	g.hold("127.0.0.1")
	g.hold("127.0.0.2")
	next := g.come("127.0.0.3")
	answered := make(chan int, 1)
	go func() { answered <- next.ask("/") }()
	select {
	case status := <-answered:
		t.Errorf("more than there may be: %d", status)
	case <-time.After(4 * look):
	}
	close(g.release)
	if status := <-answered; status != http.StatusOK {
		t.Errorf("afterwards: %d", status)
	}
}

// A proxy that is trusted brings many people by one address.
func TestAProxyHasAsManyAsThereAre(t *testing.T) {
	g := gather(t, crowd{most: 8, near: 8, each: 2}, "127.0.0.1/32")
	for range 5 {
		g.hold("127.0.0.1")
	}
	if status := g.come("127.0.0.1").ask("/"); status != http.StatusOK {
		t.Errorf("status %d", status)
	}
	close(g.release)
}
