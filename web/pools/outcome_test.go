package pools

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"purser.example/internal/pool"
	"purser.example/internal/problem"
)

// A failure at one pool says nothing of the others, whatever failed.
func TestAFailureSpeaksOfItsPoolAlone(t *testing.T) {
	const whole = "It did not answer. Nothing was changed."
	for name, tc := range map[string]struct {
		err    error
		status int
		says   string
	}{
		"the database":         {problem.New(problem.Unavailable, whole), http.StatusServiceUnavailable, "can't use its database"},
		"Microsoft 365":        {problem.New(problem.Upstream, whole), http.StatusBadGateway, "Microsoft 365 did not respond"},
		"something unforeseen": {errors.New("a fault of the test"), http.StatusInternalServerError, "on our side"},
	} {
		t.Run(name, func(t *testing.T) {
			f := failureOf(pool.Project, tc.err)
			outcome := outcomeView{Saved: []string{pool.Sites.Title()}, Failed: []failure{f}}
			if !failed(tc.err) || outcome.status() != tc.status || outcome.onlyFailed() || !strings.Contains(f.Text, tc.says) || strings.Contains(f.Text, "Nothing was") {
				t.Errorf("status %d: %s", outcome.status(), f.Text)
			}
		})
	}
	for kind, want := range map[problem.Kind]bool{problem.Unavailable: true, problem.Internal: true, problem.Upstream: false} {
		if got := (outcomeView{Failed: []failure{{cause: problem.New(kind, whole)}}}).onlyFailed(); got != want {
			t.Errorf("%v alone is answered by a page of its own: %v", kind, got)
		}
	}
	if failed(problem.New(problem.NotFound, "This tenant is not connected.")) {
		t.Error("what the person can do something about is told as a failure")
	}
}
