package scan

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/pool"
	"purser.example/internal/run"
)

const (
	// confirmed is how long a grant that was read back is taken to hold: somebody may take it away at Microsoft, so that it is looked at
	// again now and then, and not with every daily scan.
	confirmed = 7 * 24 * time.Hour
	// chunk is how many items are added in one transaction: others' writes get in between.
	chunk = 1000
	// rounds is how often the sites are registered anew because a pool was saved with another group meanwhile.
	rounds = 5
	// lookAgain is how often a run is looked at that tells nothing.
	lookAgain = 5 * time.Second
)

// register makes the groups of the saved pools administrators of the sites that the scan reaches (R51), and waits for that.
func (w *working) register(ctx context.Context) error {
	if w.scan.Method != ByAccount || w.first(SectionRead) == nil || ctx.Err() != nil {
		return nil
	}
	if w.tried == nil {
		w.tried = map[string]bool{}
		if err := w.termStore(ctx); err != nil || ctx.Err() != nil {
			return err
		}
		if err := w.adopt(ctx); err != nil || ctx.Err() != nil {
			return err
		}
	}
	for round := 0; w.cut == ""; round++ {
		saved, err := w.saved(ctx)
		if err != nil || len(saved) == 0 || round == rounds {
			return err
		}
		r, err := w.beginGrants(ctx, saved)
		if err != nil || ctx.Err() != nil {
			return err
		}
		if r.ID != "" {
			if err := w.await(ctx, r); err != nil || ctx.Err() != nil {
				return err
			}
		}
		for _, p := range saved {
			w.tried[trying(p)] = true
		}
	}
	return nil
}

// trying names a pool with its group: another class may have the same group on other sites.
func trying(p pool.Pool) string { return string(p.Class) + " " + p.Group.ID }

// saved are the pools whose groups have to be registered on sites of the scan, as they are saved now, and were not yet.
func (w *working) saved(ctx context.Context) ([]pool.Pool, error) {
	var list []pool.Pool
	for _, class := range pool.Classes {
		if len(w.registered(class)) == 0 {
			continue
		}
		p, err := w.pools.Saved(ctx, pool.Key{Tenant: w.scan.Tenant, Class: class})
		if err != nil {
			return nil, err
		}
		if p.Group.ID != "" && !w.tried[trying(p)] {
			list = append(list, p)
		}
	}
	return list, nil
}

// adopt waits for the run that the scan began before Purser ended. While the scan is not stored as registering, its run may never have been
// handed over; then it is begun anew, and what it did already is not done again.
func (w *working) adopt(ctx context.Context) error {
	if w.scan.Grants == "" {
		return nil
	}
	r, err := w.runs.Known(ctx, w.scan.Grants)
	if errors.Is(err, run.ErrGone) {
		return nil
	}
	if err != nil {
		return err
	}
	if w.scan.State != Registering && (r.State == run.Preparing || r.State == run.Cancelled) {
		return nil
	}
	if err := w.await(ctx, r); err != nil || ctx.Err() != nil {
		return err
	}
	saved, err := w.saved(ctx)
	for _, p := range saved {
		if !p.By.At.After(r.Begun) {
			w.tried[trying(p)] = true
		}
	}
	return err
}

// beginGrants begins the run that registers the groups on what needs it; none where nothing does. The scan has its id before it is handed
// over, so that the next start finds it.
func (w *working) beginGrants(ctx context.Context, saved []pool.Pool) (run.Run, error) {
	since := w.now().Add(-confirmed)
	needs := false
	for _, p := range saved {
		first, err := w.store.ToGrant(ctx, w.scan.Tenant, w.registered(p.Class), p.Group.ID, since, 0, 1)
		if err != nil {
			return run.Run{}, err
		}
		needs = needs || len(first) > 0
	}
	if !needs {
		return run.Run{}, nil
	}
	r, err := w.newGrants()
	if err != nil {
		return run.Run{}, err
	}
	r.Scope, w.scan.Grants, w.scan.State = string(w.scan.ID), r.ID, Running
	r, err = w.runs.Begin(ctx, r, func(add func([]run.Item) error) error {
		for _, p := range saved {
			if err := w.addSites(ctx, p, since, add); err != nil {
				return err
			}
		}
		return w.progress(ctx)
	}, described)
	if err != nil {
		return run.Run{}, w.heard(ctx, err)
	}
	if ctx.Err() != nil {
		return run.Run{}, w.withdraw(ctx, r)
	}
	w.scan.State = Registering
	return r, w.progress(ctx)
}

