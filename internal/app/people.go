package app

import (
	"context"
	"errors"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/login"
	"purser.example/internal/people"
	"purser.example/internal/session"
	"purser.example/internal/tenant"
)

// arrivals lets sign-in note who has come without either knowing the other.
type arrivals struct{ people *people.Service }

// Arrive implements auth.Arrivals.
func (a arrivals) Arrive(ctx context.Context, who login.Identity, origin audit.Origin) (access.Caller, error) {
	return a.people.Arrive(ctx, people.Arrival{Caller: who.Caller, Tenant: tenant.ID(who.Entra.Tenant), Object: who.Entra.Object}, origin)
}

// roles says what somebody may do now, by what is kept of them (R8).
func (a *App) roles(ctx context.Context, caller access.Caller) (access.Caller, error) {
	caller, err := a.People.Roles(ctx, caller)
	if errors.Is(err, people.ErrOut) {
		return caller, session.ErrEnded
	}
	return caller, err
}
