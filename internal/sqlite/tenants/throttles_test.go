package tenants_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/problem"
	"purser.example/internal/sqlite/sqlitetest"
	"purser.example/internal/sqlite/tenants"
	"purser.example/internal/tenant"
)

// unwritable is a store that cannot be written for now.
type unwritable struct {
	tenant.Store
	broken bool
}

func (u *unwritable) AddThrottles(ctx context.Context, list []tenant.Throttle, before time.Time) error {
	if u.broken {
		return errors.New("the disk is full")
	}
	return u.Store.AddThrottles(ctx, list, before)
}

// R55: what was throttled is told before and after it is on the disk, each minute once, and is not lost while nothing can be written.
func TestWhatWasThrottledIsTold(t *testing.T) {
	ctx := context.Background()
	db, ring := sqlitetest.Open(t, time.Now)
	store := &unwritable{Store: tenants.New(db)}
	now := time.Date(2026, 11, 30, 9, 0, 30, 0, time.UTC)
	s := tenant.NewService(store, ring, func() time.Time { return now })
	admin := access.Caller{Issuer: "i", Subject: "s", Name: "Adele", Roles: []access.Role{access.ServiceAdministrator}}
	told := func(want ...string) {
		t.Helper()
		list, err := s.Throttles(ctx, admin, "t1")
		if err != nil || len(list) != len(want) {
			t.Fatalf("%+v %v, want %v", list, err, want)
		}
		for i, th := range list {
			if got := fmt.Sprint(th.At.Format("15:04"), " ", th.Who, " ", th.Times, " ", th.Wait); got != want[i] {
				t.Errorf("%d: %q, want %q", i, got, want[i])
			}
		}
	}
	hit := func(wait time.Duration) {
		s.Throttled(tenant.Throttle{Tenant: "t1", At: now, Service: "graph", Who: "svc@contoso.com", Wait: wait})
	}
	told()
	hit(2 * time.Second)
	hit(time.Second)
	s.Throttled(tenant.Throttle{Tenant: "t2", At: now, Service: "graph", Who: "app"})
	told("09:00 svc@contoso.com 2 2s")
	store.broken = true
	if s.FlushThrottles(ctx) == nil {
		t.Fatal("written on a full disk")
	}
	hit(3 * time.Second)
	told("09:00 svc@contoso.com 3 3s")
	store.broken = false
	for range 2 {
		if err := s.FlushThrottles(ctx); err != nil {
			t.Fatal(err)
		}
		told("09:00 svc@contoso.com 3 3s")
	}
	hit(time.Second)
	told("09:00 svc@contoso.com 4 3s")
	now = now.Add(time.Minute)
	hit(time.Second)
	told("09:01 svc@contoso.com 1 1s", "09:00 svc@contoso.com 4 3s")
	now = now.Add(8 * 24 * time.Hour)
	told()
	if err := s.FlushThrottles(ctx); err != nil {
		t.Fatal(err)
	}
	told()
	for i := range 2000 {
		s.Throttled(tenant.Throttle{Tenant: "t1", At: now, Service: "graph", Who: fmt.Sprint(i)})
	}
	if list, err := s.Throttles(ctx, admin, "t1"); err != nil || len(list) != tenant.ThrottlesShown {
		t.Errorf("%d are shown: %v", len(list), err)
	}
	if _, err := s.Throttles(ctx, access.Caller{Issuer: "i", Subject: "nobody"}, "t1"); problem.KindOf(err) != problem.Forbidden {
		t.Errorf("nobody may see them: %v", err)
	}
}
