package appprofile

import (
	"context"
	"strings"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/shown"
	"purser.example/internal/tenant"
)

// Connected is the action of connecting a tenant without asking for it.
const Connected audit.Action = "tenant connected"

// Connect keeps a tenant with an app profile that is known already, as the demo does, and asks Microsoft 365 nothing: the profile is not
// checked, and called as the tenant is. Connecting the tenant again replaces that profile, and no other.
func (s *Service) Connect(ctx context.Context, caller access.Caller, origin audit.Origin, t tenant.Tenant, app App) error {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return err
	}
	t.ID, t.InitialDomain = tenant.ParseID(string(t.ID)), strings.ToLower(t.InitialDomain)
	if t.ID == "" || t.InitialDomain == "" || app.ApplicationID == "" {
		return problem.New(problem.Invalid, "A tenant needs an ID, its initial domain, and an application ID.")
	}
	if strings.ContainsFunc(string(t.ID)+t.InitialDomain+app.ApplicationID, shown.Odd) { // the name is Microsoft's, to the letter (X17)
		return problem.New(problem.Invalid, "The ID of a tenant, its initial domain, and an application ID can't have invisible characters.")
	}
	t.Connected = s.now()
	by := stampOf(caller, t.Connected)
	c := Credential{ID: Former, Kind: Secret, Standing: Waiting, Added: by}
	if app.Secret.Empty() {
		c.Kind = Public
	}
	p := Profile{
		ID: ID(t.ID), Name: shown.Line(t.Called()), Tenant: t.ID, ApplicationID: app.ApplicationID, Credentials: []Credential{c},
		Status: NotChecked, Version: 1, Created: by, Modified: by,
	}
	if p.Name == "" {
		p.Name = t.InitialDomain
	}
	sealed, err := s.seal(t, p, material{c, app.Secret})
	if err != nil {
		return err
	}
	entry := audit.By(caller, origin, Connected, audit.Target{Kind: "tenant", ID: string(t.ID), Name: t.DisplayName}).With("application", app.ApplicationID)
	err = s.store.Connect(ctx, t, p, []Sealed{sealed}, entry)
	s.tenants.Forget()
	s.directory.Forget(p.ID)
	return told(err)
}
