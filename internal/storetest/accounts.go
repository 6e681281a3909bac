package storetest

import (
	"fmt"
	"testing"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/tenant"
)

// Accounts holds an account.Store to its promises.
func Accounts(t *testing.T, open Open) {
	svc := account.KeyOf("t1", "svc@contoso.com")
	hold(t, open, []promise{
		{"an attempt counts for its account and for the whole tenant, and for nobody else", func(r *rig) {
			for key, n := range map[account.Key]int{svc: 3, account.KeyOf("t1", "svc"): 2, account.KeyOf("t1", "SVC@contoso.com.au"): 1, account.KeyOf("t10", "svc@contoso.com"): 4, account.KeyOf("t", "svc@contoso.com"): 5} {
				for range n {
					r.must(r.Accounts.Begin(ctx, key, r.entry(done)))
				}
			}
			for key, want := range map[account.Key]int{svc: 3, account.KeyOf("t1", "SVC"): 2, {Tenant: "t1"}: 6, {Tenant: "t10"}: 4, {Tenant: "t"}: 5, {Tenant: "t2"}: 0, account.KeyOf("t1", "sv"): 0} {
				if got := r.attempts(key, monday.Add(-time.Hour)); got != want {
					r.Errorf("%v: %d attempts, want %d", key, got, want)
				}
			}
		}},
		{"attempts count until a moment: those from the future were made while the clock was ahead (X44)", func(r *rig) {
			for range 3 {
				r.must(r.Accounts.Begin(ctx, svc, r.entry(done)))
				r.advance(time.Hour)
			}
			for until, want := range map[time.Duration]int{-time.Millisecond: 0, 0: 1, 2*time.Hour - time.Millisecond: 2, 2 * time.Hour: 3} {
				n, err := r.Accounts.Attempts(ctx, svc, time.Time{}, monday.Add(until))
				r.must(err)
				r.same(fmt.Sprint("until ", until), n, want)
			}
		}},
		{"attempts count since a moment, which is not among them", func(r *rig) {
			for range 3 {
				r.must(r.Accounts.Begin(ctx, svc, r.entry(done)))
				r.advance(time.Hour)
			}
			for since, want := range map[time.Duration]int{-time.Millisecond: 3, 0: 2, time.Hour - time.Millisecond: 2, time.Hour: 1, 2 * time.Hour: 0} {
				if got := r.attempts(svc, monday.Add(since)); got != want {
					r.Errorf("since %v: %d attempts, want %d", since, got, want)
				}
			}
		}},
		{"an attempt is counted with its entry or not at all", func(r *rig) {
			r.allOrNothing("begun", func() any { return r.attempts(svc, time.Time{}) }, func() error { return r.Accounts.Begin(ctx, svc, r.entry("begun")) })
		}},
		{"attempts that begin at once all count", func(r *rig) {
			won, _ := atOnce(40, func(int) error { return r.Accounts.Begin(ctx, svc, r.entry("begun")) })
			r.same("begun, counted, logged", []int{won, r.attempts(account.Key{Tenant: tenant.ID("t1")}, time.Time{}), r.logged("begun")}, []int{40, 40, 40})
		}},
	})
}

func (r *rig) attempts(k account.Key, since time.Time) int {
	r.Helper()
	n, err := r.Accounts.Attempts(ctx, k, since, monday.AddDate(1, 0, 0))
	r.must(err)
	return n
}
