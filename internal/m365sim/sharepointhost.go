package m365sim

import (
	"fmt"
	"strings"
)

// hasSharePoint says whether a host is one of the tenant's SharePoint, its admin center included.
func (t *tenant) hasSharePoint(host string) bool {
	name, _, _ := strings.Cut(strings.ToLower(t.InitialDomain), ".")
	for _, suffix := range []string{"", "-admin", "-my"} {
		if host == fmt.Sprintf("%s%s.%s", name, suffix, t.cloud.SharePoint) {
			return true
		}
	}
	return false
}

// sharePointHost says whether a tenant has its sites or OneDrives at that host.
func (d *directory) sharePointHost(host string) bool {
	for _, t := range d.tenants {
		if t.hasSharePoint(host) && !strings.Contains(host, "-admin.") {
			return true
		}
	}
	return false
}
