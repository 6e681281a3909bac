package microsoft

import (
	"context"
	"errors"
	"time"

	"purser.example/internal/verdict"
)

// Directory reads the groups of a tenant with one token, which it keeps as long as it is kept itself. It is safe for use by
// many goroutines.
type Directory struct {
	client *Client
	host   string
	token  bearer
	lane   lane
}

// ReadAsApp opens the directory of a tenant for the app itself. See CodeOf for what its error says.
func (c *Client) ReadAsApp(ctx context.Context, t TenantRef, app App) (*Directory, error) {
	token, err := c.appToken(ctx, t, app)
	if err != nil {
		return nil, err
	}
	h, _ := t.Cloud.hosts()
	return &Directory{client: c, host: h.graph, token: token, lane: laneOf(t, app.ID, reading)}, nil
}

// ReadAsAccount opens it for an account, by an attempt like that of Validate. The directory is nil unless the verdict is valid.
func (c *Client) ReadAsAccount(ctx context.Context, account Account) (*Directory, verdict.Verdict) {
	ctx, cancel := context.WithTimeout(ctx, c.totalTimeout)
	defer cancel()
	s := &signIn{client: c, account: account, patience: patience{left: c.patience}}
	v, token := s.enter(ctx)
	v.At = c.now().UTC()
	if !v.Valid() {
		return nil, v
	}
	return &Directory{client: c, host: s.hosts.graph, token: token, lane: laneOf(account.Tenant, account.Username, reading)}, v
}

// Ends is when the token does.
func (d *Directory) Ends() time.Time { return d.token.ends }

// CodeOf is the code of an error of this package, for decisions and to quote: "HTTP 403", "TIMEOUT", "AADSTS7000215". It is empty
// for other errors.
func CodeOf(err error) string {
	f, _ := errors.AsType[fault](err)
	return f.code
}

// graph asks while a person waits.
func (d *Directory) graph() graph {
	return graph{client: d.client, host: d.host, token: d.token.token, patience: &patience{left: d.client.patience}, most: maxPage, lane: d.lane}
}

const (
	// longPatience is how long one list of members waits in all for a throttled service, behind the pages.
	longPatience = 10 * time.Minute
	// persistence is how often a page of such a list is asked for.
	persistence = 8
)

// patiently asks for a list that is too long to begin anew for one lost answer: reading counts nowhere, so it may be repeated.
func (d *Directory) patiently() graph {
	g := d.graph()
	g.patience, g.again = &patience{left: longPatience, tries: persistence}, persistence
	return g
}
