package m365sim

import (
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"purser.example/internal/m365sim/cloud"
	"purser.example/internal/m365sim/guid"
)

// loginService answers for the sign-in hosts of every cloud.
type loginService struct {
	dir     *directory
	keys    *keyring
	signIns *signInLog
	log     *slog.Logger
	budgets budgets
	refresh refreshTokens
}

// newLogin makes the sign-in hosts of a directory. They sign with keys, note every sign-in in signIns, and mistakes of their own
// in log.
func newLogin(dir *directory, keys *keyring, signIns *signInLog, log *slog.Logger) *loginService {
	return &loginService{dir: dir, keys: keys, signIns: signIns, log: log}
}

// loginRoute is one address of the sign-in hosts. "*" stands for one segment; letters match in either case, as Microsoft's do.
type loginRoute struct {
	path   string
	method string // "" leaves the method to the handler
	handle func(*loginService, *call) answer
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
func (s *loginService) answer(c *call) answer {
	for _, route := range loginRoutes {
		if !matchesPath(c.path, route.path) {
			continue
		}
		if route.method != "" && route.method != c.r.Method {
			return s.loginHeaders(c, methodNotAllowed(route.method))
		}
		return s.loginHeaders(c, route.handle(s, c))
	}
	return s.loginHeaders(c, notFound())
}

func matchesPath(path []string, pattern string) bool {
	return slices.EqualFunc(path, strings.Split(pattern, "/"), func(have, want string) bool {
		return want == "*" && have != "" || strings.EqualFold(have, want)
	})
}

// loginHeaders adds what every answer of the sign-in hosts carries, cookies included: a client that keeps them would join
// its accounts' sign-ins to one another.
func (s *loginService) loginHeaders(c *call, a answer) answer {
	h := a.header
	h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("P3P", `CP="DSP CUR OTPi IND OTRi ONL FIN"`)
	h.Set("x-ms-request-id", c.traceID)
	h.Set("x-ms-ests-server", "2.1.19999.7 - SIM ProdSlices")
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "max-age=86400, private")
	}
	if strings.EqualFold(c.r.Header.Get("return-client-request-id"), "true") {
		h.Set("client-request-id", c.correlationID)
	}
	for _, cookie := range []string{"fpc=" + encode([]byte(guid.New())) + "; expires=Thu, 31-Dec-2099 23:59:59 GMT", "x-ms-gateway-slice=estsfd", "stsservicecookie=estsfd"} {
		h.Add("Set-Cookie", cookie+"; path=/; secure; httponly; SameSite=None")
	}
	return a
}

// reaches says whether a tenant answers on the host that was asked.
func reaches(c *call, t *tenant) bool { return t.Cloud().Login == c.endpoint.Login }

// published finds the tenant that a discovery document is asked for. The worldwide host knows the tenants of every cloud,
// and its documents point to the right one; the hosts of the other clouds know their own.
func (s *loginService) published(c *call, word string) *tenant {
	t := s.dir.tenant(word)
	if t == nil || !reaches(c, t) && c.endpoint.Login != cloud.Worldwide().Login {
		return nil
	}
	return t
}
