package microsoft

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"purser.example/internal/secret"
	"purser.example/internal/verdict"
)

// renewal keeps what an account got for its password: a refresh token, and with it a token for each host that is asked (Microsoft, OAuth 2.0
// refresh tokens). The password is not kept, and never sent again. Everything is in memory alone, and overwritten by close.
type renewal struct {
	client *Client
	tenant TenantRef
	app    App // with a copy of its secret
	hosts  hosts

	turn chan struct{} // holds one value; whoever has it may ask for a token

	mu     sync.Mutex
	next   secret.Value
	tokens map[string]held // by host
	closed bool
}

// held is a token and when it is to be renewed.
type held struct {
	bearer
	renew time.Time
}

func newRenewal(c *Client, t TenantRef, app App, h hosts, first bearer) *renewal {
	app.Secret = secret.NewValue(app.Secret.Reveal()) // whoever opened this clears theirs
	r := &renewal{client: c, tenant: t, app: app, hosts: h, turn: make(chan struct{}, 1), tokens: map[string]held{}}
	r.keep(h.graph, first)
	r.turn <- struct{}{}
	return r
}

// keep notes a token, and the refresh token that came with it. It renews one a minute before its end, or earlier where its life is short.
func (r *renewal) keep(host string, got bearer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		got.token.Clear()
		got.next.Clear()
		return
	}
	if !got.next.Empty() {
		r.next.Clear()
		r.next = got.next
	}
	got.next = secret.Value{}
	r.tokens[host] = held{got, got.ends.Add(-min(margin, got.ends.Sub(r.client.now())/4))}
}

// kept gives a copy of the token for a host that is good to go on with; close may come while it is used.
func (r *renewal) kept(host string) (secret.Value, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := r.tokens[host]
	return secret.NewValue(t.token.Reveal()), !t.token.Empty() && r.client.now().Before(t.renew)
}

// token gives a token for a host. One is asked for at a time, since each may bring another refresh token. The error is always a fault.
func (r *renewal) token(ctx context.Context, host string) (secret.Value, error) {
	if token, good := r.kept(host); good {
		return token, nil
	}
	select {
	case <-r.turn:
	case <-ctx.Done():
		return secret.Value{}, stopped(ctx, request{host: r.hosts.login})
	}
	defer func() { r.turn <- struct{}{} }()
	if token, good := r.kept(host); good {
		return token, nil
	}
	var got bearer
	err := guarded(func() (err error) { got, err = r.ask(ctx, host); return err })
	if err != nil {
		return secret.Value{}, err
	}
	token := secret.NewValue(got.token.Reveal())
	r.keep(host, got)
	return token, nil
}

// ask asks for a token of a host by the refresh token. A lost answer is not asked for again.
func (r *renewal) ask(ctx context.Context, host string) (bearer, error) {
	fresh := func() (*form, error) {
		r.mu.Lock()
		defer r.mu.Unlock()
		switch {
		case r.closed:
			return nil, noAnswer(verdict.Cancelled, "the tokens were let go of")
		case r.next.Empty():
			return nil, noAnswer(verdict.BadAnswer, "no refresh token was given")
		}
		proof, err := r.client.proof(r.hosts, r.tenant, r.app)
		if err != nil {
			return nil, err
		}
		return newForm(append([][]byte{
			[]byte("client_id"), []byte(r.app.ID),
			[]byte("grant_type"), []byte("refresh_token"),
			[]byte("scope"), []byte(scopeOf(host, true)),
			[]byte("refresh_token"), r.next.Reveal(),
		}, proof...)...), nil
	}
	form, err := fresh()
	if err != nil {
		return bearer{}, err
	}
	defer form.wipe()
	p := &patience{left: longPatience, tries: persistence}
	a, err := r.client.askPatiently(ctx, p, request{host: r.hosts.login, path: tokenPath(r.tenant), form: form, again: r.app.renewing(fresh)})
	if err != nil {
		return bearer{}, err
	}
	if a.status != http.StatusOK {
		return bearer{}, r.client.refusedGrant(a)
	}
	var body tokenBody
	if err := a.decode(&body); err != nil {
		return bearer{}, err
	}
	return body.bearer(r.client.now())
}

// reject lets go of a token that a host does not accept any more.
func (r *renewal) reject(host string, token secret.Value) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if t, kept := r.tokens[host]; kept && bytes.Equal(t.token.Reveal(), token.Reveal()) {
		delete(r.tokens, host)
	}
}

// has reports whether the token of a host names one of the scopes; false too where it cannot be read.
func (r *renewal) has(host string, scopes ...string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for name := range strings.FieldsSeq(claimsOf(r.tokens[host].token).Scope) {
		if slices.ContainsFunc(scopes, func(scope string) bool { return strings.EqualFold(name, scope) }) {
			return true
		}
	}
	return false
}

// close overwrites everything.
func (r *renewal) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	r.next.Clear()
	r.app.Secret.Clear()
	for host, t := range r.tokens {
		t.token.Clear()
		delete(r.tokens, host)
	}
}
