// Package mailtest stands in for a mail server in tests: a real one over SMTP, with faults at will.
package mailtest

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	netmail "net/mail"
	"sync"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"purser.example/internal/certificate/certtest"
)

// Host is the name that a server's certificate has beside 127.0.0.1.
const Host = "mail.contoso.com"

// Faults are what a server does wrong.
type Faults struct {
	Recipients map[string]int // the code with which a recipient is refused
	From       int            // the code with which every sender is refused
	Data       int            // the code with which every letter is refused
	Hangs      bool           // takes a letter and says nothing until the server is closed
	Drops      bool           // takes a letter and closes the connection instead of an answer
}

// Got is a letter that a server took.
type Got struct {
	From   string
	To     []string
	Raw    []byte
	Letter *netmail.Message
}

// Server is a mail server.
type Server struct {
	Username, Password string // empty: nobody signs in
	Roots              *x509.CertPool
	CA                 string // the same in PEM

	t      testing.TB
	server *smtp.Server
	ln     net.Listener
	addr   string
	pair   tls.Certificate
	closed chan struct{}

	mu     sync.Mutex
	faults Faults
	got    []Got
	news   chan struct{}
}

// Options say what a server is like.
type Options struct {
	Username, Password string
	TLS                bool // from the first byte
	Plain              bool // no TLS at all
}

// Start runs a server on a loopback address until the test ends.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	cert, key := certtest.Issue(t, certtest.Spec{Serial: 1, Names: []string{Host}})
	pair, err := tls.X509KeyPair([]byte(cert), []byte(key))
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Username: o.Username, Password: o.Password, Roots: x509.NewCertPool(), CA: cert, t: t, pair: pair, news: make(chan struct{}, 1)}
	s.Roots.AppendCertsFromPEM([]byte(cert))
	s.Up(o)
	t.Cleanup(s.Down)
	return s
}

// Up starts the server, again where it was before.
func (s *Server) Up(o Options) {
	s.t.Helper()
	at := s.addr
	if at == "" {
		at = "127.0.0.1:0"
	}
	ln, err := (&net.ListenConfig{}).Listen(s.t.Context(), "tcp", at)
	if err != nil {
		s.t.Fatal(err)
	}
	s.ln, s.addr, s.closed = ln, ln.Addr().String(), make(chan struct{})
	s.server = smtp.NewServer(s)
	s.server.Domain = Host
	s.server.AllowInsecureAuth = o.Plain
	s.server.ErrorLog = quiet{}
	if !o.Plain {
		s.server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{s.pair}, MinVersion: tls.VersionTLS12}
	}
	if o.TLS {
		ln = tls.NewListener(ln, s.server.TLSConfig)
	}
	go func(server *smtp.Server) { _ = server.Serve(ln) }(s.server)
}

// Down ends the server and its connections.
func (s *Server) Down() {
	if s.server == nil {
		return
	}
	close(s.closed)
	_ = s.ln.Close() // the server may not know of it yet
	_ = s.server.Close()
	s.server = nil
}

// Addr is where it listens.
func (s *Server) Addr() string { return s.addr }

// Fail sets the faults.
func (s *Server) Fail(f Faults) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = f
}

func (s *Server) failing() Faults {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults
}

// Got are the letters that it took.
func (s *Server) Got() []Got {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Got(nil), s.got...)
}

// Wait gives the letters as soon as there are so many.
func (s *Server) Wait(n int) []Got {
	s.t.Helper()
	for {
		if got := s.Got(); len(got) >= n {
			return got
		}
		select {
		case <-s.news:
		case <-s.t.Context().Done():
			s.t.Fatalf("%d letters, and the test is over", len(s.Got()))
		}
	}
}

// NewSession implements smtp.Backend.
func (s *Server) NewSession(c *smtp.Conn) (smtp.Session, error) {
	return &session{Server: s, conn: c, in: s.Username == ""}, nil
}

// session is a connection.
type session struct {
	*Server
	conn *smtp.Conn
	in   bool
	now  Got
}

// AuthMechanisms implements smtp.AuthSession.
func (s *session) AuthMechanisms() []string {
	if s.Username == "" {
		return nil
	}
	return []string{sasl.Plain}
}

// Auth implements smtp.AuthSession.
func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, username, password string) error {
		if username != s.Username || password != s.Password {
			return smtp.ErrAuthFailed
		}
		s.in = true
		return nil
	}), nil
}

// Mail implements smtp.Session.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if !s.in {
		return smtp.ErrAuthRequired
	}
	s.now = Got{From: from}
	return coded(s.failing().From)
}

// Rcpt implements smtp.Session.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if err := coded(s.failing().Recipients[to]); err != nil {
		return err
	}
	s.now.To = append(s.now.To, to)
	return nil
}

// Data implements smtp.Session.
func (s *session) Data(r io.Reader) (err error) {
	if s.now.Raw, err = io.ReadAll(r); err != nil {
		return err
	}
	faults := s.failing()
	if err := coded(faults.Data); err != nil {
		return err
	}
	if s.now.Letter, err = netmail.ReadMessage(bytes.NewReader(s.now.Raw)); err != nil {
		return err
	}
	s.mu.Lock()
	s.got = append(s.got, s.now)
	s.mu.Unlock()
	select {
	case s.news <- struct{}{}:
	default:
	}
	if faults.Hangs {
		<-s.closed
	}
	if faults.Drops {
		return s.conn.Close()
	}
	return nil
}

// Reset implements smtp.Session.
func (s *session) Reset() { s.now = Got{} }

// Logout implements smtp.Session.
func (*session) Logout() error { return nil }

// coded refuses with a code. What it says quotes what was said, as some servers do.
func coded(code int) error {
	if code == 0 {
		return nil
	}
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.NoEnhancedCode, Message: Saying}
}

// Saying is what every refusal says, which must show nowhere.
const Saying = "foreign words of the mail server"

// quiet takes the log of a server, of which faults on purpose are full.
type quiet struct{}

// Printf implements smtp.Logger.
func (quiet) Printf(string, ...any) {}

// Println implements smtp.Logger.
func (quiet) Println(...any) {}
