package microsoft

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"purser.example/internal/secret"
	"purser.example/internal/verdict"
	"purser.example/internal/whose"
)

// Survey reads what a tenant has, and adds administrators to its sites, as an app or as an account. It is safe for use by many goroutines.
//
// An app asks Graph alone: SharePoint takes tokens of apps that have a certificate only. An account asks Graph, and the SharePoint hosts of
// its own tenant, for each of which it gets a token by its refresh token. A token goes to no other host, whatever an answer says.
type Survey struct {
	client  *Client
	tenant  TenantRef
	hosts   hosts
	lane    lane
	app     App      // whose own token is used; zero where an account reads
	renewal *renewal // nil where an app reads
	admin   string   // the host of the tenant's SharePoint admin center, where it has a custom one

	mu     sync.Mutex
	name   string // of the tenant in the addresses of SharePoint; empty until it was asked for
	digest digest
	sites  map[string]knownSite // by id

	barred atomic.Bool // the admin host lets this account in to nothing, so that the sites themselves are asked
}

// SurveyAsApp opens a tenant for the app itself.
func (c *Client) SurveyAsApp(ctx context.Context, t TenantRef, app App) (*Survey, error) {
	if _, err := c.appToken(ctx, t, app); err != nil {
		return nil, err
	}
	h, _ := t.Cloud.hosts()
	app.Secret = secret.NewValue(app.Secret.Reveal()) // whoever opened this clears theirs
	return &Survey{client: c, tenant: t, hosts: h, lane: laneOf(t, app.ID, scanning), app: app, sites: map[string]knownSite{}}, nil
}

// SurveyAsAccount opens it for an account, by an attempt like that of Validate, which is the only one that its password is sent in. The
// survey is nil unless the verdict is valid. admin is the address of the tenant's admin center where it has a custom one.
func (c *Client) SurveyAsAccount(ctx context.Context, account Account, admin string) (*Survey, verdict.Verdict) {
	signingIn, cancel := context.WithTimeout(ctx, c.totalTimeout)
	defer cancel()
	s := &signIn{client: c, account: account, patience: patience{left: c.patience}, lasting: true}
	v, token := s.enter(signingIn)
	v.At = c.now().UTC()
	if !v.Valid() {
		return nil, v
	}
	return &Survey{
		client: c, tenant: account.Tenant, hosts: s.hosts, lane: laneOf(account.Tenant, account.Username, scanning),
		renewal: newRenewal(c, account.Tenant, account.App, s.hosts, token), admin: adminHost(admin, s.hosts), sites: map[string]knownSite{},
	}, v
}

// Close lets go of the tokens.
func (s *Survey) Close() {
	if s.renewal != nil {
		s.renewal.close()
		return
	}
	s.app.Secret.Clear()
}

// Resting is until when Microsoft asked to be left in peace; zero: it did not.
func (s *Survey) Resting() time.Time {
	wait := s.client.manners.restingAnywhere(s.lane)
	if wait == 0 {
		return time.Time{}
	}
	return s.client.now().Add(wait).UTC()
}

// token gives a token for a host.
func (s *Survey) token(ctx context.Context, host string) (secret.Value, error) {
	if s.renewal != nil {
		return s.renewal.token(ctx, host)
	}
	t, err := s.client.appToken(ctx, s.tenant, s.app)
	return t.token, err
}

// reject lets go of a token that a host does not accept any more.
func (s *Survey) reject(host string, token secret.Value) {
	if s.renewal != nil {
		s.renewal.reject(host, token)
		return
	}
	s.client.tokens.reject(token)
}

// slowly is how long one answer may take: SharePoint and Graph make long lists slowly, and nobody waits.
func (s *Survey) slowly() time.Duration { return 3 * s.client.callTimeout }

// graph reads one answer of Graph, which needs a permission. A token that is not accepted any more is asked for anew, once: what was refused
// then says why.
func (s *Survey) graph(ctx context.Context, path string, into any, needs permission) error {
	for try := 1; ; try++ {
		token, err := s.token(ctx, s.hosts.graph)
		if err != nil {
			return err
		}
		g := graph{
			client: s.client, host: s.hosts.graph, token: token, patience: &patience{left: longPatience, tries: persistence},
			most: maxPage, again: persistence, lane: s.lane, timeout: s.slowly(),
		}
		err = g.get(ctx, path, into)
		if !expired(err) || try > 1 {
			return s.held(err, needs)
		}
		s.reject(s.hosts.graph, token)
	}
}

// expired reports whether the service itself does not accept a token any more.
func expired(err error) bool {
	f, ok := errors.AsType[fault](err)
	return ok && f.reply.HTTP == http.StatusUnauthorized && f.reply.Marked
}

// ErrNotByApp is what only an account can do.
var ErrNotByApp = errors.New("microsoft: an app with a client secret cannot do this")

// sharePoint asks one of the tenant's SharePoint hosts. What is only read may be asked for again where an answer was lost; the rest may
// have been done. The answer is a success, or the error a fault.
func (s *Survey) sharePoint(ctx context.Context, r request, reads bool) (answer, error) {
	if !s.owns(r.host) {
		return answer{}, noAnswer(verdict.BadAnswer, "a host that is none of the tenant's was to be asked")
	}
	r.sharePoint, r.lane, r.most, r.timeout = true, s.lane, maxPage, s.slowly()
	for try := 1; ; try++ {
		token, err := s.token(ctx, r.host)
		if err != nil {
			return answer{}, unconsented(err)
		}
		r.bearer = token
		a, err := s.insist(ctx, r, reads)
		switch {
		case err != nil:
			return a, err
		case a.status/100 == 2:
			return a, nil
		}
		refused := s.refused(r, a)
		if !expired(refused) || try > 1 {
			return a, refused
		}
		s.reject(r.host, token)
	}
}

