package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"purser.example/internal/m365sim"
)

// Exit statuses.
const (
	exitDone   = 0
	exitFailed = 1
	exitFlags  = 2
)

// grace is how long requests in flight may take to end.
const grace = 10 * time.Second

// run is the command: it serves until ctx ends, then lets requests in flight end, and answers the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	s, wrong, err := parseFlags(args)
	if err != nil {
		_, _ = fmt.Fprint(stdout, usage)
		return exitDone
	}
	sim, tlsConfig, mistakes := s.prepare(stderr)
	wrong = append(wrong, mistakes...)
	if len(wrong) > 0 {
		for _, line := range wrong {
			_, _ = fmt.Fprintln(stderr, "m365sim:", line)
		}
		return exitFlags
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", s.addr)
	if err != nil {
		_, _ = fmt.Fprintln(stderr, "m365sim: --addr:", err)
		return exitFlags
	}
	_, _ = fmt.Fprintln(stdout, ready(listener, tlsConfig))
	if err := serve(ctx, sim, listener, tlsConfig); err != nil {
		_, _ = fmt.Fprintln(stderr, "m365sim:", err)
		return exitFailed
	}
	return exitDone
}

// prepare reads the files that the flags name. It answers a line for each that cannot be used.
func (s settings) prepare(stderr io.Writer) (sim *m365sim.Simulator, config *tls.Config, wrong []string) {
	if s.fixture != "" {
		fixture, err := m365sim.Load(s.fixture)
		if err == nil {
			sim, err = m365sim.New(fixture, m365sim.Options{Logger: slog.New(slog.NewTextHandler(stderr, nil))})
		}
		if err != nil {
			wrong = append(wrong, "--fixture: "+err.Error())
		}
	}
	if s.cert != "" && s.key != "" {
		pair, err := tls.LoadX509KeyPair(s.cert, s.key)
		if err != nil {
			wrong = append(wrong, "--tls-cert, --tls-key: "+err.Error())
		}
		config = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	}
	return sim, config, wrong
}

// ready is the line that says where the simulator answers.
func ready(l net.Listener, config *tls.Config) string {
	if config != nil {
		return "ready https://" + l.Addr().String()
	}
	return "ready http://" + l.Addr().String()
}

func serve(ctx context.Context, handler http.Handler, l net.Listener, config *tls.Config) error {
	server := &http.Server{Handler: handler, TLSConfig: config, ReadHeaderTimeout: grace, IdleTimeout: 2 * time.Minute}
	failed := make(chan error, 1)
	go func() {
		if config != nil {
			failed <- server.ServeTLS(l, "", "")
			return
		}
		failed <- server.Serve(l)
	}()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if err := server.Shutdown(late); errors.Is(err, context.DeadlineExceeded) {
		return server.Close()
	} else if err != nil {
		return err
	}
	return nil
}
