package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strings"
	"unicode"

	"github.com/wneessen/go-mail/smtp"

	"purser.example/internal/notify"
)

// maxSaid is the most we read of what a server says in one conversation. Ordinary ones say some hundred bytes.
const maxSaid = 256 << 10

// Deliver hands a letter over. Where the error is nil, the server has it; it is a *notify.Failure otherwise.
func (m *Mailer) Deliver(ctx context.Context, l Letter) error {
	text, err := m.written(l)
	if err != nil {
		return &notify.Failure{Reason: "The message can't be written as mail. Check the address.", Final: true, Err: err}
	}
	within, cancel := context.WithTimeout(ctx, m.patience)
	defer cancel()
	talk, err := m.open(within)
	if err == nil {
		defer talk.end()
		err = talk.hand(m.server.From.Address, l.To.Address, text)
	}
	if err != nil {
		return m.failed(ctx, within, err)
	}
	return nil
}

// Check signs in and hands nothing over, for who looks whether the settings are right.
func (m *Mailer) Check(ctx context.Context) error {
	within, cancel := context.WithTimeout(ctx, m.patience)
	defer cancel()
	talk, err := m.open(within)
	if err != nil {
		return m.failed(ctx, within, err)
	}
	talk.end()
	return nil
}

// talk is a conversation with a server.
type talk struct {
	*smtp.Client
	stop func() bool
}

// step is where a conversation broke off.
type step struct {
	at    string
	cause error
}

func (s *step) Error() string { return s.at + ": " + s.cause.Error() }
func (s *step) Unwrap() error { return s.cause }

// The steps at which a conversation is different from others.
const (
	atTLS       = "TLS"
	atSignIn    = "sign-in"
	atFrom      = "sender"
	atRecipient = "recipient"
	atLetter    = "letter"
	atEnd       = "end of the letter" // from here on the server may have it
)

// open connects, protects the connection and signs in.
func (m *Mailer) open(ctx context.Context) (*talk, error) {
	conn, err := m.dial(ctx, "tcp", m.server.Address())
	if err != nil {
		return nil, err
	}
	until, _ := ctx.Deadline() // of the patience
	_ = conn.SetDeadline(until)
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	t, err := m.greet(ctx, &bounded{Conn: conn, left: maxSaid})
	if err != nil {
		stop()
		_ = conn.Close()
		return nil, err
	}
	t.stop = stop
	return t, nil
}

func (m *Mailer) greet(ctx context.Context, conn net.Conn) (*talk, error) {
	if m.server.Security == TLS {
		protected := tls.Client(conn, m.tls())
		if err := protected.HandshakeContext(ctx); err != nil {
			return nil, &step{atTLS, err}
		}
		conn = protected
	}
	client, err := smtp.NewClient(conn, m.server.Host)
	if err != nil {
		return nil, err
	}
	if err := client.Hello(helloName(m.server.From.Address)); err != nil {
		return nil, err
	}
	if m.server.Security == StartTLS {
		if offered, _ := client.Extension("STARTTLS"); !offered {
			return nil, &step{atTLS, errNoTLS}
		}
		if err := client.StartTLS(m.tls()); err != nil {
			return nil, &step{atTLS, err}
		}
	}
	return &talk{Client: client}, m.signIn(client)
}

var (
	errNoTLS    = errors.New("the server does not offer STARTTLS")
	errNoSignIn = errors.New("the server offers neither PLAIN nor LOGIN")
	errNoUTF8   = errors.New("the server does not take addresses with letters beyond ASCII")
)

// helloName is what we call ourselves. Servers want a name with a dot, and "localhost" is one that some refuse.
func helloName(from string) string { return "purser." + domain(from) }

func (m *Mailer) signIn(client *smtp.Client) error {
	if m.server.Username == "" {
		return nil
	}
	_, offered := client.Extension("AUTH")
	ways := strings.Fields(strings.ToUpper(offered))
	var auth smtp.Auth
	for _, way := range ways {
		switch {
		case way == "PLAIN":
			auth = smtp.PlainAuth("", m.server.Username, string(m.server.Password.Reveal()), m.server.Host, false)
		case way == "LOGIN" && auth == nil:
			auth = smtp.LoginAuth(m.server.Username, string(m.server.Password.Reveal()), m.server.Host, false)
		}
	}
	if auth == nil {
		return &step{atSignIn, errNoSignIn}
	}
	if err := client.Auth(auth); err != nil {
		return &step{atSignIn, err}
	}
	return nil
}

// end says goodbye, and closes in any case.
func (t *talk) end() {
	_ = t.Quit()
	_ = t.Close()
	t.stop()
}

// hand gives the letter to the server.
func (t *talk) hand(from, to string, text []byte) error {
	if utf8, _ := t.Extension("SMTPUTF8"); !utf8 && !ascii(to) {
		return &step{atRecipient, errNoUTF8}
	}
	if err := t.Mail(from); err != nil {
		return &step{atFrom, err}
	}
	if err := t.Rcpt(to); err != nil {
		return &step{atRecipient, err}
	}
	w, err := t.Data()
	if err != nil {
		return &step{atLetter, err}
	}
	if _, err := w.Write(text); err != nil {
		return &step{atLetter, err}
	}
	if err := w.Close(); err != nil {
		return &step{atEnd, err}
	}
	return nil
}

func ascii(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return r > unicode.MaxASCII }) < 0
}

// bounded is a connection of which no more is read than is sensible.
type bounded struct {
	net.Conn
	left int
}

var errTooMuch = errors.New("the server says too much")

// Read implements net.Conn.
func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooMuch
	}
	n, err := b.Conn.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}
