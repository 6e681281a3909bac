package m365sim

import (
	"strings"
	"sync"
)

// sites holds the site collection administrators, by host and path in lower case.
type sites struct {
	mu     sync.Mutex
	admins map[string][]string
}

// SiteAdministrators answers the login names of the administrators of a site, given by host and path
// (contoso.sharepoint.com/sites/a). A site whose host belongs to no tenant is an error.
func (s *Simulator) SiteAdministrators(site string) ([]string, error) {
	site = strings.ToLower(strings.Trim(site, "/"))
	host, _, _ := strings.Cut(site, "/")
	s.mu.RLock()
	known := s.dir.sharePointHost(host)
	s.mu.RUnlock()
	if !known {
		return nil, errUnknown
	}
	s.sites.mu.Lock()
	defer s.sites.mu.Unlock()
	return append([]string{}, s.sites.admins[site]...), nil
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
