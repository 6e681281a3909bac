package app

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"

	"purser.example/internal/problem"
)

// Notify tells systemd how Purser fares, where it wants to hear of it (Type=notify, sd_notify(3)): READY=1 at once, a sign of life
// as often as WatchdogSec= asks for, STOPPING=1 when ctx ends. A start that fails is then a start that failed, and not one that
// is noticed by its silence. Called where the address is open; the returned function ends it and waits.
func (a *App) Notify(ctx context.Context, getenv func(string) string) (end func()) {
	s, err := supervisorOf(getenv)
	if err != nil {
		a.log.Warn("systemd cannot be told that Purser is ready", "error", err)
	}
	if s == nil {
		return func() {}
	}
	ctx, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		err := problem.Guard(func() error { return s.attend(ctx, func() bool { return a.answers(ctx, s.interval()) }) })
		if err != nil {
			a.log.Warn("systemd could not be told how Purser is doing", "error", err)
		}
	}()
	return func() { stop(); <-done }
}

// supervisor is systemd as it listens to this process.
type supervisor struct {
	conn  net.Conn
	limit time.Duration // after so long without a sign of life it ends the process; 0: never
}

// supervisorOf finds it by the environment that it gave; nil where nobody listens.
func supervisorOf(getenv func(string) string) (*supervisor, error) {
	address := getenv("NOTIFY_SOCKET")
	if address == "" {
		return nil, nil
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: address, Net: "unixgram"})
	if err != nil {
		return nil, fmt.Errorf("NOTIFY_SOCKET: %w", err)
	}
	s := &supervisor{conn: conn}
	if pid := getenv("WATCHDOG_PID"); pid == "" || pid == strconv.Itoa(os.Getpid()) {
		microseconds, _ := strconv.ParseInt(getenv("WATCHDOG_USEC"), 10, 64)
		s.limit = time.Duration(max(0, microseconds)) * time.Microsecond
	}
	return s, nil
}

// interval is how often a sign of life is due: twice within the limit, as systemd advises.
func (s *supervisor) interval() time.Duration { return s.limit / 2 }

// attend tells until ctx ends. Without a limit it only waits for that.
func (s *supervisor) attend(ctx context.Context, alive func() bool) error {
	defer func() { _ = s.conn.Close() }()
	if err := s.tell("READY=1"); err != nil {
		return err
	}
	var due <-chan time.Time
	if s.limit > 0 {
		tick := time.NewTicker(s.interval())
		defer tick.Stop()
		due = tick.C
	}
	for {
		select {
		case <-ctx.Done():
			return s.tell("STOPPING=1")
		case <-due:
			if alive() {
				if err := s.tell("WATCHDOG=1"); err != nil {
					return err
				}
			}
		}
	}
}

func (s *supervisor) tell(what string) error {
	_, err := s.conn.Write([]byte(what))
	return err
}

// answers asks for /healthz as anybody would, without the network between: a process that cannot answer that is to be ended.
func (a *App) answers(ctx context.Context, within time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	asked, err := http.NewRequestWithContext(ctx, http.MethodGet, a.cfg.BaseURL.JoinPath("healthz").String(), nil)
	if err != nil {
		return false
	}
	asked.RemoteAddr = "127.0.0.1:0"
	handler, heard := a.Handler, &statusOnly{header: http.Header{}, status: http.StatusOK}
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		if problem.Guard(func() error { handler.ServeHTTP(heard, asked); return nil }) != nil {
			heard.status = http.StatusInternalServerError
		}
	}()
	select {
	case <-answered:
		return heard.status == http.StatusOK
	case <-ctx.Done():
		return false
	}
}

// statusOnly is a http.ResponseWriter that keeps nothing but the status.
type statusOnly struct {
	header http.Header
	status int
}

// Header implements http.ResponseWriter.
func (s *statusOnly) Header() http.Header { return s.header }

// Write implements http.ResponseWriter.
func (s *statusOnly) Write(b []byte) (int, error) { return len(b), nil }

// WriteHeader implements http.ResponseWriter.
func (s *statusOnly) WriteHeader(status int) { s.status = status }
