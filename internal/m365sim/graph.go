package m365sim

import (
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"purser.example/internal/m365sim/call"
	"purser.example/internal/m365sim/directory"
	"purser.example/internal/m365sim/fault"
	"purser.example/internal/m365sim/signin"
	"purser.example/internal/m365sim/throttle"
	"purser.example/internal/m365sim/token"
)

// graphRoute is one address below /v1.0. "*" stands for one segment. Letters count: Microsoft's documents write them so.
type graphRoute struct {
	path string
	// user and app name the permissions of which one is needed, separated by blanks; "" lets every token of that kind in,
	// and noApps refuses apps whatever they may do.
	user, app string
	handle    func(*graphCall) call.Answer
}

// graphActions are the addresses that take a POST.
var graphActions = []graphRoute{
	{"me/changePassword", "User-PasswordProfile.ReadWrite.All Directory.AccessAsUser.All", noApps, (*graphCall).changePassword},
	{"users/*/changePassword", "", "", (*graphCall).changeOther},
}

// noApps marks addresses that only a signed-in user has.
const noApps = "-"

// graphRoutes is the table of addresses, with least privileges from the Microsoft Graph permissions reference.
var graphRoutes = []graphRoute{
	{"me", "User.Read User.Read.All Directory.Read.All", noApps, (*graphCall).me},
	{"me/licenseDetails", "User.Read LicenseAssignment.Read.All", noApps, (*graphCall).myLicences},
	{"me/memberOf", "User.Read GroupMember.Read.All Directory.Read.All", noApps, (*graphCall).myMemberships},
	{"me/memberOf/*", "User.Read GroupMember.Read.All Directory.Read.All", noApps, (*graphCall).myMemberships},
	{"me/transitiveMemberOf", "User.Read GroupMember.Read.All Directory.Read.All", noApps, (*graphCall).myMemberships},
	{"me/transitiveMemberOf/*", "User.Read GroupMember.Read.All Directory.Read.All", noApps, (*graphCall).myMemberships},
	{"users", "User.ReadBasic.All", "User.ReadBasic.All", (*graphCall).listUsers},
	{"users/$count", "User.ReadBasic.All", "User.ReadBasic.All", (*graphCall).countUsers},
	{"users/*", "", "User.ReadBasic.All", (*graphCall).oneUser},
	{"users/*/licenseDetails", "", "LicenseAssignment.Read.All", (*graphCall).licences},
	{"users/*/memberOf", "", "User.Read.All GroupMember.Read.All", (*graphCall).memberships},
	{"users/*/memberOf/*", "", "User.Read.All GroupMember.Read.All", (*graphCall).memberships},
	{"users/*/transitiveMemberOf", "", "User.Read.All GroupMember.Read.All", (*graphCall).memberships},
	{"users/*/transitiveMemberOf/*", "", "User.Read.All GroupMember.Read.All", (*graphCall).memberships},
	{"groups", "Group.ReadBasic.All", "Group.ReadBasic.All", (*graphCall).listGroups},
	{"groups/$count", "Group.ReadBasic.All", "Group.ReadBasic.All", (*graphCall).countGroups},
	{"groups/*", "Group.ReadBasic.All", "Group.ReadBasic.All", (*graphCall).oneGroup},
	{"groups/*/members", "GroupMember.ReadBasic.All", "GroupMember.ReadBasic.All", (*graphCall).members},
	{"groups/*/members/*", "GroupMember.ReadBasic.All", "GroupMember.ReadBasic.All", (*graphCall).members},
	{"groups/*/members/*/$count", "GroupMember.ReadBasic.All", "GroupMember.ReadBasic.All", (*graphCall).members},
	{"groups/*/transitiveMembers", "GroupMember.ReadBasic.All", "GroupMember.ReadBasic.All", (*graphCall).members},
	{"groups/*/transitiveMembers/*", "GroupMember.ReadBasic.All", "GroupMember.ReadBasic.All", (*graphCall).members},
	{"groups/*/transitiveMembers/*/$count", "GroupMember.ReadBasic.All", "GroupMember.ReadBasic.All", (*graphCall).members},
	{"groups/*/owners", "GroupMember.Read.All", "GroupMember.Read.All", (*graphCall).members},
	{"groups/*/owners/*", "GroupMember.Read.All", "GroupMember.Read.All", (*graphCall).members},
	{"domains", "Domain.Read.All", "Domain.Read.All", (*graphCall).listDomains},
	{"domains/*", "Domain.Read.All", "Domain.Read.All", (*graphCall).oneDomain},
	{"organization", "User.Read Organization.Read.All", "Organization.Read.All", (*graphCall).organization},
	{"organization/*", "User.Read Organization.Read.All", "Organization.Read.All", (*graphCall).oneOrganization},
	{"auditLogs/signIns", "AuditLog.Read.All", "AuditLog.Read.All", (*graphCall).listSignIns},
	{"auditLogs/signIns/*", "AuditLog.Read.All", "AuditLog.Read.All", (*graphCall).oneSignIn},
	{"identity/conditionalAccess/policies", "Policy.Read.All", "Policy.Read.All", (*graphCall).listPolicies},
	{"identity/conditionalAccess/policies/*", "Policy.Read.All", "Policy.Read.All", (*graphCall).onePolicy},
	{"policies/identitySecurityDefaultsEnforcementPolicy", "Policy.Read.All", "Policy.Read.All", (*graphCall).showSecurityDefaults},
	{"reports/authenticationMethods/userRegistrationDetails", "AuditLog.Read.All", "AuditLog.Read.All", (*graphCall).listRegistrations},
	{"reports/authenticationMethods/userRegistrationDetails/*", "AuditLog.Read.All", "AuditLog.Read.All", (*graphCall).oneRegistration},
	{"sites/root", "Sites.Read.All", "Sites.Read.All", (*graphCall).showRootSite},
	{"directoryRoles", "RoleManagement.Read.Directory", "RoleManagement.Read.Directory", (*graphCall).listRoles},
	{"directoryRoles/*/members", "RoleManagement.Read.Directory", "RoleManagement.Read.Directory", (*graphCall).roleMembers},
}

