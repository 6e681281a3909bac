package profile_test

import (
	"context"
	"errors"
	"testing"

	"purser.example/internal/access"
	"purser.example/internal/problem"
	"purser.example/internal/profile"
)

// user is a noun that may use profiles.
type user struct {
	uses func(profile.Profile) ([]profile.Use, error)
}

func (u user) Uses(_ context.Context, _ access.Caller, p profile.Profile) ([]profile.Use, error) {
	return u.uses(p)
}

// R20: whoever may use a profile is asked, in the details and before it is deleted; where one cannot tell, nobody is told that nothing
// uses it.
func TestEverybodyWhoMayUseAProfileIsAsked(t *testing.T) {
	r := newRig(t)
	p := r.create(t)
	broken := errors.New("the database cannot be read")
	var failure error
	scan, lease := profile.Use{Kind: "scan profile", ID: "9", Name: "Nightly"}, profile.Use{Kind: "lease", ID: "4", Name: "Migration"}
	r.UsedBy(
		user{func(asked profile.Profile) ([]profile.Use, error) {
			if asked.ID != p.ID {
				t.Errorf("asked about %s", asked.Name)
			}
			return []profile.Use{scan}, nil
		}},
		user{func(profile.Profile) ([]profile.Use, error) { return []profile.Use{lease}, failure }},
	)
	d, err := r.Details(ctx, adele, p.ID)
	if err != nil || len(d.Uses) != 2 || d.Uses[0] != scan || d.Uses[1] != lease {
		t.Errorf("the details tell of %v, %v", d.Uses, err)
	}
	doomed, err := r.BeforeDelete(ctx, adele, []profile.ID{"gone", p.ID})
	if err != nil || len(doomed) != 1 || doomed[0].ID != p.ID || len(doomed[0].Uses) != 2 {
		t.Errorf("before it is deleted: %v, %v", doomed, err)
	}
	if _, err := r.BeforeDelete(ctx, nobody, []profile.ID{p.ID}); problem.KindOf(err) != problem.Forbidden {
		t.Errorf("somebody without the right is told %v", err)
	}
	failure = broken
	if _, err := r.Details(ctx, adele, p.ID); !errors.Is(err, broken) {
		t.Errorf("the details say %v where one cannot tell", err)
	}
	if _, err := r.BeforeDelete(ctx, adele, []profile.ID{p.ID}); !errors.Is(err, broken) {
		t.Errorf("before it is deleted: %v where one cannot tell", err)
	}
}