func (w *working) newGrants() (run.Run, error) {
	if w.scan.Attended {
		return w.runs.New(w.Grants(), w.scan.Actor.Caller(), w.scan.Origin, w.scan.Name)
	}
	return w.runs.NewUnattended(w.Grants(), w.scan.Name)
}

// described adds to the entry of a registration's beginning how many sites it has.
func described(r run.Run, e audit.Entry) audit.Entry {
	return e.With("sites", fmt.Sprint(r.Total)).With("scan", r.Scope)
}

func (w *working) addSites(ctx context.Context, p pool.Pool, since time.Time, add func([]run.Item) error) error {
	for after := ObjectID(0); ; {
		sites, err := w.store.ToGrant(ctx, w.scan.Tenant, w.registered(p.Class), p.Group.ID, since, after, chunk)
		if err != nil || len(sites) == 0 {
			return err
		}
		items := make([]run.Item, len(sites))
		for i, o := range sites {
			items[i], after = itemOf(o), o.ID
		}
		if err := add(items); err != nil {
			return err
		}
	}
}

func itemOf(o Object) run.Item {
	return run.Item{Subject: strconv.FormatInt(int64(o.ID), 10), Name: o.Name, Username: o.Address, Tenant: o.Tenant}
}

// await waits for the end of a run. Where somebody stops the scan, the run is stopped too, and what is under way is waited for.
func (w *working) await(ctx context.Context, r run.Run) error {
	changes, stop := w.runs.Watch(r.ID)
	defer stop()
	tick := time.NewTicker(lookAgain)
	defer tick.Stop()
	for {
		now, err := w.runs.Known(ctx, r.ID)
		switch {
		case ctx.Err() != nil:
			return w.withdraw(ctx, r)
		case errors.Is(err, run.ErrGone):
			w.cut = NotRegistered
			return nil
		case err != nil:
			return err
		case now.State.Over():
			return w.took(ctx, now)
		}
		select {
		case <-changes:
			w.shifts.Changed(string(w.scan.ID))
		case <-tick.C:
		case <-ctx.Done():
		}
	}
}

// took takes in how a run ended. One that lost everybody who could register sites was not tried to its end, and neither was one that
// learned nothing of any site. Where not one of all sites took the group it is the group that is wrong, such as one that was deleted.
func (w *working) took(ctx context.Context, r run.Run) error {
	untold := r.Counts[run.NotReached] + r.Counts[run.Interrupted] + r.Counts[run.Dropped]
	w.short = w.short || untold+r.Counts[run.Rejected] > 0
	reasons, err := w.runs.Reasons(ctx, r.ID, run.NotReached)
	if err != nil {
		return err
	}
	delete(reasons, account.Reason(NotReachable)) // of single sites
	delete(reasons, account.Reason(Unavailable))
	switch {
	case r.State == run.Cancelled:
		w.cut = NotRegistered
	case len(reasons) > 0, untold > 0 && untold == r.Total, r.Counts[run.Rejected] > 0 && r.Counts[run.Confirmed] == 0 && r.Total >= w.sites():
		w.cut = SitesLeftOver
	}
	return nil
}

// sites is how many sites the scan found that are to be registered.
func (w *working) sites() (n int) {
	for _, of := range w.scan.Sections {
		if of.Type.Registered() {
			n += of.Found
		}
	}
	return n
}

// withdraw stops the run of a scan that is stopped, and waits a while for what is under way.
func (w *working) withdraw(ctx context.Context, r run.Run) error {
	if !run.IsCancelled(ctx) {
		return nil
	}
	after, cancel := account.Beyond(ctx)
	defer cancel()
	changes, stop := w.runs.Watch(r.ID)
	defer stop()
	if err := w.runs.Withdraw(after, w.Grants(), r); err != nil {
		return err
	}
	for {
		now, err := w.runs.Known(after, r.ID)
		if err != nil || now.State.Over() {
			return nil //nolint:nilerror // the run comes to its end by itself
		}
		select {
		case <-changes:
		case <-after.Done():
			return nil
		}
	}
}
