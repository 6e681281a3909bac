package microsoft

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"purser.example/internal/verdict"
)

// What Discover finds of a name that is not one tenant's.
var (
	ErrUnknownTenant = errors.New("microsoft: no cloud knows such a tenant")
	ErrAmbiguous     = errors.New("microsoft: the answers about a tenant do not fit together")
)

// loginHosts are the sign-in hosts of all clouds, in the order in which they are asked.
var loginHosts = []string{hostsOf[Worldwide].login, hostsOf[GCCHigh].login, hostsOf[China].login}

// Found is a tenant as everybody may find it.
type Found struct {
	ID    string // GUID in lower case
	Cloud Cloud
}

// Discover finds the tenant of a domain or id, and its cloud, by the OpenID configuration (v2) at the sign-in hosts of the clouds, one after
// the other; the first that knows it decides. Nothing but the name is sent. A host that names another cloud is believed only after that
// cloud's own host has said the same. It returns ErrUnknownTenant, ErrAmbiguous, or a fault.
func (c *Client) Discover(ctx context.Context, name string) (Found, error) {
	p := &patience{left: c.patience}
	for _, host := range loginHosts {
		said, err := c.configuration(ctx, p, host, name)
		if errors.Is(err, ErrUnknownTenant) {
			continue
		}
		if err != nil {
			return Found{}, err
		}
		found, home, ok := said.tenant()
		if !ok || guid.MatchString(strings.ToLower(name)) && found.ID != strings.ToLower(name) {
			return Found{}, ErrAmbiguous
		}
		if home == host {
			return found, nil
		}
		return c.confirm(ctx, p, home, name, found)
	}
	return Found{}, ErrUnknownTenant
}

// confirm asks the cloud that another one's host has named.
func (c *Client) confirm(ctx context.Context, p *patience, host, name string, found Found) (Found, error) {
	said, err := c.configuration(ctx, p, host, name)
	if errors.Is(err, ErrUnknownTenant) {
		return Found{}, ErrAmbiguous
	}
	if err != nil {
		return Found{}, err
	}
	if again, home, ok := said.tenant(); !ok || home != host || again != found {
		return Found{}, ErrAmbiguous
	}
	return found, nil
}

// configuration is what an OpenID configuration says of a tenant.
type configuration struct {
	Issuer    string `json:"issuer"`
	Token     string `json:"token_endpoint"`
	Region    string `json:"tenant_region_scope"`
	SubRegion string `json:"tenant_region_sub_scope"`
	Instance  string `json:"cloud_instance_name"`
}

func (c *Client) configuration(ctx context.Context, p *patience, host, name string) (configuration, error) {
	a, err := c.askPatiently(ctx, p, request{host: host, path: "/" + url.PathEscape(name) + "/v2.0/.well-known/openid-configuration"})
	if err != nil {
		return configuration{}, err
	}
	if a.status != http.StatusOK {
		err := c.refusedToken(a)
		if slices.Contains([]string{"AADSTS90002", "AADSTS900021", "AADSTS900023", "AADSTS50059"}, CodeOf(err)) {
			return configuration{}, ErrUnknownTenant
		}
		return configuration{}, err
	}
	var said configuration
	if err := a.decode(&said); err != nil {
		return configuration{}, err
	}
	if said.Issuer == "" {
		return configuration{}, noAnswer(verdict.BadAnswer, host+" answered without an issuer")
	}
	return said, nil
}

var guid = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// tenant is whose configuration it is, and the sign-in host of its cloud; false where its parts do not fit together.
func (s configuration) tenant() (found Found, home string, ok bool) {
	issuer, err := url.Parse(s.Issuer)
	if err != nil || issuer.Scheme != "https" {
		return Found{}, "", false
	}
	token, err := url.Parse(s.Token)
	if err != nil || !strings.EqualFold(token.Host, issuer.Host) {
		return Found{}, "", false
	}
	id, version, _ := strings.Cut(strings.TrimPrefix(issuer.Path, "/"), "/")
	found.ID, home = strings.ToLower(id), strings.ToLower(issuer.Host)
	found.Cloud, ok = s.cloud(home)
	if h, known := found.Cloud.hosts(); !known || h.elsewhere(s.Instance) {
		ok = false
	}
	return found, home, ok && guid.MatchString(found.ID) && strings.Trim(version, "/") == "v2.0"
}

// cloud is the cloud of a sign-in host; two have parts that only their tenants tell apart.
func (s configuration) cloud(host string) (Cloud, bool) {
	part := strings.ToUpper(s.SubRegion)
	switch host {
	case hostsOf[Worldwide].login:
		if part == "GCC" {
			return GCC, true
		}
		return Worldwide, part == ""
	case hostsOf[GCCHigh].login:
		if part == "DOD" {
			return DoD, true
		}
		return GCCHigh, part == "DODCON" || part == ""
	case hostsOf[China].login:
		return China, true
	}
	return "", false
}
