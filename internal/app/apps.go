package app

import (
	"context"
	"errors"

	"purser.example/internal/appprofile"
	"purser.example/internal/microsoft"
	"purser.example/internal/tenant"
)

// Apps lets app profiles be asked about by a Microsoft client.
func Apps(client *microsoft.Client) appprofile.Directory { return inspector{client} }

// inspector lets app profiles be checked by the Microsoft client without either knowing the other.
type inspector struct{ client *microsoft.Client }

// Discover implements appprofile.Directory.
func (i inspector) Discover(ctx context.Context, named string) (appprofile.Found, error) {
	found, err := i.client.Discover(ctx, named)
	switch {
	case errors.Is(err, microsoft.ErrUnknownTenant):
		return appprofile.Found{}, appprofile.ErrUnknownTenant
	case errors.Is(err, microsoft.ErrAmbiguous):
		return appprofile.Found{}, appprofile.ErrAmbiguous
	}
	return appprofile.Found{ID: tenant.ID(found.ID), Cloud: tenant.Cloud(found.Cloud)}, notAsked(err)
}

// Enter implements appprofile.Directory.
func (i inspector) Enter(ctx context.Context, t tenant.Tenant, a appprofile.App) error {
	return notAsked(i.client.Enter(ctx, ref(t), appOf(a)))
}

// Inspect implements appprofile.Directory.
func (i inspector) Inspect(ctx context.Context, t tenant.Tenant, a appprofile.App) (appprofile.Inspection, error) {
	seen, err := i.client.Inspect(ctx, ref(t), appOf(a))
	if err != nil {
		return appprofile.Inspection{}, notAsked(err)
	}
	return appprofile.Inspection{
		Tenant: tenant.ID(seen.TenantID),
		Granted: appprofile.Grants{
			RolesRead: seen.RolesRead, Roles: seen.Roles, ScopesRead: seen.Scopes.Read, Scopes: seen.Scopes.Names,
			SharePointRead: seen.SharePointScopes.Read, SharePointScopes: seen.SharePointScopes.Names,
		},
		Organization: appprofile.Organization{
			ID: tenant.ID(seen.Organization.ID), DisplayName: seen.Organization.Name, InitialDomain: seen.Organization.InitialDomain,
		},
		Facts:      factsOf(seen),
		SecretEnds: seen.SecretEnds, Unread: seen.Lacks,
	}, nil
}

// Forget implements appprofile.Directory.
func (i inspector) Forget(id appprofile.ID) { i.client.Forget(string(id)) }

func factsOf(seen microsoft.Seen) tenant.Facts {
	f := tenant.Facts{SecurityDefaults: seen.Defaults, LegacyAuth: seen.Legacy}
	for _, d := range seen.Domains {
		f.Domains = append(f.Domains, tenant.Domain{Name: d.Name, Initial: d.Initial, Default: d.Default, Federated: d.Federated})
	}
	if seen.Licences != nil {
		f.Licences = []tenant.Licence{}
	}
	for _, l := range seen.Licences {
		f.Licences = append(f.Licences, tenant.Licence{Product: l.Product, Bought: l.Bought, Used: l.Used})
	}
	return f
}

func appOf(a appprofile.App) microsoft.App {
	return microsoft.App{ID: a.ApplicationID, Profile: string(a.Profile), Secret: a.Secret, Certificate: a.Public}
}

// notAsked turns an error of the client into the noun's; any other comes back as it is.
func notAsked(err error) error {
	f, failed := microsoft.FailureOf(err)
	if !failed {
		return err
	}
	return &appprofile.Unread{Code: f.Code, Whose: f.Whose, Cause: f.Cause, CorrelationID: f.CorrelationID, TraceID: f.TraceID}
}
