package sample

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/m365sim"
	"purser.example/internal/profile"
	"purser.example/internal/secret"
	"purser.example/internal/tenant"
)

// atOnce is how many profiles are worked on at a time.
const atOnce = 8

// Profiles makes the 42 profiles of the sample through the service, each validated against the simulator; then it lets happen
// to their accounts what their stories say and validates them again. Afterwards 29 are valid, with and without warnings, the
// other 13 have every other status that a validation gives a common profile, and the last attempt of three could not tell
// (R62). Two classic MFA profiles come beside them, not validated, as an import brings them (R30). The fixture's tenants must be connected.
//
// Where profiles exist already (a demo that keeps its data), none is made or validated; only the simulator, which always
// starts afresh, is brought to where the stories ended, so that the stored statuses hold.
func Profiles(ctx context.Context, service *profile.Service, sim *m365sim.Simulator, caller access.Caller) error {
	_, counts, err := service.List(ctx, caller, profile.Query{})
	if err != nil {
		return fmt.Errorf("look for profiles: %w", err)
	}
	s := &stage{service: service, sim: sim, caller: caller, made: counts.All == 0}
	all := plans()
	ids := make([]profile.ID, len(all))
	if s.made {
		if err := each(len(all), func(i int) (err error) {
			ids[i], err = s.create(ctx, all[i])
			return err
		}); err != nil {
			return err
		}
		if err := s.adopt(ctx); err != nil {
			return err
		}
	}
	return each(len(all), func(i int) error { return s.tell(ctx, all[i], ids[i]) })
}

// stage is where the profiles are made and their stories told.
type stage struct {
	service *profile.Service
	sim     *m365sim.Simulator
	caller  access.Caller
	made    bool // the profiles are new, so that they are validated after each event
}

func (s *stage) create(ctx context.Context, p plan) (profile.ID, error) {
	made, err := s.service.Create(ctx, s.caller, audit.Origin{}, profile.Draft{
		Name: p.name, Description: p.about, Tenant: tenant.ID(p.tenant), Services: strings.Fields(p.services),
		Username: p.username, Password: secret.FromString(Password),
	})
	if err != nil {
		return "", fmt.Errorf("make the profile %s: %w", p.name, err)
	}
	return made.ID, nil
}

func (s *stage) tell(ctx context.Context, p plan, id profile.ID) error {
	for _, happens := range p.story {
		if err := happens(s.sim, p.username); err != nil {
			return fmt.Errorf("change the account %s: %w", p.username, err)
		}
		if !s.made {
			continue
		}
		if _, err := s.service.Validate(ctx, s.caller, audit.Origin{}, id); err != nil {
			return fmt.Errorf("validate the profile %s: %w", p.name, err)
		}
	}
	return nil
}

// each runs do for 0 to n-1, a few at a time, and returns every error.
func each(n int, do func(i int) error) error {
	var running sync.WaitGroup
	errs, slots := make([]error, n), make(chan struct{}, atOnce)
	for i := range n {
		slots <- struct{}{}
		running.Go(func() {
			defer func() { <-slots }()
			errs[i] = do(i)
		})
	}
	running.Wait()
	return errors.Join(errs...)
}
