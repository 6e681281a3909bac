package app

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"purser.example/web/door"
)

// crowd is how many connections a listener holds open.
type crowd struct {
	most int // the rest wait, but for one in the kernel's queue
	near int // from here on, each that comes takes the place of one that is idle
	each int // of one address
}

// usualCrowd is far above what the requests in hand need, because a health check must find a place beside idle ones, and low enough
// that their memory (some 20 KB each, three times that with TLS) stays within bounds. One address has half of it: behind it may be a
// whole office, or a proxy that nobody named.
var usualCrowd = crowd{most: 2048, near: 1920, each: 1024}

// listener bounds the connections that are open, in all and of one address, and makes room by closing those that have been idle for
// longest: what holds a connection without a request keeps nobody out (X41). It belongs beneath TLS.
type listener struct {
	net.Listener
	crowd   crowd
	proxies []netip.Prefix // many people come from their addresses

	mu     sync.Mutex
	open   map[*connection]struct{}
	of     map[netip.Addr]int
	closed chan struct{}   // has something to read after a connection was closed
	ended  context.Context // done when the listener is closed
	end    context.CancelFunc
}

func bounded(ln net.Listener, c crowd, proxies []netip.Prefix) *listener {
	l := &listener{
		Listener: ln, crowd: c, proxies: proxies,
		open: map[*connection]struct{}{}, of: map[netip.Addr]int{}, closed: make(chan struct{}, 1),
	}
	l.ended, l.end = context.WithCancel(context.Background())
	return l
}

// Accept gives the next connection that there is room for, and makes room for it where there is none.
func (l *listener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		l.awaitRoom()
		if c := l.admit(conn); c != nil {
			return c, nil
		}
		_ = conn.Close()
	}
}

// Close closes the listener, and lets Accept say so where it waits for room.
func (l *listener) Close() error {
	l.end()
	return l.Listener.Close()
}

const (
	// look is how often it is looked whether a connection has become idle, while there are as many as there may be and all are at work.
	look = 50 * time.Millisecond
	// settling is how long a connection is left to send its request before it makes room for one of another address. Without it those that
	// come would push one another out.
	settling = 250 * time.Millisecond
)

// awaitRoom returns when there is room for one more connection, or none will be accepted any more.
func (l *listener) awaitRoom() {
	for l.full() && l.ended.Err() == nil {
		if l.dismiss(l.settled) {
			continue
		}
		timer := time.NewTimer(look)
		select {
		case <-l.closed:
		case <-timer.C:
		case <-l.ended.Done():
		}
		timer.Stop()
	}
}

func (l *listener) full() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.open) >= l.crowd.most
}

// admit counts a connection, and makes room for it where it is getting narrow. It gives nil where its address has all that one has,
// with a request on each.
func (l *listener) admit(conn net.Conn) *connection {
	address := addressOf(conn)
	c := &connection{Conn: conn, listener: l, from: door.Neighbors(address)}
	c.idle.Store(time.Now().UnixNano())
	l.mu.Lock()
	narrow := len(l.open) >= l.crowd.near
	enough := l.of[c.from] >= l.crowd.each && !l.proxy(address)
	l.mu.Unlock()
	switch {
	case enough && !l.dismiss(func(other *connection) bool { return other.from == c.from }):
		return nil
	case narrow && !enough:
		l.dismiss(l.settled)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open[c] = struct{}{}
	l.of[c.from]++
	return c
}

func (l *listener) proxy(address netip.Addr) bool {
	return slices.ContainsFunc(l.proxies, func(p netip.Prefix) bool { return p.Contains(address) })
}

// settled reports whether a connection has had its time to send a request.
func (l *listener) settled(c *connection) bool {
	return time.Since(time.Unix(0, c.idle.Load())) > settling
}

// dismiss closes the connection that has been idle for longest, of some. It reports whether there was one.
func (l *listener) dismiss(of func(*connection) bool) bool {
	l.mu.Lock()
	var oldest *connection
	for c := range l.open {
		if c.requests.Load() == 0 && of(c) && (oldest == nil || c.idle.Load() < oldest.idle.Load()) {
			oldest = c
		}
	}
	l.mu.Unlock()
	if oldest == nil {
		return false
	}
	_ = oldest.Close()
	return true
}

func (l *listener) forget(c *connection) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.open, c)
	if l.of[c.from]--; l.of[c.from] == 0 {
		delete(l.of, c.from)
	}
	select {
	case l.closed <- struct{}{}:
	default:
	}
}

// addressOf is where a connection comes from; the zero address where it does not say.
func addressOf(conn net.Conn) netip.Addr {
	from, err := netip.ParseAddrPort(conn.RemoteAddr().String())
	if err != nil {
		return netip.Addr{}
	}
	return from.Addr().Unmap()
}

// connection knows whether it has a request. Without one it is idle, however much of a head it has sent.
type connection struct {
	net.Conn
	listener *listener
	from     netip.Addr
	requests atomic.Int32 // on HTTP/2 there may be many
	idle     atomic.Int64 // since when, in Unix nanoseconds
	once     sync.Once
}

// Close closes it, and makes room for another one.
func (c *connection) Close() error {
	err := c.Conn.Close()
	c.once.Do(func() { c.listener.forget(c) })
	return err
}

func (c *connection) begin() { c.requests.Add(1) }

func (c *connection) end() {
	c.idle.Store(time.Now().UnixNano())
	c.requests.Add(-1)
}

type connectionKey struct{}

// carried is the context of a connection's requests, by which attended finds it.
func carried(ctx context.Context, conn net.Conn) context.Context {
	if secured, ok := conn.(*tls.Conn); ok {
		conn = secured.NetConn()
	}
	if c, ok := conn.(*connection); ok {
		return context.WithValue(ctx, connectionKey{}, c)
	}
	return ctx
}

// attended tells each connection of its requests.
func attended(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, ok := r.Context().Value(connectionKey{}).(*connection); ok {
			c.begin()
			defer c.end()
		}
		next.ServeHTTP(w, r)
	})
}
