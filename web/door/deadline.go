package door

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

// How long a request may take. A page that is not there in fifteen seconds is not worth waiting for. A Save asks Microsoft
// 365, which has limits of its own (40 seconds for a validation, a minute for several); this one ends before the server
// gives the connection up after two minutes, so that there is still an answer.
const (
	readWithin  = 15 * time.Second
	writeWithin = 110 * time.Second
)

// LimitTime ends the waiting for the database and for others. Streams have an end of their own.
func (d *Door) LimitTime(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if d.rules.Streaming(c) {
			return next(c)
		}
		r := c.Request()
		ctx, cancel := context.WithTimeout(r.Context(), allowance(r))
		defer cancel()
		c.SetRequest(r.WithContext(ctx))
		return next(c)
	}
}

func allowance(r *http.Request) time.Duration {
	if safe(r) {
		return readWithin
	}
	return writeWithin
}
