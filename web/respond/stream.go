package respond

import (
	"bytes"
	"fmt"
	"net/http"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"purser.example/web/session"
)

const (
	// renewed is how often a page that follows something is renewed at most.
	renewed = 400 * time.Millisecond
	// heartbeat keeps proxies from closing a stream on which nothing happens, and is when the session is looked at again.
	heartbeat = 10 * time.Second
	// sendWithin is how long a browser may take to receive a part.
	sendWithin = 10 * time.Second
)

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
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		if err := send(c, part); err != nil || part.Over {
			return nil //nolint:nilerror // The browser went away: nobody is left to tell.
		}
		if !wait(c, changes, beat.C) {
			return nil
		}
		if part, err = next(); err != nil {
			return nil //nolint:nilerror // The answer has begun; the browser asks again and is told then.
		}
	}
}

// wait returns true when there is something to send.
func wait(c echo.Context, changes <-chan struct{}, beat <-chan time.Time) bool {
	pause := time.After(renewed)
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

// send sends the part, and after the last one the word that nothing follows.
func send(c echo.Context, part Part) error {
	var body bytes.Buffer
	if err := part.Body.Render(c.Request().Context(), &body); err != nil {
		return err
	}
	if err := http.NewResponseController(c.Response()).SetWriteDeadline(time.Now().Add(sendWithin)); err != nil {
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
	return nil
}
