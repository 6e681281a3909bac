package app_test

import (
	"errors"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/app"
	"purser.example/internal/appprofile"
	"purser.example/internal/m365sim"
	"purser.example/internal/microsoft"
	"purser.example/internal/scan"
	"purser.example/internal/secret"
	"purser.example/internal/tenant"
	"purser.example/internal/whose"
)

const scannedTenant = `{"pageSize": 5, "tenants": [{"id": "` + contoso + `", "displayName": "Contoso", "initialDomain": "contoso.onmicrosoft.com", "domains": [{"id": "contoso.com"}],
	"apps": [{"appId": "` + clientID + `", "displayName": "Purser", "clientSecret": "App-Secret-2026!"}],
	"users": [{"userPrincipalName": "svc@contoso.com", "displayName": "Svc", "password": "Right-1!", "roles": ["SharePoint Administrator"]},
		{"userPrincipalName": "plain@contoso.com", "displayName": "Plain", "password": "Right-1!"}],
	"objects": {"sites": 6, "oneDrives": 2, "projectSites": 1, "groups": 3, "teams": 2, "mailboxes": 3, "users": 4},
	"sites": [{"path": "sites/closed", "lock": "NoAccess", "owner": "plain@contoso.com"}, {"path": "sites/old", "archived": "fullyArchived", "owner": "plain@contoso.com"}]}]}`

// scanning opens the tenant as a scan does, by both methods.
func scanning(t *testing.T) (sim *m365sim.Simulator, byApp, byAccount scan.Source, directory scan.Directory) {
	t.Helper()
	fixture, err := m365sim.Read(strings.NewReader(scannedTenant))
	must(t, err)
	sim, err = m365sim.New(fixture, m365sim.Options{})
	must(t, err)
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	address, err := url.Parse(server.URL)
	must(t, err)
	directory = app.Scans(microsoft.New(microsoft.Config{Simulator: address, Patience: time.Millisecond}))
	byApp, err = directory.AsApp(ctx, tenantOf(), appOf("App-Secret-2026!"))
	must(t, err)
	byAccount, v := directory.AsAccount(ctx, svcOf("svc@contoso.com"), "")
	if byAccount == nil {
		t.Fatal(v)
	}
	t.Cleanup(byApp.Close)
	t.Cleanup(byAccount.Close)
	return sim, byApp, byAccount, directory
}

func tenantOf() tenant.Tenant {
	return tenant.Tenant{ID: contoso, InitialDomain: "contoso.onmicrosoft.com"}
}

func appOf(value string) appprofile.App {
	return appprofile.App{ApplicationID: clientID, Secret: secret.FromString(value)}
}

func svcOf(username string) account.Account {
	return account.Account{Tenant: tenantOf(), App: appOf("App-Secret-2026!"), Username: username, Password: secret.FromString("Right-1!")}
}

func foundBy(t *testing.T, s scan.Source, kind scan.Type) (list []scan.Found) {
	t.Helper()
	if err := s.Read(ctx, kind, "", func(page scan.Page) error { list = append(list, page.Objects...); return nil }); err != nil {
		t.Errorf("%s: %v", kind, err)
	}
	return list
}

