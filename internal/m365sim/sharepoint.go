package m365sim

import (
	"net/http"
	"strings"
	"time"

	"purser.example/internal/m365sim/cloud"
	"purser.example/internal/m365sim/fixture"
	"purser.example/internal/m365sim/guid"
)

// sharePointService answers for the SharePoint of every tenant.
type sharePointService struct {
	dir   *directory
	keys  *keyring
	sites sites
}

// newSharePoint makes the SharePoint of a directory. It believes tokens signed by keys.
func newSharePoint(dir *directory, keys *keyring) *sharePointService {
	return &sharePointService{dir: dir, keys: keys}
}

// answer answers one request: the second half of the legacy sign-in.
func (s *sharePointService) answer(c *call) answer {
	switch path := strings.ToLower(strings.TrimSuffix(c.r.URL.Path, "/")); {
	case path == "/_vti_bin/idcrl.svc" && c.r.Method == http.MethodGet:
		token, ok := strings.CutPrefix(c.r.Header.Get("Authorization"), "BPOSIDCRL ")
		if !ok || c.r.Header.Get("X-IDCRL_ACCEPTED") != "t" {
			return unauthorizedSharePoint()
		}
		return s.cookies(c, token, http.StatusOK, "SPOIDCRL")
	case path == "/_forms/default.aspx" && c.r.Method == http.MethodPost && c.r.URL.Query().Get("wa") == "wsignin1.0":
		a := s.cookies(c, string(c.body), http.StatusFound, "FedAuth", "rtFa")
		if a.status == http.StatusFound {
			a.header.Set("Location", "/_layouts/15/Authenticate.aspx")
		}
		return a
	}
	return notFound()
}

// cookies trades a token of the legacy sign-in for cookies, where the tenant still lets anybody in that way.
func (s *sharePointService) cookies(c *call, token string, status int, names ...string) answer {
	t := s.readLegacyToken(token, c.at)
	if t == nil || c.endpoint.Part != cloud.PartAny && !t.hasSharePoint(c.endpoint.Name) {
		return unauthorizedSharePoint()
	}
	c.latency = t.Latency()
	if t.SharePoint == nil || fixture.IsTrue(t.SharePoint.LegacyRetired) || !t.SharePoint.LegacyAuthEnabled {
		a := textAnswer(http.StatusForbidden, "text/plain; charset=utf-8", "403 FORBIDDEN")
		a.header.Set("X-MSDAVEXT_Error", "917656; Access denied. IDCRL is disabled.")
		return a
	}
	a := textAnswer(status, "", "")
	for _, name := range names {
		a.header.Add("Set-Cookie", name+"="+encode([]byte(guid.New()))+"; path=/; secure; HttpOnly")
	}
	return a
}

func unauthorizedSharePoint() answer {
	a := textAnswer(http.StatusUnauthorized, "text/plain; charset=utf-8", "401 UNAUTHORIZED")
	a.header.Set("WWW-Authenticate", `IDCRL Type="BPOSIDCRL", EndPoint="/_vti_bin/idcrl.svc/", RootDomain="sharepoint.com", Policy="MBI"`)
	return a
}

// readLegacyToken answers the tenant that a token of the legacy sign-in is for, or nil.
func (s *sharePointService) readLegacyToken(text string, now time.Time) *tenant {
	text, _, _ = strings.Cut(strings.TrimPrefix(strings.TrimSpace(text), "t="), "&")
	token, ok := parseJWT(text)
	if !ok {
		return nil
	}
	var claims legacyClaims
	if key := s.keys.find(token.header.KeyID); key == nil || !token.verify(key) || !token.reads(&claims) {
		return nil
	}
	if claims.Audience != legacyAudience || now.Unix() >= claims.Expires {
		return nil
	}
	return s.dir.tenantByID(claims.TenantID)
}
