package people

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/tenant"
)

// Belongs is what was found of the groups of somebody who signs in.
type Belongs struct {
	Read bool  // it is known which of the groups with a role they are in; otherwise what was known before stays
	Err  error // why it is not
}

// readings keeps for a while what was read of somebody's groups, so that many sign-ins ask Microsoft once.
type readings struct {
	mu   sync.Mutex
	kept map[string]reading
}

type reading struct {
	at     time.Time
	asked  []string
	groups []string
}

// keep is how long it holds.
const keepGroups = 5 * time.Minute

func (r *readings) find(key string, asked []string, now time.Time) ([]string, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	k, there := r.kept[key]
	return k.groups, there && now.Sub(k.at).Abs() < keepGroups && slices.Equal(k.asked, asked)
}

func (r *readings) keep(key string, k reading) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.kept == nil {
		r.kept = map[string]reading{}
	}
	for other, is := range r.kept {
		if k.at.Sub(is.at).Abs() >= keepGroups {
			delete(r.kept, other)
		}
	}
	r.kept[key] = k
}

// belongs finds out which of the groups with a role somebody is in: by the claim, or else through the tenant (R7). A failure is never a no.
func (s *Service) belongs(ctx context.Context, who Arrival, origin audit.Origin) ([]Person, Belongs) {
	t, object := who.Tenant, who.Object
	if known, err := s.Store.Known(ctx, who.Caller.Issuer, who.Caller.Subject); err == nil && object == "" {
		t, object = known.Tenant, known.Object
	}
	if t == "" || object == "" {
		return nil, Belongs{}
	}
	groups, err := s.Store.Groups(ctx, t)
	if err != nil {
		return nil, Belongs{Err: err}
	}
	if len(groups) == 0 {
		return nil, Belongs{Read: true}
	}
	in := who.Groups
	if !who.GroupsTold || t != who.Tenant || !byObject(in) {
		if in, err = s.read(ctx, who, origin, t, object, groups); err != nil {
			return nil, Belongs{Err: err}
		}
	}
	return slices.DeleteFunc(groups, func(g Person) bool {
		return !slices.ContainsFunc(in, func(id string) bool { return strings.EqualFold(id, g.Object) })
	}), Belongs{Read: true}
}

// byObject reports whether a claim names groups by their object ids. One that has their names, as an administrator may choose, says nothing of
// those that were given a role.
func byObject(groups []string) bool {
	return !slices.ContainsFunc(groups, func(id string) bool { return len(id) != 36 || uuid.Validate(id) != nil })
}

// read asks the tenant, by its app profile: nobody's account is signed in with for it.
func (s *Service) read(ctx context.Context, who Arrival, origin audit.Origin, t tenant.ID, object string, groups []Person) ([]string, error) {
	var ids []string
	for _, g := range groups {
		ids = append(ids, g.Object)
	}
	slices.Sort(ids)
	key := string(t) + " " + object
	if in, fresh := s.readings.find(key, ids, s.Now()); fresh {
		return in, nil
	}
	in, err := asked(ctx, s, who.Caller, origin, Look{Tenant: t, With: ByApp}, func(lookup Lookup) ([]string, error) { return lookup.GroupsOf(ctx, object, ids) })
	if errors.Is(err, ErrNone) {
		err = problem.New(problem.Upstream, "Microsoft 365 no longer knows this person.")
	}
	if err == nil {
		s.readings.keep(key, reading{s.Now(), ids, in})
	}
	return in, err
}
