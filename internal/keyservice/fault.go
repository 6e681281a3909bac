package keyservice

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"

	"purser.example/internal/secret"
)

// fault is an answer that is of no use, or none at all. It says nothing that was said by somebody else.
type fault struct {
	kind  error  // secret.ErrUnavailable, ErrRefused or ErrDamaged
	says  string // which service did what
	id    string // of the request; empty: there was none
	cause error  // the caller's own: it gave up waiting
}

// Error implements error.
func (f fault) Error() string {
	if f.id == "" {
		return fmt.Sprintf("%v: %s", f.kind, f.says)
	}
	return fmt.Sprintf("%v: %s (request %s)", f.kind, f.says, f.id)
}

// Unwrap tells the kind to errors.Is, and whether the caller gave up.
func (f fault) Unwrap() []error {
	if f.cause == nil {
		return []error{f.kind}
	}
	return []error{f.kind, f.cause}
}

// broken is what happened on the wire: within is the context of the call, and ctx that of who asked for it.
func broken(ctx, within context.Context, q question, err error) fault {
	f := fault{kind: secret.ErrUnavailable, id: q.id, cause: ctx.Err()}
	var certificate *tls.CertificateVerificationError
	switch {
	case ctx.Err() != nil:
		f.says = "Purser stopped waiting for " + q.host()
	case within.Err() != nil:
		f.says = q.host() + " did not answer in time"
	case errors.As(err, &certificate):
		f.says = "this machine does not trust the certificate of " + q.host()
	default:
		f.says = "the connection to " + q.host() + " failed"
	}
	return f
}

// refusal is what a status other than 200 means. told says that the answer has the shape of the service's own: what a web filter or a load
// balancer answers in its place says nothing about the key.
func refusal(q question, status int, told bool) fault {
	f := fault{kind: secret.ErrUnavailable, id: q.id, says: fmt.Sprintf("%s answered with status %d", q.host(), status)}
	switch {
	case status >= 300 && status < 400:
		f.says += ", a redirect, which Purser doesn't follow; check the address"
	case !told:
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		f.kind, f.says = secret.ErrRefused, f.says+"; "+q.denied
	case status == http.StatusNotFound:
		f.kind, f.says = secret.ErrRefused, f.says+"; "+q.missing
	case status == http.StatusBadRequest && q.opens:
		f.kind, f.says = secret.ErrDamaged, f.says+": its key doesn't open what it was given, or is another one than before"
	case status == http.StatusBadRequest:
		f.kind, f.says = secret.ErrRefused, f.says+"; "+q.unfit
	}
	return f
}

// useless is an answer with status 200 that does not hold what was asked for.
func useless(q question, what string) fault {
	return fault{kind: secret.ErrUnavailable, id: q.id, says: "the answer of " + q.host() + " " + what}
}
