package sharepoint

import (
	"net/http"
	"strings"
	"time"

	"purser.example/internal/m365sim/call"
	"purser.example/internal/m365sim/cloud"
	"purser.example/internal/m365sim/directory"
	"purser.example/internal/m365sim/token"
)

// bySecret is what a token says of an app that proved itself by a secret.
const bySecret = "1"

// believe reads the bearer token of a call: one that the sign-in hosts made for this very host. An app's token that was got with a
// secret is refused, whatever it may do: SharePoint wants a certificate. What is refused says why.
func (s *Service) believe(c *call.Call) (caller, *call.Answer) {
	here := s.dir.TenantAt(c.Endpoint.Name)
	if c.Bearer == nil {
		return caller{}, challenge(here, "")
	}
	var claims token.Access
	key := s.keys.Find(c.Bearer.Header.KeyID)
	if key == nil || !c.Bearer.Verify(key) || !c.Bearer.Reads(&claims) || !c.At.Before(time.Unix(claims.Expires, 0)) {
		return caller{}, challenge(here, "Invalid JWT token. The token is not valid or has expired.")
	}
	host, _ := strings.CutPrefix(claims.Audience, "https://")
	t := s.dir.TenantByID(claims.TenantID)
	if t == nil || !t.HasSharePoint(host) || c.Endpoint.Part != cloud.PartAny && host != c.Endpoint.Name {
		return caller{}, challenge(here, "Invalid audience in the token.")
	}
	c.Latency = t.Latency()
	if claims.Type == "app" && claims.Proof == bySecret {
		return caller{}, challenge(t, "Unsupported app only token.")
	}
	who := newCaller(claims, t, host)
	if claims.Type != "app" && who.user == nil {
		return caller{}, challenge(t, "The user of the token does not exist.")
	}
	return who, nil
}

// challenge asks for a token, and tells a client that has none which tenant to get it from.
func challenge(t *directory.Tenant, reason string) *call.Answer {
	a := call.Text(http.StatusUnauthorized, "text/plain; charset=utf-8", "401 UNAUTHORIZED")
	realm := ""
	if t != nil {
		realm = t.ID
	}
	a.Header.Set("WWW-Authenticate", `Bearer realm="`+realm+`",client_id="`+cloud.SharePointAppID+`",trusted_issuers="00000001-0000-0000-c000-000000000000@*,https://sts.windows.net/*/",authorization_uri="https://login.windows.net/common/oauth2/authorize"`)
	if reason != "" {
		a = call.JSON(http.StatusUnauthorized, "application/json; charset=utf-8", map[string]string{"error_description": reason})
		a.Header.Set("X-Ms-Diagnostics", `3000006;reason="`+reason+`";category="invalid_client"`)
	}
	return &a
}
