package app

import (
	"context"

	"purser.example/internal/microsoft"
	"purser.example/internal/profile"
	"purser.example/internal/verdict"
)

// validator lets profiles ask the Microsoft client without either knowing the other.
type validator struct{ client *microsoft.Client }

// Validate implements profile.Validator.
func (v validator) Validate(ctx context.Context, a profile.Account) verdict.Verdict {
	return v.client.Validate(ctx, microsoft.Account{
		Tenant:   microsoft.TenantRef{ID: string(a.Tenant.ID), InitialDomain: a.Tenant.InitialDomain, Cloud: microsoft.Cloud(a.Tenant.Cloud)},
		App:      microsoft.App{ID: a.App.ApplicationID, Secret: a.App.Secret},
		Username: a.Username, Password: a.Password,
	})
}
