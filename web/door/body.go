package door

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"purser.example/internal/problem"
)

// maxBody is the largest form that is read. Files that people bring have limits of their own.
const maxBody = 1 << 20

// LimitBody refuses what says it is too large at once, and stops reading what turns out to be.
func (d *Door) LimitBody(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		limit := d.bodyLimit(r)
		if r.ContentLength > limit {
			return problem.New(problem.TooLarge, "You sent more than Purser reads at once. Nothing was changed.")
		}
		if r.Body != nil {
			r.Body = http.MaxBytesReader(c.Response(), r.Body, limit)
		}
		return next(c)
	}
}

func (d *Door) bodyLimit(r *http.Request) int64 {
	if limit, there := d.rules.Uploads[r.URL.Path]; there && r.Method == http.MethodPost {
		return limit
	}
	return maxBody
}
