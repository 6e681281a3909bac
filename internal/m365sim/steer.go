package m365sim

// Requests answers the journal, oldest first.
func (s *Simulator) Requests() []Request { return s.journal.Requests() }

// ResetRequests empties the journal.
func (s *Simulator) ResetRequests() { s.journal.Reset() }

// SetFaults puts list in the place of the faults in force. The error names the first fault that cannot be.
func (s *Simulator) SetFaults(list []Fault) error { return s.faults.Set(list) }

// ResetFaults takes all faults away.
func (s *Simulator) ResetFaults() { _ = s.faults.Set(nil) }

// PatchTenant changes fields of the tenant with that id or domain, given as JSON with the fixture's keys. Its id stays.
func (s *Simulator) PatchTenant(key string, patch []byte) error { return s.dir.PatchTenant(key, patch) }

// PatchUser changes fields of the user with that userPrincipalName or id, given as JSON with the fixture's keys. A new
// password ends a lockout.
func (s *Simulator) PatchUser(key string, patch []byte) error { return s.dir.PatchUser(key, patch) }

// PatchGroup changes fields of the group with that id or mail address, given as JSON with the fixture's keys.
func (s *Simulator) PatchGroup(key string, patch []byte) error { return s.dir.PatchGroup(key, patch) }

// DeleteUser removes the user with that userPrincipalName or id, from every group too.
func (s *Simulator) DeleteUser(key string) error { return s.dir.DeleteUser(key) }

// DeleteGroup removes the group with that id or mail address, from other groups too.
func (s *Simulator) DeleteGroup(key string) error { return s.dir.DeleteGroup(key) }

// PatchSite changes fields of the site at that host and path (contoso.sharepoint.com/sites/a), given as JSON with the fixture's keys.
func (s *Simulator) PatchSite(site string, patch []byte) error { return s.dir.PatchSite(site, patch) }

// DeleteSite removes the site at that host and path.
func (s *Simulator) DeleteSite(site string) error { return s.dir.DeleteSite(site) }

// RotateKeys puts new signing keys in the place of both old ones. Tokens signed with the old ones are refused from now on.
func (s *Simulator) RotateKeys() error {
	if err := s.keys.Rotate(); err != nil {
		return err
	}
	s.log.Info("signing keys rotated", "key_id", s.keys.Published()[0].ID)
	return nil
}

// TermStoreAdministrators answers the login names of those who administer the term store of the tenant with that id or domain.
func (s *Simulator) TermStoreAdministrators(tenant string) ([]string, error) {
	return s.sharePoint.TermStoreAdministrators(tenant)
}

// SiteAdministrators answers the login names of the administrators of a site, given by host and path
// (contoso.sharepoint.com/sites/a). A site whose host belongs to no tenant is an error.
func (s *Simulator) SiteAdministrators(site string) ([]string, error) {
	return s.sharePoint.Administrators(site)
}
