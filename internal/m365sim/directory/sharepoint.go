package directory

import "strings"

// The hosts of a tenant's SharePoint differ by what follows the tenant's name.
const (
	sitesSuffix     = ""
	adminSuffix     = "-admin"
	oneDrivesSuffix = "-my"
)

// SharePointHost is where the tenant's sites are. The tenant's name there is that of its initial domain, unless the fixture has
// another: a tenant may have been renamed.
func (t *Tenant) SharePointHost() string { return t.sharePointHost(sitesSuffix) }

// AdminHost is where the tenant's sites are administered.
func (t *Tenant) AdminHost() string { return t.sharePointHost(adminSuffix) }

// OneDriveHost is where the tenant's personal sites are.
func (t *Tenant) OneDriveHost() string { return t.sharePointHost(oneDrivesSuffix) }

func (t *Tenant) sharePointHost(suffix string) string {
	name, _, _ := strings.Cut(strings.ToLower(t.InitialDomain), ".")
	if t.SharePoint != nil && t.SharePoint.Host != "" {
		name = strings.ToLower(t.SharePoint.Host)
	}
	return name + suffix + "." + t.cloud.SharePoint
}

// HasSharePoint says whether a host is one of the tenant's SharePoint, its admin center included.
func (t *Tenant) HasSharePoint(host string) bool {
	return t.hasSites(host) || host == t.AdminHost()
}

// hasSites says whether the tenant has its sites or OneDrives at that host.
func (t *Tenant) hasSites(host string) bool {
	return host == t.SharePointHost() || host == t.OneDriveHost()
}

// TenantAt finds the tenant whose SharePoint a host is; nil for none.
func (d *Directory) TenantAt(host string) *Tenant {
	for _, t := range d.tenants {
		if t.HasSharePoint(host) {
			return t
		}
	}
	return nil
}
