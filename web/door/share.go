package door

import (
	"context"
	"net/netip"
	"sync"

	"github.com/labstack/echo/v4"

	"purser.example/web/session"
)

// shares gives everybody a turnstile of their own, such as each person or each address, so that one of them cannot take what is there
// for all.
type shares struct {
	places int
	queue  int64

	mu sync.Mutex
	of map[string]*share
}

// share is the turnstile of one of them, for as long as somebody is at it.
type share struct {
	*turnstile
	users int
}

func newShares(places int, queue int64) *shares {
	return &shares{places: places, queue: queue, of: map[string]*share{}}
}

// enter takes a place of somebody's, as a turnstile's enter does.
func (s *shares) enter(ctx context.Context, who string) bool {
	if s.at(who).enter(ctx) {
		return true
	}
	s.gone(who)
	return false
}

func (s *shares) leave(who string) {
	s.mu.Lock()
	held := s.of[who]
	s.mu.Unlock()
	held.leave()
	s.gone(who)
}

func (s *shares) at(who string) *share {
	s.mu.Lock()
	defer s.mu.Unlock()
	held, there := s.of[who]
	if !there {
		held = &share{turnstile: newTurnstile(s.places, s.queue)}
		s.of[who] = held
	}
	held.users++
	return held
}

// gone forgets somebody with the last of their requests.
func (s *shares) gone(who string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if held := s.of[who]; held.users == 1 {
		delete(s.of, who)
	} else {
		held.users--
	}
}

// gate is a turnstile for all with a share of it for each.
type gate struct {
	all  *turnstile
	each *shares
}

func (g gate) enter(ctx context.Context, who string) bool {
	if !g.each.enter(ctx, who) {
		return false
	}
	if g.all.enter(ctx) {
		return true
	}
	g.each.leave(who)
	return false
}

func (g gate) leave(who string) {
	g.all.leave()
	g.each.leave(who)
}

// Share gives each person no more than their part of what waits for Microsoft 365 and of the streams (X40, X48). It stands behind
// Admit, because before it nobody knows who asks.
func (d *Door) Share(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		turnstile := d.turnstile(c)
		if turnstile == nil || turnstile.each == nil || !session.Caller(c).SignedIn() {
			return next(c)
		}
		ctx, caller := c.Request().Context(), session.Caller(c)
		who := caller.Issuer + " " + caller.Subject
		if !turnstile.each.enter(ctx, who) {
			return d.turnAwayFrom(c, d.enough)
		}
		defer turnstile.each.leave(who)
		return next(c)
	}
}

// Neighbors are those who share an address, as far as limits go: IPv6 gives each household or machine a network of 64 bits, so that
// one of them has more addresses than anybody counts.
func Neighbors(address netip.Addr) netip.Addr {
	address = address.Unmap().WithZone("")
	if address.Is6() {
		network, err := address.Prefix(64)
		if err == nil {
			return network.Addr()
		}
	}
	return address
}

// neighborsOf is Neighbors of an address as text; what is none counts as one of its own.
func neighborsOf(text string) string {
	address, err := netip.ParseAddr(text)
	if err != nil {
		return text
	}
	return Neighbors(address).String()
}
