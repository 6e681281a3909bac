package sharepoint

import (
	"net/http"
	"strings"

	"purser.example/internal/m365sim/call"
	"purser.example/internal/m365sim/cloud"
	"purser.example/internal/m365sim/fixture"
	"purser.example/internal/m365sim/guid"
	"purser.example/internal/m365sim/token"
)

// The second half of the legacy sign-in (IDCRL): SharePoint trades the token that the sign-in hosts gave for a cookie. Microsoft has
// retired it; a fixture may bring it back.

// legacyCookie takes the token as a header, as programs send it.
func (s *Service) legacyCookie(c *call.Call) call.Answer {
	given, ok := strings.CutPrefix(c.Request.Header.Get("Authorization"), "BPOSIDCRL ")
	if !ok || c.Request.Header.Get("X-IDCRL_ACCEPTED") != "t" {
		return unauthorized()
	}
	return s.cookies(c, given, http.StatusOK, "SPOIDCRL")
}

// legacyForm takes the token as a body, as browsers send it.
func (s *Service) legacyForm(c *call.Call) call.Answer {
	if c.Request.URL.Query().Get("wa") != "wsignin1.0" {
		return call.NotFound()
	}
	a := s.cookies(c, string(c.Body), http.StatusFound, "FedAuth", "rtFa")
	if a.Status == http.StatusFound {
		a.Header.Set("Location", "/_layouts/15/Authenticate.aspx")
	}
	return a
}

// cookies trades a token of the legacy sign-in for cookies, where the tenant still lets anybody in that way.
func (s *Service) cookies(c *call.Call, given string, status int, names ...string) call.Answer {
	claims, ok := s.keys.ReadLegacy(given, c.At)
	t := s.dir.TenantByID(claims.TenantID)
	if !ok || t == nil || c.Endpoint.Part != cloud.PartAny && !t.HasSharePoint(c.Endpoint.Name) {
		return unauthorized()
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

func unauthorized() call.Answer {
	a := call.Text(http.StatusUnauthorized, "text/plain; charset=utf-8", "401 UNAUTHORIZED")
	a.Header.Set("WWW-Authenticate", `IDCRL Type="BPOSIDCRL", EndPoint="/_vti_bin/idcrl.svc/", RootDomain="sharepoint.com", Policy="MBI"`)
	return a
}
