package login

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
	"strings"

	"purser.example/internal/problem"
	"purser.example/internal/whose"
)

// The sentences that a person may read.
const (
	sentenceDown     = "The identity provider didn't respond. Try again in a moment."
	sentenceBetween  = "Something other than the identity provider responded, such as a proxy or a web filter. Try again in a moment. If this keeps happening, tell your server administrator."
	sentenceSettings = "Sign-in isn't set up correctly: Purser found no identity provider it can use at the address in its settings. Your server administrator needs to correct PURSER_OIDC_ISSUER. The log says how."
	sentenceNowhere  = "Sign-in isn't set up correctly, or something other than the identity provider responds: Purser found none at the address in its settings. If this keeps happening, your server administrator needs to correct PURSER_OIDC_ISSUER. The log says more."

	sentenceRegistration = "Sign-in isn't set up correctly: the identity provider doesn't accept Purser's registration. Your server administrator needs to correct it. The log says what was refused."

	sentenceUnverified = "This sign-in could not be verified. Sign in again."
	sentenceClock      = "This sign-in could not be verified: the clocks of Purser and of the identity provider are too far apart. Your server administrator needs to set the clock. The log says how far."
	sentenceForeign    = "This account belongs to another organization than the one that signs in to Purser. Sign in with an account of that organization."
	sentenceLate       = "This sign-in took longer than 10 minutes. Sign in again."
	sentenceCancelled  = "The sign-in was canceled. Sign in again to continue."
	sentenceUnsaid     = "The sign-in was canceled, or the identity provider refused this account. It doesn't say which. Sign in again to continue. If it is refused again, ask the administrator of your identity provider."
	sentenceAccount    = "The identity provider refused this account. Signing in again won't help. Ask the administrator of your identity provider, and quote the reference below. Purser's log has the provider's response."
	sentenceTenant     = "Something in your organization blocks this sign-in, such as a policy. Signing in again is unlikely to help. Ask the administrator of your identity provider, and quote the reference below. Purser's log has the provider's response."
	sentenceBusy       = "The identity provider can't sign you in right now. Sign in again in a moment."
	sentenceRefused    = "The identity provider refused this sign-in. Sign in again. If it is refused again, ask the administrator of your identity provider."
)

// maxLogText is how much of a foreign error's text the log gets, in runes.
const maxLogText = 300

// unverified says that what came back is not to be believed.
func unverified(err error) error { return problem.Wrap(err, problem.BadRequest, sentenceUnverified) }

// outage lets through the errors of the network whose texts are known to quote nothing of what was sent or received, and
// puts their type in place of the others. A malformed answer is quoted by net/http, and may be our own request sent back.
func outage(err error) error {
	op, isOp := errors.AsType[*net.OpError](err)
	if isOp && !errors.Is(err, context.Canceled) { // it tells more than that the time was over
		return op
	}
	for _, known := range []error{context.Canceled, context.DeadlineExceeded, io.EOF, io.ErrUnexpectedEOF} {
		if errors.Is(err, known) {
			return known
		}
	}
	if bad, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return bad
	}
	if header, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return header
	}
	if proxy, ok := errors.AsType[whose.ProxyRefusal](err); ok {
		return proxy
	}
	fault, _ := whose.OfWire(whose.Wire(err))
	return refusal{reason: fmt.Sprintf("the connection broke off (%T)", err), wire: fault}
}

// asked takes the wrapper of net/http off an error, and keeps whom we asked: what is logged of an address is that of the provider's, and
// not what a stranger sent (X38).
func asked(err error) error {
	broken, ok := errors.AsType[*url.Error](err)
	if !ok {
		return err
	}
	return fmt.Errorf("ask %s: %w", quoted(broken.URL), broken.Err)
}

// clippedError is an error whose text is cut to a length that suits a log.
type clippedError struct{ err error }

func clipped(err error) error { return clippedError{err} }

func (c clippedError) Error() string { return cut(c.err.Error(), maxLogText) }
func (c clippedError) Unwrap() error { return c.err }

// scrubbed gives the text of err as an error of its own, without the secrets in any of the forms they travel in, and cut.
// The chain ends here: what is below could still be printed.
func scrubbed(err error, secrets ...string) error {
	text := err.Error()
	for _, s := range secrets {
		if s == "" {
			continue
		}
		quoted := strings.Trim(strconv.Quote(s), `"`)
		for _, form := range []string{s, quoted, url.QueryEscape(s), base64.StdEncoding.EncodeToString([]byte(s))} {
			text = strings.ReplaceAll(text, form, redacted)
		}
	}
	return errors.New(cut(text, maxLogText))
}

// cut shortens text to at most limit runes.
func cut(text string, limit int) string {
	n := 0
	for i := range text {
		if n == limit {
			return text[:i]
		}
		n++
	}
	return text
}
