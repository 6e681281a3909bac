package directory

import (
	"slices"
	"strings"
)

// The hosts of a tenant's SharePoint differ by what follows the tenant's name.
const (
	sitesSuffix     = ""
	adminSuffix     = "-admin"
	oneDrivesSuffix = "-my"
)

// SharePointHost is where the tenant's sites are. The tenant's name there is that of its initial domain.
func (t *Tenant) SharePointHost() string { return t.sharePointHost(sitesSuffix) }

func (t *Tenant) sharePointHost(suffix string) string {
	name, _, _ := strings.Cut(strings.ToLower(t.InitialDomain), ".")
	return name + suffix + "." + t.cloud.SharePoint
}

// HasSharePoint says whether a host is one of the tenant's SharePoint, its admin center included.
func (t *Tenant) HasSharePoint(host string) bool {
	return t.hasSites(host) || host == t.sharePointHost(adminSuffix)
}

// hasSites says whether the tenant has its sites or OneDrives at that host.
func (t *Tenant) hasSites(host string) bool {
	return host == t.sharePointHost(sitesSuffix) || host == t.sharePointHost(oneDrivesSuffix)
}

// HasSites says whether a tenant has its sites or OneDrives at that host.
func (d *Directory) HasSites(host string) bool {
	return slices.ContainsFunc(d.tenants, func(t *Tenant) bool { return t.hasSites(host) })
}
