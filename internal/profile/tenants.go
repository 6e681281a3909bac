package profile

import (
	"context"

	"purser.example/internal/access"
	"purser.example/internal/appprofile"
	"purser.example/internal/tenant"
)

// fewNames is how many things are named where there may be many.
const fewNames = 3

// UsesOfTenant implements appprofile.User: without an app profile none of the tenant's profiles can be validated.
func (s *Service) UsesOfTenant(ctx context.Context, caller access.Caller, t tenant.ID) ([]appprofile.Use, error) {
	page, counts, err := s.List(ctx, caller, Query{Tenant: t, Sort: ByName, Limit: fewNames})
	if err != nil || counts.All == 0 {
		return nil, err
	}
	use := appprofile.Use{Kind: "service account profile", Count: counts.All}
	for _, row := range page.Rows {
		use.Names = append(use.Names, row.Name)
	}
	return []appprofile.Use{use}, nil
}
