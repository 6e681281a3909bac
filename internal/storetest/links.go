package storetest

import (
	"errors"
	"testing"
	"time"

	"purser.example/internal/breakglass"
)

// Links holds a breakglass.Store to its promises.
func Links(t *testing.T, open Open) {
	link := func(id string) breakglass.Link {
		return breakglass.Link{ID: id, Token: "hash of " + id, Made: monday, By: "adele as root", Proof: []byte("proof of " + id)}
	}
	hold(t, open, []promise{
		{"a link comes back as it was taken, and one that is not there is none", func(r *rig) {
			r.must(r.Links.Take(ctx, link("l1"), r.entry(done)))
			got, err := r.Links.Find(ctx, "hash of l1")
			r.must(err)
			r.same("the link", got, link("l1"))
			if _, err := r.Links.Find(ctx, "hash of l2"); !errors.Is(err, breakglass.ErrNone) {
				r.Errorf("not there: %v", err)
			}
		}},
		{"a link is taken once, with its entry or not at all", func(r *rig) {
			there := func() any {
				_, err := r.Links.Find(ctx, "hash of l1")
				return err == nil
			}
			r.allOrNothing(done, there, func() error { return r.Links.Take(ctx, link("l1"), r.entry(done)) })
			before := r.logged(done)
			for _, again := range []breakglass.Link{link("l1"), {ID: "l2", Token: "hash of l1", Made: monday, Proof: []byte("p")}} {
				if err := r.Links.Take(ctx, again, r.entry(done)); !errors.Is(err, breakglass.ErrKnown) || r.logged(done) != before {
					r.Errorf("again: %v", err)
				}
			}
		}},
		{"a link is used once, with its entry or not at all", func(r *rig) {
			r.must(r.Links.Take(ctx, link("l1"), r.entry(done)))
			at := monday.Add(time.Minute)
			state := func() any {
				l, err := r.Links.Find(ctx, "hash of l1")
				r.must(err)
				return l
			}
			use := func() error { return r.Links.Use(ctx, "l1", at, "192.0.2.1", r.entry(done)) }
			r.allOrNothing(done, state, use)
			want := link("l1")
			want.Used, want.From = at, "192.0.2.1"
			r.same("the link", state(), any(want))
			if err := use(); !errors.Is(err, breakglass.ErrNone) {
				r.Errorf("again: %v", err)
			}
			if err := r.Links.Use(ctx, "l2", at, "", r.entry(done)); !errors.Is(err, breakglass.ErrNone) {
				r.Errorf("one that is not there: %v", err)
			}
		}},
		{"of many who use a link at once, one does", func(r *rig) {
			r.must(r.Links.Take(ctx, link("l1"), r.entry(done)))
			won, lost := atOnce(16, func(int) error { return r.Links.Use(ctx, "l1", monday, "192.0.2.1", r.entry(done)) })
			r.oneWon(won, lost, breakglass.ErrNone)
		}},
		{"everybody puts uses away for themselves, up to a moment and never back", func(r *rig) {
			for i, id := range []string{"l1", "l2", "l3"} {
				r.must(r.Links.Take(ctx, link(id), r.entry(done)))
				if id != "l3" {
					r.must(r.Links.Use(ctx, id, monday.Add(time.Duration(i)*time.Minute), "192.0.2.1", r.entry(done)))
				}
			}
			unseen := func(subject string) any {
				list, err := r.Links.Unseen(ctx, "idp", subject)
				r.must(err)
				ids := []string{}
				for _, l := range list {
					ids = append(ids, l.ID)
				}
				return ids
			}
			r.same("those of adele", unseen("adele"), any([]string{"l2", "l1"}))
			r.allOrNothing(done, func() any { return unseen("adele") }, func() error { return r.Links.Dismiss(ctx, "idp", "adele", monday, r.entry(done)) })
			r.same("those of adele", unseen("adele"), any([]string{"l2"}))
			r.same("those of megan", unseen("megan"), any([]string{"l2", "l1"}))
			r.must(r.Links.Dismiss(ctx, "idp", "adele", monday.Add(time.Minute), r.entry(done)))
			r.must(r.Links.Dismiss(ctx, "idp", "adele", monday, r.entry(done)))
			r.same("those of adele", unseen("adele"), any([]string{}))
			r.must(r.Links.Use(ctx, "l3", monday.Add(time.Hour), "192.0.2.1", r.entry(done)))
			r.same("those of adele", unseen("adele"), any([]string{"l3"}))
		}},
	})
}
