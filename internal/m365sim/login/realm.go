package login

import (
	"net/http"

	"purser.example/internal/m365sim/call"
	"purser.example/internal/m365sim/cloud"
	"purser.example/internal/m365sim/directory"
	"purser.example/internal/m365sim/wstrust"
)

// realmBody says where a username signs in. Fields that do not apply are left out.
type realmBody struct {
	Version      string `json:"ver"`
	AccountType  string `json:"account_type"`
	DomainName   string `json:"domain_name,omitempty"`
	Protocol     string `json:"federation_protocol,omitempty"`
	MetadataURL  string `json:"federation_metadata_url,omitempty"`
	ActiveURL    string `json:"federation_active_auth_url,omitempty"`
	CloudName    string `json:"cloud_instance_name"`
	CloudURN     string `json:"cloud_audience_urn"`
	BrandingName string `json:"federation_brand_name,omitempty"`
}

// userRealm says whether the domain of a username is managed, federated or unknown, and in which cloud it is. It looks at
// the domain only, and says nothing of whether the user exists.
func (s *Service) userRealm(c *call.Call) call.Answer {
	if version := c.Request.URL.Query().Get("api-version"); version != "1.0" {
		return call.Text(http.StatusBadRequest, "text/html; charset=utf-8", "<h2>Bad Request</h2>")
	}
	here := cloud.ByLogin(c.Endpoint.Login)
	body := realmBody{Version: "1.0", AccountType: "Unknown", CloudName: here.Instance, CloudURN: "urn:federation:MicrosoftOnline"}
	if d := s.dir.DomainOf(c.Path[2]); d != nil {
		c.Latency = d.Tenant().Latency()
		body.AccountType, body.DomainName, body.CloudName = "Managed", d.Name(), d.Tenant().Cloud().Instance
		if d.Federated() {
			body.federate(d, c)
		}
	}
	a := call.JSON(http.StatusOK, jsonType, body)
	noStore(a.Header)
	return a
}

// federate names the domain's federation server: the fixture's, or one of the simulator's own where the question came to.
func (b *realmBody) federate(d *directory.Domain, c *call.Call) {
	b.AccountType, b.Protocol, b.BrandingName = "Federated", "WSTrust", d.Tenant().DisplayName
	if b.MetadataURL = d.FederationMetadataURL; b.MetadataURL == "" {
		b.MetadataURL = c.Base(d.FederationHost()) + wstrust.MetadataPath
	}
	if b.ActiveURL = d.ActiveAuthURL; b.ActiveURL == "" {
		b.ActiveURL = c.Base(d.FederationHost()) + wstrust.Trust2005Path
	}
}
