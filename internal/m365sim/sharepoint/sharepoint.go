// Package sharepoint answers as the tenants' SharePoint does: the second half of the legacy sign-in, and, to programs with a token, who
// administers which site. The sites themselves are the directory's, since Graph shows them too.
//
// sharepoint.go has the hosts' addresses and request.go those of programs; bearer.go, caller.go and refusal.go say who may have what;
// admin.go is the admin host's REST, csom.go, query.go and csom_sites.go its CSOM, web.go a site's REST.
package sharepoint

import (
	"cmp"
	"crypto/rand"
	"net/http"
	"strings"

	"purser.example/internal/m365sim/call"
	"purser.example/internal/m365sim/directory"
	"purser.example/internal/m365sim/throttle"
	"purser.example/internal/m365sim/token"
)

// Service answers for the SharePoint of every tenant.
type Service struct {
	dir       *directory.Directory
	keys      *token.Keyring
	pageSize  int
	digestKey []byte
	budgets   *throttle.Budgets
}

// New makes the SharePoint of a directory. It believes tokens signed by keys, and spends budgets. A pageSize of 0 leaves pages as they are
// at Microsoft.
func New(dir *directory.Directory, keys *token.Keyring, budgets *throttle.Budgets, pageSize int) *Service {
	return &Service{dir: dir, keys: keys, budgets: budgets, pageSize: pageSize, digestKey: []byte(rand.Text())}
}

// pageOf is how many objects a page holds, given how many it holds at Microsoft: a small page size of the fixture makes several pages
// of a handful.
func (s *Service) pageOf(most int) int { return min(cmp.Or(s.pageSize, most), most) }

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
		a := s.programs(c)
		a.Set("SPRequestGuid", c.TraceID)
		a.Set("request-id", c.TraceID)
		return a
	}
	return call.NotFound()
}

// wantsToken says whether an address is one of those that programs call, which answer nobody without a token.
func wantsToken(path string) bool {
	path = strings.ToLower(path)
	return strings.Contains(path, "/_api/") || strings.Contains(path, "/_vti_bin/client.svc")
}
