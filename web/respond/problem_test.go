package respond_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"purser.example/web/respond"
)

// leaver is a client that closes its connection while the answer is sent.
type leaver struct{ *httptest.ResponseRecorder }

func (leaver) Write([]byte) (int, error) { return 0, fmt.Errorf("write tcp: %w", syscall.EPIPE) }

func hello(_ context.Context, w io.Writer) error {
	_, err := io.WriteString(w, "hello")
	return err
}

// A client that leaves is no error of ours, while the same failure before an answer is one: of something that we asked.
func TestAClientThatLeavesIsNoError(t *testing.T) {
	for name, c := range map[string]struct {
		handler echo.HandlerFunc
		level   string
	}{
		"while it is answered": {func(c echo.Context) error { return respond.Page(c, http.StatusOK, templ.ComponentFunc(hello)) }, "DEBUG"},
		"of ours":              {func(echo.Context) error { return fmt.Errorf("ask: %w", syscall.EPIPE) }, "ERROR"},
	} {
		var log bytes.Buffer
		e := echo.New()
		e.HTTPErrorHandler = respond.Problem(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
		e.GET("/", c.handler)
		e.ServeHTTP(leaver{httptest.NewRecorder()}, httptest.NewRequest(http.MethodGet, "/", nil))
		if first, _, _ := strings.Cut(log.String(), "\n"); !strings.Contains(first, "level="+c.level) {
			t.Errorf("%s: %s", name, &log)
		}
	}
}
