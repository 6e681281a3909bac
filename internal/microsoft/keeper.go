package microsoft

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"strings"
	"sync"
	"time"

	"purser.example/internal/secret"
	"purser.example/internal/verdict"
)

const (
	// margin is how long before its end a token is asked for anew, so that it does not end on the way.
	margin = time.Minute
	// doubting is how old a token is before it is asked for anew because a permission is missing in it: what is granted later is in the
	// next one only.
	doubting = time.Minute
	// sulking is how long a failure is remembered, so that many who come after it do not all hear it of Microsoft again.
	sulking = 3 * time.Second
)

// keeper keeps the tokens of apps, in memory alone: the one place from which everything that reads a tenant as the app takes them. Many who
// want the same one at the same time wait for one request. It is asked for anew a minute before it ends; a failure is remembered for some
// seconds, or for as long as Microsoft asked to be left in peace. Another credential of the same app is another key, so that nothing that
// was said of the former one is said of it.
type keeper struct {
	seed []byte // so that what is kept of a secret is of no use elsewhere
	mu   sync.Mutex
	kept map[tokenKey]*keptToken
}

// tokenKey is whose token it is.
type tokenKey struct {
	tenant, app string
	cloud       Cloud
	credential  [sha256.Size]byte
}

// keptToken is a token, the last failure, or somebody who asks.
type keptToken struct {
	profile string
	token   bearer
	got     time.Time // when token was
	doubted bool      // something was refused for want of a permission, which may have been granted since
	failure error
	until   time.Time // when failure is forgotten
	asked   bool      // Microsoft asked for that
	asking  *asking
}

// asking is one request, for everybody who waits for it.
type asking struct {
	done  chan struct{}
	token bearer
	err   error
}

func newKeeper() *keeper {
	seed := make([]byte, sha256.Size)
	_, _ = rand.Read(seed) // it never fails
	return &keeper{seed: seed, kept: map[tokenKey]*keptToken{}}
}

func (k *keeper) keyOf(t TenantRef, app App) tokenKey {
	key := tokenKey{tenant: strings.ToLower(t.name()), app: strings.ToLower(app.ID), cloud: t.Cloud}
	mac := hmac.New(sha256.New, k.seed)
	_, _ = mac.Write(app.Secret.Reveal())
	_, _ = mac.Write(app.Certificate)
	mac.Sum(key.credential[:0])
	return key
}

// appToken gives a token of the app itself. A public client can have none; the error is always a fault.
func (c *Client) appToken(ctx context.Context, t TenantRef, app App) (bearer, error) {
	if app.Secret.Empty() {
		return bearer{}, noAnswer(NoSecret, "the app profile has neither a client secret nor a certificate")
	}
	under, token, err := c.tokens.take(c, ctx, t, app)
	if under == nil {
		return token, err
	}
	select {
	case <-under.done:
		return under.token, under.err
	case <-ctx.Done():
		word := verdict.Timeout
		if errors.Is(ctx.Err(), context.Canceled) {
			word = verdict.Cancelled
		}
		return bearer{}, noAnswer(word, "stopped while waiting for a token")
	}
}

// take gives what is kept, or who asks; it begins to ask where nobody does.
func (k *keeper) take(c *Client, ctx context.Context, t TenantRef, app App) (*asking, bearer, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	key, now := k.keyOf(t, app), c.now()
	kept := k.kept[key]
	if kept == nil {
		k.sweep(now)
		kept = &keptToken{}
		k.kept[key] = kept
	}
	kept.profile = app.Profile
	switch {
	case kept.asking != nil:
		return kept.asking, bearer{}, nil
	case kept.serves(now):
		return nil, kept.token, nil
	case kept.failure != nil && now.Before(kept.until):
		return nil, bearer{}, kept.failure
	}
	kept.asking = &asking{done: make(chan struct{})}
	app.Secret = secret.NewValue(app.Secret.Reveal()) // who asked may leave, and clear theirs
	go k.ask(c, context.WithoutCancel(ctx), t, app, kept, kept.asking)
	return kept.asking, bearer{}, nil
}

// serves reports whether the token that is kept is good to go on with.
func (t *keptToken) serves(now time.Time) bool {
	return !t.token.token.Empty() && now.Before(t.token.ends.Add(-margin)) && (!t.doubted || now.Sub(t.got).Abs() < doubting)
}

// ask asks for everybody who waits, whoever of them leaves.
func (k *keeper) ask(c *Client, ctx context.Context, t TenantRef, app App, kept *keptToken, under *asking) {
	defer close(under.done)
	defer app.Secret.Clear()
	ctx, cancel := context.WithTimeout(ctx, c.totalTimeout)
	defer cancel()
	var a answer
	under.err = guarded(func() (err error) {
		under.token, a, err = c.askToken(ctx, t, app)
		return err
	})
	k.mu.Lock()
	defer k.mu.Unlock()
	kept.asking = nil
	now := c.now()
	kept.got, kept.doubted = now, false
	if kept.token, kept.failure = under.token, under.err; under.err == nil {
		return
	}
	kept.until, kept.asked = now.Add(sulking), false
	if wait, given := a.retryAfter(now); given && a.busy() && wait > sulking {
		kept.until, kept.asked = now.Add(wait), true
	}
}

// sweep lets go of what has ended. k.mu is held.
func (k *keeper) sweep(now time.Time) {
	for key, kept := range k.kept {
		if kept.asking == nil && now.After(kept.token.ends) && now.After(kept.until) {
			delete(k.kept, key)
		}
	}
}

// reject lets go of a token that Microsoft does not accept any more.
func (k *keeper) reject(token secret.Value) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, kept := range k.kept {
		if bytes.Equal(kept.token.token.Reveal(), token.Reveal()) {
			kept.token = bearer{}
		}
	}
}

// doubt notes that a permission is missing in a token.
func (k *keeper) doubt(token secret.Value) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, kept := range k.kept {
		if bytes.Equal(kept.token.token.Reveal(), token.Reveal()) {
			kept.doubted = true
		}
	}
}

// Forget makes the tokens of an app profile be asked for anew. What Microsoft asked for stands.
func (c *Client) Forget(profile string) {
	k := c.tokens
	k.mu.Lock()
	defer k.mu.Unlock()
	for key, kept := range k.kept {
		if kept.profile != profile || kept.asking != nil {
			continue
		}
		if kept.token = (bearer{}); !kept.asked {
			delete(k.kept, key)
		}
	}
}
