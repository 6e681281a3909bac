package m365sim

import (
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"purser.example/internal/m365sim/call"
	"purser.example/internal/m365sim/cloud"
	"purser.example/internal/m365sim/directory"
	"purser.example/internal/m365sim/token"
	"purser.example/internal/m365sim/wstrust"
)

// federationService answers for the federation servers of all federated domains.
type federationService struct {
	dir  *directory.Directory
	keys *token.Keyring
	log  *slog.Logger
}

// newFederation makes the federation servers of a directory. They sign with keys, and note mistakes of their own in log.
func newFederation(dir *directory.Directory, keys *token.Keyring, log *slog.Logger) *federationService {
	return &federationService{dir: dir, keys: keys, log: log}
}

// federationRoute finds what a federation server answers at a path, beside the paths that the fixture gives it.
func federationRoute(path string) func(*federationService, *call.Call) call.Answer {
	switch strings.ToLower(path) {
	case wstrust.MetadataPath:
		return (*federationService).metadataExchange
	case wstrust.Trust13Path, wstrust.Trust2005Path:
		return (*federationService).usernameMixed
	}
	return nil
}

// answersAt says whether every federation server answers at a path, whatever addresses the fixture gives it.
func answersAt(path string) bool { return federationRoute(path) != nil }

// answer answers for the federation servers of all domains. A host that is none of them, and none of Microsoft's, has no
// business here.
func (s *federationService) answer(c *call.Call) call.Answer {
	known := c.Endpoint.Part == cloud.PartAny
	for d := range s.dir.AllDomains() {
		switch {
		case !d.Federated():
			continue
		case isAt(d.MetadataAddress(), c):
			return s.metadataExchange(c)
		case isAt(d.ActiveAddress(), c):
			return s.usernameMixed(c)
		}
		known = known || serves(d, c)
	}
	if !known {
		return call.Text(http.StatusMisdirectedRequest, "text/plain; charset=utf-8", "This host is none of Microsoft 365's.")
	}
	if route := federationRoute(c.Request.URL.Path); route != nil {
		return route(s, c)
	}
	return call.NotFound()
}

// serves says whether the server that was asked is the domain's own. This machine itself speaks for all of them.
func serves(d *directory.Domain, c *call.Call) bool {
	return c.Endpoint.Part == cloud.PartAny || slices.ContainsFunc(d.FederationHosts(), func(host string) bool { return strings.EqualFold(host, c.Endpoint.Name) })
}

// isAt says whether the call is for an address of a fixture.
func isAt(address *url.URL, c *call.Call) bool {
	return address.Host != "" && strings.EqualFold(address.Hostname(), c.Endpoint.Name) && strings.EqualFold(address.Path, c.Request.URL.Path)
}
