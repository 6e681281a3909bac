package directory

import (
	"strings"

	"purser.example/internal/m365sim/fixture"
	"purser.example/internal/m365sim/strictjson"
)

// PatchSite changes fields of a site, given by host and path and as JSON with the fixture's keys. Where it stands, and its id, stay.
func (d *Directory) PatchSite(key string, patch []byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	s, ok := d.Site(key)
	if !ok {
		return ErrUnknown
	}
	var f fixture.Site
	if err := strictjson.Merge(s.Site, patch, &f, "signInError"); err != nil {
		return err
	}
	m := &fixture.Mistakes{Start: d.start}
	next := s.tenant.newSite(f, "site", m)
	if next.ID != s.ID || siteKey(next.Path, next.Personal) != siteKey(s.Path, s.Personal) {
		m.Add("site", "id, path and personal cannot change")
	}
	if err := m.Err(); err != nil {
		return err
	}
	s.tenant.changeSite(s, func(state *siteState) { state.words = next })
	d.log.Info("site changed", "tenant", s.tenant.ID, "site", s.ID)
	return nil
}

// DeleteSite removes the site at that host and path.
func (d *Directory) DeleteSite(key string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	s, ok := d.Site(key)
	if !ok {
		return ErrUnknown
	}
	s.tenant.changeSite(s, func(state *siteState) { state.gone = true })
	d.log.Info("site removed", "tenant", s.tenant.ID, "site", s.ID)
	return nil
}

// Site finds a site of any tenant, given by host and path (contoso.sharepoint.com/sites/a).
func (d *Directory) Site(key string) (Site, bool) {
	host, path, _ := strings.Cut(strings.Trim(key, "/"), "/")
	t := d.TenantAt(strings.ToLower(host))
	if t == nil {
		return Site{}, false
	}
	return t.SiteAtPath(host, path)
}
