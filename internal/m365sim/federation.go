package m365sim

import (
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"purser.example/internal/m365sim/cloud"
)

// federationService answers for the federation servers of all federated domains.
type federationService struct {
	dir  *directory
	keys *keyring
	log  *slog.Logger
}

// newFederation makes the federation servers of a directory. They sign with keys, and note mistakes of their own in log.
func newFederation(dir *directory, keys *keyring, log *slog.Logger) *federationService {
	return &federationService{dir: dir, keys: keys, log: log}
}

// federationRoute finds what a federation server answers at a path, beside the paths that the fixture gives it.
func federationRoute(path string) func(*federationService, *call) answer {
	switch strings.ToLower(path) {
	case metadataPath:
		return (*federationService).metadataExchange
	case trust13Path, trust2005Path:
		return (*federationService).usernameMixed
	}
	return nil
}

// answersAt says whether every federation server answers at a path, whatever addresses the fixture gives it.
func answersAt(path string) bool { return federationRoute(path) != nil }

// answer answers for the federation servers of all domains. A host that is none of them, and none of Microsoft's, has no
// business here.
func (s *federationService) answer(c *call) answer {
	known := c.endpoint.Part == cloud.PartAny
	for d := range s.dir.allDomains() {
		switch {
		case !d.federated():
			continue
		case isAt(d.metadataAddress(), c):
			return s.metadataExchange(c)
		case isAt(d.activeAddress(), c):
			return s.usernameMixed(c)
		}
		known = known || serves(d, c)
	}
	if !known {
		return textAnswer(http.StatusMisdirectedRequest, "text/plain; charset=utf-8", "This host is none of Microsoft 365's.")
	}
	if route := federationRoute(c.r.URL.Path); route != nil {
		return route(s, c)
	}
	return notFound()
}

// serves says whether the server that was asked is the domain's own. This machine itself speaks for all of them.
func serves(d *domain, c *call) bool {
	return c.endpoint.Part == cloud.PartAny || slices.ContainsFunc(d.federationHosts(), func(host string) bool { return strings.EqualFold(host, c.endpoint.Name) })
}

// isAt says whether the call is for an address of a fixture.
func isAt(address *url.URL, c *call) bool {
	return address.Host != "" && strings.EqualFold(address.Hostname(), c.endpoint.Name) && strings.EqualFold(address.Path, c.r.URL.Path)
}
