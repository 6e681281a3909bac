package m365sim

import (
	"net/http"
	"strings"

	"purser.example/internal/m365sim/cloud"
	"purser.example/internal/m365sim/fixture"
	"purser.example/internal/m365sim/guid"
)

// sharePoint answers for SharePoint: the second half of the legacy sign-in.
func (s *Simulator) sharePoint(c *call) answer {
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
func (s *Simulator) cookies(c *call, token string, status int, names ...string) answer {
	t := s.readLegacyToken(token, c.at)
	if t == nil || c.endpoint.Part != cloud.PartAny && !t.hasSharePoint(c.endpoint.Name) {
		return unauthorizedSharePoint()
	}
	c.latency = t.latency
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
