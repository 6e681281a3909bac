package app

import (
	"context"
	"testing"
	"time"

	"purser.example/internal/microsoft"
)

// hanging is a tenant that answers when it is let go.
type hanging struct {
	asked, free chan struct{}
	times       int
}

func (h *hanging) Policies(context.Context) ([]microsoft.PolicyInfo, bool, error) {
	h.times++
	if h.asked != nil {
		close(h.asked)
		<-h.free
	}
	return []microsoft.PolicyInfo{{ID: "p1", Name: "Block", State: "enabled"}}, false, nil
}

// R90, X40: a tenant that is slow to give its policies keeps no other waiting, and each is asked once an hour.
func TestASlowTenantKeepsNoOtherWaiting(t *testing.T) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	l := &looker{now: func() time.Time { return now }}
	slow, quick := &hanging{asked: make(chan struct{}), free: make(chan struct{})}, &hanging{}
	done := make(chan error)
	go func() {
		_, err := l.ofTenant(t.Context(), "slow", slow, false)
		done <- err
	}()
	<-slow.asked
	for range 2 {
		if found, err := l.ofTenant(t.Context(), "quick", quick, false); err != nil || len(found.list) != 1 {
			t.Errorf("the other tenant: %+v, %v", found, err)
		}
	}
	if quick.times != 1 {
		t.Errorf("asked %d times within the hour", quick.times)
	}
	now = now.Add(policiesHold)
	if _, err := l.ofTenant(t.Context(), "quick", quick, false); err != nil || quick.times != 2 {
		t.Errorf("after an hour it was asked %d times, %v", quick.times, err)
	}
	close(slow.free)
	if err := <-done; err != nil {
		t.Error(err)
	}
}
