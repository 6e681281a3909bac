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
	"purser.example/web/auth"
)

// arrivals lets sign-in note who has come without either knowing the other.
type arrivals struct{ people *people.Service }

// Arrive implements auth.Arrivals.
func (a arrivals) Arrive(ctx context.Context, who login.Identity, origin audit.Origin) (auth.Arrived, error) {
	come, err := a.people.Arrive(ctx, people.Arrival{
		Caller: who.Caller, Tenant: tenant.ID(who.Entra.Tenant), Object: who.Entra.Object, Address: who.Address, Groups: who.Groups, GroupsTold: who.Grouped,
	}, origin)
	return auth.Arrived{Caller: come.Caller, Waits: come.Waits, Unread: come.Unknown}, err
}

// Ask implements auth.Arrivals.
func (a arrivals) Ask(ctx context.Context, caller access.Caller, origin audit.Origin) error {
	return a.people.Ask(ctx, caller, origin)
}

// roles says what somebody may do now, by what is kept of them (R8).
func (a *App) roles(ctx context.Context, caller access.Caller) (access.Caller, error) {
	caller, err := a.People.Roles(ctx, caller)
	if errors.Is(err, people.ErrOut) {
		return caller, session.ErrEnded
	}
	return caller, err
}
