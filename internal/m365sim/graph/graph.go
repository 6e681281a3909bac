// Package graph answers as Microsoft Graph does: what the sign-in hosts' tokens open of the directory, of the log of sign-ins
// and of reports, by Graph's rules for permissions, query options, pages and batches. Of SharePoint it shows which sites there are; who
// administers them is the SharePoint room's.
//
// routes.go has the addresses and graph.go the way of a request; caller.go and refusal.go say who may have what; query.go, filter.go,
// compare.go, search.go, list.go and page.go are the query options; object.go is what all objects share, and each kind has a file.
package graph

import (
	"log/slog"
	"net/http"
	"strings"

	"purser.example/internal/m365sim/call"
	"purser.example/internal/m365sim/directory"
	"purser.example/internal/m365sim/fault"
	"purser.example/internal/m365sim/signin"
	"purser.example/internal/m365sim/throttle"
	"purser.example/internal/m365sim/token"
)

// Service answers for Microsoft Graph in every cloud.
type Service struct {
	dir      *directory.Directory
	keys     *token.Keyring
	signIns  *signin.Log
	faults   *fault.List
	log      *slog.Logger
	pageSize int
	budgets  throttle.Budgets
	sites    *throttle.Budgets // SharePoint's, which it shares
}

// New makes the Graph of a directory. It believes tokens signed by keys, shows the log of sign-ins, puts faults in the way
// of the parts of a batch too, spends sites for what lies at SharePoint, and notes mistakes of its own in log. A pageSize of 0 leaves pages
// as they are at Microsoft.
func New(dir *directory.Directory, keys *token.Keyring, signIns *signin.Log, faults *fault.List, sites *throttle.Budgets, pageSize int, log *slog.Logger) *Service {
	return &Service{dir: dir, keys: keys, signIns: signIns, faults: faults, sites: sites, pageSize: pageSize, log: log}
}

// request is one request to Graph whose token has been believed.
type request struct {
	*call.Call
	service *Service
	caller  caller
	tenant  *directory.Tenant
	path    []string // below the version
	query   query
	// columns are the properties that the answer shows, by kind.
	columns map[*kind][]property
}

// Answer answers one request: first the token, then the address, its permissions, and its query options.
func (s *Service) Answer(c *call.Call) call.Answer {
	if isDownload(c.Path) {
		return headers(c, s.download(c))
	}
	who, t, refused := s.authenticate(c)
	if refused != nil {
		return headers(c, refused.answer(c))
	}
	c.Latency = t.Latency()
	g := &request{Call: c, service: s, caller: who, tenant: t}
	if isBatch(c.Path) {
		return headers(c, g.batch())
	}
	return headers(c, g.serve(c.Path))
}

// serve answers one address of Graph, version included, for the caller of g.
func (g *request) serve(path []string) call.Answer {
	return g.within(path, func() call.Answer { return g.route(path) })
}

// route finds the address, and answers whoever may ask there.
func (g *request) route(path []string) call.Answer {
	if len(path) == 0 || !strings.EqualFold(path[0], "v1.0") {
		return g.fail(http.StatusBadRequest, "BadRequest", "Invalid version.")
	}
	g.path = keyed(path[1:])
	route, method := findRoute(routes, g.path), http.MethodGet
	if action := findRoute(actions, g.path); action != nil {
		route, method = action, http.MethodPost
	}
	switch {
	case route == nil:
		return g.fail(http.StatusBadRequest, "BadRequest", "Resource not found for the segment '"+strings.Join(g.path[max(len(g.path)-1, 0):], "")+"'.")
	case g.Request.Method != method:
		return g.fail(http.StatusMethodNotAllowed, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")
	}
	g.path = route.spelled(g.path)
	if refused := g.caller.allowed(route); refused != nil {
		return refused.answer(g.Call)
	}
	var refused *refusal
	if g.query, refused = readQuery(g.Request); refused != nil {
		return refused.answer(g.Call)
	}
	return route.handle(g)
}

// headers adds what every answer of Graph carries.
func headers(c *call.Call, a call.Answer) call.Answer {
	h := a.Header
	h["request-id"] = []string{c.TraceID} // Graph writes these in lower case
	h["client-request-id"] = []string{c.CorrelationID}
	h["x-ms-ags-diagnostic"] = []string{`{"ServerInfo":{"DataCenter":"Simulator","Slice":"E","Ring":"5","ScaleUnit":"001","RoleInstance":"SIM000"}}`}
	h.Set("Cache-Control", "no-cache")
	h.Set("OData-Version", "4.0")
	h.Set("Strict-Transport-Security", "max-age=31536000")
	return a
}