// graphService answers for Microsoft Graph in every cloud.
type graphService struct {
	dir      *directory.Directory
	keys     *token.Keyring
	signIns  *signin.Log
	faults   *fault.List
	log      *slog.Logger
	pageSize int
	budgets  throttle.Budgets
}

// newGraph makes the Graph of a directory. It believes tokens signed by keys, shows the log of sign-ins, puts faults in the way
// of the parts of a batch too, and notes mistakes of its own in log. A pageSize of 0 leaves pages as they are at Microsoft.
func newGraph(dir *directory.Directory, keys *token.Keyring, signIns *signin.Log, faults *fault.List, pageSize int, log *slog.Logger) *graphService {
	return &graphService{dir: dir, keys: keys, signIns: signIns, faults: faults, pageSize: pageSize, log: log}
}

// graphCall is one request to Graph whose token has been believed.
type graphCall struct {
	*call.Call
	service *graphService
	caller  caller
	tenant  *directory.Tenant
	path    []string // below the version
	query   query
	// columns are the properties that the answer shows, by kind.
	columns map[*kind][]property
}

// answer answers one request: first the token, then the address, its permissions, and its query options.
func (s *graphService) answer(c *call.Call) call.Answer {
	who, t, failure := s.authenticate(c)
	if failure != nil {
		return s.graphHeaders(c, failure.answer(c))
	}
	c.Latency = t.Latency()
	g := &graphCall{Call: c, service: s, caller: who, tenant: t}
	if isBatch(c.Path) {
		return s.graphHeaders(c, g.batch())
	}
	return s.graphHeaders(c, g.serve(c.Path))
}

// serve answers one address of Graph, version included, for the caller of g.
func (g *graphCall) serve(path []string) call.Answer {
	if failure := g.overBudget(); failure != nil {
		return failure.answer(g.Call)
	}
	if len(path) == 0 || path[0] != "v1.0" {
		return g.fail(http.StatusBadRequest, "BadRequest", "Invalid version.")
	}
	g.path = slices.DeleteFunc(slices.Clone(path[1:]), func(p string) bool { return p == "" })
	route, method := findGraphRoute(graphRoutes, g.path), http.MethodGet
	if action := findGraphRoute(graphActions, g.path); action != nil {
		route, method = action, http.MethodPost
	}
	switch {
	case route == nil:
		return g.fail(http.StatusBadRequest, "BadRequest", "Resource not found for the segment '"+strings.Join(g.path[max(len(g.path)-1, 0):], "")+"'.")
	case g.Request.Method != method:
		return g.fail(http.StatusMethodNotAllowed, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")
	}
	if failure := g.caller.allowed(route); failure != nil {
		return failure.answer(g.Call)
	}
	var failure *graphFailure
	if g.query, failure = readQuery(g.Request); failure != nil {
		return failure.answer(g.Call)
	}
	return route.handle(g)
}

// findGraphRoute finds the route of a path. A route whose words are all literal goes before one with a star.
func findGraphRoute(routes []graphRoute, path []string) *graphRoute {
	var best *graphRoute
	for i := range routes {
		want := strings.Split(routes[i].path, "/")
		if !slices.EqualFunc(path, want, func(have, want string) bool { return want == "*" || have == want }) {
			continue
		}
		if best == nil || strings.Count(routes[i].path, "*") < strings.Count(best.path, "*") {
			best = &routes[i]
		}
	}
	return best
}

// graphHeaders adds what every answer of Graph carries.
func (s *graphService) graphHeaders(c *call.Call, a call.Answer) call.Answer {
	h := a.Header
	h["request-id"] = []string{c.TraceID} // Graph writes these in lower case
	h["client-request-id"] = []string{c.CorrelationID}
	h["x-ms-ags-diagnostic"] = []string{`{"ServerInfo":{"DataCenter":"Simulator","Slice":"E","Ring":"5","ScaleUnit":"001","RoleInstance":"SIM000"}}`}
	h.Set("Cache-Control", "no-cache")
	h.Set("OData-Version", "4.0")
	h.Set("Strict-Transport-Security", "max-age=31536000")
	return a
}
