package watch

import (
	"context"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/tenant"
)

// Night is what the nights that began on one day found, each account by its last check of the night.
type Night struct {
	Day    time.Time // its beginning, UTC
	Counts map[Outcome]int
}

// Recent is how health checks went lately, and what stands in their way, for those who look at all of them at once (R94).
type Recent struct {
	Off    bool                   // health checks are turned off as a whole
	Nights []Night                // of the last Days days, oldest first; one on which nothing began has no counts
	Tally  map[Outcome]int        // of the last check of each account
	Passed map[account.Reason]int // of those that were passed over, why
	Frozen map[tenant.ID]Freeze   // tenants whose checks are frozen
	Left   map[tenant.ID]int      // accounts for which the last night had no time
}

// Recent gives how health checks of a tenant went lately, or those of all where it is empty.
func (s *Service) Recent(ctx context.Context, caller access.Caller, t tenant.ID) (r Recent, err error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return Recent{}, err
	}
	r.Off = !s.On
	first := s.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, 1-Days)
	nights, err := s.Store.Nights(ctx, t, first)
	if err != nil {
		return r, err
	}
	r.Nights = everyDay(nights, first)
	if r.Tally, err = s.Store.Tally(ctx, t); err != nil {
		return r, err
	}
	if r.Passed, err = s.Store.PassedOver(ctx, t); err != nil {
		return r, err
	}
	return r, s.hindered(ctx, t, &r)
}

// hindered finds the tenants whose accounts are not checked, or not all of them.
func (s *Service) hindered(ctx context.Context, t tenant.ID, r *Recent) error {
	frozen, err := s.Store.FrozenTenants(ctx)
	if err != nil {
		return err
	}
	r.Frozen, r.Left = map[tenant.ID]Freeze{}, map[tenant.ID]int{}
	for of, f := range frozen {
		if (t == "" || t == of) && f.Holds(s.Now()) {
			r.Frozen[of] = f
		}
	}
	plans, err := s.Store.Plans(ctx)
	for _, p := range plans {
		if p.Left > 0 && (t == "" || t == p.Tenant) {
			r.Left[p.Tenant] = p.Left
		}
	}
	return err
}

// everyDay puts a night without counts where none began.
func everyDay(nights []Night, first time.Time) []Night {
	list := make([]Night, Days)
	for i := range list {
		list[i].Day = first.AddDate(0, 0, i)
	}
	for _, n := range nights {
		if i := int(n.Day.Sub(first) / (24 * time.Hour)); i >= 0 && i < len(list) {
			list[i] = n
		}
	}
	return list
}
