package app

import (
	"log/slog"
	"net/http"
	"time"
)

// newServer has a limit for everything that a client could keep open: its head, its body, its reading of the answer, its
// silence, and what it asks for at once. A stream extends its own time with http.ResponseController.
func newServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           attended(handler),
		ConnContext:       carried,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		WriteTimeout:      2 * time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		HTTP2:             &http.HTTP2Config{MaxConcurrentStreams: 100},
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}
