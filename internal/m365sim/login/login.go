// Package login answers as Microsoft's sign-in hosts do: discovery, where a username signs in, and tokens. Their refusals carry
// the AADSTS codes of aadsts.tsv.
//
// login.go has the addresses. token.go has the checks of a token request in Microsoft's order, and each check stands in the file
// of what it looks at. legacy.go is the sign-in that app passwords belong to; SharePoint has its second half.
package login

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

// Service answers for the sign-in hosts of every cloud.
type Service struct {
	dir     *directory.Directory
	keys    *token.Keyring
	signIns *signin.Log
	log     *slog.Logger
	budgets throttle.Budgets
	refresh refreshTokens
	stated  statements
}

// New makes the sign-in hosts of a directory. They sign with keys, note every sign-in in signIns, and mistakes of their own
// in log.
func New(dir *directory.Directory, keys *token.Keyring, signIns *signin.Log, log *slog.Logger) *Service {
	return &Service{dir: dir, keys: keys, signIns: signIns, log: log}
}

// route is one address of the sign-in hosts. "*" stands for one segment; letters match in either case, as Microsoft's do.
type route struct {
	path   string
	method string // "" leaves the method to the handler
	handle func(*Service, *call.Call) call.Answer
}

var routes = []route{
	{"common/discovery/instance", http.MethodGet, (*Service).instanceDiscovery},
	{"*/v2.0/.well-known/openid-configuration", http.MethodGet, (*Service).openIDConfiguration},
	{"*/discovery/v2.0/keys", http.MethodGet, (*Service).publishedKeys},
	{"*/.well-known/openid-configuration", http.MethodGet, (*Service).olderOpenIDConfiguration},
	{"*/discovery/keys", http.MethodGet, (*Service).publishedKeys},
	{"common/userrealm/*", http.MethodGet, (*Service).userRealm},
	{"GetUserRealm.srf", http.MethodPost, (*Service).olderUserRealm},
	{"*/oauth2/v2.0/token", "", (*Service).token},
	{"rst2.srf", "", (*Service).legacySignIn},
	{"extSTS.srf", "", (*Service).legacySignIn},
}

// Answer answers one request to a sign-in host.
func (s *Service) Answer(c *call.Call) call.Answer {
	for _, route := range routes {
		if !matchesPath(c.Path, route.path) {
			continue
		}
		if route.method != "" && route.method != c.Request.Method {
			return headers(c, call.MethodNotAllowed(route.method))
		}
		return headers(c, route.handle(s, c))
	}
	return headers(c, call.NotFound())
}

func matchesPath(path []string, pattern string) bool {
	return slices.EqualFunc(path, strings.Split(pattern, "/"), func(have, want string) bool {
		return want == "*" && have != "" || strings.EqualFold(have, want)
	})
}

// headers adds what every answer of the sign-in hosts carries, cookies included: a client that keeps them would join
// its accounts' sign-ins to one another.
func headers(c *call.Call, a call.Answer) call.Answer {
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
func (s *Service) published(c *call.Call, word string) *directory.Tenant {
	t := s.dir.Tenant(word)
	if t == nil || !reaches(c, t) && c.Endpoint.Login != cloud.Worldwide().Login {
		return nil
	}
	return t
}