// R50, R53: a scan finds each type by each method that can read it, and is told of the others.
func TestAScanReadsEveryTypeByBothMethods(t *testing.T) {
	_, byApp, byAccount, _ := scanning(t)
	want := map[scan.Type]int{scan.Sites: 8, scan.OneDrive: 2, scan.ProjectSites: 1, scan.Groups: 3, scan.Teams: 2, scan.Mailboxes: 3}
	for method, s := range map[scan.Method]scan.Source{scan.ByApp: byApp, scan.ByAccount: byAccount} {
		for _, kind := range scan.Types {
			if !kind.Readable(method) {
				if err := s.Read(ctx, kind, "", nil); !errors.Is(err, scan.ErrUnsupported) {
					t.Errorf("%s by %s: %v", kind, method, err)
				}
				continue
			}
			n := want[kind]
			if method == scan.ByApp && kind == scan.Sites {
				n++ // a project site, which an app cannot tell from others
			}
			list := foundBy(t, s, kind)
			if kind == scan.Users && len(list) >= 6 || kind != scan.Users && len(list) == n {
				continue
			}
			t.Errorf("%s by %s: %d %+v", kind, method, len(list), list)
		}
	}
	for _, found := range foundBy(t, byAccount, scan.Sites) {
		if found.Site.ID != found.Key || found.Site.Open() == (strings.HasSuffix(found.Address, "/closed") || strings.HasSuffix(found.Address, "/old")) {
			t.Errorf("%+v", found)
		}
	}
	for _, found := range foundBy(t, byAccount, scan.Groups) {
		if found.Site != (scan.Site{}) {
			t.Errorf("%+v", found)
		}
	}
}

// R51, R54, R56, R42: what a site, the term store, an account that is gone and a refusal say comes in the noun's own words.
func TestAScanHearsItsOwnWords(t *testing.T) {
	sim, byApp, byAccount, directory := scanning(t)
	const svc, other = "i:0#.f|membership|svc@contoso.com", "i:0#.f|membership|plain@contoso.com"
	for _, found := range foundBy(t, byAccount, scan.Sites) {
		err := errors.Join(byAccount.AddAdministrator(ctx, found.Site, found.Address, svc), byAccount.AddAdministrator(ctx, found.Site, found.Address, other))
		closed, isClosed := errors.AsType[*scan.Closed](err)
		switch {
		case strings.HasSuffix(found.Address, "/closed"):
			if !isClosed || closed.Why != scan.SiteLocked {
				t.Errorf("locked: %v", err)
			}
		case strings.HasSuffix(found.Address, "/old"):
			if !isClosed || closed.Why != scan.SiteArchived {
				t.Errorf("archived: %v", err)
			}
		default:
			names, read := byAccount.Administrators(ctx, found.Site, found.Address)
			if err != nil || read != nil || !slices.Equal(names, []string{svc, other}) {
				t.Errorf("%s: %v, %v %v", found.Address, err, names, read)
			}
			must(t, sim.DeleteSite(strings.TrimPrefix(found.Address, "https://")))
			if _, err := byAccount.Administrators(ctx, found.Site, found.Address); !errors.Is(err, scan.ErrNoSite) {
				t.Errorf("deleted: %v", err)
			}
		}
	}
	if err := errors.Join(byAccount.AddTermStoreAdministrator(ctx, "svc@contoso.com")); err != nil {
		t.Error(err)
	}
	if err := byApp.AddTermStoreAdministrator(ctx, "svc@contoso.com"); !errors.Is(err, scan.ErrUnsupported) {
		t.Error(err)
	}
	if err := byAccount.Read(ctx, scan.Sites, "csom:nonsense", nil); !errors.Is(err, scan.ErrStale) {
		t.Error(err)
	}
	if keys, err := byApp.OwnerAndMember(ctx, "svc@contoso.com"); err != nil || len(keys) > 0 {
		t.Errorf("%v, %v", keys, err)
	}
	if _, err := byAccount.OwnerAndMember(ctx, "nobody@contoso.com"); !errors.Is(err, scan.ErrNoUser) {
		t.Error(err)
	}
	_, err := directory.AsApp(ctx, tenantOf(), appOf("wrong"))
	if u, _ := errors.AsType[*scan.Unread](err); u == nil || u.Code != "AADSTS7000215" || u.Whose != whose.App || u.Cause == "" {
		t.Errorf("%v", err)
	}
	must(t, sim.PatchUser("svc@contoso.com", []byte(`{"roles": []}`)))
	err = byAccount.Read(ctx, scan.Sites, "", nil)
	if u, _ := errors.AsType[*scan.Unread](err); u == nil || !u.Denied || u.Permission != "SharePoint Administrator" || u.Whose != whose.Account {
		t.Errorf("%+v", err)
	}
}
