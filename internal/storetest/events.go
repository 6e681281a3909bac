package storetest

import (
	"errors"
	"strconv"
	"testing"
	"time"

	"purser.example/internal/event"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
	"purser.example/internal/watch"
)

// happened is the n-th of many events, an hour after the one before.
func happened(n int, k event.Kind, t tenant.ID) event.Event {
	return event.Event{
		ID: event.IDOf(k, strconv.Itoa(n)), Kind: k, Tenant: t, Object: event.Object{Kind: "profile", ID: "p" + strconv.Itoa(n), Name: "Backup"},
		Account: "svc@contoso.com", Cause: "Wrong password", At: monday.Add(time.Duration(n) * time.Hour), Facts: []event.Fact{{Name: "Since", Value: "Monday"}},
	}
}

// Events holds an event.Store to its promises.
func Events(t *testing.T, open Open) {
	hold(t, open, []promise{
		{"an event is kept once, however often it is told (R92)", func(r *rig) {
			e := happened(1, event.Broken, contoso.ID)
			other := e
			other.Cause = "told again"
			for _, e := range []event.Event{e, e, other} {
				r.must(r.Events.Put(ctx, e))
			}
			page, err := r.Events.List(ctx, event.Query{})
			r.must(err)
			r.same("kept", page, event.Page{Rows: []event.Stored{{No: page.Rows[0].No, Event: e}}})
			newest, err := r.Events.Newest(ctx)
			r.must(err)
			r.same("newest", newest, page.Rows[0].No)
		}},
		{"events are read page by page, newest first, by tenant, kind, time and number", func(r *rig) {
			var all []event.Event
			for n := range 7 {
				all = append(all, happened(n, []event.Kind{event.Broken, event.Ending}[n%2], []tenant.ID{contoso.ID, fabrikam.ID}[n/4]))
			}
			r.must(r.Events.Put(ctx, all...))
			r.same("all", r.numbers(event.Query{Limit: 2}), []int{6, 5, 4, 3, 2, 1, 0})
			r.same("a tenant", r.numbers(event.Query{Tenant: contoso.ID, Limit: 3}), []int{3, 2, 1, 0})
			r.same("a kind", r.numbers(event.Query{Kinds: []event.Kind{event.Ending}, Limit: 1}), []int{5, 3, 1})
			r.same("since", r.numbers(event.Query{Since: all[5].At}), []int{6, 5})
			page, err := r.Events.List(ctx, event.Query{Limit: 3})
			r.must(err)
			r.same("behind", r.numbers(event.Query{Behind: page.Rows[2].No}), []int{6, 5})
			r.same("a cursor that nobody wrote", r.numbers(event.Query{After: "x.1", Limit: 200}), []int{6, 5, 4, 3, 2, 1, 0})
			n, err := r.Events.Count(ctx, event.Query{Tenant: contoso.ID}, 3)
			r.must(err)
			r.same("counted up to a limit", n, 3)
		}},
		{"each person has seen events up to one, and never fewer (R92)", func(r *rig) {
			seen := func(issuer, subject string) int64 {
				no, err := r.Events.Seen(ctx, issuer, subject)
				r.must(err)
				return no
			}
			r.same("nobody said so", seen("https://idp", "adele"), int64(0))
			r.must(r.Events.See(ctx, "https://idp", "adele", 7))
			r.must(r.Events.See(ctx, "https://idp", "adele", 5))
			r.must(r.Events.See(ctx, "https://other", "adele", 2))
			r.same("seen", seen("https://idp", "adele"), int64(7))
			r.same("seen by another", seen("https://other", "adele"), int64(2))
		}},
		{"old events go, some at a time, and don't come again", func(r *rig) {
			for n := range 5 {
				r.must(r.Events.Put(ctx, happened(n, event.Broken, contoso.ID)))
			}
			r.advance(event.Keep + 3*time.Hour)
			for more := true; more; {
				var err error
				more, err = r.Events.Forget(ctx, r.now().Add(-event.Keep), 2)
				r.must(err)
			}
			r.must(r.Events.Put(ctx, happened(0, event.Broken, contoso.ID)))
			r.same("left", r.numbers(event.Query{}), []int{4, 3})
		}},
		{"an event is stored together with the check that it tells of, or neither is (R92)", func(r *rig) {
			r.create(r.sketch("p1", contoso.ID))
			no := r.gathered("p1").No
			c := watch.Check{At: monday, Outcome: watch.Bad, Status: verdict.WrongPassword, Code: "AADSTS50126"}
			allow := r.RefuseEvents()
			if err := r.Watches.Settle(ctx, no, &c, time.Time{}, happened(1, event.Broken, contoso.ID)); err == nil {
				r.Error("a check was stored without its event")
			}
			r.same("nothing", []any{r.gathered("p1").Last, len(r.numbers(event.Query{}))}, []any{watch.Check{}, 0})
			allow()
			r.must(r.Watches.Settle(ctx, no, &c, time.Time{}, happened(1, event.Broken, contoso.ID)))
			r.same("both", []any{r.gathered("p1").Last, r.numbers(event.Query{})}, []any{c, []int{1}})
			r.must(r.Watches.Forget(ctx, no))
			r.must(r.Watches.Settle(ctx, no, &c, time.Time{}, happened(2, event.Broken, contoso.ID)))
			r.same("of a place that is gone", r.numbers(event.Query{}), []int{1})
			if _, err := r.Watches.Watched(ctx, r.placeOf("p1")); !errors.Is(err, watch.ErrGone) {
				r.Errorf("%v", err)
			}
		}},
	})
}

// numbers are those of the events that a query finds, over all its pages.
func (r *rig) numbers(q event.Query) (list []int) {
	r.Helper()
	for {
		page, err := r.Events.List(ctx, q)
		r.must(err)
		for _, e := range page.Rows {
			list = append(list, int(e.At.Sub(monday)/time.Hour))
		}
		if q.After = page.Next; q.After == "" {
			return list
		}
	}
}
