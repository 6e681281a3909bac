package directory

import (
	"crypto/sha256"
	"encoding/base64"
	"net/url"
)

// FederationHost is the federation server that a domain has when the fixture names none.
func (d *Domain) FederationHost() string { return "sts." + d.name }

// FederationHosts are all federation servers of the domain.
func (d *Domain) FederationHosts() []string {
	return []string{d.FederationHost(), d.MetadataAddress().Hostname(), d.ActiveAddress().Hostname()}
}

// MetadataAddress is where the fixture puts what the federation server offers. It is empty where the fixture does not say.
func (d *Domain) MetadataAddress() *url.URL { return parsedURL(d.FederationMetadataURL) }

// ActiveAddress is where the fixture has the federation server take names and passwords, or empty.
func (d *Domain) ActiveAddress() *url.URL { return parsedURL(d.ActiveAuthURL) }

// Issuer is how the domain's federation server signs itself. Entra ID knows the domain by it.
func (d *Domain) Issuer() string { return "http://" + d.FederationHost() + "/adfs/services/trust/" }

// parsedURL reads an address of a fixture. One that cannot be read is nowhere.
func parsedURL(text string) *url.URL {
	u, err := url.Parse(text)
	if err != nil {
		return &url.URL{}
	}
	return u
}

// ImmutableID is what joins a user in the cloud to the one on premises.
func (u *User) ImmutableID() string {
	sum := sha256.Sum256([]byte(u.ID))
	return base64.StdEncoding.EncodeToString(sum[:16])
}
