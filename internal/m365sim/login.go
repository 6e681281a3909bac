package m365sim

import (
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"purser.example/internal/m365sim/call"
	"purser.example/internal/m365sim/cloud"
	"purser.example/internal/m365sim/directory"
	"purser.example/internal/m365sim/guid"
	"purser.example/internal/m365sim/signin"
	"purser.example/internal/m365sim/throttle"
	"purser.example/internal/m365sim/token"
)

// loginService answers for the sign-in hosts of every cloud.
type loginService struct {
	dir     *directory.Directory
	keys    *token.Keyring
	signIns *signin.Log
	log     *slog.Logger
	budgets throttle.Budgets
	refresh refreshTokens
}

// newLogin makes the sign-in hosts of a directory. They sign with keys, note every sign-in in signIns, and mistakes of their own
// in log.
func newLogin(dir *directory.Directory, keys *token.Keyring, signIns *signin.Log, log *slog.Logger) *loginService {
	return &loginService{dir: dir, keys: keys, signIns: signIns, log: log}
}

// loginRoute is one address of the sign-in hosts. "*" stands for one segment; letters match in either case, as Microsoft's do.
type loginRoute struct {
	path   string
	method string // "" leaves the method to the handler
	handle func(*loginService, *call.Call) call.Answer
}

var loginRoutes = []loginRoute{
	{"common/discovery/instance", http.MethodGet, (*loginService).instanceDiscovery},
	{"*/v2.0/.well-known/openid-configuration", http.MethodGet, (*loginService).openIDConfiguration},
	{"*/discovery/v2.0/keys", http.MethodGet, (*loginService).publishedKeys},
	{"common/userrealm/*", http.MethodGet, (*loginService).userRealm},
	{"*/oauth2/v2.0/token", "", (*loginService).token},
	{"rst2.srf", "", (*loginService).legacySignIn},
	{"extSTS.srf", "", (*loginService).legacySignIn},
}

// answer answers one request to a sign-in host.
func (s *loginService) answer(c *call.Call) call.Answer {
	for _, route := range loginRoutes {
		if !matchesPath(c.Path, route.path) {
			continue
		}
		if route.method != "" && route.method != c.Request.Method {
			return s.loginHeaders(c, call.MethodNotAllowed(route.method))
		}
		return s.loginHeaders(c, route.handle(s, c))
	}
	return s.loginHeaders(c, call.NotFound())
}

func matchesPath(path []string, pattern string) bool {
	return slices.EqualFunc(path, strings.Split(pattern, "/"), func(have, want string) bool {
		return want == "*" && have != "" || strings.EqualFold(have, want)
	})
}

// loginHeaders adds what every answer of the sign-in hosts carries, cookies included: a client that keeps them would join
// its accounts' sign-ins to one another.
func (s *loginService) loginHeaders(c *call.Call, a call.Answer) call.Answer {
	h := a.Header
	h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("P3P", `CP="DSP CUR OTPi IND OTRi ONL FIN"`)
	h.Set("x-ms-request-id", c.TraceID)
	h.Set("x-ms-ests-server", "2.1.19999.7 - SIM ProdSlices")
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "max-age=86400, private")
	}
	if strings.EqualFold(c.Request.Header.Get("return-client-request-id"), "true") {
		h.Set("client-request-id", c.CorrelationID)
	}
	for _, cookie := range []string{"fpc=" + token.Encode([]byte(guid.New())) + "; expires=Thu, 31-Dec-2099 23:59:59 GMT", "x-ms-gateway-slice=estsfd", "stsservicecookie=estsfd"} {
		h.Add("Set-Cookie", cookie+"; path=/; secure; httponly; SameSite=None")
	}
	return a
}

// reaches says whether a tenant answers on the host that was asked.
func reaches(c *call.Call, t *directory.Tenant) bool { return t.Cloud().Login == c.Endpoint.Login }

// published finds the tenant that a discovery document is asked for. The worldwide host knows the tenants of every cloud,
// and its documents point to the right one; the hosts of the other clouds know their own.
func (s *loginService) published(c *call.Call, word string) *directory.Tenant {
	t := s.dir.Tenant(word)
	if t == nil || !reaches(c, t) && c.Endpoint.Login != cloud.Worldwide().Login {
		return nil
	}
	return t
}
