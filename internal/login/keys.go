package login

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"

	"github.com/coreos/go-oidc/v3/oidc"
)

// newKeySet knows the provider's keys by their address. A set without any that could have signed an ID token is no answer: go-oidc would
// take each token for badly signed, and send people round in a circle for what only the provider can mend (X47).
func newKeySet(client *http.Client, address string) oidc.KeySet {
	careful := *client
	careful.Transport = keyed{client.Transport}
	return oidc.NewRemoteKeySet(oidc.ClientContext(context.Background(), &careful), address)
}

// keyed stands above guard where keys are fetched, which has read the answer whole.
type keyed struct{ guard http.RoundTripper }

// RoundTrip fails on an answer without keys.
func (k keyed) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := k.guard.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, outage(err)
	}
	if !anyKey(body) {
		return nil, refusal{reason: "the key set has no keys", reply: replyOf(resp.StatusCode, body)}
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// anyKey reports whether a set holds a key for signatures that we believe (RFC 7517 section 4). A set of another shape is left to go-oidc.
func anyKey(set []byte) bool {
	var held struct {
		Keys []struct {
			Type      string `json:"kty"`
			Use       string `json:"use"`
			Algorithm string `json:"alg"`
		} `json:"keys"`
	}
	if json.Unmarshal(set, &held) != nil {
		return true
	}
	for _, key := range held.Keys {
		if key.Type != "" && key.Use != "enc" && (key.Algorithm == "" || slices.Contains(asymmetric, key.Algorithm)) {
			return true
		}
	}
	return false
}

// watchedKeys remembers whether the keys could be had at all. go-oidc reports a token that is badly signed and a provider
// that is down with one error text, and a person needs to know which it was.
type watchedKeys struct {
	oidc.KeySet
	unreachable error
}

// VerifySignature implements oidc.KeySet for one token.
func (k *watchedKeys) VerifySignature(ctx context.Context, jwt string) ([]byte, error) {
	payload, err := k.KeySet.VerifySignature(ctx, jwt)
	// The key set wraps the error of a fetch, and returns a bare one for a signature that does not fit.
	if err != nil && errors.Unwrap(err) != nil {
		k.unreachable = keysError(ctx, err)
	}
	return payload, err
}

// keysError quotes nothing of the answer, which go-oidc's text would hold whole.
func keysError(ctx context.Context, err error) error {
	if _, ok := errors.AsType[*url.Error](err); ok {
		return fmt.Errorf("fetch the keys: %w", asked(err))
	}
	if ctx.Err() != nil {
		return fmt.Errorf("fetch the keys: %w", ctx.Err())
	}
	return errors.New("fetch the keys: the key set makes no sense")
}
