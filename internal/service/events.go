package service

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
)

// Events is the event log, as *eventlog.Log has it.
type Events interface {
	Info(id uint32, text string) error
	Warning(id uint32, text string) error
	Error(id uint32, text string) error
}

// The ids of events tell their levels apart, for filters that know ids alone.
const (
	eventInfo uint32 = iota + 1
	eventWarning
	eventError
)

// longestEvent is below what Windows takes, 31,839 characters.
const longestEvent = 30_000

// newHandler writes warnings and errors to the event log, whatever lower level is asked for: a line for each request would push out what
// other programs said. Level and time are the event's own.
func newHandler(to Events, level slog.Level) slog.Handler {
	text := &bytes.Buffer{}
	options := &slog.HandlerOptions{Level: max(level, slog.LevelWarn), ReplaceAttr: withoutTimeAndLevel}
	return &handler{to: to, mu: &sync.Mutex{}, text: text, inner: slog.NewTextHandler(text, options)}
}

func withoutTimeAndLevel(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && (a.Key == slog.TimeKey || a.Key == slog.LevelKey) {
		return slog.Attr{}
	}
	return a
}

// handler is a slog.Handler whose lines are events.
type handler struct {
	to    Events
	mu    *sync.Mutex // of text, which all that come from one handler share
	text  *bytes.Buffer
	inner slog.Handler
}

// Enabled implements slog.Handler.
func (h *handler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.inner.Enabled(ctx, level)
}

// Handle implements slog.Handler.
func (h *handler) Handle(ctx context.Context, r slog.Record) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.text.Reset()
	if err := h.inner.Handle(ctx, r); err != nil {
		return err
	}
	return report(h.to, r.Level, h.text.String())
}

// WithAttrs implements slog.Handler.
func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &handler{to: h.to, mu: h.mu, text: h.text, inner: h.inner.WithAttrs(attrs)}
}

// WithGroup implements slog.Handler.
func (h *handler) WithGroup(name string) slog.Handler {
	return &handler{to: h.to, mu: h.mu, text: h.text, inner: h.inner.WithGroup(name)}
}

func report(to Events, level slog.Level, text string) error {
	text = strings.ReplaceAll(strings.TrimSpace(text), "\x00", " ")
	if len(text) > longestEvent {
		text = strings.ToValidUTF8(text[:longestEvent], "") + " …"
	}
	switch {
	case level >= slog.LevelError:
		return to.Error(eventError, text)
	case level >= slog.LevelWarn:
		return to.Warning(eventWarning, text)
	}
	return to.Info(eventInfo, text)
}

// lines is an io.Writer in the place of standard error: what Purser says there when it cannot start is an event a line.
type lines struct{ to Events }

// Write implements io.Writer.
func (l lines) Write(b []byte) (int, error) {
	for line := range strings.Lines(string(b)) {
		if err := report(l.to, slog.LevelError, line); err != nil {
			return 0, err
		}
	}
	return len(b), nil
}

// consoleOf is what the work of a service gets.
func consoleOf(to Events, ready func()) Console {
	return Console{Ready: ready, Err: lines{to}, Log: func(level slog.Level) slog.Handler { return newHandler(to, level) }}
}
