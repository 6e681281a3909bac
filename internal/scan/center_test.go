package scan_test

import (
	"testing"

	"purser.example/internal/profile"
	"purser.example/internal/scan"
)

// R33: a scan goes by the admin center of its profile, which a conversion may have kept, and otherwise by the tenant's own.
func TestAScanGoesByItsProfilesAdminCenter(t *testing.T) {
	r := newRig(t)
	p := r.byAccount(scan.Sites)
	r.scanned(p)
	if r.microsoft.center != "" {
		t.Errorf("the tenant's own is %q", r.microsoft.center)
	}
	account, err := r.profiles.Known(ctx, p.Account)
	must(t, err)
	const custom = "https://fabrikam-admin.sharepoint.com"
	_, err = r.profiles.Update(ctx, adele, here, account.ID, account.Version, profile.Draft{
		Name: account.Name, Tenant: account.Tenant, Services: account.Services, Username: account.Username, AdminCenterURL: custom,
	})
	must(t, err)
	r.scanned(p)
	if r.microsoft.center != custom {
		t.Errorf("the scan went by %q", r.microsoft.center)
	}
}
