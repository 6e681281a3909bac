package directory

import "slices"

// SetAdministrators puts names in the place of all administrators but the owner.
func (t *Tenant) SetAdministrators(s Site, names []string) {
	t.changeSite(s, func(state *siteState) { state.words.Administrators = slices.Clone(names) })
}

// SetAdministrator makes one name an administrator of the site, or takes that away. Others stay what they are.
func (t *Tenant) SetAdministrator(s Site, name string, administrates bool) {
	t.changeSite(s, func(state *siteState) {
		others := slices.DeleteFunc(slices.Clone(state.words.Administrators), func(n string) bool { return n == name })
		if administrates {
			others = append(others, name)
		}
		state.words.Administrators, state.users = others, with(state.users, name)
	})
}

// SetOwner gives the site to another owner.
func (t *Tenant) SetOwner(s Site, name string) {
	t.changeSite(s, func(state *siteState) { state.words.Owner = name })
}

// EnsureUser makes a name known to the site.
func (t *Tenant) EnsureUser(s Site, name string) {
	t.changeSite(s, func(state *siteState) { state.users = with(state.users, name) })
}

func with(names []string, name string) []string {
	if slices.Contains(names, name) {
		return names
	}
	return append(slices.Clone(names), name)
}

// changeSite changes the site as it is now, whatever it was when s was read. Lists are replaced, since others may be reading them.
func (t *Tenant) changeSite(s Site, change func(*siteState)) {
	t.sites.mu.Lock()
	defer t.sites.mu.Unlock()
	state := t.sites.state(t, s.number)
	change(&state)
	t.sites.changed[s.number] = state
}
