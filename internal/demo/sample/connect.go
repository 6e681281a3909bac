package sample

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"purser.example/internal/access"
	"purser.example/internal/appprofile"
	"purser.example/internal/audit"
	"purser.example/internal/m365sim"
	"purser.example/internal/problem"
	"purser.example/internal/secret"
	"purser.example/internal/tenant"
)

// Connect connects every tenant that the fixture marks `connected`, with its first app as the app profile. A tenant that is
// connected with that app already stays as it is, so that a demo that keeps its data does not connect it at every start. It
// returns an error for a tenant without an app. Microsoft 365 is not asked: see Check.
func Connect(ctx context.Context, apps *appprofile.Service, caller access.Caller, fixture m365sim.Fixture) error {
	for _, f := range fixture.Tenants {
		if !f.Connected {
			continue
		}
		if len(f.Apps) == 0 {
			return fmt.Errorf("tenant %s is marked connected, but has no app to connect it with", f.InitialDomain)
		}
		if err := connect(ctx, apps, caller, tenantOf(f), appOf(f.Apps[0])); err != nil {
			return fmt.Errorf("connect tenant %s: %w", f.InitialDomain, err)
		}
	}
	return nil
}

// Check checks the app profiles of the connected tenants, all at once, so that it is known what the tenants have: an import finds them by
// their custom domains. One that was checked before stays as it is.
func Check(ctx context.Context, apps *appprofile.Service, caller access.Caller) error {
	list, err := apps.List(ctx, caller, appprofile.Query{})
	if err != nil {
		return fmt.Errorf("look for app profiles: %w", err)
	}
	return each(len(list.Rows), func(i int) error {
		if p := list.Rows[i]; p.Checked.IsZero() {
			if _, err := apps.Check(ctx, caller, audit.Origin{}, p.ID); err != nil {
				return fmt.Errorf("check the app profile %s: %w", p.Name, err)
			}
		}
		return nil
	})
}

func connect(ctx context.Context, apps *appprofile.Service, caller access.Caller, t tenant.Tenant, app appprofile.App) error {
	kept, err := apps.Credentials(ctx, t.ID)
	if err != nil && problem.KindOf(err) != problem.NotFound && !errors.Is(err, appprofile.ErrNone) {
		return err
	}
	defer kept.Clear()
	if err == nil && kept.ApplicationID == app.ApplicationID && bytes.Equal(kept.Secret.Reveal(), app.Secret.Reveal()) {
		return nil
	}
	return apps.Connect(ctx, caller, audit.Origin{}, t, app)
}

// tenantOf fills in what the simulator makes of what is left out.
func tenantOf(f m365sim.Tenant) tenant.Tenant {
	name, _, _ := strings.Cut(f.InitialDomain, ".")
	return tenant.Tenant{
		ID: tenant.ParseID(f.ID), DisplayName: cmp.Or(f.DisplayName, name), InitialDomain: f.InitialDomain,
		Cloud: cmp.Or(tenant.Cloud(f.Cloud), tenant.Worldwide),
	}
}

// appOf takes the app's first secret; a public client may have none.
func appOf(f m365sim.App) appprofile.App {
	text := f.ClientSecret
	if text == "" && len(f.Secrets) > 0 {
		text = f.Secrets[0].Value
	}
	return appprofile.App{ApplicationID: f.AppID, Secret: secret.FromString(text)}
}