// insist asks again where an answer to a question that changes nothing was lost.
func (s *Survey) insist(ctx context.Context, r request, reads bool) (answer, error) {
	p := &patience{left: longPatience, tries: persistence}
	a, err := s.client.askPatiently(ctx, p, r)
	for try := 1; reads && try < persistence && lost(a, err); try++ {
		wait, _ := p.take(time.Second << min(try-1, 4) / 4)
		if !outlasts(ctx, wait) || !sleep(ctx, wait) {
			break
		}
		a, err = s.client.askPatiently(ctx, p, r)
	}
	return a, err
}

const (
	// siteScope is the delegated permission without which SharePoint lets nobody administer sites.
	siteScope = "AllSites.FullControl"
	// termScope is the one without which it lets nobody change who administers the term store.
	termScope = "TermStore.ReadWrite.All"
	// siteRole is the role without which it lets nobody in at the admin center.
	siteRole = "SharePoint Administrator"
)

// refused is the fault of an answer of SharePoint's. Where a right is missing, the token tells which: it names what the app may do for a
// person, and what is left is the person's own role.
func (s *Survey) refused(r request, a answer) fault {
	f := r.refused(a)
	f.number = a.sharePointNumber()
	return s.lacking(r.host, f)
}

// names are the hosts of a tenant's SharePoint, by its name there (SharePoint Online, admin center URL).
func (h hosts) siteHost(name string) string     { return name + "." + h.sharePoint }
func (h hosts) oneDriveHost(name string) string { return name + "-my." + h.sharePoint }
func (h hosts) adminHost(name string) string    { return name + "-admin." + h.sharePoint }

// adminHost is the host of a custom admin center, as somebody saved it with the approval of who runs Purser: one below the cloud's own domain,
// or one that is allowed. Empty for what is no address, and for one in another cloud.
func adminHost(address string, h hosts) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.User != nil || u.Port() != "" || u.Hostname() == "" {
		return ""
	}
	host := strings.ToLower(u.Hostname())
	for _, other := range hostsOf {
		if other.sharePoint != h.sharePoint && strings.HasSuffix(host, "."+other.sharePoint) {
			return ""
		}
	}
	return host
}

// owns reports whether a host is one that tokens of this tenant may go to.
func (s *Survey) owns(host string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if host == s.admin && host != "" {
		return true
	}
	return s.name != "" && (host == s.hosts.siteHost(s.name) || host == s.hosts.oneDriveHost(s.name) || host == s.hosts.adminHost(s.name))
}

// adminCenter is the host of the tenant's admin center.
func (s *Survey) adminCenter(ctx context.Context) (string, error) {
	if s.admin != "" {
		return s.admin, nil
	}
	name, err := s.called(ctx)
	return s.hosts.adminHost(name), err
}

// called is what the tenant is called in the addresses of its SharePoint: the first label of the host of its root site, which is not that
// of its initial domain where it was renamed.
func (s *Survey) called(ctx context.Context) (string, error) {
	s.mu.Lock()
	name := s.name
	s.mu.Unlock()
	if name != "" {
		return name, nil
	}
	var root struct {
		URL string `json:"webUrl"`
	}
	if err := s.graph(ctx, "/v1.0/sites/root?$select=webUrl", &root, readSites); err != nil {
		return "", err
	}
	u, err := url.Parse(root.URL)
	if err != nil || u.Scheme != "https" || u.User != nil || u.Port() != "" {
		return "", noAnswer(verdict.BadAnswer, s.hosts.graph+" gave no address of the tenant's root site")
	}
	name, in := strings.CutSuffix(strings.ToLower(u.Hostname()), "."+s.hosts.sharePoint)
	if !in || !label(name) {
		return "", noAnswer(verdict.BadAnswer, s.hosts.graph+" gave a root site that is not in the tenant's cloud")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.name = name
	return name, nil
}

// label reports whether a text is one label of a host.
func label(text string) bool {
	return text != "" && len(text) <= 63 && !strings.ContainsFunc(text, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-'
	})
}

// held names the permission that is missing where one is. Where an account's token has it, what is missing is a right of the account's own.
func (s *Survey) held(err error, needs permission) error {
	f, ok := errors.AsType[fault](err)
	switch {
	case !ok || f.right != "" || !f.hidden && !f.reply.Denied():
		return err
	case s.renewal != nil && s.renewal.has(s.hosts.graph, append([]string{needs.name}, needs.within...)...):
		f.whose = whose.Account
		return f
	}
	f.right = needs.name
	return f
}

// noConsent are the codes by which the sign-in service refuses a token for a resource of which nothing was consented to, or registered.
var noConsent = []string{"AADSTS65001", "AADSTS650057"}

// unconsented names the permission that SharePoint's token was to carry, where there is no consent to anything of SharePoint's.
func unconsented(err error) error {
	f, ok := errors.AsType[fault](err)
	if !ok || !slices.Contains(noConsent, f.code) {
		return err
	}
	f.right, f.hidden = siteScope, true
	return f
}
