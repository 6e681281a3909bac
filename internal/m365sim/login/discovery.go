package login

import (
	"net/http"
	"net/url"
	"strings"

	"purser.example/internal/m365sim/call"
	"purser.example/internal/m365sim/cloud"
	"purser.example/internal/m365sim/directory"
	"purser.example/internal/m365sim/guid"
)

const jsonType = "application/json; charset=utf-8"

// tenantTemplate stands in documents that are not of one tenant; the braces are literal.
const tenantTemplate = "{tenantid}"

// instanceDiscovery tells which hosts are aliases of one cloud.
func (s *Service) instanceDiscovery(c *call.Call) call.Answer {
	raw := c.Request.URL.Query().Get("authorization_endpoint")
	if raw == "" {
		return refuse(900144, "authorization_endpoint").answer(c)
	}
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "https" || cloud.LoginHost(strings.ToLower(u.Host)) == "" {
		return refuse(50049).answer(c)
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	type alias struct {
		Network string   `json:"preferred_network"`
		Cache   string   `json:"preferred_cache"`
		Aliases []string `json:"aliases"`
	}
	doc := struct {
		Endpoint string  `json:"tenant_discovery_endpoint"`
		Version  string  `json:"api-version"`
		Metadata []alias `json:"metadata"`
	}{"https://" + strings.ToLower(u.Host) + "/" + first + "/v2.0/.well-known/openid-configuration", "1.1", nil}
	for _, l := range cloud.LoginAliases {
		doc.Metadata = append(doc.Metadata, alias{l.Host, l.Cache, l.Aliases})
	}
	return call.JSON(http.StatusOK, jsonType, doc)
}

// openIDConfiguration answers a tenant's OpenID Connect discovery document, or the template that all tenants share.
func (s *Service) openIDConfiguration(c *call.Call) call.Answer {
	word := c.Path[0]
	if strings.EqualFold(word, "common") || strings.EqualFold(word, "organizations") {
		here := cloud.ByLogin(c.Endpoint.Login)
		return call.JSON(http.StatusOK, jsonType, openIDDocument(c.Base(here.Login), strings.ToLower(word), tenantTemplate, here))
	}
	if refused := checkTenantWord(word); refused != nil {
		return refused.answer(c)
	}
	t := s.published(c, word)
	if t == nil {
		return refuse(90002, word).answer(c)
	}
	c.Latency = t.Latency()
	return call.JSON(http.StatusOK, jsonType, openIDDocument(loginBase(c, t), t.ID, t.ID, t.Cloud()))
}

// loginBase is where the tenant signs in: its cloud's login host, or this machine when that was asked.
func loginBase(c *call.Call, t *directory.Tenant) string { return c.Base(t.Cloud().Login) }

// checkTenantWord refuses what cannot be a tenant at all.
func checkTenantWord(word string) *refusal {
	if strings.Trim(word, "0-") == "" && guid.Valid(word) {
		return refuse(900021, word)
	}
	return nil
}

func openIDDocument(base, segment, issuer string, on *cloud.Cloud) map[string]any {
	root := base + "/" + segment
	doc := map[string]any{
		"token_endpoint":                        root + "/oauth2/v2.0/token",
		"token_endpoint_auth_methods_supported": []string{"client_secret_post", "private_key_jwt", "client_secret_basic"},
		"jwks_uri":                              root + "/discovery/v2.0/keys",
		"response_modes_supported":              []string{"query", "fragment", "form_post"},
		"subject_types_supported":               []string{"pairwise"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"response_types_supported":              []string{"code", "id_token", "code id_token", "id_token token"},
		"scopes_supported":                      []string{"openid", "profile", "email", "offline_access"},
		"issuer":                                base + "/" + issuer + "/v2.0",
		"request_uri_parameter_supported":       false,
		"userinfo_endpoint":                     "https://" + on.Graph + "/oidc/userinfo",
		"authorization_endpoint":                root + "/oauth2/v2.0/authorize",
		"device_authorization_endpoint":         root + "/oauth2/v2.0/devicecode",
		"http_logout_supported":                 true,
		"frontchannel_logout_supported":         true,
		"end_session_endpoint":                  root + "/oauth2/v2.0/logout",
		"claims_supported":                      []string{"sub", "iss", "cloud_instance_name", "cloud_graph_host_name", "msgraph_host", "aud", "exp", "iat", "auth_time", "acr", "nonce", "preferred_username", "name", "tid", "ver", "at_hash", "c_hash", "email"},
		"kerberos_endpoint":                     root + "/kerberos",
		"tenant_region_scope":                   on.Region,
		"cloud_instance_name":                   on.Instance,
		"cloud_graph_host_name":                 "graph.windows.net",
		"msgraph_host":                          on.Graph,
		"rbac_url":                              "https://pas.windows.net",
	}
	if on.SubRegion != "" {
		doc["tenant_region_sub_scope"] = on.SubRegion
	}
	if issuer == tenantTemplate {
		doc["tenant_region_scope"] = nil
	}
	return doc
}

// publishedKeys answers both signing keys.
func (s *Service) publishedKeys(c *call.Call) call.Answer {
	word, issuer := c.Path[0], tenantTemplate
	base := c.Base(c.Endpoint.Login)
	if !strings.EqualFold(word, "common") && !strings.EqualFold(word, "organizations") {
		t := s.published(c, word)
		if t == nil {
			return refuse(90002, word).answer(c)
		}
		base, issuer = loginBase(c, t), t.ID
	}
	keys := []jwk{}
	for _, key := range s.keys.Published() {
		keys = append(keys, newJWK(key, base+"/"+issuer+"/v2.0"))
	}
	return call.JSON(http.StatusOK, jsonType, map[string]any{"keys": keys})
}
