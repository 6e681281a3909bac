package microsoft

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"purser.example/internal/verdict"
	"purser.example/internal/whose"
)

// fault says that there was no usable answer. Its code is a row of the verdict's table; its detail is our own text, because
// the text of foreign errors may carry what a stranger sent.
type fault struct {
	code, detail string
	whose        whose.Fault
	cause        string // what Microsoft's code means, a sentence; empty where there is none
	reply        whose.Reply
	number       int    // of an error of SharePoint's
	hidden       bool   // what was asked for is there, and hidden from whoever asked
	gone         bool   // the object that was asked for does not exist
	throttled    bool   // the service asked to be left in peace
	right        string // the permission or the role that is missing, where its name is known

	trace, correlation string // to quote to Microsoft
}

func (f fault) Error() string { return f.code + ": " + f.detail }

// noAnswer is the fault of a question that nobody answered, or that was not asked.
func noAnswer(code, detail string) fault {
	return fault{code: code, detail: detail, whose: verdict.Fail(code).Fault}
}

// Failure is what an error of this package says, for decisions and to quote.
type Failure struct {
	Code   string // "HTTP 403", "TIMEOUT", "AADSTS7000215"
	Whose  whose.Fault
	Cause  string // what Microsoft's code means, a sentence; empty where there is none
	Denied bool   // a permission is missing
	Gone   bool   // the object that was asked for does not exist

	Right     string // the permission or the role that is missing, where its name is known
	Throttled bool   // the service asked to be left in peace, for longer than there was time

	TraceID, CorrelationID string // to quote to Microsoft, of a token request that it refused
}

// FailureOf reads an error of this package; false for any other.
func FailureOf(err error) (Failure, bool) {
	f, ok := errors.AsType[fault](err)
	return Failure{Code: f.code, Whose: f.whose, Cause: f.cause, Denied: f.hidden || f.reply.Denied(), Gone: f.gone, Right: f.right, Throttled: f.throttled, TraceID: f.trace, CorrelationID: f.correlation}, ok
}

// ofObject lets an error say that the object is gone: only a question about one object can tell (X1).
func ofObject(err error) error {
	f, ok := errors.AsType[fault](err)
	if !ok {
		return err
	}
	f.gone = f.reply.Gone()
	return f
}

// faultOf names what went wrong on the wire.
func faultOf(ctx context.Context, r request, err error) fault {
	word := whose.Wire(err)
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		word = verdict.Cancelled
	case word == verdict.Reset && r.form != nil && !r.form.sent():
		word = verdict.NoConnection
	}
	return noAnswer(word, fmt.Sprintf(onTheWire[word], r.host)+ofProxy(err))
}

// onTheWire are our own texts for what happens on the wire, each about the host that was asked.
var onTheWire = map[string]string{
	verdict.Cancelled:    "stopped while waiting for %s",
	verdict.DNS:          "the name %s was not found",
	verdict.TLS:          "no secure connection to %s",
	verdict.NoConnection: "no connection to %s",
	verdict.Proxy:        "a proxy did not let us through to %s",
	verdict.Timeout:      "no answer from %s in time",
	verdict.Reset:        "the connection to %s broke off",
}

// ofProxy adds the status with which a proxy refused.
func ofProxy(err error) string {
	if refusal, ok := errors.AsType[whose.ProxyRefusal](err); ok {
		return " (HTTP " + strconv.Itoa(refusal.HTTP) + ")"
	}
	return ""
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
		return a.unusable("the answer is not JSON")
	}
	err := json.Unmarshal(a.body, into)
	if _, ok := errors.AsType[*json.UnmarshalTypeError](err); err != nil && !ok {
		return a.unusable("the answer's JSON is broken")
	}
	return nil
}

// unusable is the fault of an answer that is none.
func (a answer) unusable(detail string) fault {
	r := a.reply()
	return fault{code: verdict.BadAnswer, detail: detail, whose: r.Whose(), reply: r}
}

// reply is the answer by what shows of it, without the service's own word.
func (a answer) reply() whose.Reply {
	return whose.Reply{HTTP: a.status, JSON: a.json, Marked: a.marked()}
}

// Headers that Microsoft's sign-in service, Graph and SharePoint give to each of their answers. Others have request ids too, but of other forms.
var (
	idMarks = []string{"Request-Id", "X-Ms-Request-Id", "Sprequestguid"}
	marks   = []string{"X-Ms-Ests-Server", "X-Ms-Ags-Diagnostic"}
)

// marked reports whether Microsoft answered, as far as the headers tell, or those of the batch that the answer is part of.
func (a answer) marked() bool {
	return a.vouched || slices.ContainsFunc(idMarks, func(name string) bool { return id(a.header.Get(name)) != "" }) ||
		slices.ContainsFunc(marks, func(name string) bool { return a.header.Get(name) != "" })
}
