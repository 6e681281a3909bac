// Package federation answers as the federation servers (AD FS) of federated domains do: what they offer, and an assertion for a
// name and a password. The sign-in hosts believe what is signed here.
package federation

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

// Service answers for the federation servers of all federated domains.
type Service struct {
	dir  *directory.Directory
	keys *token.Keyring
	log  *slog.Logger
}

// New makes the federation servers of a directory. They sign with keys, and note mistakes of their own in log.
func New(dir *directory.Directory, keys *token.Keyring, log *slog.Logger) *Service {
	return &Service{dir: dir, keys: keys, log: log}
}

// route finds what a federation server answers at a path, beside the paths that the fixture gives it.
func route(path string) func(*Service, *call.Call) call.Answer {
	switch strings.ToLower(path) {
	case wstrust.MetadataPath:
		return (*Service).metadataExchange
	case wstrust.Trust13Path, wstrust.Trust2005Path:
		return (*Service).usernameMixed
	}
	return nil
}

// AnswersAt says whether every federation server answers at a path, whatever addresses the fixture gives it.
func AnswersAt(path string) bool { return route(path) != nil }

// Answer answers for the federation servers of all domains. A host that is none of them, and none of Microsoft's, has no
// business here.
func (s *Service) Answer(c *call.Call) call.Answer {
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
	if route := route(c.Request.URL.Path); route != nil {
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
