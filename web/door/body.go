package door

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/internal/problem"
	"purser.example/web/form"
)

const (
	// maxBody is the largest form that is read. Files that people bring have limits of their own.
	maxBody = 1 << 20
	// smallBody is more than nearly all forms have. What goes beyond needs a place among the few large ones, so that many bodies at once
	// do not fill the memory.
	smallBody = 64 << 10
	// usualBody is how long a form may take to arrive, on a connection that hardly is one.
	usualBody = 20 * time.Second
)

var errTooLarge = problem.New(problem.TooLarge, "You sent more than Purser can read at once. Nothing was changed.")

// TakeBody reads a form before the request takes a place, so that whoever sends one slowly is in nobody's way (X40). It refuses what
// says it is too large at once, and stops reading what turns out to be. A file is left to its page, which has a desk for files; so is
// what comes to an address that needs no place.
func (d *Door) TakeBody(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		limit := d.bodyLimit(r)
		if r.ContentLength > limit {
			return errTooLarge
		}
		if r.Body == nil || r.Body == http.NoBody {
			return next(c)
		}
		r.Body = http.MaxBytesReader(c.Response(), r.Body, limit)
		if d.uploads(r) || safe(r) || d.rules.Anonymous(c) {
			return next(c)
		}
		body, err := d.receive(c)
		if errors.Is(err, errNoPlace) {
			return d.turnAwayFrom(c, d.full)
		}
		if err != nil {
			return form.Unread(err)
		}
		defer clear(body) // which may hold a password, and nobody reads it again
		r.Body = io.NopCloser(bytes.NewReader(body))
		return next(c)
	}
}

func (d *Door) bodyLimit(r *http.Request) int64 {
	if d.uploads(r) {
		return d.rules.Uploads[r.URL.Path]
	}
	return maxBody
}

// uploads reports whether a request brings a file.
func (d *Door) uploads(r *http.Request) bool {
	_, there := d.rules.Uploads[r.URL.Path]
	return there && r.Method == http.MethodPost
}

// errNoPlace says that a request found no place; the answer is prepared.
var errNoPlace = errors.New("door: no place")

// receive reads the body within its own time and among not too many others. Of one that did not arrive the time stays over, or the
// server would wait for the rest before it answers.
func (d *Door) receive(c echo.Context) (body []byte, err error) {
	ctx, from := c.Request().Context(), neighborsOf(c.RealIP())
	if !d.bodies.enter(ctx, from) {
		return nil, errNoPlace
	}
	defer d.bodies.leave(from)
	control := http.NewResponseController(c.Response())
	if control.SetReadDeadline(time.Now().Add(d.bodyWithin)) == nil {
		defer func() {
			if err == nil {
				_ = control.SetReadDeadline(time.Time{})
			}
		}()
	}
	var held bytes.Buffer
	n, err := io.CopyN(&held, c.Request().Body, smallBody)
	if n < smallBody {
		if errors.Is(err, io.EOF) {
			err = nil
		}
		return held.Bytes(), err
	}
	if !d.largeBodies.enter(ctx, from) {
		return nil, errNoPlace
	}
	defer d.largeBodies.leave(from)
	_, err = held.ReadFrom(c.Request().Body)
	return held.Bytes(), err
}
