package storetest

import (
	"errors"
	"testing"
	"time"

	"purser.example/internal/feed"
)

// Feeds holds a feed.Store to its promises.
func Feeds(t *testing.T, open Open) {
	one := func(id string, after time.Duration) feed.Feed {
		return feed.Feed{ID: feed.ID(id), Token: "hash of " + id, Issuer: adele.Issuer, Subject: adele.Subject, Name: "Outlook", Accounts: true, Made: monday.Add(after), Proof: []byte("proof of " + id)}
	}
	hold(t, open, []promise{
		{"an address is kept with its entry or not at all, found by its token, and listed for its owner alone, the newest first", func(r *rig) {
			state := func() any { list, err := r.Feeds.Of(ctx, adele.Issuer, adele.Subject); r.must(err); return list }
			r.allOrNothing(done, state, func() error { return r.Feeds.Make(ctx, one("f1", 0), 5, r.entry(done)) })
			r.must(r.Feeds.Make(ctx, one("f2", time.Hour), 5, r.entry(done)))
			r.same("hers", state(), any([]feed.Feed{one("f2", time.Hour), one("f1", 0)}))
			found, err := r.Feeds.Find(ctx, "hash of f1")
			r.must(err)
			r.same("found", found, one("f1", 0))
			if _, err := r.Feeds.Find(ctx, "hash of f3"); !errors.Is(err, feed.ErrGone) {
				r.Errorf("not there: %v", err)
			}
			others, err := r.Feeds.Of(ctx, adele.Issuer, "another")
			r.must(err)
			r.same("somebody else's", len(others), 0)
		}},
		{"nobody has more than the most, of however many are made at once", func(r *rig) {
			won, lost := atOnce(8, func(i int) error { return r.Feeds.Make(ctx, one(named("f", i), 0), 3, r.entry(done)) })
			if won != 3 || len(lost) != 5 {
				r.Errorf("%d were made", won)
			}
			for _, err := range lost {
				if !errors.Is(err, feed.ErrMany) {
					r.Errorf("err = %v", err)
				}
			}
			r.same("entries", r.logged(done), 2+3) // those of the tenants, and of what was made
		}},
		{"an address is revoked by its owner alone, with its entry or not at all, and then is gone", func(r *rig) {
			r.must(r.Feeds.Make(ctx, one("f1", 0), 5, r.entry(done)))
			if err := r.Feeds.Revoke(ctx, adele.Issuer, "another", "f1", r.entry(done)); !errors.Is(err, feed.ErrGone) {
				r.Errorf("by another: %v", err)
			}
			state := func() any { _, err := r.Feeds.Find(ctx, "hash of f1"); return errors.Is(err, feed.ErrGone) }
			r.allOrNothing("revoked", state, func() error { return r.Feeds.Revoke(ctx, adele.Issuer, adele.Subject, "f1", r.entry("revoked")) })
			if err := r.Feeds.Revoke(ctx, adele.Issuer, adele.Subject, "f1", r.entry(done)); !errors.Is(err, feed.ErrGone) {
				r.Errorf("again: %v", err)
			}
		}},
	})
}
