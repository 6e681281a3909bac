package sample

import (
	"context"
	"fmt"
	"strings"

	"purser.example/internal/audit"
	"purser.example/internal/m365sim"
	"purser.example/internal/profile"
	"purser.example/internal/secret"
	"purser.example/internal/tenant"
)

// AppPassword is the app password of the accounts of classic MFA profiles.
const AppPassword = "kzrtwqhbnmplfxcd"

// classicPlan is a classic MFA profile of the sample, and the account behind it, which Microsoft asks for a second factor.
type classicPlan struct {
	tenant, name, about, username, services string
	adminCenter                             string // empty: nobody has entered it yet
}

func classicPlans() []classicPlan {
	return []classicPlan{
		{
			tenant: ContosoID, name: "Classic – Site collections", about: "From the classic UI, with an app password. Convert it before anything new is built on it.",
			username: "svc-classic@contoso.com", services: "cloud-management", adminCenter: "https://contoso-admin.sharepoint.com",
		},
		{
			tenant: FabrikamID, name: "Fabrikam – Classic migration", about: "From the classic UI. Its file had no admin center URL.",
			username: "svc-classic@fabrikam.com", services: "fly",
		},
	}
}

func (p classicPlan) directoryUser() m365sim.User {
	return m365sim.User{
		UserPrincipalName: p.username, DisplayName: p.name + " (service account)", Password: Password, AppPassword: AppPassword, MFA: "perUser",
		Roles: []string{sharePoint}, ServicePlans: licensed(), LastPasswordChangeDateTime: "-40d",
	}
}

// adopt stores the classic MFA profiles.
func (s *stage) adopt(ctx context.Context) error {
	for _, p := range classicPlans() {
		if _, err := s.service.Adopt(ctx, s.caller, audit.Origin{}, profile.Draft{
			Name: p.name, Description: p.about, Tenant: tenant.ID(p.tenant), Services: strings.Fields(p.services),
			Username: p.username, Password: secret.FromString(AppPassword), AdminCenterURL: p.adminCenter,
		}); err != nil {
			return fmt.Errorf("make the profile %s: %w", p.name, err)
		}
	}
	return nil
}
