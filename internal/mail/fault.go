package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"

	"purser.example/internal/notify"
)

// failed says what went wrong: within is the context of the letter, and ctx that of who asked for it. A mistake in the settings passes,
// because somebody mends it, and what waits is sent then.
func (m *Mailer) failed(ctx, within context.Context, err error) *notify.Failure {
	where, _ := errors.AsType[*step](err)
	at := ""
	if where != nil {
		at = where.at
	}
	if answer, answered := errors.AsType[*textproto.Error](err); answered {
		return refusal(at, answer.Code)
	}
	f := &notify.Failure{Reason: m.broken(within, at, err), Unsure: at == atEnd, Final: errors.Is(err, errNoUTF8)}
	if ctx.Err() != nil {
		f.Reason, f.Err = "Purser stopped waiting for the mail server "+m.server.Address()+".", ctx.Err()
	}
	return f
}

// broken is what happened where the server did not answer.
func (m *Mailer) broken(within context.Context, at string, err error) string {
	var untrusted *tls.CertificateVerificationError
	var unknown *net.DNSError
	server := "The mail server " + m.server.Address()
	switch {
	case within.Err() != nil || isTimeout(err):
		return server + " didn't answer in time."
	case errors.Is(err, errNoUTF8):
		return server + " doesn't take addresses with letters such as ü. Use another address."
	case errors.Is(err, errNoTLS):
		return server + " doesn't offer STARTTLS, so that nothing was sent. Set PURSER_SMTP_TLS to tls, or use another port."
	case errors.Is(err, errNoSignIn):
		return server + " offers no sign-in with a password that Purser knows (PLAIN or LOGIN)."
	case errors.As(err, &untrusted):
		return "This machine doesn't trust the certificate of the mail server " + m.server.Address() + ". Check the name, and set PURSER_SMTP_CA if the certificate comes from an authority of your own."
	case at == atTLS:
		return server + " doesn't speak TLS as it should. Check PURSER_SMTP_TLS and PURSER_SMTP_PORT."
	case at == atSignIn:
		return server + " can't be signed in to. Check PURSER_SMTP_TLS: a password is sent over TLS only."
	case errors.As(err, &unknown):
		return "The name of the mail server " + m.server.Host + " can't be resolved."
	case errors.Is(err, io.EOF), errors.Is(err, errTooMuch), at != "":
		return server + " broke off."
	}
	return server + " can't be reached."
}

func isTimeout(err error) bool {
	var slow net.Error
	return errors.As(err, &slow) && slow.Timeout()
}

// refusal is what a server's code means at a step. One from 500 on is for good where it is about the letter or who gets it.
func refusal(at string, code int) *notify.Failure {
	says, final := "The mail server can't take mail now (code %d).", false
	if code/100 == 5 {
		switch at {
		case atSignIn:
			says = "The mail server refused the username or the password (code %d). Check PURSER_SMTP_USERNAME and PURSER_SMTP_PASSWORD."
		case atFrom:
			says = "The mail server refused the sender (code %d). Check PURSER_SMTP_FROM, and whether the account may send as that address."
		case atRecipient:
			says, final = "The mail server refused the recipient (code %d). Check the address.", true
		case atLetter, atEnd:
			says, final = "The mail server refused the message (code %d).", true
		}
	}
	return &notify.Failure{Reason: fmt.Sprintf(says, code), Final: final}
}
