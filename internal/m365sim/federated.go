package m365sim

import (
	"crypto/sha256"
	"encoding/base64"
	"net/url"
)

// federationHost is the federation server that a domain has when the fixture names none.
func (d *domain) federationHost() string { return "sts." + d.name }

// federationHosts are all federation servers of the domain.
func (d *domain) federationHosts() []string {
	return []string{d.federationHost(), d.metadataAddress().Hostname(), d.activeAddress().Hostname()}
}

// metadataAddress and activeAddress are what the fixture says of the federation server; one that it does not say, or that
// cannot be read, is empty.
func (d *domain) metadataAddress() *url.URL { return parsedURL(d.FederationMetadataURL) }
func (d *domain) activeAddress() *url.URL   { return parsedURL(d.ActiveAuthURL) }

// issuer is how the domain's federation server signs itself. Entra ID knows the domain by it.
func (d *domain) issuer() string { return "http://" + d.federationHost() + "/adfs/services/trust/" }

func parsedURL(text string) *url.URL {
	u, err := url.Parse(text)
	if err != nil {
		return &url.URL{}
	}
	return u
}

// immutableID is what joins a user in the cloud to the one on premises.
func (u *user) immutableID() string {
	sum := sha256.Sum256([]byte(u.ID))
	return base64.StdEncoding.EncodeToString(sum[:16])
}
