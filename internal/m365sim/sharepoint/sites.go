package sharepoint

import (
	"strings"

	"purser.example/internal/m365sim/directory"
)

// TermStoreAdministrators answers the login names of those who administer the term store of a tenant, given by id or domain.
func (s *Service) TermStoreAdministrators(tenant string) ([]string, error) {
	defer s.dir.Hold()()
	t := s.dir.Tenant(tenant)
	if t == nil {
		return nil, directory.ErrUnknown
	}
	return append([]string{}, t.TermStoreAdministrators()...), nil
}

// Administrators answers the login names of the administrators of a site, its owner first, given by host and path
// (contoso.sharepoint.com/sites/a); none for a site that is not there. A host that has no sites of a tenant's is an error.
func (s *Service) Administrators(site string) ([]string, error) {
	defer s.dir.Hold()()
	host, _, _ := strings.Cut(strings.ToLower(strings.Trim(site, "/")), "/")
	if t := s.dir.TenantAt(host); t == nil || host == t.AdminHost() {
		return nil, directory.ErrUnknown
	}
	found, ok := s.dir.Site(site)
	if !ok {
		return []string{}, nil
	}
	return found.AllAdministrators(), nil
}
