package m365sim

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"purser.example/internal/m365sim/cloud"
)

// The addresses of a federation server (AD FS) that a client meets: what it offers, and the two versions of the endpoint
// that takes a name and a password.
const (
	mexPath       = "/adfs/services/trust/mex"
	trust13Path   = "/adfs/services/trust/13/usernamemixed"
	trust2005Path = "/adfs/services/trust/2005/usernamemixed"
)

// federationHost is the federation server that a domain has when the fixture names none.
func (d *domain) federationHost() string { return "sts." + d.name }

// federationHosts are all federation servers of the domain.
func (d *domain) federationHosts() []string {
	return []string{d.federationHost(), parsedURL(d.FederationMetadataURL).Hostname(), parsedURL(d.ActiveAuthURL).Hostname()}
}

// issuer is how the domain's federation server signs itself. Entra ID knows the domain by it.
func (d *domain) issuer() string { return "http://" + d.federationHost() + "/adfs/services/trust/" }

// federationRoute finds what a federation server answers at a path, beside the paths that the fixture gives it.
func federationRoute(path string) func(*Simulator, *call) answer {
	switch strings.ToLower(path) {
	case mexPath:
		return (*Simulator).metadataExchange
	case trust13Path, trust2005Path:
		return (*Simulator).usernameMixed
	}
	return nil
}

// federation answers for the federation servers of all domains. A host that is none of them, and none of Microsoft's, has no
// business here.
func (s *Simulator) federation(c *call) answer {
	known := c.endpoint.Part == cloud.PartAny
	for _, d := range s.dir.domains {
		switch {
		case !d.federated():
			continue
		case isAt(d.FederationMetadataURL, c):
			return s.metadataExchange(c)
		case isAt(d.ActiveAuthURL, c):
			return s.usernameMixed(c)
		}
		known = known || d.servedBy(c)
	}
	if !known {
		return textAnswer(http.StatusMisdirectedRequest, "text/plain; charset=utf-8", "This host is none of Microsoft 365's.")
	}
	if route := federationRoute(c.r.URL.Path); route != nil {
		return route(s, c)
	}
	return notFound()
}

// servedBy says whether the server that was asked is the domain's own. This machine itself speaks for all of them.
func (d *domain) servedBy(c *call) bool {
	return c.endpoint.Part == cloud.PartAny || slices.ContainsFunc(d.federationHosts(), func(host string) bool { return strings.EqualFold(host, c.endpoint.Name) })
}

// parsedURL reads an address of a fixture. One that cannot be read is nowhere.
func parsedURL(text string) *url.URL {
	u, err := url.Parse(text)
	if err != nil {
		return &url.URL{}
	}
	return u
}

// isAt says whether the call is for an address of a fixture.
func isAt(address string, c *call) bool {
	u := parsedURL(address)
	return u.Host != "" && strings.EqualFold(u.Hostname(), c.endpoint.Name) && strings.EqualFold(u.Path, c.r.URL.Path)
}
