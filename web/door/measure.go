package door

import (
	"time"

	"github.com/labstack/echo/v4"
)

// Measure tells Rules.Observe how each request went, by the pattern of its route and never by its address, which may name a row (R84). It
// stands before all others, so that it knows of those that are turned away, and is left out where nobody observes. The error is answered
// here so that the status is known.
func (d *Door) Measure(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := time.Now()
		if err := next(c); err != nil {
			c.Error(err)
		}
		d.rules.Observe(c.Path(), c.Request().Method, c.Response().Status, time.Since(start))
		return nil
	}
}
