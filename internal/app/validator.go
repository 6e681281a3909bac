package app

import (
	"context"

	"purser.example/internal/account"
	"purser.example/internal/microsoft"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

// validator lets accounts be tried by the Microsoft client without either knowing the other.
type validator struct{ client *microsoft.Client }

// Validate implements account.Validator.
func (v validator) Validate(ctx context.Context, a account.Account) verdict.Verdict {
	return v.client.Validate(ctx, accountOf(a))
}

func accountOf(a account.Account) microsoft.Account {
	return microsoft.Account{
		Tenant: ref(a.Tenant), App: appOf(a.App), Username: a.Username, Password: a.Password, AppPassword: a.AppPassword, AdminCenter: a.AdminCenter,
	}
}

func ref(t tenant.Tenant) microsoft.TenantRef {
	r := microsoft.TenantRef{ID: string(t.ID), InitialDomain: t.InitialDomain, Cloud: microsoft.Cloud(t.Cloud)}
	for _, d := range t.CloudDomains {
		r.CloudDomains = append(r.CloudDomains, d.Domain)
	}
	return r
}
