package door

import (
	"crypto/rand"
	"strings"

	"github.com/labstack/echo/v4"
)

// Identify gives each request a reference of its own. One that the client brings is not taken over: it could imitate another.
func (d *Door) Identify(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Response().Header().Set(echo.HeaderXRequestID, strings.ToLower(rand.Text()[:16]))
		return next(c)
	}
}

// policy is what the browser may load and where it may go: nothing from elsewhere, nothing inline, no frames.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"

// SecureHeaders sets the policy of this site, and that caches keep nothing. Forms may also lead to the identity provider,
// because sign-out does.
func (d *Door) SecureHeaders(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		full := policy
		for _, origin := range d.rules.FormOrigins() {
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
		if d.https {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		return next(c)
	}
}
