package app

import (
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/net/netutil"
)

// connections is how many are open at once; the rest wait in the kernel's queue. It is far above what the requests in hand
// need, because a health check must find a place beside idle ones, and low enough that their memory (some 20 KB each, three
// times that with TLS) stays within bounds.
const connections = 2048

// limited bounds the connections of a listener. It belongs beneath TLS: net/http looks for the TLS connection itself.
func limited(ln net.Listener) net.Listener { return netutil.LimitListener(ln, connections) }

// newServer has a limit for everything that a client could keep open: its head, its body, its reading of the answer, its
// silence, and what it asks for at once. A stream extends its own time with http.ResponseController.
func newServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		WriteTimeout:      2 * time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		HTTP2:             &http.HTTP2Config{MaxConcurrentStreams: 100},
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}
