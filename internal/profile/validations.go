package profile

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/run"
)

// Validations are the runs that validate many profiles behind the pages (R11).
type Validations struct {
	profiles *Service
	runs     *run.Service
	kind     validation
}

// NewValidations joins the parts, and makes the kind known to the runs.
func NewValidations(profiles *Service, runs *run.Service) *Validations {
	v := &Validations{profiles: profiles, runs: runs, kind: validation{profiles}}
	runs.Add(v.kind)
	return v
}

// Kind is validations as a kind of run.
func (v *Validations) Kind() run.Kind { return v.kind }

// chunk is how many items are added in one transaction: others' writes get in between.
const chunk = 1000

// Begin makes a run of the profiles with these ids, each once, and hands it to the background work. Those that are not there any
// more are left out.
func (v *Validations) Begin(ctx context.Context, caller access.Caller, origin audit.Origin, ids []ID) (run.Run, error) {
	return v.attended(ctx, caller, origin, "Selected profiles", v.selected(ctx, ids))
}

// BeginImported is Begin of the profiles that a file brought (R30).
func (v *Validations) BeginImported(ctx context.Context, caller access.Caller, origin audit.Origin, ids []ID) (run.Run, error) {
	return v.attended(ctx, caller, origin, "Imported profiles", v.selected(ctx, ids))
}

// BeginMatching makes a run of every profile that the query's search and filters match. selection says in words which.
func (v *Validations) BeginMatching(ctx context.Context, caller access.Caller, origin audit.Origin, q Query, selection string) (run.Run, error) {
	return v.attended(ctx, caller, origin, selection, v.matching(ctx, q))
}

// BeginUnattended makes a run of every profile that the query matches for Purser itself: nobody waits for it, so it keeps to
// the etiquette.
func (v *Validations) BeginUnattended(ctx context.Context, q Query, selection string) (run.Run, error) {
	r, err := v.runs.NewUnattended(v.kind, selection)
	if err != nil {
		return run.Run{}, err
	}
	return v.runs.Begin(ctx, r, v.matching(ctx, q), described)
}

// Again makes a run of those profiles of an earlier one that got no verdict.
func (v *Validations) Again(ctx context.Context, caller access.Caller, origin audit.Origin, id run.ID) (run.Run, error) {
	if _, err := v.runs.Find(ctx, caller, v.kind, id); err != nil {
		return run.Run{}, err
	}
	subjects, err := v.runs.Subjects(ctx, id, run.NotReached, run.Interrupted, run.Dropped)
	if err != nil {
		return run.Run{}, err
	}
	if len(subjects) == 0 {
		return run.Run{}, v.kind.Words().None()
	}
	ids := make([]ID, len(subjects))
	for i, subject := range subjects {
		ids[i] = ID(subject)
	}
	return v.Begin(ctx, caller, origin, ids)
}

func (v *Validations) attended(ctx context.Context, caller access.Caller, origin audit.Origin, selection string, fill run.Fill) (run.Run, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return run.Run{}, err
	}
	r, err := v.runs.New(v.kind, caller, origin, selection)
	if err != nil {
		return run.Run{}, err
	}
	return v.runs.Begin(ctx, r, fill, described)
}

// described adds to the entry of a run's beginning which profiles it has.
func described(r run.Run, e audit.Entry) audit.Entry {
	return e.With("selection", r.Title).With("profiles", fmt.Sprint(r.Total))
}

// selected fills a run with the profiles of these ids.
func (v *Validations) selected(ctx context.Context, ids []ID) run.Fill {
	return func(add func([]run.Item) error) error {
		known := map[ID]bool{}
		for part := range slices.Chunk(ids, chunk) {
			var items []run.Item
			for _, id := range part {
				if known[id] {
					continue
				}
				known[id] = true
				p, err := v.profiles.store.Profile(ctx, id)
				if errors.Is(err, ErrGone) {
					continue
				}
				if err != nil {
					return err
				}
				items = append(items, itemOf(p))
			}
			if err := add(items); err != nil {
				return err
			}
		}
		return nil
	}
}

// matching fills a run with every profile that the query matches.
func (v *Validations) matching(ctx context.Context, q Query) run.Fill {
	q.Sort, q.Down, q.After, q.Before, q.Limit, q.Window = ByName, false, "", "", chunk, expiring(v.profiles.now())
	return func(add func([]run.Item) error) error {
		for {
			page, err := v.profiles.store.List(ctx, q)
			if err != nil {
				return err
			}
			var items []run.Item
			for _, row := range page.Rows {
				items = append(items, itemOf(row.Profile))
			}
			if err := add(items); err != nil || page.Next == "" {
				return err
			}
			q.After = page.Next
		}
	}
}

func itemOf(p Profile) run.Item {
	return run.Item{Subject: string(p.ID), Name: p.Name, Username: p.Username, Tenant: p.Tenant}
}
