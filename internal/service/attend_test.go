package service

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// R80: the service manager hears when Purser starts, runs and stops, and gets its exit status.
func TestTheServiceManagerHearsHowFarItIs(t *testing.T) {
	for name, tc := range map[string]struct {
		work   func(ctx context.Context, ready func()) int
		orders []order
		heard  []state
		status int
	}{
		"started and stopped": {
			work:   func(ctx context.Context, ready func()) int { ready(); <-ctx.Done(); return 0 },
			orders: []order{interrogate, stop},
			heard:  []state{starting, running, running, stopping},
		},
		"stopped before it was ready": {
			work:   func(ctx context.Context, ready func()) int { <-ctx.Done(); ready(); return 0 },
			orders: []order{stop},
			heard:  []state{starting, stopping},
		},
		"asked while it stops": {
			work:   func(ctx context.Context, ready func()) int { ready(); <-ctx.Done(); time.Sleep(time.Minute); return 0 },
			orders: []order{stop, interrogate},
			heard:  []state{starting, running, stopping, stopping},
		},
		"a wrong setting": {
			work:   func(context.Context, func()) int { return 2 },
			heard:  []state{starting},
			status: 2,
		},
		"ready twice": {
			work:   func(ctx context.Context, ready func()) int { ready(); ready(); <-ctx.Done(); return 1 },
			orders: []order{stop},
			heard:  []state{starting, running, stopping},
			status: 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				orders, heard := make(chan order), []state(nil)
				done := make(chan int, 1)
				go func() { done <- attend(tc.work, orders, func(at state) { heard = append(heard, at) }) }()
				for _, what := range tc.orders {
					synctest.Wait()
					orders <- what
				}
				if status := <-done; status != tc.status || !slices.Equal(heard, tc.heard) {
					t.Errorf("status %d, heard %v, want %d and %v", status, heard, tc.status, tc.heard)
				}
			})
		})
	}
}

// R80: `purser service start` waits until Purser is ready, and says so if it is not going to be.
func TestAStartIsAwaited(t *testing.T) {
	broken := errors.New("broken")
	for name, tc := range map[string]struct {
		seen   []state
		status uint32
		err    error
		want   string
	}{
		"ready":         {seen: []state{starting, starting, running}},
		"failed":        {seen: []state{starting, stopped}, status: 2, want: "the service has stopped with status 2; the event log says why"},
		"never":         {seen: []state{starting}, want: "the service takes longer than expected: context deadline exceeded"},
		"not to be had": {seen: []state{starting}, err: broken, want: "broken"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				looks := 0
				err := await(ctx, running, time.Second, func() (state, uint32, error) {
					at := tc.seen[min(looks, len(tc.seen)-1)]
					looks++
					return at, tc.status, tc.err
				})
				if said := text(err); said != tc.want {
					t.Errorf("said %q, want %q", said, tc.want)
				}
			})
		})
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
