package door

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/web/respond"
)

// LogRequests writes one line a request, without its query, which may hold what somebody searched for. The error is
// answered here so that the line knows the status.
func (d *Door) LogRequests(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := time.Now()
		if err := next(c); err != nil {
			c.Error(err)
		}
		req, res := c.Request(), c.Response()
		level := slog.LevelInfo
		if d.rules.Quiet(c) {
			level = slog.LevelDebug
		}
		if d.rules.Log.Enabled(req.Context(), level) {
			d.rules.Log.LogAttrs(req.Context(), level, "request", slog.String("request_id", res.Header().Get(echo.HeaderXRequestID)),
				slog.String("method", req.Method), slog.String("path", respond.PathOf(c)), slog.Int("status", res.Status),
				slog.Int64("bytes", res.Size), slog.Duration("took", time.Since(start)), slog.String("address", c.RealIP()))
		}
		return nil
	}
}

// RecoverPanics turns a mistake of ours into an error with its stack; http.ErrAbortHandler is meant for net/http.
func (d *Door) RecoverPanics(next echo.HandlerFunc) echo.HandlerFunc {
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
