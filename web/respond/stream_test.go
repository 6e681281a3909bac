package respond

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"
)

// limited is a connection that remembers until when it takes what is written, and whether anything came without an end.
type limited struct {
	*httptest.ResponseRecorder
	until   time.Time
	endless bool
}

func (l *limited) SetWriteDeadline(until time.Time) error {
	l.until = until
	return nil
}

func (l *limited) Write(p []byte) (int, error) {
	l.endless = l.endless || l.until.IsZero()
	return l.ResponseRecorder.Write(p)
}

// While a stream waits no deadline is pending, because by HTTP/2 one that passes ends the stream. Whatever is sent has one, the end of
// the answer too.
func TestNoDeadlineIsPendingWhileAStreamWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn := &limited{ResponseRecorder: httptest.NewRecorder()}
		ctx, leave := context.WithCancel(t.Context())
		request := httptest.NewRequestWithContext(ctx, http.MethodGet, "/events", nil)
		request.Header.Set("Accept-Encoding", "br, gzip")
		c := echo.New().NewContext(request, conn)
		part := templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
			_, err := io.WriteString(w, "part")
			return err
		})
		changes, done := make(chan struct{}, 1), make(chan error, 1)
		go func() { done <- Stream(c, changes, func() (Part, error) { return Part{Body: part}, nil }) }()
		for range 3 {
			synctest.Wait()
			if !conn.until.IsZero() {
				t.Errorf("while it waits the stream is given up at %v", conn.until)
			}
			changes <- struct{}{}
			time.Sleep(usual.Renewed)
		}
		synctest.Wait()
		leave()
		if err := <-done; err != nil || !conn.until.After(time.Now()) || conn.endless {
			t.Errorf("at the end: %v, the answer has until %v, something was sent without an end: %v", err, conn.until, conn.endless)
		}
		// Nor is it packed, or a part would wait for the next.
		if got := strings.Count(conn.Body.String(), "data: part\n\n"); got != 4 || conn.Header().Get("Content-Encoding") != "" {
			t.Errorf("%d parts: %q", got, conn.Body)
		}
	})
}
