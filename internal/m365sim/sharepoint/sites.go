package sharepoint

import (
	"strings"
	"sync"

	"purser.example/internal/m365sim/directory"
)

// sites holds the site collection administrators, by host and path in lower case.
type sites struct {
	mu     sync.Mutex
	admins map[string][]string
}

// Administrators answers the login names of the administrators of a site, given by host and path
// (contoso.sharepoint.com/sites/a). A site whose host belongs to no tenant is an error.
func (s *Service) Administrators(site string) ([]string, error) {
	site = strings.ToLower(strings.Trim(site, "/"))
	host, _, _ := strings.Cut(site, "/")
	release := s.dir.Hold()
	known := s.dir.HasSites(host)
	release()
	if !known {
		return nil, directory.ErrUnknown
	}
	s.sites.mu.Lock()
	defer s.sites.mu.Unlock()
	return append([]string{}, s.sites.admins[site]...), nil
}
