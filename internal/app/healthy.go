package app

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"purser.example/internal/config"
)

// askingReady is above the two seconds in which /readyz answers, and the time that a busy machine may need to connect.
const askingReady = 5 * time.Second

// Healthy asks the Purser that listens on this machine whether it is ready, as /readyz says it; nil: it is. Without a host in its address
// it is asked over loopback. Nobody's proxy is asked, and no redirect followed.
func Healthy(ctx context.Context, at config.Door) error {
	ctx, cancel := context.WithTimeout(ctx, askingReady)
	defer cancel()
	scheme := "http"
	if at.TLS {
		scheme = "https"
	}
	asked, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://localhost/readyz", nil)
	if err != nil {
		return err
	}
	way := &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, at.Addr)
		},
		// The certificate is for the name that browsers use, and nothing is told to who answers.
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // See above.
	}
	defer way.CloseIdleConnections()
	answer, err := way.RoundTrip(asked)
	if err != nil {
		return fmt.Errorf("ask %s: %w", at.Addr, err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		said, _ := io.ReadAll(io.LimitReader(answer.Body, 200))
		return fmt.Errorf("not ready: %s answers %s: %s", at.Addr, answer.Status, strings.TrimSpace(string(said)))
	}
	return nil
}
