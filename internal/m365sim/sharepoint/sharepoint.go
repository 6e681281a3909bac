// Package sharepoint answers as the tenants' SharePoint does: the second half of the legacy sign-in, and who administers which
// site.
package sharepoint

import (
	"net/http"
	"strings"

	"purser.example/internal/m365sim/call"
	"purser.example/internal/m365sim/directory"
	"purser.example/internal/m365sim/token"
)

// Service answers for the SharePoint of every tenant.
type Service struct {
	dir  *directory.Directory
	keys *token.Keyring
}

// New makes the SharePoint of a directory. It believes tokens signed by keys.
func New(dir *directory.Directory, keys *token.Keyring) *Service {
	return &Service{dir: dir, keys: keys}
}

// route is one address of SharePoint, without a slash at its end. Letters match in either case.
type route struct {
	path, method string
	handle       func(*Service, *call.Call) call.Answer
}

var routes = []route{
	{"/_vti_bin/idcrl.svc", http.MethodGet, (*Service).legacyCookie},
	{"/_forms/default.aspx", http.MethodPost, (*Service).legacyForm},
}

// Answer answers one request to a SharePoint host. A method that an address does not take leads nowhere, as the address would.
func (s *Service) Answer(c *call.Call) call.Answer {
	path := strings.TrimSuffix(c.Request.URL.Path, "/")
	for _, route := range routes {
		if strings.EqualFold(path, route.path) && c.Request.Method == route.method {
			return route.handle(s, c)
		}
	}
	if wantsToken(path) {
		if _, refused := s.believe(c); refused != nil {
			return *refused
		}
	}
	return call.NotFound()
}

// wantsToken says whether an address is one of those that programs call, which answer nobody without a token.
func wantsToken(path string) bool {
	path = strings.ToLower(path)
	return strings.Contains(path, "/_api/") || strings.Contains(path, "/_vti_bin/client.svc")
}
