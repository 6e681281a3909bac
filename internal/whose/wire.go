package whose

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strconv"
)

// ProxyRefusal is the answer of a proxy that does not let us through to the host we asked for.
type ProxyRefusal struct{ HTTP int }

func (r ProxyRefusal) Error() string {
	return "a proxy refused the way, with status " + strconv.Itoa(r.HTTP)
}

// Through is a copy of a transport that tells what a proxy answers when it does not let us through. net/http would make of it an error
// that consists of nothing but the words of the status (X2).
func Through(t *http.Transport) *http.Transport {
	t = t.Clone()
	t.OnProxyConnectResponse = func(_ context.Context, _ *url.URL, _ *http.Request, answer *http.Response) error {
		if answer.StatusCode != http.StatusOK {
			return ProxyRefusal{answer.StatusCode}
		}
		return nil
	}
	return t
}

// Wire is the word that verdicts use for what happened to a question that nobody answered, by the error of the transport. That whoever
// asked gave up does not show in it, and is for the caller to see to.
func Wire(err error) string {
	_, refused := errors.AsType[ProxyRefusal](err)
	_, dns := errors.AsType[*net.DNSError](err)
	var timeout net.Error
	switch step := stepOf(err); {
	case refused:
		return "PROXY"
	case step == "proxyconnect", step == "socks connect": // before the names, because it is the proxy's that was not found
		return "NO-CONNECTION"
	case dns:
		return "DNS"
	case insecure(err), step == "remote error", step == "local error":
		return "TLS"
	case step == "dial":
		return "NO-CONNECTION"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "TIMEOUT"
	}
	return "RESET"
}

// stepOf is what a connection was about when it failed. The two errors of TLS are alerts, sent by the other side or by ours: their own
// type is hidden in crypto/tls.
func stepOf(err error) string {
	if operation, ok := errors.AsType[*net.OpError](err); ok {
		return operation.Op
	}
	return ""
}

func insecure(err error) bool {
	_, certificate := errors.AsType[*tls.CertificateVerificationError](err)
	_, record := errors.AsType[tls.RecordHeaderError](err)
	_, alert := errors.AsType[tls.AlertError](err)
	_, hello := errors.AsType[*tls.ECHRejectionError](err)
	return certificate || record || alert || hello
}
