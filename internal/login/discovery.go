package login

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"purser.example/internal/problem"
	"purser.example/internal/whose"
)

const (
	// discoveryLife is how long a discovery document and the keys beneath it are believed. Keys are fetched sooner when a
	// token names an unknown one; the limit is there so that a key which the provider has withdrawn stops working here.
	discoveryLife = time.Hour

	// retryAfter is the least time between a discovery that failed and the next one. A provider that asks for more gets it: see truce.
	retryAfter = time.Second
)

// discovery knows the provider, or finds it. Whoever comes while a request is under way waits for that one.
type discovery struct {
	issuer string
	http   *http.Client
	now    func() time.Time

	mu       sync.Mutex
	found    *provider // nil until the first success; kept while a later one fails
	foundAt  time.Time
	failed   error // of the last request; nil after a success
	failedAt time.Time
	running  chan struct{} // closed when the request under way has ended; nil when there is none
}

func newDiscovery(issuer string, client *http.Client, now func() time.Time) *discovery {
	return &discovery{issuer: issuer, http: client, now: now}
}

// provider gives the provider's description, from memory while it is fresh. A description that could not be renewed is
// better than none and is given in its place. The end of ctx ends the wait, not the request, which others may wait for.
func (d *discovery) provider(ctx context.Context) (*provider, error) {
	d.mu.Lock()
	if d.settled() {
		defer d.mu.Unlock()
		return d.outcome()
	}
	if d.running == nil {
		d.running = make(chan struct{})
		go d.run(d.running)
	}
	running := d.running
	d.mu.Unlock()

	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-running:
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.outcome()
}

// known gives the description that is in memory, however old, or nil. It waits for nobody.
func (d *discovery) known() *provider {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.found
}

// settled reports whether there is no reason, or no leave yet, to ask the provider.
func (d *discovery) settled() bool {
	now := d.now()
	if d.failed != nil {
		return within(now.Sub(d.failedAt), retryAfter)
	}
	return d.found != nil && within(now.Sub(d.foundAt), discoveryLife)
}

// within reports whether age lies in [0, limit). A negative age means that the clock was put back, and tells us nothing.
func within(age, limit time.Duration) bool { return age >= 0 && age < limit }

func (d *discovery) outcome() (*provider, error) {
	if d.found != nil {
		return d.found, nil
	}
	return nil, d.failed
}

// run asks the provider once and wakes everybody who waits.
func (d *discovery) run(done chan struct{}) {
	var p *provider
	err := problem.Guard(func() (err error) {
		p, err = d.fetch()
		return err
	})
	d.mu.Lock()
	defer d.mu.Unlock()
	d.failed, d.failedAt = err, d.now()
	if err == nil {
		d.found, d.foundAt = p, d.now()
	}
	d.running = nil
	close(done)
}

// fetch reads the discovery document. Its context is nobody's request, because others may wait for the answer. The HTTP client limits the
// time.
func (d *discovery) fetch() (*provider, error) {
	ctx := oidc.ClientContext(context.Background(), d.http)
	found, err := oidc.NewProvider(ctx, d.issuer)
	if wrong := misnamed(d.issuer, err); wrong != nil {
		return nil, fmt.Errorf("discovery: %w", wrong)
	}
	if err != nil {
		return nil, fmt.Errorf("discovery: %w", clipped(asked(err)))
	}
	p, err := describe(d.http, d.issuer, found)
	if err != nil {
		return nil, fmt.Errorf("discovery: %w", blamed{whose.Purser, sentenceSettings, clipped(err)})
	}
	return p, nil
}
