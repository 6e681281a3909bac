package profiles

import (
	"bytes"
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/internal/profile"
	"purser.example/web/respond"
	"purser.example/web/session"
)

const (
	// renewed is how often a page that follows a run is renewed at most.
	renewed = 400 * time.Millisecond
	// heartbeat keeps proxies from closing a stream on which nothing happens, and is when the session is looked at again.
	heartbeat = 10 * time.Second
	// sendWithin is how long a browser may take to receive a part.
	sendWithin = 10 * time.Second
)

// followRun sends the part of the run's page that changes, as it changes, until the run is over (server-sent events). It ends
// with the session, which it does not keep alive, and when Purser stops; the browser then asks again.
func (h *Handlers) followRun(c echo.Context) error {
	id := profile.RunID(c.Param("id"))
	changes, stop := h.Runs.Watch(id)
	defer stop()
	view, err := h.runView(c)
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
		if err := sendRun(c, view); err != nil || view.Over {
			return nil //nolint:nilerror // The browser went away: nobody is left to tell.
		}
		if !h.waitForRun(c, changes, beat.C) {
			return nil
		}
		if view, err = h.runView(c); err != nil {
			return nil //nolint:nilerror // The answer has begun; the browser asks again and is told then.
		}
	}
}

// waitForRun returns true when there is something to send.
func (h *Handlers) waitForRun(c echo.Context, changes <-chan struct{}, beat <-chan time.Time) bool {
	pause := time.After(renewed)
	select {
	case <-pause:
	case <-c.Request().Context().Done():
		return false
	case <-respond.Ending(c):
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
		case <-respond.Ending(c):
			return false
		}
	}
}

// sendRun sends the part, and after the last one the word that nothing follows.
func sendRun(c echo.Context, view runView) error {
	var part bytes.Buffer
	if err := runBody(view).Render(c.Request().Context(), &part); err != nil {
		return err
	}
	if err := http.NewResponseController(c.Response()).SetWriteDeadline(time.Now().Add(sendWithin)); err != nil {
		return err
	}
	for line := range bytes.Lines(part.Bytes()) {
		if _, err := fmt.Fprintf(c.Response(), "data: %s\n", bytes.TrimRight(line, "\r\n")); err != nil {
			return err
		}
	}
	end := "\n"
	if view.Over {
		end = "\nevent: over\ndata: over\n\n"
	}
	if _, err := fmt.Fprint(c.Response(), end); err != nil {
		return err
	}
	c.Response().Flush()
	return nil
}
