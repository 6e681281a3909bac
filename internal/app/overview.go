package app

import "purser.example/web/overview"

// overview is the page that everybody begins at (R94).
func (a *App) overview(o Options) *overview.Handlers {
	h := &overview.Handlers{
		Tenants: a.Tenants, Profiles: a.Profiles, Apps: a.Apps, Horizon: a.Horizon, Watch: a.Watch, Scans: a.Scans, Runs: a.Runs, People: a.People, Activity: a.Activity, Notices: a.Notices, Now: o.Now,
	}
	if a.backups != nil {
		h.Missing = a.backups.Missing
	}
	return h
}
