package web

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/internal/pool"
	"purser.example/internal/problem"
	"purser.example/web/pools"
)

// maxBody is the largest form that is read. Files that people bring have limits of their own.
const maxBody = 1 << 20

// uploads are the addresses that take a file, with the largest body of each: the file and the form around it.
var uploads = map[string]int64{pools.ImportPath: pool.MaxImport + 64<<10}

func bodyLimit(r *http.Request) int64 {
	if limit, there := uploads[r.URL.Path]; there && r.Method == http.MethodPost {
		return limit
	}
	return maxBody
}

// clientAddress believes X-Forwarded-For from the configured proxies only; Echo by itself believes anybody.
func clientAddress(proxies []netip.Prefix) echo.IPExtractor {
	if len(proxies) == 0 {
		return echo.ExtractIPDirect()
	}
	trust := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, p := range proxies {
		trust = append(trust, echo.TrustIPRange(&net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())}))
	}
	return echo.ExtractIPFromXFFHeader(trust...)
}

// identify gives each request a reference of its own. One that the client brings is not taken over: it could imitate another.
func identify(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Response().Header().Set(echo.HeaderXRequestID, strings.ToLower(rand.Text()[:16]))
		return next(c)
	}
}

// logRequests writes one line a request, without its query, which may hold what somebody searched for. The error is
// answered here so that the line knows the status.
func logRequests(log *slog.Logger) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			start := time.Now()
			if err := next(c); err != nil {
				c.Error(err)
			}
			req, res := c.Request(), c.Response()
			level := slog.LevelInfo
			if quiet(req.URL.Path) {
				level = slog.LevelDebug
			}
			if log.Enabled(req.Context(), level) {
				log.LogAttrs(req.Context(), level, "request", slog.String("request_id", res.Header().Get(echo.HeaderXRequestID)),
					slog.String("method", req.Method), slog.String("path", req.URL.Path), slog.Int("status", res.Status),
					slog.Int64("bytes", res.Size), slog.Duration("took", time.Since(start)), slog.String("address", c.RealIP()))
			}
			return nil
		}
	}
}

// quiet are the requests that nobody asks the log about.
func quiet(path string) bool {
	return strings.HasPrefix(path, "/static/") || path == "/healthz" || path == "/readyz" || path == "/auth/session"
}

// recoverPanics turns a mistake of ours into an error with its stack; http.ErrAbortHandler is meant for net/http.
func recoverPanics(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			switch v := recover(); v {
			case nil:
			case http.ErrAbortHandler:
				panic(v)
			default:
				err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
			}
		}()
		return next(c)
	}
}

// secureHeaders sets the policy of this site: nothing from elsewhere, nothing inline, no frames, nothing kept by caches.
// Forms may also lead to the identity provider, because sign-out does.
func secureHeaders(https bool, formOrigins func() []string) echo.MiddlewareFunc {
	const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			h := c.Response().Header()
			full := policy
			for _, origin := range formOrigins() {
				full += " " + origin
			}
			h.Set("Content-Security-Policy", full)
			h.Set("Cache-Control", "no-store")
			h.Set("X-Content-Type-Options", "nosniff")
			h.Set("X-Frame-Options", "DENY")
			h.Set("Referrer-Policy", "same-origin")
			h.Set("Cross-Origin-Opener-Policy", "same-origin")
			h.Set("Cross-Origin-Resource-Policy", "same-origin")
			h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
			if https {
				h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
			}
			return next(c)
		}
	}
}

// limitBody refuses what says it is too large at once, and stops reading what turns out to be.
func limitBody(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		limit := bodyLimit(r)
		if r.ContentLength > limit {
			return problem.New(problem.TooLarge, "You sent more than Purser reads at once. Nothing was changed.")
		}
		if r.Body != nil {
			r.Body = http.MaxBytesReader(c.Response(), r.Body, limit)
		}
		return next(c)
	}
}

var errCrossSite = problem.New(problem.CrossSite, "This request did not come from Purser's own pages, so it was not carried out.")

// sameOrigin keeps other sites from acting in a person's name. A browser says where a post comes from; one that says
// nothing, with a cookie, is refused as well, because it could be an old browser led by another site.
func sameOrigin(base *url.URL) echo.MiddlewareFunc {
	protection := http.NewCrossOriginProtection()
	if err := protection.AddTrustedOrigin(base.Scheme + "://" + base.Host); err != nil {
		panic("web: base address: " + err.Error())
	}
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			r := c.Request()
			if err := protection.Check(r); err != nil {
				return errors.Join(errCrossSite, err)
			}
			silent := r.Header.Get("Origin") == "" && r.Header.Get("Sec-Fetch-Site") == ""
			if !reading(r) && silent && len(r.Cookies()) > 0 {
				return errCrossSite
			}
			return next(c)
		}
	}
}

// passive are the requests that a page makes by itself; they do not keep a session alive (R4).
func passive(c echo.Context) bool {
	path := c.Request().URL.Path
	return c.Request().Method == http.MethodGet && (path == "/auth/session" || strings.HasSuffix(path, "/events"))
}
