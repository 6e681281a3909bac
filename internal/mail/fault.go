package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"

	"purser.example/internal/delivery"
)

// failed says what went wrong: within is the context of the letter, and ctx that of who asked for it.
func (m *Mailer) failed(ctx, within context.Context, err error) *delivery.Failure {
	var untrusted *tls.CertificateVerificationError
	var unknown *net.DNSError
	host := m.server.Address()
	answer, answered := errors.AsType[*textproto.Error](err)
	where, _ := errors.AsType[*step](err)
	switch {
	case answered:
		return refusal(where, answer.Code)
	case ctx.Err() != nil:
		return delivery.Fails(ctx.Err(), "Purser stopped waiting for the mail server "+host+".")
	case within.Err() != nil || isTimeout(err):
		return delivery.Fails(nil, "The mail server "+host+" didn't answer in time.")
	case errors.Is(err, errNoTLS):
		return delivery.Fails(err, "The mail server "+host+" doesn't offer STARTTLS, so that nothing was sent. Set PURSER_SMTP_TLS to tls, or use another port.")
	case errors.Is(err, errNoSignIn):
		return delivery.Fails(err, "The mail server "+host+" offers no sign-in with a password that Purser knows (PLAIN or LOGIN).")
	case errors.As(err, &untrusted):
		return delivery.Fails(nil, "This machine doesn't trust the certificate of the mail server "+host+". Check the name, and set PURSER_SMTP_CA if the certificate comes from an authority of your own.")
	case where != nil && where.at == atTLS:
		return delivery.Fails(nil, "The mail server "+host+" doesn't speak TLS as it should. Check PURSER_SMTP_TLS and PURSER_SMTP_PORT.")
	case errors.As(err, &unknown):
		return delivery.Fails(nil, "The name of the mail server "+m.server.Host+" can't be resolved.")
	case errors.Is(err, io.EOF), errors.Is(err, errTooMuch):
		return delivery.Fails(nil, "The mail server "+host+" broke off.")
	}
	return delivery.Fails(nil, "The mail server "+host+" can't be reached.")
}

func isTimeout(err error) bool {
	var slow net.Error
	return errors.As(err, &slow) && slow.Timeout()
}

// refusal is what a server's code means at a step. A code from 500 on is for good, but not where somebody mends it in the server or in the
// settings, so that what waits is sent afterwards.
func refusal(where *step, code int) *delivery.Failure {
	at := ""
	if where != nil {
		at = where.at
	}
	switch {
	case at == atSignIn && code/100 == 5:
		return delivery.Fails(nil, fmt.Sprintf("The mail server refused the username or the password (code %d). Check PURSER_SMTP_USERNAME and PURSER_SMTP_PASSWORD.", code))
	case at == atFrom && code/100 == 5:
		return delivery.Fails(nil, fmt.Sprintf("The mail server refused the sender (code %d). Check PURSER_SMTP_FROM and whether the account may send as it.", code))
	case at == atData && code/100 == 5:
		return delivery.Refused(nil, fmt.Sprintf("The mail server refused the message (code %d).", code))
	}
	return delivery.Fails(nil, fmt.Sprintf("The mail server can't take mail now (code %d).", code))
}
