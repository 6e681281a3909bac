package forward

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"purser.example/internal/audit"
	"purser.example/internal/problem"
)

// Times within which a syslog receiver has to answer.
const (
	dialWithin = 5 * time.Second
	sendWithin = 10 * time.Second
	// closeWithin is how long is waited for a receiver to close the connection after us. One that doesn't, and says nothing of an error either,
	// is taken to have everything.
	closeWithin = 2 * time.Second
)

// Syslog sends the log by RFC 5424: over TLS (RFC 5425) or TCP with octet counting (RFC 6587), or to a socket of this machine.
//
// Syslog has no acknowledgements, and what is written to a connection may never arrive. So each batch has a connection of its own, which is
// closed for writing behind it: that the receiver closes its side without an error says that it has read everything.
type Syslog struct {
	at       *url.URL
	roots    *x509.CertPool
	hostname string
}

// NewSyslog is the receiver at an address: tls://host:6514, tcp://host:601 or unix:///dev/log. roots are whom its certificate has to come from;
// nil: those of the machine.
func NewSyslog(at *url.URL, roots *x509.CertPool) *Syslog {
	name, err := os.Hostname()
	if err != nil || name == "" {
		name = "-"
	}
	return &Syslog{at: at, roots: roots, hostname: printable(name)}
}

// Name implements Receiver.
func (r *Syslog) Name() string { return "syslog" }

// Address implements Receiver.
func (r *Syslog) Address() string { return r.at.Scheme + "://" + r.at.Host + r.at.Path }

// Close implements Receiver.
func (r *Syslog) Close() error { return nil }

// Send implements Receiver.
func (r *Syslog) Send(ctx context.Context, entries []audit.Link) error {
	ctx, cancel := context.WithTimeout(ctx, dialWithin+sendWithin+closeWithin)
	defer cancel()
	err := r.send(ctx, entries)
	if err != nil {
		return problem.Wrap(err, problem.Unavailable, "The syslog receiver doesn't answer.")
	}
	return nil
}

func (r *Syslog) send(ctx context.Context, entries []audit.Link) error {
	if r.at.Scheme == "unix" {
		return r.sendToSocket(ctx, entries)
	}
	conn, err := r.dial(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(sendWithin)); err != nil {
		return err
	}
	var batch []byte
	for _, l := range entries {
		text := r.message(l)
		batch = fmt.Appendf(batch, "%d ", len(text))
		batch = append(batch, text...)
	}
	if _, err := conn.Write(batch); err != nil {
		return err
	}
	return readToEnd(conn)
}

type halfCloser interface {
	net.Conn
	CloseWrite() error
}

func (r *Syslog) dial(ctx context.Context) (halfCloser, error) {
	dialer := &net.Dialer{Timeout: dialWithin}
	if r.at.Scheme == "tls" {
		conn, err := (&tls.Dialer{NetDialer: dialer, Config: &tls.Config{RootCAs: r.roots, ServerName: r.at.Hostname(), MinVersion: tls.VersionTLS12}}).DialContext(ctx, "tcp", r.at.Host)
		if err != nil {
			return nil, err
		}
		return conn.(*tls.Conn), nil
	}
	conn, err := dialer.DialContext(ctx, "tcp", r.at.Host)
	if err != nil {
		return nil, err
	}
	return conn.(*net.TCPConn), nil
}

// readToEnd says that nothing follows, and waits for the receiver to say the same.
func readToEnd(conn halfCloser) error {
	if err := conn.CloseWrite(); err != nil {
		return err
	}
	if err := conn.SetReadDeadline(time.Now().Add(closeWithin)); err != nil {
		return err
	}
	_, err := io.Copy(io.Discard, io.LimitReader(conn, 64<<10))
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil
	}
	return err
}

// largest is what a datagram of a socket surely takes.
const largest = 60 << 10

// sendToSocket sends a datagram for each entry. The kernel hands it over or says that nobody is there.
func (r *Syslog) sendToSocket(ctx context.Context, entries []audit.Link) error {
	conn, err := (&net.Dialer{Timeout: dialWithin}).DialContext(ctx, "unixgram", r.at.Path)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(sendWithin)); err != nil {
		return err
	}
	for _, l := range entries {
		text := r.message(l)
		if len(text) > largest {
			l.Details = map[string]string{"left out": "the details are too long for a datagram; the log has them"}
			text = r.message(l)
		}
		if _, err := conn.Write(text); err != nil {
			return err
		}
	}
	return nil
}

// Facility 13 is that of audit logs.
const (
	informational = 13*8 + 6
	warning       = 13*8 + 4
)

// message is an entry by RFC 5424, with the line of an exported log as its text.
func (r *Syslog) message(l audit.Link) []byte {
	priority := informational
	if strings.HasSuffix(string(l.Action), "refused") || strings.HasSuffix(string(l.Action), "denied") {
		priority = warning
	}
	m := fmt.Appendf(nil, "<%d>1 %s %s purser - activity - ", priority, l.At.UTC().Format("2006-01-02T15:04:05.000Z"), r.hostname)
	m = audit.AppendLine(m, l)
	return m[:len(m)-1] // without the end of line
}

// printable is a name as a header has it.
func printable(name string) string {
	return strings.Map(func(r rune) rune {
		if r < '!' || r > '~' {
			return '_'
		}
		return r
	}, name)
}
