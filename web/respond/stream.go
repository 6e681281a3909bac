package respond

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"purser.example/web/session"
)

// Pace is how streams keep time.
type Pace struct {
	Renewed    time.Duration // how often a page that follows something is renewed at most
	Heartbeat  time.Duration // keeps proxies from closing a stream on which nothing happens, and is when the session is looked at again
	SendWithin time.Duration // how long a browser may take to receive a part
}

var usual = Pace{Renewed: 400 * time.Millisecond, Heartbeat: 10 * time.Second, SendWithin: 10 * time.Second}

type paceKey struct{}

// WithPace is the context of a server's connections whose streams keep another time than usual, as tests do that have no ten
// seconds to wait.
func WithPace(ctx context.Context, p Pace) context.Context {
	return context.WithValue(ctx, paceKey{}, p)
}

func paceOf(c echo.Context) Pace {
	if p, ok := c.Request().Context().Value(paceKey{}).(Pace); ok {
		return p
	}
	return usual
}

// Part is what a stream sends at one time.
type Part struct {
	Body  templ.Component
	Event string // a word for scripts that follows the body; empty for none
	Over  bool   // nothing follows; the browser hears the word "over"
}

// Stream sends a part of a page as it changes, until it is over (server-sent events). It ends with the session, which it does
// not keep alive, and when Purser stops; the browser then asks again. changes has something to read when next would give
// something new.
func Stream(c echo.Context, changes <-chan struct{}, next func() (Part, error)) error {
	part, err := next()
	if err != nil {
		return err
	}
	header := c.Response().Header()
	header.Set(echo.HeaderContentType, "text/event-stream")
	header.Set("X-Accel-Buffering", "no")
	c.Response().WriteHeader(http.StatusOK)
	pace := paceOf(c)
	beat := time.NewTicker(pace.Heartbeat)
	defer beat.Stop()
	defer func() { _ = limitSending(c, pace) }() // what ends the answer is sent after this
	for {
		if err := send(c, part, pace); err != nil || part.Over {
			return nil //nolint:nilerror // The browser went away: nobody is left to tell.
		}
		if !wait(c, changes, pace, beat.C) {
			return nil
		}
		if part, err = next(); err != nil {
			return nil //nolint:nilerror // The answer has begun; the browser asks again and is told then.
		}
	}
}

// wait returns true when there is something to send.
func wait(c echo.Context, changes <-chan struct{}, pace Pace, beat <-chan time.Time) bool {
	pause := time.After(pace.Renewed)
	select {
	case <-pause:
	case <-c.Request().Context().Done():
		return false
	case <-Ending(c):
		return false
	}
	for {
		select {
		case <-changes:
			return true
		case <-beat:
			return session.StillSignedIn(c)
		case <-c.Request().Context().Done():
			return false
		case <-Ending(c):
			return false
		}
	}
}

// send sends the part, and after the last one the word that nothing follows. No deadline is left behind: on HTTP/2 one that
// passes ends the stream even where nothing waits to be sent.
func send(c echo.Context, part Part, pace Pace) error {
	var body bytes.Buffer
	if err := part.Body.Render(c.Request().Context(), &body); err != nil {
		return err
	}
	if err := limitSending(c, pace); err != nil {
		return err
	}
	for line := range bytes.Lines(body.Bytes()) {
		if _, err := fmt.Fprintf(c.Response(), "data: %s\n", bytes.TrimRight(line, "\r\n")); err != nil {
			return err
		}
	}
	end := "\n"
	if part.Event != "" {
		end += fmt.Sprintf("event: %s\ndata: %s\n\n", part.Event, part.Event)
	}
	if part.Over {
		end += "event: over\ndata: over\n\n"
	}
	if _, err := fmt.Fprint(c.Response(), end); err != nil {
		return err
	}
	c.Response().Flush()
	return http.NewResponseController(c.Response()).SetWriteDeadline(time.Time{})
}

func limitSending(c echo.Context, pace Pace) error {
	return http.NewResponseController(c.Response()).SetWriteDeadline(time.Now().Add(pace.SendWithin))
}
