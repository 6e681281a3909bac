package door

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"

	"github.com/labstack/echo/v4"

	"purser.example/internal/problem"
)

// ClientAddress believes X-Forwarded-For from the configured proxies only; Echo by itself believes anybody.
func ClientAddress(proxies []netip.Prefix) echo.IPExtractor {
	if len(proxies) == 0 {
		return echo.ExtractIPDirect()
	}
	trust := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, p := range proxies {
		trust = append(trust, echo.TrustIPRange(&net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())}))
	}
	return echo.ExtractIPFromXFFHeader(trust...)
}

var errCrossSite = problem.New(problem.CrossSite, "This request didn't come from Purser's own pages, so it was blocked.")

// protectionOf tells pages of this site from all others.
func protectionOf(base *url.URL) *http.CrossOriginProtection {
	protection := http.NewCrossOriginProtection()
	if err := protection.AddTrustedOrigin(base.Scheme + "://" + base.Host); err != nil {
		panic("door: base address: " + err.Error())
	}
	return protection
}

// SameOrigin keeps other sites from acting in a person's name. A browser says where a post comes from; one that says
// nothing, with a cookie, is refused as well, because it could be an old browser led by another site.
func (d *Door) SameOrigin(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if err := d.protection.Check(r); err != nil {
			return errors.Join(errCrossSite, err)
		}
		silent := r.Header.Get("Origin") == "" && r.Header.Get("Sec-Fetch-Site") == ""
		if !safe(r) && silent && len(r.Cookies()) > 0 {
			return errCrossSite
		}
		return next(c)
	}
}
