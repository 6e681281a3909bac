package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	netmail "net/mail"
	"strconv"
	"time"

	"purser.example/internal/secret"
)

// Security is how the connection to a server is protected.
type Security string

// The kinds of protection.
const (
	StartTLS Security = "starttls" // begins in the clear and must change to TLS before anything is said (RFC 3207)
	TLS      Security = "tls"      // TLS from the first byte (RFC 8314)
	None     Security = "none"     // for a relay on the same machine or network, without a password
)

// ports are those of each kind of protection, where none is set.
var ports = map[Security]int{StartTLS: 587, TLS: 465, None: 25}

// Server is where letters are handed over, and by whom.
type Server struct {
	Host     string
	Port     int // 0: the usual one of the protection
	Security Security
	Username string // empty: nobody signs in
	Password secret.Value
	From     netmail.Address
	Roots    *x509.CertPool // whom the server's certificate comes from; nil: those of the machine
}

// Address is the host and the port of the server.
func (s Server) Address() string {
	port := s.Port
	if port == 0 {
		port = ports[s.Security]
	}
	return net.JoinHostPort(s.Host, strconv.Itoa(port))
}

// Mailer sends letters by one server. It is safe for use by many goroutines; each letter has a connection of its own.
type Mailer struct {
	server   Server
	dial     func(ctx context.Context, network, address string) (net.Conn, error)
	now      func() time.Time
	patience time.Duration
}

// Options say how a server is reached.
type Options struct {
	Dial     func(ctx context.Context, network, address string) (net.Conn, error) // nil: net.Dialer
	Now      func() time.Time                                                     // nil: time.Now
	Patience time.Duration                                                        // for a letter as a whole; 0: half a minute
}

// defaultPatience is for a letter as a whole. Servers that look for unwanted mail before they answer take their time.
const defaultPatience = 30 * time.Second

// New makes a mailer. It does no I/O.
func New(server Server, o Options) *Mailer {
	m := &Mailer{server: server, dial: o.Dial, now: o.Now, patience: o.Patience}
	if m.dial == nil {
		m.dial = (&net.Dialer{}).DialContext
	}
	if m.now == nil {
		m.now = time.Now
	}
	if m.patience <= 0 {
		m.patience = defaultPatience
	}
	return m
}

// Server is where the letters go.
func (m *Mailer) Server() Server { return m.server }

// tls is how the server is to prove who it is.
func (m *Mailer) tls() *tls.Config {
	return &tls.Config{ServerName: m.server.Host, RootCAs: m.server.Roots, MinVersion: tls.VersionTLS12}
}
