package m365sim

import (
	"net/http"
	"strings"

	"purser.example/internal/m365sim/call"
	"purser.example/internal/m365sim/cloud"
	"purser.example/internal/m365sim/directory"
	"purser.example/internal/m365sim/fixture"
	"purser.example/internal/m365sim/guid"
	"purser.example/internal/m365sim/token"
)

// sharePointService answers for the SharePoint of every tenant.
type sharePointService struct {
	dir   *directory.Directory
	keys  *token.Keyring
	sites sites
}

// newSharePoint makes the SharePoint of a directory. It believes tokens signed by keys.
func newSharePoint(dir *directory.Directory, keys *token.Keyring) *sharePointService {
	return &sharePointService{dir: dir, keys: keys}
}

// answer answers one request: the second half of the legacy sign-in.
func (s *sharePointService) answer(c *call.Call) call.Answer {
	switch path := strings.ToLower(strings.TrimSuffix(c.Request.URL.Path, "/")); {
	case path == "/_vti_bin/idcrl.svc" && c.Request.Method == http.MethodGet:
		token, ok := strings.CutPrefix(c.Request.Header.Get("Authorization"), "BPOSIDCRL ")
		if !ok || c.Request.Header.Get("X-IDCRL_ACCEPTED") != "t" {
			return unauthorizedSharePoint()
		}
		return s.cookies(c, token, http.StatusOK, "SPOIDCRL")
	case path == "/_forms/default.aspx" && c.Request.Method == http.MethodPost && c.Request.URL.Query().Get("wa") == "wsignin1.0":
		a := s.cookies(c, string(c.Body), http.StatusFound, "FedAuth", "rtFa")
		if a.Status == http.StatusFound {
			a.Header.Set("Location", "/_layouts/15/Authenticate.aspx")
		}
		return a
	}
	return call.NotFound()
}

// cookies trades a token of the legacy sign-in for cookies, where the tenant still lets anybody in that way.
func (s *sharePointService) cookies(c *call.Call, given string, status int, names ...string) call.Answer {
	claims, ok := s.keys.ReadLegacy(given, c.At)
	t := s.dir.TenantByID(claims.TenantID)
	if !ok || t == nil || c.Endpoint.Part != cloud.PartAny && !t.HasSharePoint(c.Endpoint.Name) {
		return unauthorizedSharePoint()
	}
	c.Latency = t.Latency()
	if t.SharePoint == nil || fixture.IsTrue(t.SharePoint.LegacyRetired) || !t.SharePoint.LegacyAuthEnabled {
		a := call.Text(http.StatusForbidden, "text/plain; charset=utf-8", "403 FORBIDDEN")
		a.Header.Set("X-MSDAVEXT_Error", "917656; Access denied. IDCRL is disabled.")
		return a
	}
	a := call.Text(status, "", "")
	for _, name := range names {
		a.Header.Add("Set-Cookie", name+"="+token.Encode([]byte(guid.New()))+"; path=/; secure; HttpOnly")
	}
	return a
}

func unauthorizedSharePoint() call.Answer {
	a := call.Text(http.StatusUnauthorized, "text/plain; charset=utf-8", "401 UNAUTHORIZED")
	a.Header.Set("WWW-Authenticate", `IDCRL Type="BPOSIDCRL", EndPoint="/_vti_bin/idcrl.svc/", RootDomain="sharepoint.com", Policy="MBI"`)
	return a
}
