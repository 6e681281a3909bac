package login

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"purser.example/internal/problem"
	"purser.example/internal/shown"
	"purser.example/internal/whose"
)

// blamed is an error of which is known who is to be looked at, and what a person reads of it.
type blamed struct {
	fault    whose.Fault
	sentence string
	err      error
}

func (b blamed) Error() string { return b.err.Error() }
func (b blamed) Unwrap() error { return b.err }

// Whose says whom an error of this package tells to look at: the account that signs in, our registration or our settings, the
// provider (whose.Microsoft stands for the service that was asked), the way to it, or that it cannot be told.
func Whose(err error) whose.Fault {
	if b, ok := errors.AsType[blamed](err); ok {
		return b.fault
	}
	return whose.Untold
}

// SetUpWrongly reports whether somebody who runs Purser or the provider has to mend it, so that nobody else need try again.
func SetUpWrongly(err error) bool {
	b, ok := errors.AsType[blamed](err)
	return ok && (b.fault == whose.App || b.fault == whose.Purser || b.sentence == sentenceNowhere)
}

// RetryAfter is for how long the provider asked to be left alone; 0 where it did not.
func RetryAfter(err error) time.Duration {
	answer, _ := errors.AsType[refusal](err)
	return answer.after
}

// sentences are what a person reads of an answer that was none, by whose fault it was.
var sentences = map[whose.Fault]string{
	whose.Between: sentenceBetween, whose.Purser: sentenceSettings, whose.App: sentenceRegistration,
}

// down says that what was asked of the provider was not answered, and who is to be looked at for it (R62).
func down(err error) error {
	if b, ok := errors.AsType[blamed](err); ok {
		return blamed{b.fault, b.sentence, problem.Wrap(err, problem.Upstream, b.sentence)}
	}
	return failed(faultOf(err), err)
}

func failed(fault whose.Fault, err error) error {
	sentence := cmp.Or(sentences[fault], sentenceDown)
	return blamed{fault, sentence, problem.Wrap(err, problem.Upstream, sentence)}
}

// faultOf decides by what happened on the wire, or by what answered. Of whoever gave up nobody is to blame who could be told.
func faultOf(err error) whose.Fault {
	answer, refused := errors.AsType[refusal](err)
	switch {
	case errors.Is(err, context.Canceled):
		return whose.Untold
	case refused && answer.reply.HTTP != 0:
		return answer.reply.Whose()
	case refused:
		return answer.wire
	}
	fault, _ := whose.OfWire(whose.Wire(err))
	return fault
}

// misnamed says that discovery failed because of the issuer in our settings, and what is wrong with it (X6); nil where it did not.
// The path with which no document ends tells by itself. A 404 may be a proxy's, and says so.
func misnamed(issuer string, err error) error {
	other, mismatch := errors.AsType[*oidc.IssuerMismatchError](err)
	answer, refused := errors.AsType[refusal](err)
	switch {
	case mismatch && other.Discovered != "": // without one it is no such document, whoever sent it
		return blamed{whose.Purser, sentenceSettings, errors.New("the provider's document names the issuer " + quoted(other.Discovered) +
			", and PURSER_OIDC_ISSUER says " + quoted(issuer) + ": they must agree to the letter" + spelling(issuer, other.Discovered))}
	case refused && strings.Contains(issuer, "/.well-known"):
		return blamed{whose.Purser, sentenceSettings, errors.New("PURSER_OIDC_ISSUER is " + quoted(issuer) + ": leave out /.well-known and what follows (" + answer.reason + ")")}
	case refused && unknownThere(answer.reply.HTTP):
		return blamed{whose.Untold, sentenceNowhere, errors.New("there is no document under PURSER_OIDC_ISSUER " + quoted(issuer) +
			": it names no issuer, or something else answers in its place (" + answer.reason + ")")}
	}
	return nil
}

// unknownThere are the statuses with which providers answer for an issuer that they do not have: Microsoft Entra ID says 400.
func unknownThere(status int) bool {
	return status == http.StatusNotFound || status == http.StatusGone || status == http.StatusBadRequest
}

// spelling is what to do about an issuer that is not the one in the document.
func spelling(configured, discovered string) string {
	switch {
	case strings.Contains(discovered, "{"):
		return "; common, organizations and consumers are no issuers: put the directory (tenant) id in their place"
	case strings.TrimSuffix(configured, "/") == strings.TrimSuffix(discovered, "/"):
		return ", the slash at the end included"
	}
	return ""
}

// quoted is an address fit for a log.
func quoted(address string) string { return `"` + cut(shown.Name(address), 200) + `"` }
