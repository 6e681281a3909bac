package door

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/labstack/echo/v4"
)

// X48: each has a share, and nobody's is smaller for what others have. Whoever has nothing under way is forgotten.
func TestEverybodyHasAShare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShares(2, 1)
		for range 2 {
			if !s.enter(t.Context(), "adele") {
				t.Fatal("the share is smaller than it should be")
			}
		}
		if s.enter(t.Context(), "adele") {
			t.Error("the share is larger than it should be")
		}
		if !s.enter(t.Context(), "alex") {
			t.Error("somebody else has no share")
		}
		waited := make(chan bool, 1)
		go func() { waited <- s.enter(t.Context(), "adele") }()
		synctest.Wait()
		s.leave("adele")
		if !<-waited {
			t.Error("who waited got no place")
		}
		gone, hangUp := context.WithCancel(t.Context())
		go func() { waited <- s.enter(gone, "adele") }()
		synctest.Wait()
		hangUp()
		if <-waited {
			t.Error("somebody gone got a place")
		}
		for _, who := range []string{"adele", "adele", "alex"} {
			s.leave(who)
		}
		if len(s.of) != 0 {
			t.Errorf("%d are remembered", len(s.of))
		}
	})
}

// X40: what finds no place among all leaves its share again.
func TestAGateLeavesTheShare(t *testing.T) {
	g := gate{newTurnstile(1, 0), newShares(2, 0)}
	if !g.enter(t.Context(), "a") || g.enter(t.Context(), "b") || g.enter(t.Context(), "a") {
		t.Error("not one at a time")
	}
	g.leave("a")
	if len(g.each.of) != 0 || !g.enter(t.Context(), "b") {
		t.Error("a share is held for nothing")
	}
}

// One household or machine has a network of IPv6 addresses, and counts as one.
func TestNeighbors(t *testing.T) {
	for text, want := range map[string]string{
		"203.0.113.9": "203.0.113.9", "::ffff:203.0.113.9": "203.0.113.9", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::", "2001:db8:1:2::1": "2001:db8:1:2::", "fe80::1%eth0": "fe80::",
	} {
		if got := Neighbors(netip.MustParseAddr(text)); got.String() != want {
			t.Errorf("%s: %s", text, got)
		}
	}
	if neighborsOf("2001:db8::1") != "2001:db8::" || neighborsOf("nobody") != "nobody" {
		t.Error("as texts")
	}
}

// quick is a crowded house that reads forms at once, over a real connection.
func quick(t *testing.T) (*crowded, string) {
	t.Helper()
	c := newCrowded(small())
	c.POST("/quick", func(ec echo.Context) error {
		body, err := io.ReadAll(ec.Request().Body)
		if err != nil {
			return err
		}
		return ec.String(http.StatusOK, string(body))
	})
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	return c, server.Listener.Addr().String()
}

// trickle sends the beginning of a form, and no more.
func trickle(t *testing.T, address string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if _, err := io.WriteString(conn, "POST /quick HTTP/1.1\r\nHost: purser\r\nContent-Length: 100\r\n\r\nname="); err != nil {
		t.Fatal(err)
	}
	return conn
}

// X40: 80 bodies that trickle take no place of those that arrive, from the same address too.
func TestBodiesThatTrickleKeepNobodyWaiting(t *testing.T) {
	c, address := quick(t)
	for range 80 {
		trickle(t, address)
	}
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for len(c.door.bodies.all.places) < 80 {
		<-look.C
	}
	for _, body := range []string{"name=a", strings.Repeat("a", smallBody), strings.Repeat("a", maxBody)} {
		res, err := http.Post("http://"+address+"/quick", "application/x-www-form-urlencoded", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil || res.StatusCode != http.StatusOK || string(text) != body {
			t.Errorf("%d bytes: status %d, %d bytes back, %v", len(body), res.StatusCode, len(text), err)
		}
	}
	if n := len(c.door.largeBodies.all.places) + len(c.door.largeBodies.each.of); n != 0 {
		t.Errorf("large bodies left %d behind", n)
	}
}

// X40: a form that does not arrive is given up in time, and its sender is told so.
func TestABodyHasItsTime(t *testing.T) {
	c, address := quick(t)
	c.door.bodyWithin = 50 * time.Millisecond
	conn := trickle(t, address)
	if err := conn.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(conn)
	if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 400 ") || !strings.Contains(string(answer), "arrived incomplete") {
		t.Errorf("%v: %s", err, answer)
	}
	if n := len(c.door.bodies.all.places) + len(c.door.bodies.each.of); n != 0 {
		t.Errorf("it left %d behind", n)
	}
}

// Of large bodies there are few at once, because each is held in memory; small ones arrive all the while.
func TestLargeBodiesAreFew(t *testing.T) {
	c, address := quick(t)
	c.door.largeBodies = gate{newTurnstile(1, 0), newShares(1, 0)}
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, "POST /quick HTTP/1.1\r\nHost: purser\r\nContent-Length: 1000000\r\n\r\n"+strings.Repeat("a", smallBody)); err != nil {
		t.Fatal(err)
	}
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for len(c.door.largeBodies.all.places) < 1 {
		<-look.C
	}
	for size, want := range map[int]int{smallBody - 1: http.StatusOK, smallBody + 1: http.StatusServiceUnavailable} {
		res, err := http.Post("http://"+address+"/quick", "application/x-www-form-urlencoded", strings.NewReader(strings.Repeat("a", size)))
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("%d bytes: %d", size, res.StatusCode)
		}
	}
}
