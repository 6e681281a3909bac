package microsoft

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"net"
	"time"

	"purser.example/internal/verdict"
)

// fault says that there was no usable answer. Its code is a row of the verdict's table; its detail is our own text, because
// the text of foreign errors may carry what a stranger sent.
type fault struct{ code, detail string }

func (f fault) Error() string { return f.code + ": " + f.detail }

// faultOf names what went wrong on the wire.
func faultOf(ctx context.Context, r request, err error) fault {
	var network net.Error
	_, dns := errors.AsType[*net.DNSError](err)
	operation, isOperation := errors.AsType[*net.OpError](err)
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return fault{verdict.Cancelled, "stopped while waiting for " + r.host}
	case dns:
		return fault{verdict.DNS, "the name " + r.host + " was not found"}
	case insecure(err):
		return fault{verdict.TLS, "no secure connection to " + r.host}
	case isOperation && operation.Op == "dial":
		return fault{verdict.NoConnection, "no connection to " + r.host}
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return fault{verdict.Timeout, "no answer from " + r.host + " in time"}
	case r.form != nil && !r.form.sent():
		return fault{verdict.NoConnection, "no connection to " + r.host}
	default:
		return fault{verdict.Reset, "the connection to " + r.host + " broke off"}
	}
}

func insecure(err error) bool {
	_, certificate := errors.AsType[*tls.CertificateVerificationError](err)
	_, record := errors.AsType[tls.RecordHeaderError](err)
	_, alert := errors.AsType[tls.AlertError](err)
	return certificate || record || alert
}

// logged writes a fault to the log, for the operator who looks for what happened, and hands it on.
func (c *Client) logged(ctx context.Context, r request, started time.Time, err error) error {
	c.log.DebugContext(ctx, "microsoft did not answer", "host", r.host, "error", err, "took", time.Since(started), "correlation_id", r.correlation)
	return err
}

// decode reads a JSON answer. A value of an unexpected type is passed over, so that one changed field does not cost the
// others; whoever needs a field looks whether it is there.
func (a answer) decode(into any) error {
	if !a.json {
		return fault{verdict.BadAnswer, "the answer is not JSON"}
	}
	err := json.Unmarshal(a.body, into)
	if _, ok := errors.AsType[*json.UnmarshalTypeError](err); err != nil && !ok {
		return fault{verdict.BadAnswer, "the answer's JSON is broken"}
	}
	return nil
}
