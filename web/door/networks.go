package door

import (
	"net/netip"
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/web/respond"
	"purser.example/web/session"
)

// KeepOutside refuses what comes from elsewhere than the networks from which the house is open (R66), break-glass links among it: whoever
// makes one has a shell on the machine, and can change the setting. It stands before all that costs anything, and before a body is read.
// Only health is asked from anywhere.
func (d *Door) KeepOutside(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if len(d.rules.Networks) == 0 || d.rules.Health(c) || within(d.rules.Networks, c.RealIP()) {
			return next(c)
		}
		ctx, r := c.Request().Context(), c.Request()
		d.refused.one(ctx, time.Now())
		entry := audit.By(access.Caller{}, session.Arriving(c), audit.Outside, audit.Target{Kind: "page", Name: cut(respond.PathOf(c), 200)}).With("method", cut(r.Method, 20))
		if err := d.rules.Activity.Record(ctx, entry); err != nil {
			d.rules.Log.ErrorContext(ctx, "a refusal of a request from another network was not recorded", "error", problem.Told(err))
		}
		return d.outside(c)
	}
}

// within reports whether an address is of one of the networks. What is no address is of none. IPv4 that is written as IPv6 is IPv4, and the
// zone of an address is the machine's own name for it.
func within(networks []netip.Prefix, text string) bool {
	address, err := netip.ParseAddr(text)
	if err != nil {
		return false
	}
	address = address.Unmap().WithZone("")
	for _, network := range networks {
		if network.Contains(address) {
			return true
		}
	}
	return false
}
