package app

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

var silent = slog.New(slog.DiscardHandler)

// F18: whoever sends a head or a body without ever coming to its end is cut off, and others are answered meanwhile.
func TestWhoeverDawdlesIsCutOff(t *testing.T) {
	server := newServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			w.WriteHeader(http.StatusRequestTimeout)
		}
	}), silent)
	if server.ReadHeaderTimeout <= 0 || server.ReadTimeout <= 0 || server.WriteTimeout <= 0 || server.IdleTimeout <= 0 || server.MaxHeaderBytes <= 0 {
		t.Fatalf("a time-out is missing: %+v", server)
	}
	server.ReadHeaderTimeout, server.ReadTimeout, server.IdleTimeout = 200*time.Millisecond, 400*time.Millisecond, 200*time.Millisecond
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(bounded(ln, usualCrowd, nil)) }()
	t.Cleanup(func() { _ = server.Close() })

	for name, sent := range map[string]string{
		"nothing":         "",
		"half a head":     "GET / HTTP/1.1\r\nHost: purser\r\nX-Slow: ",
		"half a body":     "POST / HTTP/1.1\r\nHost: purser\r\nContent-Length: 100\r\n\r\nname=",
		"half a chunk":    "POST / HTTP/1.1\r\nHost: purser\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nname=",
		"a request, idle": "GET / HTTP/1.1\r\nHost: purser\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			conn, err := net.Dial("tcp", ln.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close() }()
			if _, err := io.WriteString(conn, sent); err != nil {
				t.Fatal(err)
			}
			if err := conn.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, conn); errors.Is(err, context.DeadlineExceeded) || isTimeout(err) {
				t.Error("still open")
			}
			if res, err := http.Get("http://" + ln.Addr().String()); err != nil || res.StatusCode != http.StatusOK {
				t.Errorf("others: %v", err)
			} else {
				_ = res.Body.Close()
			}
		})
	}
}

func isTimeout(err error) bool {
	network, ok := errors.AsType[net.Error](err)
	return ok && network.Timeout()
}

// A load balancer hears within two seconds that a database does not answer, and many who ask cost one look.
func TestReadinessAnswersWhileTheDatabaseDoesNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		var looks atomic.Int64
		r := &readiness{log: silent, try: func(context.Context) error {
			looks.Add(1)
			<-release
			return nil
		}}
		asked := time.Now()
		answers := make(chan error, 8)
		for range 8 {
			go func() { answers <- r.check(t.Context()) }()
		}
		for range 8 {
			if err := <-answers; !errors.Is(err, errSlow) {
				t.Errorf("err = %v", err)
			}
		}
		if took := time.Since(asked); took > 2*time.Second || looks.Load() != 1 {
			t.Errorf("%d looks, answers after %s", looks.Load(), took)
		}
		close(release)
		synctest.Wait()
		if err := r.check(t.Context()); err != nil {
			t.Errorf("not ready though the database answers again: %v", err)
		}
	})
}
