package app

import (
	"context"
	"errors"

	"purser.example/internal/account"
	"purser.example/internal/appprofile"
	"purser.example/internal/microsoft"
	"purser.example/internal/pool"
	"purser.example/internal/scan"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

// Scans lets tenants be scanned by a Microsoft client.
func Scans(client *microsoft.Client) scan.Directory { return scanner{client} }

// scanner lets scans read with the Microsoft client without either knowing the other.
type scanner struct{ client *microsoft.Client }

// AsApp implements scan.Directory.
func (s scanner) AsApp(ctx context.Context, t tenant.Tenant, app appprofile.App) (scan.Source, error) {
	opened, err := s.client.SurveyAsApp(ctx, ref(t), appOf(app))
	if err != nil {
		return nil, notRead(err)
	}
	return source{opened}, nil
}

// AsAccount implements scan.Directory.
func (s scanner) AsAccount(ctx context.Context, a account.Account, admin string) (scan.Source, verdict.Verdict) {
	opened, v := s.client.SurveyAsAccount(ctx, accountOf(a), admin)
	if opened == nil {
		return nil, v
	}
	return source{opened}, v
}

// source implements scan.Source.
type source struct{ *microsoft.Survey }

// kinds are the types of a scan by what the client calls them. It knows nothing of public folders.
var kinds = map[scan.Type]microsoft.Kind{
	scan.Sites: microsoft.KindSites, scan.OneDrive: microsoft.KindOneDrives, scan.ProjectSites: microsoft.KindProjects, scan.Groups: microsoft.KindGroups,
	scan.Teams: microsoft.KindTeams, scan.Mailboxes: microsoft.KindMailboxes, scan.Users: microsoft.KindUsers,
}

// Read implements scan.Source.
func (s source) Read(ctx context.Context, t scan.Type, from scan.Cursor, use func(scan.Page) error) error {
	return notRead(s.Survey.Read(ctx, kinds[t], string(from), func(things microsoft.Things) error {
		page := scan.Page{Next: scan.Cursor(things.Next)}
		for _, thing := range things.List {
			if thing.Flaw != "" {
				page.Warnings = append(page.Warnings, scan.Warning{Type: t, Key: thing.ID, Name: thing.Name, Address: thing.Address, Code: scan.NoID})
				continue
			}
			found := scan.Found{Key: thing.ID, Name: thing.Name, Address: thing.Address}
			if t.Registered() {
				found.Site = scan.Site{ID: thing.ID, Locked: thing.Lock, Archived: thing.Archived}
			}
			page.Objects = append(page.Objects, found)
		}
		return use(page)
	}))
}

// Administrators implements scan.Source.
func (s source) Administrators(ctx context.Context, site scan.Site, address string) ([]string, error) {
	names, err := s.SiteAdministrators(ctx, site.ID, address)
	return names, notRead(err)
}

// AddAdministrator implements scan.Source.
func (s source) AddAdministrator(ctx context.Context, site scan.Site, address, login string) error {
	return notRead(s.AddSiteAdministrator(ctx, site.ID, address, login))
}

// AddTermStoreAdministrator implements scan.Source.
func (s source) AddTermStoreAdministrator(ctx context.Context, username string) error {
	return notRead(s.Survey.AddTermStoreAdministrator(ctx, username))
}

// OwnerAndMember implements scan.Source.
func (s source) OwnerAndMember(ctx context.Context, user pool.UserID) ([]string, error) {
	keys, err := s.Survey.OwnerAndMember(ctx, string(user))
	if f, _ := microsoft.FailureOf(err); f.Gone {
		return nil, scan.ErrNoUser
	}
	return keys, notRead(err)
}

// notRead turns an error of the client into the noun's; any other comes back as it is.
func notRead(err error) error {
	switch {
	case errors.Is(err, microsoft.ErrStale):
		return scan.ErrStale
	case errors.Is(err, microsoft.ErrNowhere):
		return scan.ErrNowhere
	case errors.Is(err, microsoft.ErrNoSite):
		return scan.ErrNoSite
	case errors.Is(err, microsoft.ErrSiteLocked):
		return &scan.Closed{Why: scan.SiteLocked}
	case errors.Is(err, microsoft.ErrSiteArchived):
		return &scan.Closed{Why: scan.SiteArchived}
	case errors.Is(err, microsoft.ErrUnsupported), errors.Is(err, microsoft.ErrUnreadable), errors.Is(err, microsoft.ErrNotByApp):
		return scan.ErrUnsupported
	}
	f, failed := microsoft.FailureOf(err)
	if !failed {
		return err
	}
	return &scan.Unread{Code: f.Code, Whose: f.Whose, Cause: f.Cause, Denied: f.Denied, Permission: f.Right, Throttled: f.Throttled}
}

// throttled keeps that Microsoft asked to be left in peace, for the page of the tenant (R55).
func (a *App) throttled(t microsoft.Throttle) {
	a.Tenants.Throttled(tenant.Throttle{Tenant: tenant.ID(t.Tenant), At: t.At, Service: string(t.Service), Who: t.By, Wait: t.Wait})
}
